// One thing a screen: place, what, details. The browser's Back leads one screen back.

import { form, say } from "./given.js";

const STEPS = ["place", "what", "details"];
const sections = new Map(STEPS.map((name) => [name, document.querySelector(`#${name}`)]));
const [back, next, send] = ["back", "next", "send"].map((name) => form.querySelector(`[data-${name}]`));
const titles = new Map([...sections].map(([name, section]) => [name, section.querySelector("h2")]));

let now = null;
let events = null;

/** `check(step)` says whether a step is done; `entered(step)` is told when it is shown. */
export function startFlow(given) {
  events = given;
  for (const [index, name] of STEPS.entries()) {
    const count = document.createElement("p");
    count.className = "count";
    count.textContent = say("step", { n: index + 1 });
    sections.get(name).prepend(count);
  }
  next.addEventListener("click", forward);
  back.addEventListener("click", () => history.back());
  addEventListener("popstate", ({ state }) => show(state?.step ?? STEPS[0], { remember: false }));
  form.addEventListener("keydown", (event) => {
    // Enter in a field goes on, as the large button does; in the last step it never sends by accident.
    if (event.key === "Enter" && event.target.matches("input:not([role=combobox]):not([type=file])")) {
      event.preventDefault();
      if (now !== "details") forward();
    }
  });
  const begun = STEPS.find((name) => sections.get(name).contains(document.activeElement));
  show(begun ?? STEPS[0], { remember: false, focus: false });
}

export function step() {
  return now;
}

export function forward() {
  const after = STEPS[STEPS.indexOf(now) + 1];
  if (after && events.check(now)) show(after);
}

export function show(name, { remember = true, focus = true } = {}) {
  if (remember && name !== now) history.pushState({ step: name }, "");
  now = name;
  for (const [each, section] of sections) section.classList.toggle("now", each === name);
  form.dataset.step = name;
  back.hidden = name === STEPS[0];
  next.hidden = name === "details";
  send.hidden = name !== "details";
  if (focus) {
    scrollTo(0, 0);
    titles.get(name).focus({ preventScroll: true });
  }
  events.entered(name);
}

/** Show the first of these steps' fields that is wrong. */
export function lead(fields) {
  const names = Object.keys(fields);
  const where = { place: "place", place_words: "place", category: "what" };
  const first = STEPS.find((name) => names.some((field) => (where[field] ?? "details") === name));
  show(first, { focus: false });
  const marked = sections.get(first).querySelector("[aria-invalid=true], .wrong:not([hidden])");
  marked?.scrollIntoView({ block: "center" });
  (marked?.matches("input, textarea") ? marked : titles.get(first)).focus({ preventScroll: true });
}
