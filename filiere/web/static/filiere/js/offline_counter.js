"use strict";
// The page of the counter: chooses a session, reads a code, records, shows what became of it.
(function counter(filiere) {
  const ready = document.getElementById("counter-ready");
  if (!ready) return;
  const { api, worker, shell, qr } = ready.dataset;
  const part = (name) => document.getElementById(`counter-${name}`);
  const form = part("form");
  const EUROS = new Intl.NumberFormat(document.documentElement.lang, {
    style: "currency", currency: "EUR",
  });
  const MOMENT = new Intl.DateTimeFormat(document.documentElement.lang, {
    dateStyle: "long", timeStyle: "short",
  });
  const HOUR = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "short" });
  const DAY_OF = new Intl.DateTimeFormat("fr-CA", { dateStyle: "short" }); // 2026-11-24

  function say(word, values = {}) {
    const found = document.querySelector(`#counter-words [data-word="${word}"]`);
    const text = found ? found.textContent.trim() : say("reason-");
    return Object.entries(values).reduce((said, [name, value]) => said.replace(`{${name}}`, value), text);
  }

  function show(name) {
    for (const one of ["needs-script", "unsupported", "unregistered", "ready"]) {
      part(one).hidden = one !== name;
    }
  }

  function made(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  function tell(tone, text, more = "") {
    const box = made("div", `message tone-${tone}`);
    const words = made("div", "message-words");
    words.append(made("p", "message-title", text));
    if (more) words.append(made("p", "", more));
    box.append(words);
    part("answer").replaceChildren(box);
    part("answer").focus();
  }

  // Sessions of today with something to pay, less what this device already recorded.
  function sessionsOf({ hours, kept_at: keptAt }, queue, now) {
    const today = DAY_OF.format(now);
    const live = queue.filter((one) => one.state !== "refused");
    const used = new Set(live.map((one) => one.reference).filter(Boolean));
    const sessions = [];
    for (const hour of hours) {
      const starts = new Date(hour.starts_at);
      if (DAY_OF.format(starts) !== today) continue;
      for (const seat of hour.seats) {
        const open = !seat.is_paid && ["confirmed", "present"].includes(seat.state);
        if (open && seat.price_cents && !used.has(seat.ref)) {
          sessions.push({ value: seat.ref, reference: seat.ref, slot_id: null, starts, cents: seat.price_cents });
        }
      }
      const walked = live.filter((one) => one.slot_id === hour.slot_id && one.occurred_at > keptAt);
      const over = new Date(hour.ends_at) <= now;
      if (hour.price_cents && !over && hour.free > walked.length) {
        sessions.push({ value: `+${hour.slot_id}`, reference: "", slot_id: hour.slot_id, starts, cents: hour.price_cents });
      }
    }
    return sessions;
  }

  // Sessions outside the hours: one for each service and length that has a price.
  function outsideOf({ offers }) {
    return (offers || []).map((one) => ({
      value: `${one.offer_id}-${one.minutes}`, reference: "", slot_id: null, offer_id: one.offer_id,
      minutes: one.minutes, label: one.label, cents: one.price_cents,
    }));
  }

  function drawOutside(outside) {
    part("outside-part").hidden = outside.length === 0;
    const before = part("outside").value;
    const options = outside.map((one) => {
      const values = { service: one.label, minutes: one.minutes, price: EUROS.format(one.cents / 100) };
      return Object.assign(made("option", "", say("outside", values)), { value: one.value });
    });
    part("outside").replaceChildren(...options);
    if (outside.some((one) => one.value === before)) part("outside").value = before;
  }

  function choice(session) {
    const label = made("label", "choice");
    const input = made("input");
    Object.assign(input, { type: "radio", name: "session", value: session.value });
    const words = made("span", "choice-words");
    const name = session.reference ? say("seat", { ref: session.reference }) : say("walk-in");
    words.append(made("span", "choice-name", `${HOUR.format(session.starts)} · ${name}`));
    words.append(made("span", "choice-example", EUROS.format(session.cents / 100)));
    label.append(input, words);
    return label;
  }

  function line(record) {
    const item = made("li");
    const tones = { waiting: "info", accepted: "ok", refused: "error", disputed: "warning" };
    const name = record.reference ? say("seat", { ref: record.reference }) : say("walk-in");
    const cents = record.state === "accepted" ? record.taken : record.wanted_cents;
    const what = `${MOMENT.format(new Date(record.occurred_at))} · ${name} · ${EUROS.format(cents / 100)} `;
    item.append(made("span", "", what), made("span", `tag tone-${tones[record.state]}`, say(`state-${record.state}`)));
    if (record.state === "refused" || record.state === "disputed") {
      item.append(made("p", "small", say(`reason-${record.outcome}`)));
    }
    return item;
  }

  async function draw() {
    const [day, queue] = await Promise.all([filiere.store.get("day"), filiere.store.queue()]);
    const chosen = new FormData(form).get("session");
    drawOutside(outsideOf(day || {}));
    const sessions = sessionsOf(day || { hours: [] }, queue, new Date());
    part("sessions").replaceChildren(...sessions.map(choice));
    for (const input of part("sessions").querySelectorAll("input")) input.checked = input.value === chosen;
    part("no-session").hidden = sessions.length > 0 || !part("outside-part").hidden;
    part("kept").textContent = day ? say("kept", { moment: MOMENT.format(new Date(day.kept_at)) }) : say("never-kept");
    part("network").textContent = say(navigator.onLine ? "online" : "offline");
    const waiting = queue.filter((one) => one.state === filiere.sending.WAITING).length;
    const words = waiting === 0 ? "nothing-waiting" : waiting === 1 ? "one-waiting" : "waiting";
    part("waiting").textContent = queue.length ? say(words, { count: waiting }) : "";
    part("queue").replaceChildren(...queue.slice(-50).reverse().map(line));
    return sessions;
  }

  // Why this device refuses by itself, or "": the rules of the server that it can know.
  function refusalOf(voucher, session, queue, device, today) {
    const live = queue.filter((one) => ["waiting", "accepted"].includes(one.state));
    const same = live.filter((one) => one.mark === voucher.mark);
    const used = same.reduce((sum, one) => sum + one.wanted_cents, 0);
    if (voucher.cents === null ? same.length > 0 : used >= voucher.cents) return "again";
    const now = live.filter((one) => DAY_OF.format(new Date(one.occurred_at)) === today);
    const cents = now.reduce((sum, one) => sum + one.wanted_cents, session.cents);
    const over = now.length >= device.max_vouchers_per_day || cents > device.max_cents_per_day;
    return over ? "limit" : "";
  }

  async function record(event) {
    event.preventDefault();
    const given = new FormData(form);
    const [sessions, keys, device, queue] = await Promise.all([
      draw(), filiere.store.get("voucher-keys"), filiere.store.get("device"), filiere.store.queue(),
    ]);
    const outside = outsideOf((await filiere.store.get("day")) || {});
    const session = given.get("session") === "*"
      ? outside.find((one) => one.value === given.get("outside"))
      : sessions.find((one) => one.value === given.get("session"));
    if (!session) return tell("error", say("no-session"));
    const now = new Date();
    const voucher = await filiere.codes.read(given.get("code"), keys || [], DAY_OF.format(now));
    const problem = voucher.problem || refusalOf(voucher, session, queue, device, DAY_OF.format(now));
    if (problem) return tell("error", say(problem));
    const gone = await filiere.withdrawn.wordOf(voucher);
    if (gone) return tell("error", say(`withdrawn-${gone}`), say(`aloud-${gone}`));
    const seq = await filiere.store.add({
      code: voucher.code, mark: voucher.mark, reference: session.reference, slot_id: session.slot_id,
      offer_id: session.offer_id || null, minutes: session.minutes || null,
      outcome: given.get("outcome"), wanted_cents: session.cents, occurred_at: now.toISOString(),
      state: filiere.sending.WAITING,
    }, device.last_seq);
    part("code").value = "";
    tell("ok", say("recorded"));
    await draw();
    await send({ quietly: true });
    const judged = (await filiere.store.queue()).find((one) => one.seq === seq);
    if (!judged || judged.state === filiere.sending.WAITING) return undefined;
    if (judged.state === "accepted") return tell("ok", say("paid-now"));
    return tell("error", say(`reason-${judged.outcome}`));
  }

  async function send({ quietly }) {
    const stopped = await filiere.sending.send(api);
    await draw();
    if (stopped === "taken-off") tell("error", say("taken-off"));
    else if (stopped && !quietly) tell("warning", say("not-sent"));
  }

  async function asked(address) {
    const response = await fetch(`${api}${address}`, { credentials: "same-origin" });
    if (response.status === 401) throw new Error("sign-in");
    if (!response.ok) throw new Error("not-sent");
    return response.json();
  }

  // Finds itself among the devices, then keeps its hours and the keys that sign vouchers.
  async function refresh() {
    const mine = (await filiere.store.keys()).text;
    const { devices } = await asked("devices");
    const device = devices.find((one) => one.public_key === mine);
    if (!device) return false;
    if (device.revoked_at) {
      const queue = await filiere.store.queue();
      const waits = queue.some((one) => one.state === filiere.sending.WAITING);
      if (!waits) await filiere.store.forget(); // it can be registered again, with a new key
      throw new Error("taken-off");
    }
    const [day, { keys }] = [await asked(`devices/${device.id}/day`), await asked("voucher-keys")];
    await filiere.store.put("device", device);
    await filiere.store.put("day", day);
    await filiere.store.put("voucher-keys", keys);
    await filiere.withdrawn.update(asked, device.id);
    return true;
  }

  async function refreshed({ quietly }) {
    try {
      await refresh();
    } catch (stopped) {
      const word = ["sign-in", "taken-off"].includes(stopped.message) ? stopped.message : "not-sent";
      if (!quietly) tell("warning", say(word));
    }
    await draw();
  }

  // Fills in the code from the camera; whatever is missing, the typed code remains, and is said.
  async function scan() {
    part("filming").hidden = false;
    let wanted = true;
    part("scan-stop").addEventListener("click", () => { wanted = false; }, { once: true });
    try {
      const text = await filiere.camera.read(part("video"), qr, () => wanted);
      if (text) {
        part("code").value = text;
        tell("ok", say("camera-read"));
      } else if (wanted) tell("warning", say("camera-nothing"));
    } catch (stopped) {
      tell("warning", say(stopped.message));
    } finally {
      part("filming").hidden = true;
      part("code").focus();
    }
  }

  async function start() {
    const able = window.isSecureContext && "indexedDB" in window && "locks" in navigator && "serviceWorker" in navigator;
    if (!able) return show("unsupported");
    try {
      await filiere.store.keys();
    } catch {
      return show("unsupported"); // no Ed25519 here
    }
    await navigator.serviceWorker.register(worker, { scope: shell }).catch(() => null);
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
    await refresh().catch(() => false);
    if (!(await filiere.store.get("device"))) return show("unregistered");
    show("ready");
    form.addEventListener("submit", record);
    part("send").addEventListener("click", () => send({ quietly: false }));
    part("refresh").addEventListener("click", () => refreshed({ quietly: false }));
    part("camera").hidden = !filiere.camera.isThere();
    part("camera-none").hidden = filiere.camera.isThere();
    part("scan").addEventListener("click", scan);
    window.addEventListener("online", () => send({ quietly: true }).then(() => refreshed({ quietly: true })));
    window.addEventListener("offline", draw);
    await draw();
    return send({ quietly: true });
  }

  start();
})(window.filiere);
