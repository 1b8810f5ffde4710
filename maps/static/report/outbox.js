// The outbox: a report is first written down on this device, then sent, as often as needed; its key lets it arrive once.

import { given } from "./given.js";
import { KEPT, all, device, get, newKey, put, remove } from "./keeping.js";

const PATIENCE = 60_000;
const WAIT = 30_000;

/** Write a report down, then send it; return what became of it. Where a device keeps nothing it is sent all the same. */
export async function deliver(fields, photos) {
  const item = { key: newKey(), at: Date.now(), fields: { ...fields }, photos };
  try {
    item.fields.device = await device();
    await put("outbox", item);
  } catch {
    return { key: item.key, isLost: true, ...(await post(item)) };
  }
  const result = (await flush({ only: item.key, force: true })).get(item.key);
  return { key: item.key, ...(result ?? { state: "later", why: "noConnection" }) };
}

/** Ask our server, as JSON. Throws where there is no connection, or somebody else answers in its place. */
export async function ask(path, body, patience = PATIENCE) {
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(), patience);
  const options = { signal: ending.signal, cache: "no-store", headers: { Accept: "application/json" } };
  try {
    if (body) options.headers["X-CSRF-Token"] = await token(options);
    const answer = await fetch(path, body ? { ...options, method: "POST", body } : options);
    if (!answer.headers.get("content-type")?.includes("json")) throw new Error(`not ours: ${answer.status}`);
    return { status: answer.status, wait: Number(answer.headers.get("retry-after")) * 1000, told: await answer.json() };
  } finally {
    clearTimeout(timer);
  }
}

// A page from the phone's own store may be days old, and its token with it: a fresh one each time.
async function token(options) {
  const answer = await fetch("/api/reports/token", options);
  return (await answer.json()).token;
}

export function formOf(fields, photos = []) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  photos.forEach((photo, index) => body.append("photos", photo, `${index + 1}.jpg`));
  return body;
}

/** Send one; return what became of it: sent, notTaken, wrong (to be mended), later. */
async function post(item) {
  const fields = { ...item.fields, key: item.key, reported_at: item.at };
  let answer;
  try {
    answer = await ask(`/api/reports?lang=${given.language}`, formOf(fields, item.photos));
  } catch {
    return { state: "later", why: "noConnection" };
  }
  const { status, told, wait } = answer;
  if (status < 300 && told.receipt) return { state: "sent", ...told };
  if (told.not_taken) return { state: "notTaken", concern: told.not_taken };
  if ([400, 409, 413, 422].includes(status)) return { state: "wrong", fields: told.fields ?? { "": told.detail } };
  if (status === 429 || status === 503) return { state: "later", why: "busy", notBefore: Date.now() + (wait || WAIT) };
  return { state: "later", why: "noConnection" };
}

/** Two tabs must not send the same at the same time; where a browser has no locks, the server's keys hold alone. */
function alone(act) {
  return navigator.locks ? navigator.locks.request("bezpeka-outbox", act) : act();
}

/** Send what waits, or only one; return what became of each. What is older than seven days waits for its owner's word. */
export function flush({ only = null, force = false } = {}) {
  return alone(async () => {
    const results = new Map();
    for (const item of await all("outbox")) {
      if (only && item.key !== only) continue;
      if (!force && (item.wrong || item.notBefore > Date.now() || Date.now() - item.at > KEPT)) continue;
      const result = await post(item);
      results.set(item.key, result);
      await settle(item, result);
      if (result.state === "later") break;
    }
    if (only && !results.size && (await get("receipts", only))) {
      results.set(only, { state: "sent", ...(await get("receipts", only)) });
    }
    return results;
  });
}

async function settle(item, result) {
  if (result.state === "sent") {
    const { number, receipt, written, page } = result;
    await put("receipts", { key: item.key, at: item.at, category: item.fields.category, number, receipt, written, page });
    await remove("outbox", item.key);
  } else if (result.state === "notTaken") {
    await remove("outbox", item.key);
  } else if (result.state === "wrong") {
    await put("outbox", { ...item, wrong: result.fields });
  } else {
    await put("outbox", { ...item, notBefore: result.notBefore ?? 0 });
  }
}
