// Draw a zone by clicking its corners on a map; the field below holds the same and can be typed in.

const given = JSON.parse(document.querySelector("#given").textContent);
const stage = document.querySelector("#zone-stage");
const field = document.querySelector("#corners");
const box = stage.dataset.box.split(",").map(Number);

document.querySelector(".zone-draw").addEventListener("toggle", start, { once: true });

async function start() {
  stage.hidden = false;
  const [{ Map }, { addImage, fetchStyle, ink }] = await Promise.all([
    import("../vendor/maplibre-gl-6.17.0/maplibre-gl.mjs"), import("../map/base.js"),
  ]);
  const map = new Map({
    container: stage, style: await fetchStyle(given.language), bounds: [[box[0], box[1]], [box[2], box[3]]],
    locale: given.words, attributionControl: false, dragRotate: false, pitchWithRotate: false, fadeDuration: 0,
  });
  map.setMissingStyleImageResolver((id) => addImage(map, id));
  map.once("style.load", () => {
    map.addSource("zone", { type: "geojson", data: outline() });
    map.addLayer({ id: "zone", type: "fill", source: "zone", paint: { "fill-color": ink("--danger"), "fill-opacity": 0.2 } });
    map.addLayer({ id: "zone-edge", type: "line", source: "zone", paint: { "line-color": ink("--danger"), "line-width": 2 } });
  });
  map.on("click", ({ lngLat }) => {
    field.value = `${field.value.trim()}\n${lngLat.lat.toFixed(6)}, ${lngLat.lng.toFixed(6)}`.trim();
    map.getSource("zone")?.setData(outline());
  });
  field.addEventListener("input", () => map.getSource("zone")?.setData(outline()));
}

function outline() {
  const corners = field.value.split("\n").map((line) => line.split(",").map(Number)).filter((pair) => pair.length === 2 && pair.every(Number.isFinite));
  const ring = corners.map(([lat, lon]) => [lon, lat]);
  const geometry = ring.length > 2 ? { type: "Polygon", coordinates: [[...ring, ring[0]]] } : { type: "LineString", coordinates: ring.length > 1 ? ring : [[0, 0], [0, 0]] };
  return { type: "Feature", properties: {}, geometry };
}
