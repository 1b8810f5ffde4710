// The ground under a map of our own: the map's style without its records, and the images that it asks for.

import { theme } from "../theme.js";

const RECORDS = ["incidents", "problems", "selected", "names"];

/** Take the map's own style without some sources; its worker wants whole addresses. */
export async function fetchStyle(language, without = RECORDS) {
  const answer = await fetch(`/style/${theme()}.json?lang=${language}`);
  if (!answer.ok) throw new Error(`style: ${answer.status}`);
  const style = await answer.json();
  const left = new Set(without);
  style.layers = style.layers.filter((layer) => !left.has(layer.source));
  for (const name of left) delete style.sources[name];
  for (const source of Object.values(style.sources)) {
    if (source.tiles) source.tiles = source.tiles.map((path) => (path.startsWith("/") ? location.origin + path : path));
  }
  return style;
}

/** Give the map a symbol or pattern that its style names. */
export async function addImage(map, id) {
  const pattern = id.startsWith("pattern/");
  const image = pattern ? new Image() : new Image(52, 52);
  image.src = `/symbols/${theme()}/${id}.svg`;
  await image.decode();
  if (!map.hasImage(id)) map.addImage(id, image, { pixelRatio: pattern ? 1 : 2 });
}

export function ink(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
