// Subscribing: a street by search, a place drawn on the map. The form's hidden fields are their one home.

import { startSearch } from "../map/search.js";
import { say } from "../report/given.js";

document.documentElement.classList.add("scripted");

const form = document.querySelector("#alert");
const street = form.querySelector("[data-street]");
const stage = form.querySelector("#stage");
const opener = form.querySelector("[data-draw]");
const told = form.querySelector("[data-drawn]");
let map = null;

startSearch(form.querySelector("#find"), (place) => {
  wrong("street", place.what === "street" ? "" : say("notStreet"));
  // The context begins with what it is, which a street's name says itself.
  const around = place.context.split(", ").slice(1);
  if (place.what === "street") choose(place.id, [place.title, ...around].join(", "));
});
form.querySelector("[data-no-street]").addEventListener("click", () => {
  choose("", "");
  form.querySelector("#find-words").focus();
});
opener.addEventListener("click", () => (stage.hidden ? show() : hide()));
if (form.elements.drawn.value) show();

function choose(id, name) {
  form.elements.street.value = id;
  street.hidden = !id;
  street.querySelector("[data-street-name]").textContent = name;
  form.querySelector("#find-words").value = "";
}

function wrong(name, text) {
  const place = form.querySelector(`#${name}-wrong`);
  place.textContent = text;
  place.hidden = !text;
}

async function show() {
  stage.hidden = false;
  opener.setAttribute("aria-expanded", "true");
  if (map) return;
  stage.setAttribute("aria-busy", "true");
  try {
    const { DrawMap } = await import("./drawmap.js");
    map = await DrawMap.start(stage.querySelector("[data-stage]"), read(), changed);
    form.querySelector("[data-view]").addEventListener("click", () => map.takeView());
    form.querySelector("[data-undo]").addEventListener("click", () => map.undo());
    form.querySelector("[data-clear]").addEventListener("click", () => map.clear());
    changed(map.corners);
    document.documentElement.classList.add("has-draw-map");
  } catch (reason) {
    console.info("no map:", reason.message);
    hide();
    opener.hidden = true;
    wrong("drawn", say("noMap"));
  }
  stage.removeAttribute("aria-busy");
}

function hide() {
  stage.hidden = true;
  opener.setAttribute("aria-expanded", "false");
}

function read() {
  const corners = form.elements.drawn.value.split(",").map((corner) => corner.trim().split(/\s+/).map(Number));
  return corners.filter((corner) => corner.length === 2 && corner.every(Number.isFinite));
}

function changed(corners, isFull = false) {
  form.elements.drawn.value = corners.map((corner) => corner.map((each) => each.toFixed(6)).join(" ")).join(", ");
  for (const name of ["undo", "clear"]) form.querySelector(`[data-${name}]`).disabled = !corners.length;
  const words = isFull ? "most" : corners.length === 0 ? "none" : corners.length < 3 ? "one" : "many";
  told.textContent = say(words, { n: corners.length });
  wrong("drawn", "");
}
