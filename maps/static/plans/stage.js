// The one door to the map library for camera plans: views by level, cameras, points of the demand, seen or blind.

import { Map, Marker, NavigationControl, ScaleControl } from "../vendor/maplibre-gl-6.17.0/maplibre-gl.mjs";
import { addImage, fetchStyle, ink } from "../map/base.js";

const ORANGE = "#d55e00";
const PURPLE = "#a2459b"; // plan B
const GREEN = "#009e73";
const EMPTY = { type: "FeatureCollection", features: [] };
const still = matchMedia("(prefers-reduced-motion: reduce)");

export class PlanMap {
  /** Start the map on the plans drawn; throws where the device has no WebGL. */
  static async start(holder, given, plans) {
    const map = new Map({
      container: holder,
      style: await fetchStyle(given.language),
      bounds: extent(plans),
      fitBoundsOptions: { padding: 40, maxZoom: 17.5 },
      locale: given.words,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      maxZoom: 20,
      fadeDuration: 0,
    });
    map.touchZoomRotate.disableRotation();
    return new PlanMap(map, given, plans);
  }

  constructor(map, given, plans) {
    Object.assign(this, { map, given, plans, when: "day", level: plans[0].level, shown: plans.map(() => true), markers: [], chosen: null });
    map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
    map.setMissingStyleImageResolver((id) => addImage(map, id));
    map.getCanvas().setAttribute("aria-label", given.words["Map.Title"]);
    map.once("style.load", () => this.#dress());
    map.once("idle", () => map.getContainer().setAttribute("data-ready", ""));
    document.addEventListener("bezpeka:theme", async () => {
      map.setStyle(await fetchStyle(given.language), { diff: false });
      map.once("style.load", () => this.#dress());
    });
    plans.forEach((plan, which) => plan.cameras.forEach((camera) => {
      if (!which || !camera.locked) this.#mark(which, camera); // what stands already stands in both
    }));
  }

  /** Show another hour, level, or only one of two plans. */
  set(changes) {
    Object.assign(this, changes);
    this.#fill();
  }

  /** Draw one camera's views anew, as it was tried. */
  draw(at, camera, views) {
    const plan = this.plans[0];
    plan.views[at] = views;
    const { marker } = this.markers.find((one) => one.which === 0 && one.camera.at === at);
    marker.setLngLat([camera.lon, camera.lat]);
    this.#fill();
  }

  choose(at, fly) {
    for (const { camera, element, which } of this.markers) element.classList.toggle("chosen", which === 0 && camera.at === at);
    const found = this.markers.find((one) => one.which === 0 && one.camera.at === at);
    if (fly && found) this.fly(found.marker.getLngLat().toArray());
  }

  fly(center) {
    const target = { center, zoom: Math.max(this.map.getZoom(), 16.5) };
    if (still.matches) this.map.jumpTo(target);
    else this.map.easeTo({ ...target, duration: 500 });
  }

  /** Let one camera be dragged, or moved by the arrow keys; null lets none. */
  letMove(at, moved) {
    for (const one of this.markers) {
      const on = one.which === 0 && one.camera.at === at;
      one.marker.setDraggable(on);
      one.element.classList.toggle("tried", on);
      one.move = on ? moved : null;
    }
  }

  #mark(which, camera) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = `marker${camera.locked ? " old" : ""}${camera.off ? " off" : ""}${which ? " b" : ""}`;
    element.textContent = camera.label;
    const marker = new Marker({ element }).setLngLat([camera.lon, camera.lat]).addTo(this.map);
    element.setAttribute("aria-label", this.given.words.camera.replace("{n}", camera.label));
    const one = { marker, element, camera, which, move: null };
    this.markers.push(one);
    element.addEventListener("click", (event) => {
      event.stopPropagation();
      if (which === 0) document.dispatchEvent(new CustomEvent("plan:camera", { detail: camera.at }));
    });
    const told = () => one.move?.(marker.getLngLat());
    marker.on("drag", told);
    marker.on("dragend", told);
    element.addEventListener("keydown", (event) => {
      const by = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
      if (!by || !one.move) return;
      event.preventDefault();
      event.stopPropagation();
      const { lng, lat } = marker.getLngLat();
      const step = 0.000018; // degrees of latitude: two metres
      marker.setLngLat([lng + (by[0] * step) / Math.cos((lat * Math.PI) / 180), lat + by[1] * step]);
      told();
    });
  }

  #dress() {
    const accent = ink("--accent");
    const { map } = this;
    this.plans.forEach((_plan, which) => {
      const colour = which ? PURPLE : accent;
      map.addSource(`views-${which}`, { type: "geojson", data: EMPTY });
      map.addLayer({ id: `views-${which}`, type: "fill", source: `views-${which}`, paint: { "fill-color": colour, "fill-opacity": 0.22 } });
      map.addLayer({ id: `edges-${which}`, type: "line", source: `views-${which}`, paint: { "line-color": colour, "line-width": 1.2, "line-opacity": 0.8 } });
    });
    map.addSource("points", { type: "geojson", data: EMPTY });
    map.addLayer({
      // Points of an area (a park, a school's approaches) weigh little each: they show when one looks closely.
      id: "area-points", type: "circle", source: "points", minzoom: 15.5, filter: ["<", ["get", "w"], 0.5],
      paint: { "circle-radius": 1.8, "circle-color": ["case", ["get", "seen"], GREEN, ORANGE], "circle-opacity": 0.7 },
    });
    map.addLayer({
      id: "points", type: "circle", source: "points", minzoom: 12, filter: [">=", ["get", "w"], 0.5],
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 12, 1.5, 15, ["min", ["+", 2, ["sqrt", ["get", "w"]]], 6], 18, ["min", ["+", 3, ["*", 2, ["sqrt", ["get", "w"]]]], 10]],
        "circle-color": ["case", ["get", "seen"], GREEN, "rgba(0,0,0,0)"],
        "circle-stroke-color": ["case", ["get", "seen"], "#fff", ORANGE],
        "circle-stroke-width": ["case", ["get", "seen"], 0.5, 1.6],
        "circle-opacity": 0.85,
      },
    });
    this.#fill();
  }

  #fill() {
    if (!this.map.getSource("points")) return;
    this.plans.forEach((plan, which) => this.map.getSource(`views-${which}`).setData(this.shown[which] ? this.#views(plan) : EMPTY));
    this.map.getSource("points").setData(this.#points());
    for (const { element, which, camera } of this.markers) element.hidden = !this.shown[which] && !camera.locked;
  }

  #views(plan) {
    const features = plan.views.flatMap((view, at) => {
      const night = this.when === "night" && view.night[this.level] !== 0 ? view.night[this.level] : view.day[this.level];
      return night ? [{ type: "Feature", properties: { at }, geometry: night }] : [];
    });
    return { type: "FeatureCollection", features };
  }

  /** The demand, seen when a plan that is shown sees it; homes are too many to be drawn one by one. */
  #points() {
    const { points, kinds } = this.plans[0];
    const residents = points.kinds ? points.kinds.indexOf("resident") : -1;
    const at = this.plans.map((plan) => plan.points[this.when] || []);
    const features = [];
    for (let i = 0; i < (points.lon || []).length; i += 1) {
      if (points.kind[i] === residents) continue;
      const seen = at.some((levels, which) => this.shown[which] && levels[i] > this.level);
      features.push({ type: "Feature", properties: { w: points.weight[i], seen, kind: kinds[points.kinds[points.kind[i]]] }, geometry: { type: "Point", coordinates: [points.lon[i], points.lat[i]] } });
    }
    return { type: "FeatureCollection", features };
  }
}

function extent(plans) {
  const places = plans.flatMap((plan) => {
    const fresh = plan.cameras.filter((camera) => !camera.locked);
    return (fresh.length ? fresh : plan.cameras).map((camera) => [camera.lon, camera.lat]);
  });
  if (!places.length) return undefined;
  const lons = places.map((place) => place[0]);
  const lats = places.map((place) => place[1]);
  return [[Math.min(...lons) - 0.0008, Math.min(...lats) - 0.0005], [Math.max(...lons) + 0.0008, Math.max(...lats) + 0.0005]];
}
