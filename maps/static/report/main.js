// The form on a phone: one thing a screen, drafts and an outbox on the device. Without any of this it is a plain form.

import { button, element, form, given, say, wrong } from "./given.js";
import * as flow from "./flow.js";
import * as same from "./same.js";
import { draft, dropDraft, keepDraft, remove } from "./keeping.js";
import { leftInHurry } from "./leave.js";
import { deliver as hand } from "./outbox.js";
import { photos, setPhotos, startPhotos } from "./photos.js";
import { point, startPlace } from "./place.js";
import { draw, startWaiting } from "./waiting.js";

const NOT_TYPED = new Set(["csrf", "key", "photos", "kept_photo", "other", "same"]);
const root = document.querySelector("#flow");
const problem = document.querySelector("#problem");
const kinds = document.querySelector("#kinds");
const saved = document.querySelector("#saved");
const send = form.querySelector("[data-send]");

let timer = 0;
let hasBegun = false;
let asked = 0; // how often what is nearby was asked for: an answer that comes late must not cover a later one
let isSending = false;
let isOver = false; // it was sent, and the page is about to go: nothing is to be kept of it

/** Return what was typed, by the names of the form's fields; what is empty or not asked is left out. */
function typed() {
  const words = [...new FormData(form)].filter(([name, value]) => !NOT_TYPED.has(name) && value !== "");
  if (kinds.hidden) return Object.fromEntries(words.filter(([name]) => name !== "kind"));
  return Object.fromEntries(words);
}

// --- what is wrong ----------------------------------------------------------------------------------------------------

function complain(fields) {
  let said = false;
  for (const [name, text] of Object.entries(fields)) said = (name && wrong(name, text)) || said;
  problem.hidden = said && !fields[""];
  problem.querySelector("p").textContent = problem.hidden ? "" : (fields[""] ?? Object.values(fields).join(" "));
  if (fields.phone || fields.email) document.querySelector("#contact").open = true;
  flow.lead(fields);
  if (!problem.hidden) problem.scrollIntoView({ block: "center" });
}

function check(step) {
  if (step === "place") return passes("place", point() || form.elements.place_words.value.trim().length >= 3 || isOfPolice(), "needPlace");
  return step !== "what" || passes("category", form.elements.category.value, "needCategory");
}

function passes(name, isGood, why) {
  wrong(name, isGood ? "" : say(why));
  if (!isGood) document.querySelector(`#${name}-wrong`).scrollIntoView({ block: "center" });
  return Boolean(isGood);
}

// --- the steps --------------------------------------------------------------------------------------------------------

const category = () => form.querySelector("[name=category]:checked");
const isOfPolice = () => category()?.dataset.audience === "statistics";

function follow() {
  kinds.hidden = !isOfPolice();
}

async function entered(step) {
  problem.hidden = hasBegun || problem.hidden; // what the server complained of stays until the first step on
  hasBegun = true;
  same.hide();
  if (step !== "details") return;
  follow();
  if (category()?.dataset.audience !== "public") return;
  const mine = ++asked;
  const { found } = await same.nearby(typed());
  if (mine === asked && flow.step() === "details") same.offer(found, { joined, another: () => {} });
}

const joined = (id) => deliver({ same: id });

form.addEventListener("change", ({ target }) => {
  if (target.name === "category") {
    wrong("category");
    follow();
  }
  remember();
});
form.addEventListener("input", remember);
form.addEventListener("click", (event) => {
  // A finger or mouse on a category goes on by itself; the keyboard, which wanders through them, goes on with «Далі».
  const label = event.target.closest(".category");
  if (label && event.detail > 0 && event.target.tagName !== "INPUT") setTimeout(flow.forward, 120);
});

// --- sending ----------------------------------------------------------------------------------------------------------

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (isSending) return;
  for (const step of ["place", "what"]) {
    if (!check(step)) {
      flow.show(step, { focus: false });
      return;
    }
  }
  same.hide(); // what was asked about other words is asked anew, and its answer now sends
  busy(true);
  asked += 1;
  const { found, notTaken } = category().dataset.audience === "public" ? await same.nearby(typed()) : { found: [] };
  busy(false);
  if (notTaken) refuse(notTaken);
  else if (found.length) {
    same.offer(found, { joined, another: () => deliver() });
    same.lookAt();
  } else await deliver();
});

function busy(isBusy) {
  isSending = isBusy;
  send.disabled = isBusy;
  send.textContent = isBusy ? say("sending") : send.dataset.words;
}
send.dataset.words = send.textContent;

/** Write it down on the device, then send it; what doesn't go now goes by itself later. */
async function deliver(also = {}) {
  busy(true);
  for (const place of form.querySelectorAll(".wrong")) wrong(place.id.replace("-wrong", ""));
  const result = await hand({ ...typed(), ...also, other: same.others() }, photos());
  busy(false);
  if (result.state === "sent") {
    isOver = true;
    await Promise.allSettled([dropDraft(), remove("receipts", result.key)]);
    location.replace(`${result.page}?lang=${given.language}`);
  } else if (result.state === "notTaken") {
    await refuse(result.concern);
  } else if (result.state === "wrong") {
    await remove("outbox", result.key).catch(() => {}); // it is still in the form
    same.hide();
    complain(result.fields);
  } else if (result.isLost) {
    complain({ "": say("lost", { why: say(result.why) }) });
  } else {
    await keepFor(result.why);
  }
}

/** Say that it waits, and make room for the next. */
async function keepFor(why) {
  clearTimeout(timer);
  await dropDraft();
  empty();
  saved.querySelector("[data-why]").textContent = say("failed", { why: say(why) });
  only(saved);
  await draw();
}

/** Forget every word of what must not be kept, and say whom to call. */
async function refuse(concern) {
  clearTimeout(timer);
  await dropDraft().catch(() => {});
  empty();
  only(root.querySelector(`[data-not-taken="${concern}"]`));
}

/** Say that something of the outbox was not taken; what somebody is writing meanwhile stays. */
function tellOfRefused(concern, note) {
  const section = root.querySelector(`[data-not-taken="${concern}"]`);
  section.querySelector("h1").after(element("p", { text: note }));
  section.hidden = false;
  root.prepend(section);
  section.scrollIntoView();
}

/** Show one part of the page alone. */
function only(part) {
  history.replaceState(null, "", "/report");
  form.hidden = true;
  for (const each of root.querySelectorAll(":scope > h1, #urgent, #draft, #problem")) each.hidden = true;
  part.hidden = false;
  scrollTo(0, 0);
  part.querySelector("[tabindex]").focus({ preventScroll: true });
}

function empty() {
  form.reset();
  for (const name of ["lon", "lat", "accuracy"]) form.elements[name].value = "";
  for (const kept of form.querySelectorAll("[name=kept_photo], [name=other]")) kept.remove();
  for (const field of form.querySelectorAll("textarea")) field.value = "";
  setPhotos([]);
  same.forget();
}

// --- the draft --------------------------------------------------------------------------------------------------------

function remember() {
  clearTimeout(timer);
  timer = setTimeout(keepNow, 400);
}

function keepNow() {
  clearTimeout(timer);
  if (form.hidden || isSending || isOver || document.documentElement.hidden) return;
  keepDraft({ fields: typed(), photos: photos(), step: flow.step() }).catch((reason) => console.info("no draft:", reason.message));
}

function fill({ fields, photos: blobs = [] }) {
  for (const [name, value] of Object.entries(fields)) {
    const field = form.elements[name];
    if (!field || name === "language") continue;
    if (field instanceof RadioNodeList) field.value = value;
    else if (field.type === "checkbox") field.checked = Boolean(value);
    else field.value = value;
  }
  document.querySelector("#contact").open ||= ["phone", "email", "telegram", "name"].some((name) => fields[name]);
  setPhotos(blobs);
  follow();
}

/** Bring back what was begun; a link that names a place begins anew. */
async function takeUp() {
  if (leftInHurry()) await dropDraft();
  const kept = given.start || given.bounds || !problem.hidden ? null : await draft();
  if (!kept || Object.keys(kept.fields).every((name) => name === "language")) return;
  fill(kept);
  const note = document.querySelector("#draft");
  note.querySelector("p").textContent = say("draft");
  note.querySelector("[data-anew]").replaceWith(button(say("draftAnew"), async () => {
    await dropDraft();
    location.assign("/report");
  }));
  note.hidden = false;
}

async function mend(item) {
  empty();
  fill(item);
  await remove("outbox", item.key);
  saved.hidden = true;
  form.hidden = false;
  for (const each of root.querySelectorAll(":scope > h1, #urgent")) each.hidden = false;
  await draw();
  complain(item.wrong);
}

// --- begin ------------------------------------------------------------------------------------------------------------

saved.querySelector("[data-another]").addEventListener("click", () => location.assign("/report"));
document.addEventListener("visibilitychange", () => document.hidden && keepNow());
document.documentElement.classList.add("scripted");
await takeUp().catch((reason) => console.info("no store:", reason.message));
startPhotos(remember);
flow.startFlow({ check, entered });
startPlace(remember);
follow();
startWaiting({ notTaken: tellOfRefused, mend });
document.documentElement.dataset.ready = "";
if ("serviceWorker" in navigator) {
  const register = () => navigator.serviceWorker.register(`/sw.js?lang=${given.language}`).catch(() => {});
  if (document.readyState === "complete") register();
  else addEventListener("load", register, { once: true });
}
