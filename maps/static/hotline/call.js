// A call on one screen: keys, the place, what is like it, and a draft in this tab until it is saved.

import { startCategories } from "./categories.js";
import { startDraft } from "./draft.js";
import { startPlace } from "./place.js";
import { startSimilar } from "./similar.js";

const form = document.querySelector("#call");
const given = JSON.parse(document.querySelector("#given").textContent);
const news = document.querySelector("#news");

function tell(text) {
  news.hidden = !text;
  news.textContent = text;
}

const draft = startDraft(form, { tell, given });
const similar = startSimilar(form, given, { guess: (code) => categories.guess(code), shown: (items) => place.mark(items) });
const categories = startCategories(form, given, similar.ask);
const place = startPlace(form, given, similar.ask);

// --- keys: function keys, because letters are for typing ---------------------------------------------------------------

const KEYS = {
  F2: () => (form.elements.kind.value === "problem" ? form.querySelector("#category-number") : null),
  F3: () => form.elements.words,
  F4: () => (form.elements.kind.value === "problem" ? form.elements.place_words : null),
  F8: () => form.elements.name,
  F9: () => document.querySelector("#similar button") ?? document.querySelector("#similar a"),
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("#save"));
    return;
  }
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || !KEYS[event.key]) return;
  event.preventDefault();
  const wanted = KEYS[event.key]();
  wanted?.focus();
  wanted?.select?.();
});

// Enter in a field goes on instead of saving half a call; a button or a list keeps its own.
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.defaultPrevented && event.target.matches("input:not([type=checkbox], [type=file])") && !event.ctrlKey) {
    event.preventDefault();
  }
});

// --- saving ------------------------------------------------------------------------------------------------------------

let sure = false;
form.addEventListener("submit", async (event) => {
  if (sure) return;
  event.preventDefault();
  // A form that is sent into a dead network would be gone from the screen: ask first.
  similar.hold(true);
  if (!(await reachable())) {
    similar.hold(false);
    tell(given.words.offline);
    return;
  }
  sure = true;
  draft.leaving();
  form.requestSubmit(event.submitter);
  setTimeout(() => {
    sure = false;
    similar.hold(false);
  }, 2000);
});

async function reachable() {
  try {
    await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(4000) });
    return true;
  } catch {
    return false;
  }
}

for (const guess of form.querySelectorAll("[data-guess]")) {
  form.addEventListener("input", ({ target }) => target.name === guess.dataset.guess && guess.remove());
}

document.querySelector("#afresh").addEventListener("click", () => draft.afresh());
similar.ask();
const first = document.querySelector("#problem") ?? form.elements.words;
if (!document.activeElement || document.activeElement === document.body) first.focus();
document.documentElement.dataset.ready = "";
