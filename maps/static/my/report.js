// A report's own page: kept on this device or not, as its holder chooses; its link saved.

import { startShare } from "../problem/share.js";
import { forget, isKept, keep } from "./kept.js";

document.documentElement.classList.add("scripted");
startShare();

const { number, token, category } = document.querySelector("[data-mine]").dataset;
const remember = document.querySelector("[data-remember]");
const drop = document.querySelector("[data-forget]");

function draw() {
  const here = isKept(token);
  remember.hidden = here;
  drop.hidden = !here;
}

remember.addEventListener("click", () => {
  keep({ number: Number(number) || null, token, category, at: Date.now() });
  draw();
  drop.focus();
});
drop.addEventListener("click", async () => {
  await forget(token);
  draw();
  remember.focus();
});
draw();

// The words of what was just done stand in the address only until they are read.
if (location.search) history.replaceState(null, "", location.pathname);
