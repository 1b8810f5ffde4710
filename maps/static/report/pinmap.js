// The map under the pin. The pin stays in the middle: who moves the map, by finger or arrow keys, moves the place.

import { Map, NavigationControl } from "../vendor/maplibre-gl-6.17.0/maplibre-gl.mjs";
import { theme } from "../theme.js";
import { given } from "./given.js";

const IMAGE_SIZE = 26;
const RECORDS = ["incidents", "problems"];
const still = matchMedia("(prefers-reduced-motion: reduce)");

export class PinMap {
  /** Start the map at a point, at what the address says, or at the whole area; throws where there is no WebGL. */
  static async start(stage, point, events) {
    await stylesheet();
    const map = new Map({
      container: stage,
      style: await style(),
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      maxZoom: 19,
      minZoom: 6,
      fadeDuration: 0,
      locale: {
        "NavigationControl.ZoomIn": events.say("zoomIn"),
        "NavigationControl.ZoomOut": events.say("zoomOut"),
        "Map.Title": events.say("map"),
      },
      ...beginning(point),
    });
    map.touchZoomRotate.disableRotation();
    return new PinMap(map, events);
  }

  constructor(map, events) {
    this.map = map;
    map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    map.setMissingStyleImageResolver((id) => this.#image(id));
    // A gesture of a person, not the map's own movement to where they said elsewhere, nor another size of it.
    map.on("moveend", ({ originalEvent, isTap }) => {
      if (!originalEvent && !isTap) return;
      const { lng, lat } = map.getCenter();
      events.moved(lng, lat, map.getZoom());
    });
    map.on("click", ({ lngLat }) => this.#fly({ center: lngLat, zoom: Math.max(map.getZoom(), 16) }, { isTap: true }));
    map.on("dataloading", () => map.getContainer().setAttribute("aria-busy", "true"));
    map.on("idle", () => map.getContainer().removeAttribute("aria-busy"));
    document.addEventListener("bezpeka:theme", async () => map.setStyle(await style(), { diff: false }));
  }

  /** Go where the pin was put by other means, or to a box. */
  go(point, bounds) {
    if (bounds) this.map.fitBounds(bounds, { maxZoom: 16, animate: false });
    else this.#fly({ center: point, zoom: Math.max(this.map.getZoom(), 17) });
  }

  isNear(zoom) {
    return this.map.getZoom() >= zoom;
  }

  #fly(target, about = {}) {
    if (still.matches) this.map.jumpTo(target, about);
    else this.map.easeTo({ ...target, duration: 400 }, about);
  }

  async #image(id) {
    const isPattern = id.startsWith("pattern/");
    const image = isPattern ? new Image() : new Image(IMAGE_SIZE * 2, IMAGE_SIZE * 2);
    image.src = `/symbols/${theme()}/${id}.svg`;
    await image.decode();
    if (!this.map.hasImage(id)) this.map.addImage(id, image, { pixelRatio: isPattern ? 1 : 2 });
  }
}

function beginning(point) {
  if (point) return { center: point, zoom: 17 };
  const asked = new URLSearchParams(location.search).get("at")?.split("/").map(Number);
  const [zoom, lat, lon] = given.start ?? asked ?? [];
  if ([zoom, lat, lon].every(Number.isFinite) && Math.abs(lat) <= 85) return { center: [lon, lat], zoom };
  const [west, south, east, north] = given.bounds ?? given.box;
  return { bounds: [[west, south], [east, north]], fitBoundsOptions: { maxZoom: 16 } };
}

/** Bring the library's own sheet only now that the map is wanted. */
export function stylesheet() {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = "/static/vendor/maplibre-gl-6.17.0/maplibre-gl.css";
  document.head.append(link);
  return new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = () => reject(new Error("the map's sheet"));
  });
}

/** The map's style without records and hatching: here people look for a place, not for what is known of it. */
export async function style() {
  const answer = await fetch(`/style/${theme()}.json?lang=${given.language}`);
  if (!answer.ok) throw new Error(`style: ${answer.status}`);
  const drawn = await answer.json();
  drawn.layers = drawn.layers.filter(({ id, source }) => !RECORDS.includes(source) && !/-(hatch|closed|area|chosen)$/.test(id));
  for (const name of RECORDS) delete drawn.sources[name];
  for (const source of Object.values(drawn.sources)) {
    source.tiles &&= source.tiles.map((path) => (path.startsWith("/") ? location.origin + path : path));
  }
  return drawn;
}
