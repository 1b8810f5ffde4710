// What was typed, kept in this tab until it is saved: a reload, an error or a tab opened again (Ctrl+Shift+T) bring it
// back. It goes with the tab, because a desk is shared by people who must not read each other's calls.

const NAME = "hotline-call";
const FIELDS = [
  "kind", "category", "words", "place_words", "lon", "lat", "accuracy", "name", "phone", "email", "telegram", "on_behalf_of",
  "anonymous", "call_back", "police_may", "key",
];

export function startDraft(form, { tell, given }) {
  const isMessage = form.elements.source.value === "message";
  const afresh = document.querySelector("#afresh");
  const answered = form.hasAttribute("data-errors");
  const kept = isMessage ? null : read();
  let since = kept?.since ?? Date.now();
  let leaving = false;

  if (kept && !answered) {
    for (const [name, value] of Object.entries(kept.fields)) put(form, name, value);
    if (kept.fields.words || kept.fields.place_words || kept.fields.phone) tell(given.words.restored);
    afresh.hidden = false;
  }
  if (kept && answered) afresh.hidden = false;

  function keep() {
    if (isMessage) return;
    const data = new FormData(form);
    const fields = Object.fromEntries(FIELDS.map((name) => [name, data.get(name) ?? ""]));
    write({ since, fields });
    afresh.hidden = false;
  }

  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  document.addEventListener("hotline:place", keep);
  addEventListener("beforeunload", (event) => {
    if (!leaving && dirty()) event.preventDefault();
  });

  function dirty() {
    return Boolean(form.elements.words.value.trim() && (isMessage || read()));
  }

  const timer = document.querySelector("#timer");
  const tick = () => {
    const seconds = Math.max(0, Math.floor((Date.now() - since) / 1000));
    timer.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };
  tick();
  setInterval(tick, 1000);

  return {
    leaving() {
      leaving = true;
      setTimeout(() => {
        leaving = false;
      }, 5000);
    },
    afresh() {
      leaving = true;
      forget();
      location.assign(isMessage ? "/desk/paste" : "/desk/new");
    },
  };
}

export function forget() {
  try {
    sessionStorage.removeItem(NAME);
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

function put(form, name, value) {
  const field = form.elements[name];
  if (!field) return;
  if (field.type === "checkbox") field.checked = Boolean(value);
  else field.value = value;
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(NAME));
  } catch {
    return null;
  }
}

function write(draft) {
  try {
    sessionStorage.setItem(NAME, JSON.stringify(draft));
  } catch {
    // Full, or forbidden: the page works without it.
  }
}
