// «Збережено, ще не надіслано (n)»: what waits on this device, what went out by itself, and what to do about it.

import { button, element, form, given, say } from "./given.js";
import { KEPT, all, remove } from "./keeping.js";
import { flush } from "./outbox.js";

const panel = document.querySelector("#waiting");
const title = panel.querySelector("h2");
const list = panel.querySelector("[data-list]");
const send = panel.querySelector("[data-send-now]");
const AGAIN = 30_000;

let events = null;
let timer = 0;

/** `notTaken(concern)` and `mend(item)` are told when something must not be kept, or is to be mended. */
export function startWaiting(told) {
  events = told;
  send.addEventListener("click", () => retry({ force: true }));
  addEventListener("online", () => retry());
  document.addEventListener("visibilitychange", () => !document.hidden && retry());
  return retry();
}

/** Try to send what waits, and show what is left. */
export async function retry(how = {}) {
  clearTimeout(timer);
  send.disabled = true;
  try {
    const results = await flush(how);
    const refused = [...results.values()].find(({ state }) => state === "notTaken");
    if (refused) events.notTaken(refused.concern, say("notTakenOne"));
  } catch (reason) {
    console.info("no outbox:", reason.message);
  }
  send.disabled = false;
  await draw();
}

export async function draw() {
  const [waits, went] = await Promise.all([all("outbox"), all("receipts")]).catch(() => [[], []]);
  panel.hidden = !waits.length && !went.length;
  title.hidden = send.hidden = !waits.length;
  title.firstElementChild.textContent = `${say("kept")} (${waits.length})`;
  list.replaceChildren(...waits.map(waiting), ...went.map(gone));
  clearTimeout(timer);
  if (waits.some(({ wrong, at }) => !wrong && Date.now() - at < KEPT)) timer = setTimeout(retry, AGAIN);
}

function waiting(item) {
  const time = new Date(item.at).toLocaleString(given.language === "en" ? "en-GB" : given.language, { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const isOld = Date.now() - item.at > KEPT;
  const row = element("li", {},
    element("p", {}, element("strong", { text: called(item.fields.category) }), ` · ${say("waitingSince", { time })}`));
  if (item.wrong) row.append(element("p", { class: "wrong", text: Object.values(item.wrong).join(" ") }));
  else if (isOld) row.append(element("p", { text: say("old") }));
  const choices = element("div", { class: "row" });
  if (item.wrong) choices.append(button(say("mend"), () => events.mend(item)));
  else if (isOld) choices.append(button(say("sendNow"), () => retry({ only: item.key, force: true })));
  choices.append(button(say("delete"), () => drop("outbox", item.key)));
  row.append(choices);
  return row;
}

function gone({ key, category, number, written, page }) {
  const text = say(number ? "sentNumber" : "sentJoined", { n: number, code: written });
  return element("li", {},
    element("p", {}, element("strong", { text: called(category) }), ` · ${text}`),
    element("div", { class: "row" }, element("a", { class: "button", href: page, text: say("open") }), button(say("hide"), () => drop("receipts", key))));
}

async function drop(store, key) {
  await remove(store, key);
  await draw();
}

function called(category) {
  return form.querySelector(`[name=category][value="${CSS.escape(category ?? "")}"]`)?.closest("label").querySelector("strong").textContent ?? "";
}
