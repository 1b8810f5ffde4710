// The one door to the map library for a call: the point, the letters of similar reports, the open reports as they lie.

import { Map, Marker, NavigationControl } from "../vendor/maplibre-gl-6.17.0/maplibre-gl.mjs";
import { theme } from "../theme.js";

const IMAGE_SIZE = 26;
const still = matchMedia("(prefers-reduced-motion: reduce)");

export class CallMap {
  /** Start the map on the whole area; throws where the device has no WebGL. */
  static async start(stage, given, chosen) {
    const map = new Map({
      container: stage,
      style: await style(given),
      bounds: given.box,
      fitBoundsOptions: { padding: 12 },
      locale: given.words,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      maxZoom: 19,
      minZoom: 5,
      fadeDuration: 0,
    });
    map.touchZoomRotate.disableRotation();
    return new CallMap(map, given, chosen);
  }

  constructor(map, given, chosen) {
    Object.assign(this, { map, given, pinned: null, letters: [] });
    map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    map.setMissingStyleImageResolver((id) => this.#image(id));
    map.on("click", ({ lngLat }) => chosen([lngLat.lng, lngLat.lat]));
    map.on("dataloading", () => map.getContainer().setAttribute("aria-busy", "true"));
    map.on("idle", () => map.getContainer().removeAttribute("aria-busy"));
    map.getCanvas().setAttribute("aria-label", given.words["Map.Title"]);
    map.getCanvas().addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.ctrlKey) return;
      event.preventDefault();
      const { lng, lat } = map.getCenter();
      chosen([lng, lat]);
    });
    document.addEventListener("bezpeka:theme", async () => map.setStyle(await style(given), { diff: false }));
  }

  /** Put the point there, or take it away. */
  pin(at, fly) {
    this.pinned?.remove();
    this.pinned = at ? new Marker({ element: mark("marker-pin"), anchor: "center" }).setLngLat(at).addTo(this.map) : null;
    this.pinned?.getElement().setAttribute("role", "img"); // a name without a role is read by nobody
    this.pinned?.getElement().setAttribute("aria-label", this.given.words.pin);
    if (at && fly) this.#go({ center: at, zoom: Math.max(this.map.getZoom(), 15.5) });
  }

  /** Show a box, as of a settlement. */
  show([west, south, east, north]) {
    this.map.fitBounds([[west, south], [east, north]], { padding: 12, maxZoom: 15, animate: !still.matches });
  }

  /** Show similar reports by their letters. */
  mark(items) {
    for (const letter of this.letters) letter.remove();
    this.letters = items.map(({ lon, lat, letter }) => {
      const element = mark("marker-letter", letter);
      element.setAttribute("aria-hidden", "true");
      return new Marker({ element }).setLngLat([lon, lat]).addTo(this.map);
    });
    for (const letter of this.letters) letter.getElement().removeAttribute("aria-label");
  }

  #go(target) {
    if (still.matches) this.map.jumpTo(target);
    else this.map.easeTo({ ...target, duration: 500 });
  }

  async #image(id) {
    const isPattern = id.startsWith("pattern/");
    const image = isPattern ? new Image() : new Image(IMAGE_SIZE * 2, IMAGE_SIZE * 2);
    image.src = `/symbols/${theme()}/${id}.svg`;
    await image.decode();
    if (!this.map.hasImage(id)) this.map.addImage(id, image, { pixelRatio: isPattern ? 1 : 2 });
  }
}

function mark(name, text = "") {
  const element = document.createElement("div");
  const inner = document.createElement("span");
  inner.className = name;
  inner.textContent = text;
  element.append(inner);
  return element;
}

/** The style with open reports at their exact places instead of incidents; the worker wants whole addresses. */
async function style(given) {
  const answer = await fetch(`/style/${theme()}.json?lang=${given.language}`);
  if (!answer.ok) throw new Error(`style: ${answer.status}`);
  const drawn = await answer.json();
  for (const source of Object.values(drawn.sources)) {
    source.tiles &&= source.tiles.map((path) => (path.startsWith("/") ? location.origin + path : path));
  }
  for (const layer of drawn.layers) {
    if (layer.source === "incidents") layer.layout = { ...layer.layout, visibility: "none" };
    if (layer.source === "problems") layer.layout = { ...layer.layout, visibility: "visible" };
  }
  return drawn;
}
