"use strict";
// Vouchers that may not pay: what changed is read when there is network, and refused without it.
window.filiere = window.filiere || {};
(function withdrawn(filiere) {
  const KEPT = "withdrawn";
  const NONE = { version: 0, vouchers: {}, recalled: {}, ranges: [], refusesAll: false };
  const DOMAIN = "filiere withdrawn 1\n";
  const CHECK_BYTES = 5;

  async function kept() {
    return (await filiere.store.get(KEPT)) || NONE;
  }

  const bySerial = (rows) => Object.fromEntries(rows.map((one) => [one.serial, one]));

  // Adds one answer of the server to what was kept.
  function merged(before, answer) {
    const vouchers = { ...before.vouchers, ...bySerial(answer.withdrawn) };
    for (const serial of answer.restored) delete vouchers[serial];
    return {
      version: answer.version,
      vouchers,
      recalled: bySerial(answer.recalled),
      ranges: answer.ranges,
      refusesAll: answer.refuses_all,
    };
  }

  // Asks for what changed since the last time, in as many answers as it takes.
  async function update(asked, deviceId) {
    let more = true;
    while (more) {
      const before = await kept();
      const answer = await asked(`devices/${deviceId}/withdrawn?since=${before.version}`);
      await filiere.store.put(KEPT, merged(before, answer));
      ({ more } = answer);
    }
  }

  async function checkOf(code) {
    const bytes = new TextEncoder().encode(DOMAIN + code);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return [...digest.slice(0, CHECK_BYTES)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  // The word of why a voucher read by `codes` may not pay: "blocked", "lost", "recalled", or "".
  async function wordOf(voucher) {
    const list = await kept();
    if (list.refusesAll) return "recalled";
    if (voucher.serial) {
      const found = list.vouchers[voucher.serial] || list.recalled[voucher.serial];
      if (found) return found.word;
      const inRange = list.ranges.some(([first, last]) => first <= voucher.serial && voucher.serial <= last);
      return inRange ? "recalled" : "";
    }
    const check = await checkOf(voucher.code);
    const known = [...Object.values(list.vouchers), ...Object.values(list.recalled)];
    const found = known.find((one) => one.check === check);
    return found ? found.word : "";
  }

  filiere.withdrawn = { update, wordOf };
})(window.filiere);
