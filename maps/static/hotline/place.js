// The place: one field that searches as one types and stays as words, and the point on the map.

import { startSearch } from "../map/search.js";

export function startPlace(form, given, changed) {
  const { lon, lat, accuracy, place_words: words } = form.elements;
  const told = document.querySelector("#place-said");
  const unpin = document.querySelector("#unpin");
  const stage = document.querySelector("#map");
  let map = null;
  let marks = [];

  const point = () => (lon.value && lat.value ? [Number(lon.value), Number(lat.value)] : null);

  function put(at, name, { roughly = "", fly = true } = {}) {
    lon.value = at ? at[0].toFixed(6) : "";
    lat.value = at ? at[1].toFixed(6) : "";
    accuracy.value = at ? roughly : "";
    unpin.hidden = !at;
    told.textContent = at ? given.words.set.replace("{place}", name || given.words.here) : words.value.trim() ? given.words.words : "";
    map?.pin(at, fly);
    document.dispatchEvent(new Event("hotline:place"));
    changed();
  }

  function found(place) {
    if (place.what === "settlement") {
      map?.show(place.bounds);
      put(null);
      told.textContent = given.words.settlement;
      return;
    }
    const [west, south, east, north] = place.bounds;
    const wide = (east - west) * 111320 * Math.cos((south * Math.PI) / 180);
    const roughly = place.what === "street" ? String(Math.round(Math.max(wide, (north - south) * 111320) / 2)) : "";
    put([place.lon, place.lat], place.title, { roughly });
  }

  startSearch(document.querySelector("#find"), found, { keeps: true });
  unpin.addEventListener("click", () => {
    put(null);
    words.focus();
  });
  for (const chip of document.querySelectorAll("[data-place]")) {
    chip.addEventListener("click", () => {
      const place = JSON.parse(chip.dataset.place);
      words.value = place.title;
      if (place.pin) put([place.lon, place.lat], place.title, { roughly: place.accuracy });
      else {
        map?.show(place.bounds.flat());
        put(null);
      }
      for (const each of document.querySelectorAll("[data-place]")) each.setAttribute("aria-pressed", String(each === chip));
    });
  }

  (async () => {
    try {
      const { CallMap } = await import("./map.js");
      map = await CallMap.start(stage, given, (at) => put(at, "", { fly: false }));
      if (point()) map.pin(point(), true);
      map.mark(marks);
    } catch (reason) {
      console.info("no live map:", reason.message);
      stage.classList.add("none");
      if (!told.textContent) told.textContent = given.words.noMap;
    }
  })();

  return {
    /** Show where the similar reports lie, by their letters. */
    mark(items) {
      marks = items;
      map?.mark(items);
    },
  };
}
