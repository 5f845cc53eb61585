"use strict";
// Reading a voucher's code without network: the check symbol of a typed one, the signature of a
// square. The rules are those of rules/codes.py and rules/signed_codes.py.
window.filiere = window.filiere || {};
(function codes(filiere) {
  const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const MISREAD = { O: "0", I: "1", L: "1", U: "V" };
  const LENGTH = 17;
  const PREFIX = "FL1:";
  const BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
  const BODY = 35;
  const WHOLE = 99;
  const DOMAIN = new TextEncoder().encode("filiere signed voucher 1\n");
  const EPOCH = Date.UTC(2020, 0, 1);
  const DAY = 86400000;

  function normalise(text) {
    const kept = [...text.toUpperCase()].filter((symbol) => /[0-9A-Z]/.test(symbol));
    return kept.map((symbol) => MISREAD[symbol] || symbol).join("");
  }

  function isWellFormed(code) {
    const values = [...code].map((symbol) => ALPHABET.indexOf(symbol));
    if (values.length !== LENGTH || values.includes(-1)) return false;
    let total = 0;
    for (const value of values.slice(0, -1)) {
      const doubled = (total ^ value) << 1;
      total = doubled & 32 ? doubled ^ 37 : doubled;
    }
    return total === values[LENGTH - 1];
  }

  function fromBase45(text) {
    const bytes = [];
    for (let start = 0; start < text.length; start += 3) {
      const group = [...text.slice(start, start + 3)].map((symbol) => BASE45.indexOf(symbol));
      if (group.length === 1 || group.includes(-1)) return null;
      const number = group.reduce((sum, value, place) => sum + value * 45 ** place, 0);
      if (number >= 256 ** (group.length - 1)) return null;
      if (group.length === 3) bytes.push(number >> 8);
      bytes.push(number & 255);
    }
    return Uint8Array.from(bytes);
  }

  function whole(bytes, start, size) {
    return bytes.slice(start, start + size).reduce((sum, byte) => sum * 256 + byte, 0);
  }

  // Reads the text of a square; null when no key of ours signed it.
  async function readSigned(text, keys) {
    const bytes = fromBase45(text.slice(PREFIX.length));
    if (!bytes || bytes.length !== WHOLE || bytes[0] !== 1) return null;
    const key = keys.find((one) => one.id === whole(bytes, 1, 4));
    if (!key || key.programme_id !== whole(bytes, 5, 4)) return null;
    const body = bytes.slice(0, BODY);
    const open = await crypto.subtle.importKey(
      "raw", filiere.store.fromBase64(key.public_key), { name: "Ed25519" }, false, ["verify"],
    );
    const signed = new Uint8Array([...DOMAIN, ...body]);
    const good = await crypto.subtle.verify({ name: "Ed25519" }, open, bytes.slice(BODY), signed);
    if (!good) return null;
    const last = new Date(EPOCH + whole(bytes, 19, 2) * DAY);
    return {
      serial: whole(bytes, 9, 6),
      cents: whole(bytes, 15, 4),
      lastDay: last.toISOString().slice(0, 10),
    };
  }

  // Gives {code, mark, cents, serial if signed} of what was typed or scanned, or {problem} with the word of why not.
  async function read(text, keys, today) {
    const shown = text.replace(/^[\s]+/, "");
    if (!shown.startsWith(PREFIX)) {
      const code = normalise(shown);
      return isWellFormed(code) ? { code, mark: code, cents: null } : { problem: "mistyped" };
    }
    // A signed text may end with a space that means something: as scanned, then without.
    for (const code of [shown, shown.trim()]) {
      const voucher = await readSigned(code, keys);
      if (voucher && voucher.lastDay < today) return { problem: "expired" };
      if (voucher) return { code, mark: `no ${voucher.serial}`, serial: voucher.serial, cents: voucher.cents };
    }
    return { problem: "forged" };
  }

  filiere.codes = { isWellFormed, normalise, read };
})(window.filiere);
