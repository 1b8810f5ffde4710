// What every page does beyond its HTML: the light and dark switch, and language links that keep the place on the map.

const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

export function theme() {
  return root.dataset.theme || (system.matches ? "dark" : "light");
}

function announce() {
  document.dispatchEvent(new CustomEvent("bezpeka:theme", { detail: theme() }));
}

for (const button of document.querySelectorAll("[data-theme-switch]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = theme() === "dark" ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
    announce();
  });
}
system.addEventListener("change", announce);

for (const link of document.querySelectorAll("[data-keeps-place]")) {
  link.addEventListener("click", () => {
    const here = new URLSearchParams(location.search);
    here.set("lang", link.hreflang);
    link.href = `${location.pathname}?${here}`;
  });
}
