// The map in somebody else's page: the live map under filters that the address gives. What is chosen opens the whole map.

const given = JSON.parse(document.querySelector("#given").textContent);
const stage = document.querySelector("#map");
const back = document.querySelector("[data-back]");
const PADDING = { top: 0, right: 0, bottom: 0, left: 0 };

/** The map reads its filters from a form: here nobody fills one in, so it stands outside of the page's text. */
function holdFilters() {
  const form = document.createElement("form");
  form.id = "filters";
  form.hidden = true;
  for (const [name, value] of [...given.filters, ["here", ""], ["bbox", ""], ["units", given.systems[0]?.id ?? ""]]) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
  document.body.append(form);
}

function address(words) {
  const there = new URL(back.href);
  for (const [name, value] of Object.entries(words)) there.searchParams.set(name, value);
  return there.href;
}

function open(lon, lat, zoom = given.splitZoom) {
  const place = `${lon.toFixed(5)},${lat.toFixed(5)}${zoom < given.splitZoom ? `,${zoom}` : ""}`;
  window.open(address({ at: `${Math.max(zoom, given.splitZoom)}/${lat.toFixed(5)}/${lon.toFixed(5)}`, here: place }), "_blank", "noopener");
}

function showPicture() {
  const picture = new Image();
  picture.alt = stage.dataset.alt;
  picture.src = stage.dataset.picture;
  stage.replaceChildren(picture);
}

holdFilters();
try {
  const { LiveMap } = await import("./live.js");
  await LiveMap.start(stage, given, {
    open,
    close: () => {},
    unit: () => {},
    moved: (at) => {
      back.href = address({ at });
    },
    padding: () => PADDING,
  });
  document.documentElement.classList.add("has-map");
} catch (reason) {
  showPicture();
  console.info("no live map:", reason.message);
}
