// The map on which a place is drawn: a click puts a corner; whoever has no mouse takes what the map shows.

import { Map, NavigationControl } from "../vendor/maplibre-gl-6.17.0/maplibre-gl.mjs";
import { given, say } from "../report/given.js";
import { style, stylesheet } from "../report/pinmap.js";
import { theme } from "../theme.js";

const IMAGE_SIZE = 26;

export class DrawMap {
  static async start(stage, corners, changed) {
    await stylesheet();
    const [west, south, east, north] = corners.length ? around(corners) : given.box;
    const map = new Map({
      container: stage,
      style: await style(),
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      maxZoom: 18,
      minZoom: 6,
      fadeDuration: 0,
      locale: {
        "NavigationControl.ZoomIn": say("zoomIn"),
        "NavigationControl.ZoomOut": say("zoomOut"),
        "Map.Title": say("map"),
      },
      bounds: [[west, south], [east, north]],
      fitBoundsOptions: { padding: 30, maxZoom: 16 },
    });
    map.touchZoomRotate.disableRotation();
    return new DrawMap(map, corners, changed);
  }

  constructor(map, corners, changed) {
    this.map = map;
    this.corners = corners;
    this.changed = changed;
    map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    map.setMissingStyleImageResolver((id) => this.#image(id));
    map.on("click", ({ lngLat }) => this.#add([lngLat.lng, lngLat.lat]));
    map.on("style.load", () => this.#layers());
    map.on("dataloading", () => map.getContainer().setAttribute("aria-busy", "true"));
    map.on("idle", () => map.getContainer().removeAttribute("aria-busy"));
    document.addEventListener("bezpeka:theme", async () => map.setStyle(await style(), { diff: false }));
  }

  undo() {
    this.#set(this.corners.slice(0, -1));
  }

  clear() {
    this.#set([]);
  }

  /** Take the box of what is seen, a little within its frame so that its edges are seen too, and within the area. */
  takeView() {
    const seen = this.map.getBounds();
    const [x, y] = [(seen.getEast() - seen.getWest()) * 0.04, (seen.getNorth() - seen.getSouth()) * 0.04];
    const west = Math.max(seen.getWest() + x, given.box[0]);
    const south = Math.max(seen.getSouth() + y, given.box[1]);
    const east = Math.min(seen.getEast() - x, given.box[2]);
    const north = Math.min(seen.getNorth() - y, given.box[3]);
    if (west < east && south < north) this.#set([[west, south], [east, south], [east, north], [west, north]]);
  }

  #add(corner) {
    if (this.corners.length >= given.most) this.changed(this.corners, true);
    else this.#set([...this.corners, corner]);
  }

  #set(corners) {
    this.corners = corners;
    this.map.getSource("drawn")?.setData(this.#data());
    this.changed(corners);
  }

  #data() {
    const points = this.corners.map((at) => feature("Point", at));
    const ring = [...this.corners, this.corners[0]];
    const shape = this.corners.length > 2 ? [feature("Polygon", [ring])] : this.corners.length === 2 ? [feature("LineString", this.corners)] : [];
    return { type: "FeatureCollection", features: [...shape, ...points] };
  }

  #layers() {
    const colours = getComputedStyle(document.documentElement);
    const [accent, paper] = ["--accent", "--surface"].map((name) => colours.getPropertyValue(name).trim());
    this.map.addSource("drawn", { type: "geojson", data: this.#data() });
    this.map.addLayer({ id: "drawn-fill", type: "fill", source: "drawn", filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": accent, "fill-opacity": 0.18 } });
    this.map.addLayer({ id: "drawn-line", type: "line", source: "drawn", filter: ["!=", ["geometry-type"], "Point"],
      paint: { "line-color": accent, "line-width": 3 } });
    this.map.addLayer({ id: "drawn-corner", type: "circle", source: "drawn", filter: ["==", ["geometry-type"], "Point"],
      paint: { "circle-radius": 6, "circle-color": paper, "circle-stroke-color": accent, "circle-stroke-width": 3 } });
  }

  async #image(id) {
    const isPattern = id.startsWith("pattern/");
    const image = isPattern ? new Image() : new Image(IMAGE_SIZE * 2, IMAGE_SIZE * 2);
    image.src = `/symbols/${theme()}/${id}.svg`;
    await image.decode();
    if (!this.map.hasImage(id)) this.map.addImage(id, image, { pixelRatio: isPattern ? 1 : 2 });
  }
}

function feature(type, coordinates) {
  return { type: "Feature", properties: {}, geometry: { type, coordinates } };
}

function around(corners) {
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}
