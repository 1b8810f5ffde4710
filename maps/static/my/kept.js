// «Мої повідомлення» on this device: receipts that its owner chose to keep here, the newest first.

import { all, remove as removeReceipt } from "../report/keeping.js";

const KEY = "bezpeka:mine";

/** Return what is kept: { number, token, category, at }; of the form's own outbox too. */
export async function kept() {
  const found = new Map(chosen().map((one) => [one.token, one]));
  for (const { key, number, receipt, page, category, at } of await all("receipts").catch(() => [])) {
    const token = receipt ?? page?.split("/").pop();
    if (token && !found.has(token)) found.set(token, { number, token, category, at, key });
  }
  return [...found.values()].sort((a, b) => (b.at ?? 0) - (a.at ?? 0));
}

export function isKept(token) {
  return chosen().some((one) => one.token === token);
}

export function keep(report) {
  write([...chosen().filter(({ token }) => token !== report.token), report]);
}

export async function forget(token) {
  write(chosen().filter((one) => one.token !== token));
  for (const one of await kept()) if (one.token === token && one.key) await removeReceipt("receipts", one.key);
}

function chosen() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? found.filter(({ token } = {}) => typeof token === "string") : [];
  } catch {
    return []; // a browser that keeps nothing, or what somebody else wrote there
  }
}

function write(reports) {
  localStorage.setItem(KEY, JSON.stringify(reports));
}
