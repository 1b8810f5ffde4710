// Search over settlements and streets: a combobox as the ARIA practices describe it. Where what is typed is an answer by
// itself (`keeps`), Enter chooses only what was pointed at, and Escape never empties the field.

export function startSearch(box, go, { keeps = false } = {}) {
  const input = box.querySelector("input");
  const list = box.querySelector("[role=listbox]");
  const status = box.querySelector("[role=status]");
  let places = [];
  let active = -1;
  let asked = 0;
  let timer = 0;

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 150);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (places.length) activate((active + (event.key === "ArrowDown" ? 1 : -1) + places.length) % places.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (places.length && (active >= 0 || !keeps)) choose(Math.max(active, 0));
      else if (keeps) shut();
    } else if (event.key === "Escape") {
      if (list.hidden && !keeps) input.value = "";
      shut();
    }
  });
  input.addEventListener("blur", () => setTimeout(shut, 150));
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(Number(option.dataset.index));
  });

  async function ask() {
    const words = input.value.trim();
    const mine = ++asked;
    if (words.length < 2) return shut();
    const answer = await fetch(`/api/search?${new URLSearchParams({ q: words, lang: document.documentElement.lang })}`);
    if (mine !== asked) return undefined;
    if (!answer.ok) {
      status.textContent = box.dataset.failed;
      return shut();
    }
    places = (await answer.json()).results;
    return show();
  }

  function show() {
    active = -1;
    list.replaceChildren(...places.map(option));
    list.hidden = places.length === 0;
    input.setAttribute("aria-expanded", String(places.length > 0));
    input.removeAttribute("aria-activedescendant");
    status.textContent = places.length ? "" : box.dataset.nothing;
  }

  function option(place, index) {
    const row = document.createElement("li");
    row.id = `found-place-${index}`;
    row.dataset.index = index;
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", "false");
    const name = document.createElement("strong");
    name.textContent = place.title;
    const context = document.createElement("small");
    context.textContent = place.context ?? "";
    row.append(name, context);
    return row;
  }

  function activate(index) {
    active = index;
    [...list.children].forEach((row, each) => row.setAttribute("aria-selected", String(each === index)));
    input.setAttribute("aria-activedescendant", list.children[index].id);
    list.children[index].scrollIntoView({ block: "nearest" });
  }

  function choose(index) {
    const place = places[index];
    input.value = keeps && place.within ? `${place.title}, ${place.within}` : place.title;
    shut();
    go(place);
  }

  function shut() {
    list.hidden = true;
    places = [];
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }
}
