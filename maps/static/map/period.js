// The time slider: two thumbs over the months, moving the two lists of months that are the form's real fields.

import { given } from "./state.js";

export function startPeriod(form) {
  const slider = document.querySelector("#period-slider");
  const { from, to } = form.elements;
  const months = given.months;
  if (!slider || months.length < 2) return;

  const [low, high] = slider.querySelectorAll("input");
  const bars = [...slider.querySelectorAll("rect")];
  slider.hidden = false;
  for (const thumb of [low, high]) thumb.max = months.length - 1;

  const read = () => {
    low.value = from.value ? months.findIndex(({ value }) => value === from.value) : 0;
    high.value = to.value ? months.findIndex(({ value }) => value === to.value) : months.length - 1;
    paint();
  };
  const paint = () => {
    low.setAttribute("aria-valuetext", months[low.value].label);
    high.setAttribute("aria-valuetext", months[high.value].label);
    bars.forEach((bar, index) => bar.classList.toggle("out", index < low.value || index > high.value));
  };
  const write = ({ target }) => {
    if (Number(low.value) > Number(high.value)) {
      if (target === low) low.value = high.value;
      else high.value = low.value;
    }
    from.value = Number(low.value) === 0 ? "" : months[low.value].value;
    to.value = Number(high.value) === months.length - 1 ? "" : months[high.value].value;
    paint();
  };

  for (const thumb of [low, high]) thumb.addEventListener("input", write);
  form.addEventListener("change", (event) => {
    if (slider.contains(event.target)) return;
    if (event.target === from && to.value && from.value > to.value) to.value = "";
    if (event.target === to && from.value && from.value > to.value && to.value) from.value = "";
    read();
  });
  document.addEventListener("bezpeka:counts", ({ detail }) => {
    if (!detail.month) return;
    const most = Math.max(1, ...Object.values(detail.month));
    bars.forEach((bar, index) => {
      const height = (40 * (detail.month[months[index].value] ?? 0)) / most;
      bar.setAttribute("height", height);
      bar.setAttribute("y", 40 - height);
    });
  });
  read();
}
