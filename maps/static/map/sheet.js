// On a phone the panel is a sheet with three heights: a handle that is dragged, pressed, or moved with the arrow keys.

const HEIGHTS = ["peek", "half", "full"];
const PEEK = 250; // CSS pixels, as in map.css
const phone = matchMedia("(max-width: 759px)");

export function startSheet() {
  const panel = document.querySelector("#panel");
  const handle = document.querySelector("#sheet-handle");

  const now = () => panel.dataset.height;
  const show = (height) => {
    panel.dataset.height = height;
    handle.setAttribute("aria-expanded", String(height !== "peek"));
  };
  const step = (by) => show(HEIGHTS[Math.min(2, Math.max(0, HEIGHTS.indexOf(now()) + by))]);

  let drag = null;
  handle.addEventListener("pointerdown", (event) => {
    drag = { from: event.clientY, top: panel.getBoundingClientRect().top, moved: false };
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const by = event.clientY - drag.from;
    drag.moved ||= Math.abs(by) > 6;
    panel.style.setProperty("--drag", `${by}px`);
  });
  handle.addEventListener("pointerup", (event) => {
    panel.style.removeProperty("--drag");
    if (drag?.moved) show(nearest(drag.top + event.clientY - drag.from));
    else show(now() === "peek" ? "half" : now() === "half" ? "full" : "peek");
    drag = null;
  });
  handle.addEventListener("pointercancel", () => {
    panel.style.removeProperty("--drag");
    drag = null;
  });
  handle.addEventListener("keydown", (event) => {
    if (event.key === "ArrowUp") step(1);
    else if (event.key === "ArrowDown") step(-1);
    else if (event.key === "Enter" || event.key === " ") step(now() === "full" ? -2 : 1);
    else return;
    event.preventDefault();
  });

  return {
    show: (height) => phone.matches && show(height),
    /** Return how much of the map is covered on each side: by the panel, or by the sheet at its lowest. */
    padding: () => ({
      top: 0,
      right: 0,
      bottom: phone.matches ? PEEK : 0,
      left: phone.matches ? 0 : panel.getBoundingClientRect().width,
    }),
  };
}

function nearest(top) {
  const tops = { full: 0.08, half: 0.4, peek: 0.7 };
  const share = top / innerHeight;
  return Object.keys(tops).reduce((best, each) => (Math.abs(tops[each] - share) < Math.abs(tops[best] - share) ? each : best));
}
