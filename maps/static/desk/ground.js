// The map of one report: its exact point, the area that everybody is shown, the open reports around. The pin is moved
// by dragging, by a click, by the arrow keys or by typing its place; what would be public follows at once.

import { addImage, fetchStyle } from "../map/base.js";

const given = JSON.parse(document.querySelector("#given").textContent);
const form = document.querySelector("#place-form");
const news = document.querySelector("#pin-news");
const STEP = 0.00009; // degrees of latitude an arrow key moves the pin: ten metres
const EMPTY = { type: "FeatureCollection", features: [] };

export async function startGround(stage) {
  let ground = null;
  try {
    ground = await Ground.start(stage);
    stage.classList.add("live");
  } catch (reason) {
    console.info("no live map:", reason.message);
  }
  if (form) startPin(stage, ground);
}

/** Let fields, map and search move the pin together. */
function startPin(stage, ground) {
  const fields = { lon: form.elements.lon, lat: form.elements.lat };
  let asked = 0;

  async function moved(lon, lat) {
    const turn = ++asked;
    const words = new URLSearchParams({ lon, lat });
    const answer = await fetch(`${stage.dataset.snap}?${words}`, { headers: { Accept: "application/json" } });
    const found = await answer.json();
    if (turn !== asked) return;
    news.textContent = answer.ok ? "" : found.detail;
    ground?.show(answer.ok ? found : null);
    if (answer.ok) document.querySelector("#shown").textContent = `${found.title} (${found.precision})`;
    refreshNear(stage, words);
  }

  function put(lon, lat, { fly = false } = {}) {
    fields.lon.value = lon.toFixed(6);
    fields.lat.value = lat.toFixed(6);
    ground?.pin(lon, lat, fly);
    moved(lon, lat);
  }

  function typed() {
    const [lon, lat] = [fields.lon, fields.lat].map((field) => Number(field.value.replace(",", ".")));
    if (fields.lon.value && fields.lat.value && Math.abs(lon) <= 180 && Math.abs(lat) <= 90) {
      ground?.pin(lon, lat, true);
      moved(lon, lat);
    }
  }

  for (const field of Object.values(fields)) field.addEventListener("change", typed);
  document.querySelector("#category")?.addEventListener("change", () => refreshNear(stage, here(fields)));
  if (ground) {
    document.querySelector("#pin-help").hidden = false;
    ground.moves(put);
  }
  startSearch((lon, lat) => put(lon, lat, { fly: true }));
}

function here({ lon, lat }) {
  return lon.value && lat.value ? new URLSearchParams({ lon: lon.value, lat: lat.value }) : new URLSearchParams();
}

/** Ask anew what may be the same, at this place and in the category chosen. */
async function refreshNear(stage, words) {
  const list = document.querySelector("#near");
  if (!list) return;
  words.set("category", document.querySelector("#category")?.value || "");
  words.set("seen", form.elements.seen.value);
  const answer = await fetch(`${stage.dataset.near}?${words}`, { headers: { Accept: "text/html" } });
  if (answer.ok) list.innerHTML = await answer.text();
}

/** Offer streets and places by their names. */
function startSearch(choose) {
  const box = document.querySelector("#pin-search");
  const field = document.querySelector("#pin-words");
  const found = document.querySelector("#pin-found");
  let waiting = 0;
  box.hidden = false;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, 200);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      found.querySelector("button")?.focus();
    }
  });
  async function look() {
    const words = new URLSearchParams({ q: field.value.slice(0, 100), lang: given.language });
    const answer = field.value.trim() ? await fetch(`/api/search?${words}`) : null;
    const results = answer?.ok ? (await answer.json()).results : [];
    found.replaceChildren(...results.map(offer));
  }
  function offer(one) {
    const line = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `${one.title} — ${one.context}`;
    button.addEventListener("click", () => choose(one.lon, one.lat));
    line.append(button);
    return line;
  }
  if (field.value.trim()) look();
}

class Ground {
  static async start(stage) {
    const { Map: LibreMap, Marker, NavigationControl, ScaleControl } = await import("../vendor/maplibre-gl-6.17.0/maplibre-gl.mjs");
    const holder = document.createElement("div");
    holder.className = "stage";
    stage.append(holder);
    const map = new LibreMap({
      container: holder,
      style: await fetchStyle(given.language),
      locale: given.words,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      maxZoom: 19,
      fadeDuration: 0,
    });
    map.touchZoomRotate.disableRotation();
    map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new ScaleControl({ unit: "metric" }), "bottom-right");
    if (given.point) map.jumpTo({ center: given.point, zoom: 16.2 });
    else map.fitBounds(given.box, { padding: 12, animate: false });
    return new Ground(map, Marker);
  }

  constructor(map, Marker) {
    Object.assign(this, { map, Marker, marker: null, shown: given.shown, move: null });
    map.setMissingStyleImageResolver((id) => addImage(map, id));
    map.once("style.load", () => this.#dress());
    map.on("click", ({ lngLat }) => {
      if (this.move && document.querySelector("#pin").open) this.move(lngLat.lng, lngLat.lat);
    });
    document.addEventListener("bezpeka:theme", async () => {
      map.setStyle(await fetchStyle(given.language), { diff: false });
      map.once("style.load", () => this.#dress());
    });
    map.once("idle", () => map.getContainer().parentElement.setAttribute("data-ready", ""));
    for (const one of given.near) this.#neighbour(one);
    if (given.point) this.pin(...given.point);
  }

  /** Call `move` with the place whenever the pin is moved here. */
  moves(move) {
    this.move = move;
    if (this.marker) this.#letMove();
  }

  pin(lon, lat, fly = false) {
    if (!this.marker) {
      const element = document.createElement(form ? "button" : "div");
      if (form) element.type = "button";
      element.className = "pin";
      element.setAttribute("aria-label", given.words.pin);
      this.marker = new this.Marker({ element, anchor: "bottom-left", offset: [0, 0] }).setLngLat([lon, lat]).addTo(this.map);
      element.removeAttribute("role");
      if (this.move) this.#letMove();
    }
    this.marker.setLngLat([lon, lat]);
    if (fly) this.map.jumpTo({ center: [lon, lat], zoom: Math.max(16, this.map.getZoom()) });
  }

  /** Draw what everybody would see, or nothing. */
  show(found) {
    this.shown = found;
    this.map.getSource("shown")?.setData(found ? area(found) : EMPTY);
  }

  #letMove() {
    const marker = this.marker;
    marker.setDraggable(true);
    marker.on("dragend", () => this.#told());
    marker.getElement().addEventListener("keydown", (event) => {
      const by = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
      if (!by) return;
      event.preventDefault();
      event.stopPropagation();
      const { lng, lat } = marker.getLngLat();
      const wide = STEP / Math.cos((lat * Math.PI) / 180);
      marker.setLngLat([lng + by[0] * wide, lat + by[1] * STEP]);
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => this.#told(), 300);
    });
  }

  #told() {
    const { lng, lat } = this.marker.getLngLat();
    document.querySelector("#pin").open = true;
    this.move(lng, lat);
  }

  #neighbour({ number, lon, lat, likely }) {
    const link = document.createElement("a");
    link.href = `/desk/${number}`;
    link.className = `near-pin ${likely}`;
    link.textContent = number;
    new this.Marker({ element: link }).setLngLat([lon, lat]).addTo(this.map);
    link.removeAttribute("role");
    link.removeAttribute("aria-label");
  }

  #dress() {
    const ink = getComputedStyle(document.documentElement).getPropertyValue("--accent").trim();
    this.map.addSource("shown", { type: "geojson", data: this.shown ? area(this.shown) : EMPTY });
    this.map.addLayer({ id: "shown-area", type: "fill", source: "shown", paint: { "fill-color": ink, "fill-opacity": 0.14 } });
    this.map.addLayer({ id: "shown-edge", type: "line", source: "shown", paint: { "line-color": ink, "line-width": 2, "line-dasharray": [3, 2] } });
    this.map.getCanvas().setAttribute("aria-label", given.words["Map.Title"]);
  }
}

function area(found) {
  return { type: "FeatureCollection", features: [{ type: "Feature", properties: {}, geometry: found.catchment }] };
}
