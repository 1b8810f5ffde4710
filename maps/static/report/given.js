// What the page begins with, and what the scripts say in its language.

export const given = JSON.parse(document.querySelector("#given").textContent);
export const form = document.querySelector("#report");

export function say(name, values = {}) {
  return given.words[name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

/** Make an element with text and attributes; what a person typed never becomes markup. */
export function element(name, { text, ...attributes } = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(key, "");
    else if (value !== undefined && value !== false && value !== null) made.setAttribute(key, value);
  }
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
}

export function button(text, act, look = "button") {
  const made = element("button", { type: "button", class: look, text });
  made.addEventListener("click", act);
  return made;
}

/** Say beside a field what is wrong with it, or take that back. */
export function wrong(name, text = "") {
  const place = document.querySelector(`#${name}-wrong`);
  if (!place) return false;
  place.textContent = text;
  place.hidden = !text;
  const field = form.elements[name];
  if (field instanceof HTMLElement) {
    if (text) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
  return true;
}
