"use strict";
// Keeps the counter on the phone: its page as anyone sees it, its styles, scripts and fonts.
const CACHE = "filiere-counter-{{ version }}";
const SHELL = "{{ shell|escapejs }}";
const ASSETS = [{% for one in assets %}"{{ one|escapejs }}",{% endfor %}];

async function keepShell(cache) {
  // Without cookies: the page kept is nobody's.
  const answer = await fetch(SHELL, { credentials: "omit", cache: "no-store" });
  if (answer.ok) await cache.put(SHELL, answer);
}

async function install() {
  const cache = await caches.open(CACHE);
  await cache.addAll(ASSETS);
  await keepShell(cache);
  await self.skipWaiting();
}

async function activate() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("filiere-counter-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function page(request) {
  try {
    return await fetch(request);
  } catch (lost) {
    const kept = await caches.match(SHELL, { cacheName: CACHE });
    return kept || Promise.reject(lost);
  }
}

async function asset(request) {
  return (await caches.match(request, { cacheName: CACHE })) || fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && url.pathname === SHELL) event.respondWith(page(request));
  else if (ASSETS.includes(url.pathname)) event.respondWith(asset(request));
});
