// The form without a network. Kept are the form's own files and a page of it that is nobody's; nothing else ever is:
// no staff page, no answer of the API, no receipt. The network goes first, so that nothing old is shown while it is there.

const STORE = `report-${KEPT.version}`;
const PATIENCE = 4000;
const FILES = new Set(KEPT.files);
const HOME = new URL(self.location).searchParams.get("lang") ?? "uk";

self.addEventListener("install", (event) => {
  event.waitUntil(keep().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forget().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, searchParams } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (pathname === "/report") event.respondWith(page(request, searchParams.get("lang")));
    else if (pathname === "/") event.respondWith(fetch(request).catch(() => Response.redirect("/report")));
  } else if (FILES.has(pathname)) {
    event.respondWith(file(request, pathname));
  }
});

async function keep() {
  const store = await caches.open(STORE);
  const addresses = [...KEPT.files, ...Object.values(KEPT.pages)];
  await Promise.all(addresses.map(async (address) => {
    const answer = await fetch(address, { cache: "no-cache" });
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    await store.put(address, answer);
  }));
}

async function forget() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("report-") && name !== STORE).map((name) => caches.delete(name)));
}

async function page(request, language) {
  const kept = async () => (await caches.open(STORE)).match(KEPT.pages[language] ?? KEPT.pages[HOME] ?? KEPT.pages.uk);
  return freshOr(fetch(request), kept, (answer) => answer.status < 500);
}

async function file(request, pathname) {
  return freshOr(fetch(request), async () => (await caches.open(STORE)).match(pathname), (answer) => answer.ok);
}

/** Return what the network gives, if it is soon and good; or else what is kept; or else what the network gives at last. */
async function freshOr(asked, kept, isGood) {
  const late = new Promise((resolve) => {
    setTimeout(resolve, PATIENCE, null);
  });
  const answer = await Promise.race([asked.catch(() => null), late]);
  if (answer && isGood(answer)) return answer;
  return (await kept()) ?? asked;
}
