// The state of the map page: the filter form is its one home, the address bar its copy.

const form = document.querySelector("#filters");
const FILTERS = ["category", "status", "from", "to", "unit"];

export const given = JSON.parse(document.querySelector("#given").textContent);

/** Return the filters as a query string, for tiles. */
export function filters() {
  const words = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (FILTERS.includes(name) && value) words.append(name, value);
  }
  return words;
}

/** Return one value of the form, or "". */
export function value(name) {
  return new FormData(form).get(name) || "";
}

/** Set a hidden field or choose a radio button of the form, without asking for the list. */
export function put(name, to) {
  const field = form.elements[name];
  if (field instanceof RadioNodeList) {
    for (const radio of field) radio.checked = radio.value === to;
  } else if (field) {
    field.value = to;
  }
}

/** Write the state into the address bar, so that the address always shows what is on the screen. */
export function remember() {
  const words = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    const isDefault = name === "units" && value === given.systems[0]?.id;
    if (value && name !== "bbox" && !isDefault) words.append(name, value);
  }
  history.replaceState(null, "", words.size ? `?${words}` : location.pathname);
}

/** Say that the list is no longer of what the map shows; the one that is on its way takes it back. */
export function outdate() {
  document.querySelector("#found").setAttribute("aria-busy", "true");
}

/** Ask for the list anew. */
export function refresh() {
  remember();
  outdate();
  form.dispatchEvent(new CustomEvent("moved"));
}

/** Read "zoom/lat/lon". */
export function position(text = value("at")) {
  const [zoom, lat, lon] = text.split("/").map(Number);
  return [zoom, lat, lon].every(Number.isFinite) ? { zoom, center: [lon, lat] } : null;
}
