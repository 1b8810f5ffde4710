// Which look the page has: as the reader chose, or as the device has it. Changes are told to whoever listens.

const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

export function theme() {
  return root.dataset.theme || (system.matches ? "dark" : "light");
}

export function flip() {
  root.dataset.theme = theme() === "dark" ? "light" : "dark";
  document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
  announce();
}

function announce() {
  document.dispatchEvent(new CustomEvent("bezpeka:theme", { detail: theme() }));
}

system.addEventListener("change", announce);
