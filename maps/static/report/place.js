// Where it is: by the phone's own position, by search, on the map, in words. The form's fields are its one home.

import { startSearch } from "../map/search.js";
import { form, given, say, wrong } from "./given.js";
import { ask, formOf } from "./outbox.js";

const LEAST_ZOOM = 14.5;
const words = form.elements.place_words;
const chosen = form.querySelector("[data-chosen]");
const where = form.querySelector("[data-where]");
const stage = form.querySelector("#stage");
const openMap = form.querySelector("[data-map]");

let map = null;
let asked = 0;
let changed = () => {};

export function startPlace(onChange) {
  changed = onChange;
  form.querySelector("[data-here]").addEventListener("click", here);
  form.querySelector("[data-unpin]").addEventListener("click", unpin);
  openMap.addEventListener("click", () => (stage.hidden ? showMap() : hideMap()));
  startSearch(form.querySelector("#find"), found);
  if (point()) pin(...point());
  else if (given.start || new URLSearchParams(location.search).has("at")) showMap();
}

export function point() {
  const [lon, lat] = [form.elements.lon.value, form.elements.lat.value].map(Number.parseFloat);
  return Number.isFinite(lon) && Number.isFinite(lat) ? [lon, lat] : null;
}

/** Put the pin down, and say what the place is called. */
export async function pin(lon, lat, { accuracy = "", move = true, note = "" } = {}) {
  wrong("place");
  if (!inArea(lon, lat)) {
    outside();
    return;
  }
  form.elements.lon.value = lon.toFixed(6);
  form.elements.lat.value = lat.toFixed(6);
  form.elements.accuracy.value = accuracy && Math.round(accuracy);
  tell(note || say("placeSet"));
  stage.classList.remove("far");
  if (move) map?.go([lon, lat]);
  changed();
  const mine = ++asked;
  try {
    const { told } = await ask(`/api/reports/nearby?lang=${given.language}`, formOf({ lon, lat }), 20_000);
    if (mine !== asked || !told.where) return;
    if (!told.where.inside) outside();
    else tell([told.where.title ? say("placeIs", { title: told.where.title }) : say("placeSet"), note].filter(Boolean).join(". "));
  } catch {
    // Without a network the pin is good all the same.
  }
}

/** Say whether a place can be ours at all: within the area's box, which is known without a network too. */
export function inArea(lon, lat) {
  const [west, south, east, north] = given.box;
  return lon >= west && lon <= east && lat >= south && lat <= north;
}

export function unpin() {
  asked += 1;
  for (const name of ["lon", "lat", "accuracy"]) form.elements[name].value = "";
  chosen.hidden = true;
  changed();
}

function outside() {
  unpin();
  wrong("place", say("outside"));
}

function tell(text) {
  chosen.hidden = false;
  where.textContent = text;
}

function here(event) {
  const pressed = event.currentTarget;
  const refused = () => {
    pressed.removeAttribute("aria-busy");
    chosen.hidden = true;
    wrong("place", say("hereRefused"));
  };
  wrong("place");
  if (!navigator.geolocation) return refused();
  pressed.setAttribute("aria-busy", "true");
  tell(say("here"));
  const options = { enableHighAccuracy: true, timeout: 15_000, maximumAge: 30_000 };
  return navigator.geolocation.getCurrentPosition(({ coords }) => {
    pressed.removeAttribute("aria-busy");
    const rough = coords.accuracy > 50 ? say("hereRough", { metres: Math.round(coords.accuracy) }) : "";
    pin(coords.longitude, coords.latitude, { accuracy: coords.accuracy, note: rough });
  }, refused, options);
}

function found(place) {
  const called = [place.title, place.context].filter(Boolean).join(", ");
  if (place.what === "settlement") {
    // A settlement is no place yet: its name begins the words, and the map goes there.
    if (!words.value.trim()) words.value = `${place.title}, `;
    map?.go(null, place.bounds);
    changed();
    return;
  }
  if (place.what === "street" && !words.value.trim()) words.value = `${called}, `;
  pin(place.lon, place.lat, { accuracy: place.what === "street" ? 200 : "" });
}

async function showMap() {
  stage.hidden = false;
  openMap.setAttribute("aria-expanded", "true");
  stage.scrollIntoView({ block: "nearest" });
  if (map) return;
  stage.setAttribute("aria-busy", "true");
  try {
    const { PinMap } = await import("./pinmap.js");
    map = await PinMap.start(stage.querySelector("[data-stage]"), point(), { moved, say });
    stage.classList.toggle("far", !point() && !map.isNear(LEAST_ZOOM));
    document.documentElement.classList.add("has-pin-map");
  } catch (reason) {
    console.info("no map:", reason.message);
    hideMap();
    openMap.hidden = true;
    wrong("place", say("noMap"));
  }
  stage.removeAttribute("aria-busy");
}

function hideMap() {
  stage.hidden = true;
  openMap.setAttribute("aria-expanded", "false");
}

function moved(lon, lat, zoom) {
  stage.classList.toggle("far", zoom < LEAST_ZOOM);
  if (zoom < LEAST_ZOOM) {
    unpin();
    wrong("place", say("closer"));
    return;
  }
  pin(lon, lat, { move: false });
}
