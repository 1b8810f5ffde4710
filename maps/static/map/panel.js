// The panel: the list that follows the map, the counts beside the filters, and the keyboard's way through both.

import { given, put, value } from "./state.js";

const figures = new Intl.NumberFormat(given.language, { maximumFractionDigits: 0 });
const digits = { format: (n) => figures.format(n).replaceAll("\u00a0", "\u202f") };

export function startPanel(form, { open, close, point, unit }) {
  const found = document.querySelector("#found");

  document.addEventListener("htmx:after:swap", () => showCounts(form, found));
  document.addEventListener("htmx:finally:request", () => found.removeAttribute("aria-busy"));
  document.addEventListener("htmx:error", () => {
    document.querySelector("#list-problem").hidden = false;
  });

  found.addEventListener("click", (event) => {
    const item = event.target.closest("[data-lon]:not([data-page])");
    const back = event.target.closest("[data-back]");
    if (item || back) event.preventDefault();
    if (item) open(Number(item.dataset.lon), Number(item.dataset.lat));
    if (back) close();
  });
  for (const [begin, end] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
    found.addEventListener(begin, ({ target }) => {
      const item = target.closest("[data-lon]");
      if (item) point(Number(item.dataset.lon), Number(item.dataset.lat));
    });
    found.addEventListener(end, () => point(null));
  }

  form.addEventListener("change", ({ target }) => {
    if (target.name === "unit") unit(target.dataset.bounds?.split(",").map(Number));
    showChosen(form);
  });
  form.addEventListener("click", ({ target }) => {
    if (!target.closest("[data-clear]")) return;
    for (const field of form.querySelectorAll("[name=category], [name=status]")) field.checked = false;
    for (const name of ["unit", "from", "to", "here"]) put(name, "");
    form.dispatchEvent(new Event("change", { bubbles: true }));
  });
  showChosen(form);
}

/** Copy the figures that came with the list to where they stand beside the filters. */
function showCounts(form, found) {
  document.querySelector("#list-problem").hidden = true;
  const carrier = found.querySelector("[data-counts]");
  if (!carrier) return;
  const counts = JSON.parse(carrier.dataset.counts);
  form.querySelector("[data-total]").textContent = digits.format(carrier.dataset.all);
  for (const [name, figures] of Object.entries(counts)) {
    for (const figure of form.querySelectorAll(`[data-count-of="${name}"]`)) {
      const n = figures[figure.dataset.value] ?? 0;
      figure.textContent = digits.format(n);
      figure.closest("label")?.classList.toggle("none", n === 0);
    }
  }
  document.dispatchEvent(new CustomEvent("bezpeka:counts", { detail: counts }));
}

function showChosen(form) {
  const chosen = ["category", "status", "from", "to", "unit"].filter((name) => value(name)).length;
  for (const part of form.querySelectorAll("[data-clear]")) part.hidden = chosen === 0;
}
