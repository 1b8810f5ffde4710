// What every page does beyond its HTML: the light and dark switch, and language links that keep the place on the map.

import { flip } from "./theme.js";

for (const button of document.querySelectorAll("[data-theme-switch]")) {
  button.hidden = false;
  button.addEventListener("click", flip);
}

for (const link of document.querySelectorAll("[data-keeps-place]")) {
  link.addEventListener("click", () => {
    const here = new URLSearchParams(location.search);
    here.set("lang", link.hreflang);
    link.href = `${location.pathname}?${here}`;
  });
}
