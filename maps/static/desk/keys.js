// Single letters as keys: by their place on the keyboard, so that both layouts have them; never in a field, never with
// a modifier, and not at all where somebody switched them off.

const SWITCH = "desk-keys";
const dialog = document.querySelector("#keys");

const OPENS = { KeyA: "needs_info", KeyX: "refused", KeyM: "merged", KeyF: "forwarded", KeyW: "in_work", KeyD: "done", KeyT: "checking", KeyO: "reopened" };

function isOn() {
  try {
    return localStorage.getItem(SWITCH) !== "off";
  } catch {
    return true;
  }
}

function put(on) {
  try {
    localStorage.setItem(SWITCH, on ? "on" : "off");
  } catch {
    // A browser that keeps nothing: they stay on for this page alone.
  }
}

export function startKeys(openAt) {
  startDialog();
  const keys = {
    KeyJ: () => step(1),
    KeyK: () => step(-1),
    KeyU: () => press(".pager .back"),
    Slash: () => focus("#q"),
    KeyE: () => focus("#words"),
    KeyH: () => press("#mask"),
    KeyC: () => press('[data-key="c"]'),
    KeyR: () => openAt("answer"),
    KeyN: () => openAt("note"),
    KeyP: () => openAt("pin"),
    KeyG: () => press(".photo-link:has(.waiting), .photo-link"),
  };
  for (const [code, move] of Object.entries(OPENS)) keys[code] = () => openAt(`move-${move}`);
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !isOn()) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable], dialog")) return;
    const wanted = event.key === "?" || (event.code === "Slash" && event.shiftKey) ? showKeys : event.shiftKey ? null : keys[event.code];
    if (wanted && wanted() !== false) event.preventDefault();
  });
  // Escape leaves a field for the keys.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.matches?.("main input, main textarea, main select")) {
      event.target.blur();
      document.querySelector("#main")?.focus();
    }
  });
}

function startDialog() {
  if (!dialog) return;
  const box = dialog.querySelector("#keys-on");
  box.checked = isOn();
  box.addEventListener("change", () => put(box.checked));
  for (const button of document.querySelectorAll("[data-keys]")) {
    button.closest("[hidden]")?.removeAttribute("hidden");
    button.addEventListener("click", showKeys);
  }
}

function showKeys() {
  dialog?.showModal();
}

/** Go to the next line of the list, or, on a report, to the next report where the list is not shown. */
function step(by) {
  const lines = [...document.querySelectorAll(".line")].filter((line) => line.offsetParent);
  if (!lines.length) return press(by > 0 ? "#after" : "#before");
  const at = lines.findIndex((line) => line === document.activeElement);
  const from = at >= 0 ? at : lines.findIndex((line) => line.getAttribute("aria-current"));
  const next = lines[from < 0 ? 0 : Math.min(lines.length - 1, Math.max(0, from + by))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function press(selector) {
  const found = document.querySelector(selector);
  found?.click();
  return Boolean(found);
}

function focus(selector) {
  const found = document.querySelector(selector);
  found?.focus();
  return Boolean(found);
}
