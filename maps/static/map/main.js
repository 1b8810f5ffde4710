// The map page. The form and the list work without any of this; here the map joins them.

import { given, outdate, put, refresh, remember, value } from "./state.js";
import { startPanel } from "./panel.js";
import { startPeriod } from "./period.js";
import { startSearch } from "./search.js";
import { startSheet } from "./sheet.js";
import { startTabs } from "./tabs.js";

const form = document.querySelector("#filters");
document.documentElement.classList.add("scripted");
const sheet = startSheet();
const tab = startTabs(form, value("here") ? 1 : 0);
if (value("here")) sheet.show("half");
startPeriod(form);

let map = null;

/** Show one place: its records in the list, its ring on the map. A far tile says only roughly where it is: its zoom. */
function open(lon, lat, zoom = given.splitZoom) {
  const roughly = zoom < given.splitZoom ? `,${zoom}` : "";
  put("here", `${lon.toFixed(5)},${lat.toFixed(5)}${roughly}`);
  map?.mark([lon, lat]);
  tab(1);
  sheet.show("half");
  refresh();
}

function close() {
  put("here", "");
  map?.mark(null);
  refresh();
}

function go(place) {
  map?.go(place);
  if (!map && place.lon) {
    put("at", `15/${place.lat}/${place.lon}`);
    location.search = new URLSearchParams(new FormData(form));
  }
  sheet.show("peek");
}

startPanel(form, {
  open: (lon, lat) => {
    open(lon, lat);
    map?.approach(lon, lat);
  },
  close,
  point: (lon, lat) => map?.point(lon, lat),
  unit: (bounds) => bounds && map?.go({ bounds }),
});
startSearch(document.querySelector("#search"), go);

form.addEventListener("change", (event) => {
  if (event.target.name === "units") map?.system(value("units"));
  if (event.target.name === "unit") put("here", "");
  remember();
  outdate();
  map?.filter();
});

async function startMap() {
  const stage = document.querySelector("#map");
  try {
    const { LiveMap } = await import("./live.js");
    map = await LiveMap.start(stage, given, {
      open,
      close,
      moved: (at, bbox) => {
        put("at", at);
        put("bbox", bbox);
        refresh();
      },
      unit: (code) => {
        put("unit", code);
        put("here", "");
        form.dispatchEvent(new Event("change", { bubbles: true }));
      },
      padding: () => sheet.padding(),
    });
    document.documentElement.classList.add("has-map");
  } catch (reason) {
    document.documentElement.classList.add("no-map");
    console.info("no live map:", reason.message);
  }
}

// What is reported from here begins at the place that the map shows.
for (const link of document.querySelectorAll("[data-report]")) {
  link.addEventListener("click", () => {
    if (value("at")) link.href = `/report?${new URLSearchParams({ at: value("at") })}`;
  });
}

// Another layer of records is the same place under filters of its own.
for (const link of document.querySelectorAll("[data-about]")) {
  link.addEventListener("click", () => {
    const words = new URLSearchParams({ layer: link.dataset.about });
    for (const name of ["at", "units", "unit", "view", "lang"]) if (value(name)) words.set(name, value(name));
    link.href = `/?${words}`;
  });
}

for (const link of document.querySelectorAll("[data-follows]")) {
  link.addEventListener("click", () => {
    link.href = link.dataset.follows + location.search;
  });
}

startMap();
