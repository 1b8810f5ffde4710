// The one door to the map library: everything the page asks of the map goes through LiveMap.

import { Map, NavigationControl, ScaleControl } from "../vendor/maplibre-gl-6.17.0/maplibre-gl.mjs";
import { theme } from "../theme.js";
import { filters, position, value } from "./state.js";

const IMAGE_SIZE = 26;
const MARGIN = 24;
const still = matchMedia("(prefers-reduced-motion: reduce)");

export class LiveMap {
  /** Start a map on `stage`; throws where the device has no WebGL. */
  static async start(stage, given, events) {
    const style = await fetchStyle(given);
    const map = new Map({
      container: stage,
      style,
      locale: given.words,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      maxZoom: 19,
      minZoom: 4,
      fadeDuration: 0,
    });
    map.touchZoomRotate.disableRotation();
    const from = position();
    if (from) map.jumpTo({ ...from, padding: events.padding() });
    else map.setPadding(events.padding()).fitBounds(given.box, { padding: MARGIN, animate: false });
    return new LiveMap(map, given, events);
  }

  constructor(map, given, events) {
    Object.assign(this, { map, given, events, chosen: null, marked: null });
    map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new ScaleControl({ unit: "metric", maxWidth: 80 }), "bottom-right");
    map.setMissingStyleImageResolver((id) => this.#image(id));
    map.once("style.load", () => this.#dress());
    map.on("moveend", () => this.#moved());
    map.on("dataloading", () => map.getContainer().setAttribute("aria-busy", "true"));
    map.on("idle", () => map.getContainer().removeAttribute("aria-busy"));
    map.on("resize", () => map.setPadding(events.padding()));
    map.on("click", (event) => this.#click(event));
    map.on("mousemove", (event) => this.#hover(event));
    document.addEventListener("bezpeka:theme", () => this.#retheme());
  }

  /** Draw the records under the filters of the form. */
  filter() {
    for (const layer of this.given.records) this.map.getSource(layer)?.setTiles([tiles(layer)]);
    this.#choose(value("unit"));
  }

  /** Name and offer the units of one system; the others stay as outlines. */
  system(id) {
    this.active = id;
    for (const { id: each } of this.given.systems) {
      const seen = each === id ? "visible" : "none";
      for (const part of ["names", "area", "hatch"]) {
        if (this.map.getLayer(`${each}-${part}`)) this.map.setLayoutProperty(`${each}-${part}`, "visibility", seen);
      }
    }
  }

  /** Set the counts that stand under the units' names. */
  count(units) {
    this.counts = units;
    const features = this.given.names.map(({ lon, lat, ...unit }) => ({
      type: "Feature",
      geometry: { type: "Point", coordinates: [lon, lat] },
      properties: { ...unit, count: units[unit.code] ?? 0 },
    }));
    this.map.getSource("names")?.setData({ type: "FeatureCollection", features });
  }

  /** Ring a place, or nothing. */
  mark(point) {
    this.marked = point;
    const features = point ? [{ type: "Feature", geometry: { type: "Point", coordinates: point }, properties: {} }] : [];
    this.map.getSource("selected")?.setData({ type: "FeatureCollection", features });
  }

  /** Ring a place for as long as it is pointed at in the list. */
  point(lon, lat) {
    if (!value("here")) this.mark(lon === null ? null : [lon, lat]);
  }

  /** Come near enough to a place for its records to stand alone. */
  approach(lon, lat) {
    const zoom = Math.max(this.map.getZoom(), 16);
    this.#fly({ center: [lon, lat], zoom });
  }

  go({ bounds, lon, lat, zoom = 16 }) {
    if (bounds) this.map.fitBounds(bounds, { padding: MARGIN, maxZoom: 16, animate: !still.matches });
    else this.#fly({ center: [lon, lat], zoom });
  }

  #fly(target) {
    if (still.matches) this.map.jumpTo(target);
    else this.map.easeTo({ ...target, duration: 600 });
  }

  #dress() {
    const isMarker = ({ source, layout }) => source === this.given.about && !layout?.["text-field"];
    this.markers = this.map.getStyle().layers.filter(isMarker).map(({ id }) => id);
    this.system(value("units") || this.given.systems[0]?.id);
    this.count(this.counts || this.given.counts);
    this.#choose(value("unit"));
    const [lon, lat] = value("here").split(",").map(Number);
    this.mark(this.marked || (lat === undefined ? null : [lon, lat]));
    if (!this.loaded) this.#moved();
    this.loaded = true;
    this.map.getCanvas().setAttribute("aria-label", this.given.words["Map.Title"]);
  }

  #moved() {
    const { lng, lat } = this.map.getCenter();
    const bounds = this.#seen();
    const at = `${this.map.getZoom().toFixed(2)}/${lat.toFixed(5)}/${lng.toFixed(5)}`;
    this.events.moved(at, bounds.map((n) => n.toFixed(6)).join(","));
  }

  /** Return the box that the reader sees: the map without what the panel or sheet covers. */
  #seen() {
    const { top, right, bottom, left } = this.events.padding();
    const { clientWidth, clientHeight } = this.map.getContainer();
    const southwest = this.map.unproject([left, clientHeight - bottom]);
    const northeast = this.map.unproject([clientWidth - right, top]);
    return [southwest.lng, southwest.lat, northeast.lng, northeast.lat];
  }

  async #retheme() {
    const style = await fetchStyle(this.given);
    this.map.setStyle(style, { diff: false });
    this.map.once("style.load", () => this.#dress());
  }

  #choose(code) {
    for (const { id } of this.given.systems) {
      if (this.map.getLayer(`${id}-chosen`)) this.map.setFilter(`${id}-chosen`, ["==", ["get", "code"], code]);
    }
  }

  async #image(id) {
    const isPattern = id.startsWith("pattern/");
    const image = isPattern ? new Image() : new Image(IMAGE_SIZE * 2, IMAGE_SIZE * 2);
    image.src = `/symbols/${theme()}/${id}.svg`;
    await image.decode();
    if (!this.map.hasImage(id)) this.map.addImage(id, image, { pixelRatio: isPattern ? 1 : 2 });
  }

  #click({ point }) {
    const record = this.#record(point, 4);
    if (record && record.properties.count > 1 && this.map.getZoom() < this.given.splitZoom) {
      this.#fly({ center: record.geometry.coordinates, zoom: Math.min(this.map.getZoom() + 2, this.given.splitZoom) });
      return;
    }
    if (record) {
      const [lon, lat] = record.geometry.coordinates;
      this.events.open(lon, lat, Math.floor(this.map.getZoom()));
      return;
    }
    if (value("here")) this.events.close();
    const unit = this.#at(point, [`${this.active}-area`])[0];
    if (unit && this.map.getZoom() < 13) this.events.unit(unit.properties.code === value("unit") ? "" : unit.properties.code);
  }

  #hover({ point }) {
    const over = this.#record(point, 2);
    const unit = this.map.getZoom() < 13 && this.#at(point, [`${this.active}-area`])[0];
    this.map.getCanvas().style.cursor = over || unit ? "pointer" : "";
  }

  #record(point, reach) {
    return this.#at(point, this.markers ?? [], reach)[0];
  }

  #at({ x, y }, layers, reach = 0) {
    const there = layers.filter((id) => this.map.getLayer(id));
    const box = [[x - reach, y - reach], [x + reach, y + reach]];
    return there.length ? this.map.queryRenderedFeatures(box, { layers: there }) : [];
  }
}

function tiles(layer) {
  const words = filters();
  return `${location.origin}/tiles/${layer}/{z}/{x}/{y}.mvt${words.size ? `?${words}` : ""}`;
}

/** MapLibre's worker wants whole addresses; those of our own server come as paths. */
function absolute(address) {
  return address.startsWith("/") ? location.origin + address : address;
}

async function fetchStyle(given) {
  const answer = await fetch(`/style/${theme()}.json?lang=${given.language}&layer=${given.about}`);
  if (!answer.ok) throw new Error(`style: ${answer.status}`);
  const style = await answer.json();
  for (const source of Object.values(style.sources)) {
    if (source.tiles) source.tiles = source.tiles.map(absolute);
  }
  for (const layer of given.records) {
    if (style.sources[layer]) style.sources[layer].tiles = [tiles(layer)];
  }
  return style;
}
