// What this device keeps: one draft, the outbox, receipts of what went out by itself, and a key of its own.

const NAME = "bezpeka-report";
const STORES = ["drafts", "outbox", "receipts", "settings"];
export const KEPT = 7 * 86_400_000;

let opening = null;

function open() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const store of STORES) request.result.createObjectStore(store, { keyPath: "key" });
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
  return opening;
}

/** Do one thing in one transaction; it is on the disk when this resolves, whatever becomes of the browser. */
async function work(store, mode, act) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, mode, { durability: "strict" });
    const request = act(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

export const get = (store, key) => work(store, "readonly", (all) => all.get(key));
export const put = (store, value) => work(store, "readwrite", (all) => all.put(value));
export const remove = (store, key) => work(store, "readwrite", (all) => all.delete(key));
export const clear = (store) => work(store, "readwrite", (all) => all.clear());

/** Return everything of a store, the oldest first. */
export async function all(store) {
  const found = await work(store, "readonly", (each) => each.getAll());
  return found.sort((a, b) => a.at - b.at);
}

export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Return the key by which this device is told from others; it made it itself. */
export async function device() {
  const known = await get("settings", "device");
  if (known) return known.value;
  const value = newKey();
  await put("settings", { key: "device", value });
  return value;
}

// --- the draft --------------------------------------------------------------------------------------------------------

/** Return what was begun and not sent, if that is less than seven days ago. */
export async function draft() {
  const kept = await get("drafts", "report");
  if (kept && Date.now() - kept.at > KEPT) {
    await remove("drafts", "report");
    return null;
  }
  return kept;
}

export const keepDraft = (content) => put("drafts", { ...content, key: "report", at: Date.now() });
export const dropDraft = () => remove("drafts", "report");
