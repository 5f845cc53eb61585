"use strict";
// What the counter keeps on the device: its key, its hours, and what it recorded. Nobody's name.
window.filiere = window.filiere || {};
(function store(filiere) {
  const NAME = "filiere-counter";

  function opened() {
    return new Promise((resolve, reject) => {
      const asked = indexedDB.open(NAME, 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore("kept");
        asked.result.createObjectStore("queue", { keyPath: "seq" });
      };
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  }

  // Runs `work` on one store; resolves only when the disk has it.
  async function within(name, mode, work) {
    const base = await opened();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = base.transaction(name, mode, { durability: "strict" });
        let result;
        transaction.oncomplete = () => resolve(result);
        transaction.onerror = () => reject(transaction.error);
        transaction.onabort = () => reject(transaction.error);
        work(transaction.objectStore(name), (value) => {
          result = value;
        });
      });
    } finally {
      base.close();
    }
  }

  function get(name) {
    return within("kept", "readonly", (kept, answer) => {
      const asked = kept.get(name);
      asked.onsuccess = () => answer(asked.result);
    });
  }

  function put(name, value) {
    return within("kept", "readwrite", (kept) => kept.put(value, name));
  }

  function queue() {
    return within("queue", "readonly", (kept, answer) => {
      const asked = kept.getAll();
      asked.onsuccess = () => answer(asked.result);
    });
  }

  // Adds a record under the next number, counted and written in one transaction.
  function add(record, floor) {
    return within("queue", "readwrite", (kept, answer) => {
      const last = kept.openKeyCursor(null, "prev");
      last.onsuccess = () => {
        const seq = Math.max(last.result ? last.result.key : 0, floor) + 1;
        kept.add({ ...record, seq });
        answer(seq);
      };
    });
  }

  function update(record) {
    return within("queue", "readwrite", (kept) => kept.put(record));
  }

  // Gives a record another number, when the one it bears was already received for another.
  function renumber(seq, floor) {
    return within("queue", "readwrite", (kept) => {
      const asked = kept.get(seq);
      asked.onsuccess = () => {
        const last = kept.openKeyCursor(null, "prev");
        last.onsuccess = () => {
          kept.delete(seq);
          kept.add({ ...asked.result, seq: Math.max(last.result.key, floor) + 1 });
        };
      };
    });
  }

  const toBase64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
  const fromBase64 = (text) => Uint8Array.from(atob(text), (symbol) => symbol.charCodeAt(0));

  // The key of this device, made once. The private half cannot be read, even by us.
  async function keys() {
    const known = await get("keys");
    if (known) return known;
    const pair = await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
    const open = await crypto.subtle.exportKey("raw", pair.publicKey);
    const made = { signing: pair.privateKey, text: toBase64(open) };
    await put("keys", made);
    return made;
  }

  async function forget() {
    await within("kept", "readwrite", (kept) => kept.delete("keys"));
    await within("kept", "readwrite", (kept) => kept.delete("device"));
  }

  filiere.store = { add, forget, fromBase64, get, keys, put, queue, renumber, toBase64, update };
})(window.filiere);
