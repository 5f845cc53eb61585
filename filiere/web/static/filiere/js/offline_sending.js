"use strict";
// Sending what was recorded, signed by the device. Nothing leaves the queue before its answer.
window.filiere = window.filiere || {};
(function sending(filiere) {
  const DOMAIN = "filiere offline claims 1\n";
  const AT_ONCE = 100;
  const WAITING = "waiting";

  function claim(record) {
    return {
      seq: record.seq,
      code: record.code,
      reference: record.reference,
      slot_id: record.slot_id,
      offer_id: record.offer_id,
      minutes: record.minutes,
      outcome: record.outcome,
      wanted_cents: record.wanted_cents,
      occurred_at: record.occurred_at,
    };
  }

  async function post(api, device, claims) {
    const body = JSON.stringify({ claims });
    const { signing } = await filiere.store.keys();
    const signature = await crypto.subtle.sign(
      { name: "Ed25519" }, signing, new TextEncoder().encode(DOMAIN + body),
    );
    // The signature says who sends: no session is needed, and none is sent.
    return fetch(`${api}devices/${device.id}/claims`, {
      method: "POST",
      credentials: "omit",
      headers: {
        "Content-Type": "application/json",
        "X-Device-Signature": filiere.store.toBase64(signature),
      },
      body,
    });
  }

  async function keep(answer, records, device) {
    const bySeq = new Map(records.map((record) => [record.seq, record]));
    const again = new Set(answer.renumber);
    for (const one of answer.claims) {
      const record = bySeq.get(one.seq);
      if (!record || again.has(one.seq)) continue;
      const { state, outcome, reference, voucher_serial: serial, taken_cents: taken } = one;
      const judged = { ...record, state, outcome, reference, serial, taken };
      delete judged.code;
      await filiere.store.update(judged);
    }
    for (const seq of answer.renumber) {
      if (bySeq.has(seq)) await filiere.store.renumber(seq, device.last_seq);
    }
  }

  // Sends all that waits. Gives "" when done, else the word of what stopped it.
  async function sendAll(api) {
    const device = await filiere.store.get("device");
    if (!device) return "";
    for (;;) {
      const waiting = (await filiere.store.queue()).filter((one) => one.state === WAITING);
      const records = waiting.slice(0, AT_ONCE);
      if (!records.length) return "";
      let response;
      try {
        response = await post(api, device, records.map(claim));
      } catch {
        return "offline";
      }
      if (response.status === 403) return "taken-off";
      if (!response.ok) return "not-sent";
      await keep(await response.json(), records, device);
    }
  }

  // One window at a time: two would send the same records twice, for nothing.
  function send(api) {
    return navigator.locks.request("filiere-counter-send", () => sendAll(api));
  }

  filiere.sending = { WAITING, send };
})(window.filiere);
