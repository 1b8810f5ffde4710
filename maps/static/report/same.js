// The same or new: what is open nearby is shown before sending, and somebody says which it is.

import { button, element, given, say } from "./given.js";
import { ask, formOf } from "./outbox.js";

const section = document.querySelector("#same");
const words = section.dataset;

let refused = new Set();
let shown = [];

/** Ask what is open nearby and not said to be another yet; nothing where there is no network. */
export async function nearby(fields) {
  const body = formOf({ ...fields, other: [...refused].join(",") });
  try {
    const { told } = await ask(`/api/reports/nearby?lang=${given.language}`, body, 6000);
    return { found: told.found ?? [], notTaken: told.not_taken };
  } catch {
    return { found: [] };
  }
}

/** Show them; `joined(id)` and `another()` are told what was pressed. */
export function offer(found, { joined, another }) {
  shown = found;
  section.hidden = found.length === 0;
  if (!found.length) return;
  const no = button(words.no, () => {
    for (const { id } of shown) refused.add(id);
    hide();
    another();
  }, "button main");
  section.replaceChildren(
    element("h2", { id: "same-title", tabindex: "-1", text: words.title }),
    element("p", { text: words.why }),
    ...found.map((one) => card(one, joined)),
    no,
  );
}

export const others = () => [...refused].join(",");

export function hide() {
  section.hidden = true;
}

export function forget() {
  refused = new Set();
  hide();
}

export function lookAt() {
  section.scrollIntoView({ block: "start" });
  section.querySelector("h2").focus({ preventScroll: true });
}

function card({ id, category, place, month, status, supporters, body, photo }, joined) {
  const said = element("div", {},
    element("p", { class: "candidate-words", text: body || category }),
    element("p", { class: "small", text: [category, place, month, status, supporters].join(" · ") }),
    button(words.yes, () => joined(id)));
  const picture = photo ? [element("img", { src: photo, alt: words.photo, loading: "lazy" })] : [];
  return element("article", { class: "candidate" }, ...picture, said);
}
