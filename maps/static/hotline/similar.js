// The open reports that a caller may be telling of, asked for anew while the call lasts.

const WAIT = 350;

export function startSimilar(form, given, { guess, shown }) {
  const list = document.querySelector("#similar");
  let timer = 0;
  let asked = 0;
  let running = null;
  let isHeld = false; // a call is being saved: the button that was pressed must not be taken out of the page

  function ask() {
    clearTimeout(timer);
    if (!isHeld) timer = setTimeout(send, WAIT);
  }

  async function send() {
    const mine = ++asked;
    running?.abort();
    running = new AbortController();
    const all = new FormData(form);
    if (all.get("kind") !== "problem") return;
    const words = new URLSearchParams();
    for (const name of ["csrf", "category", "words", "place_words", "lon", "lat"]) words.set(name, all.get(name) ?? "");
    try {
      const answer = await fetch(form.dataset.similar, { method: "POST", body: words, signal: running.signal });
      if (mine !== asked) return;
      if (!answer.ok) throw new Error(String(answer.status));
      const html = await answer.text();
      if (mine === asked) put(html);
    } catch (reason) {
      if (reason.name === "AbortError") return;
      list.replaceChildren(paragraph(given.words.failed));
    }
  }

  function put(html) {
    const chosen = list.contains(document.activeElement) ? document.activeElement.value : "";
    // Our own server's HTML, escaped there; nothing in it can run (script-src 'self', and innerHTML runs no scripts).
    list.innerHTML = html;
    shown([...list.querySelectorAll("[data-lon]")].map(({ dataset }) => ({ lon: Number(dataset.lon), lat: Number(dataset.lat), letter: dataset.letter })));
    if (chosen) [...list.querySelectorAll("button")].find(({ value }) => value === chosen)?.focus();
    const code = list.querySelector("[data-guess]")?.dataset.guess;
    if (code) guess(code);
  }

  for (const name of ["words", "place_words"]) form.elements[name].addEventListener("input", ask);
  for (const radio of form.querySelectorAll("[name=kind]")) radio.addEventListener("change", ask);
  return {
    ask,
    /** Let the list stand as it is while a call is being saved. */
    hold(on) {
      isHeld = on;
      asked += 1; // an answer that is under way comes too late, a failure too
      running?.abort();
      ask();
    },
  };
}

function paragraph(text) {
  const made = document.createElement("p");
  made.className = "empty";
  made.textContent = text;
  return made;
}
