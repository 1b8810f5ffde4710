// A plan's page, and two plans beside each other: the map follows the toggles; cards and camera find each other; a camera
// is tried elsewhere, and what was tried is saved as a variant.

const given = JSON.parse(document.querySelector("#given").textContent);
const holder = document.querySelector("#plan-stage");
const news = document.querySelector("#map-news");
const token = document.querySelector("input[name=csrf]")?.value;

async function drawing(address) {
  const answer = await fetch(`${address}?lang=${given.language}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function start() {
  const plans = await Promise.all([holder.dataset.drawing, holder.dataset.other].filter(Boolean).map(drawing));
  let map = null;
  try {
    const { PlanMap } = await import("./stage.js");
    document.querySelector("#plan-map-news").remove();
    map = await PlanMap.start(holder, given, plans);
  } catch (reason) {
    console.info("no live map:", reason.message);
    holder.innerHTML = "";
    const said = document.createElement("p");
    said.className = "empty";
    said.textContent = given.words.noMap;
    holder.append(said);
  }
  document.querySelector("#toggles").addEventListener("change", ({ target }) => {
    map?.set(target.name === "when" ? { when: target.value } : { level: Number(target.value) });
    tellShares(plans);
  });
  document.querySelector("#which")?.addEventListener("change", ({ target }) => {
    map?.set({ shown: [target.value !== "b", target.value !== "a"] });
  });
  document.addEventListener("click", ({ target }) => {
    const spot = target.closest?.("[data-fly]");
    if (spot) map?.fly(spot.dataset.fly.split(",").map(Number));
    const camera = target.closest?.("[data-fly-at]");
    if (camera) choose(Number(camera.dataset.flyAt), true);
  });
  document.addEventListener("plan:camera", ({ detail }) => {
    choose(detail, false);
    const card = document.querySelector(`#camera-${detail}`);
    if (card?.closest("#old-cameras")) document.querySelector("#old-cameras").open = true;
    card?.scrollIntoView({ block: "nearest" });
  });
  function choose(at, fly) {
    for (const card of document.querySelectorAll(".card.camera")) card.classList.toggle("chosen", Number(card.dataset.at) === at);
    map?.choose(at, fly);
  }
  if (map && document.querySelector("#trial")) startTrial(map, plans[0], choose);
}

/** Say in words what the map now shows: the share that is seen at this level and hour, of one plan or of two. */
function tellShares(plans) {
  const { when, level } = Object.fromEntries(new FormData(document.querySelector("#toggles")));
  const hour = document.querySelector(`#toggles input[name=when][value=${when}]`).parentElement.textContent.trim();
  const shares = plans.map((plan) => percent(plan.levels[level][when])).join(" / ");
  news.textContent = given.words.toggled.replace("{level}", plans[0].levels[level].title).replace("{when}", hour).replace("{share}", shares);
}

/** Move or turn a camera, see the new numbers, undo, save as a variant. */
function startTrial(map, plan, choose) {
  const box = document.querySelector("#trial");
  const slider = document.querySelector("#trial-bearing");
  const said = document.querySelector("#trial-news");
  const moves = new Map();
  const done = [];
  let at = null;
  let asked = 0;
  let waiting = 0;
  let first = true;

  for (const button of document.querySelectorAll("[data-try]")) {
    button.hidden = false;
    button.addEventListener("click", () => open(Number(button.dataset.try)));
  }
  document.querySelector("#trial-end").addEventListener("click", () => {
    box.hidden = true;
    map.letMove(null);
  });
  document.querySelector("#trial-undo").addEventListener("click", () => {
    const last = done.pop();
    if (!last) return;
    if (last.before) moves.set(last.at, last.before);
    else moves.delete(last.at);
    open(last.at);
    ask();
    mark();
  });
  slider.addEventListener("input", () => change({ bearing: Number(slider.value) }));

  const now = (which) => ({ ...plan.cameras[which], ...moves.get(which) });

  function open(which) {
    at = which;
    box.hidden = false;
    choose(which, true);
    slider.value = now(which).bearing ?? 0;
    slider.disabled = plan.cameras[which].bearing === null;
    document.querySelector("#trial-degrees").textContent = `${slider.value}°`;
    map.letMove(which, ({ lng, lat }) => change({ lon: lng, lat }));
    box.scrollIntoView({ block: "nearest" });
    ask();
  }

  function change(changes) {
    if (done.at(-1)?.at !== at || done.at(-1)?.closed) done.push({ at, before: moves.get(at) });
    clearTimeout(done.at(-1).timer);
    const step = done.at(-1);
    step.timer = setTimeout(() => { step.closed = true; }, 800);
    moves.set(at, { at, ...moves.get(at), ...changes });
    document.querySelector("#trial-degrees").textContent = `${Math.round(now(at).bearing ?? 0)}°`;
    clearTimeout(waiting);
    waiting = setTimeout(ask, 60);
    mark();
  }

  function mark() {
    document.querySelector("#trial-moves").value = JSON.stringify([...moves.values()]);
    document.querySelector("#trial-save").disabled = moves.size === 0;
    document.querySelector("#trial-undo").disabled = done.length === 0;
  }

  async function ask() {
    const turn = ++asked;
    const which = at;
    const { lon, lat, bearing } = now(which);
    said.textContent = first ? given.words.first : given.words.working;
    const answer = await fetch(`/plans/${given.number}/try?lang=${given.language}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": token, Accept: "application/json" },
      body: JSON.stringify({ at: which, ...(moves.has(which) ? { lon, lat } : {}), bearing }),
    }).catch(() => null);
    if (turn !== asked) return;
    first = false;
    const found = await answer?.json().catch(() => null);
    if (!answer?.ok) {
      said.textContent = found?.detail || given.words.failed;
      return;
    }
    said.textContent = "";
    map.draw(which, { lon, lat }, found.views);
    tell(found);
  }

  function tell(found) {
    const list = document.querySelector("#trial-figures");
    list.replaceChildren();
    for (const [name, form] of [["share", percent], ["night_share", percent], ["private_m2", square]]) {
      const head = document.querySelector(`[data-figure="${name}"]`);
      const title = document.createElement("dt");
      title.textContent = head.parentElement.querySelector("dt").textContent;
      const value = document.createElement("dd");
      value.textContent = `${form(found[name])} (${given.words.before}: ${head.textContent.trim()})`;
      list.append(title, value);
    }
  }
}

const numbers = new Intl.NumberFormat(given.language, { maximumFractionDigits: 1 });
const percent = (share) => given.words.percent.replace("{value}", numbers.format(100 * share));
const square = (value) => given.words.m2.replace("{value}", numbers.format(Math.round(value)));

start().catch((reason) => {
  console.info("no drawing:", reason.message);
  document.querySelector("#plan-map-news").textContent = given.words.failed;
  if (news) news.textContent = "";
});
