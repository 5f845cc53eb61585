"use strict";
// Gives the device its key when it is registered; the form carries the public half.
(function register() {
  const form = document.getElementById("device-form");
  if (!form) return;
  const field = form.elements.namedItem("public_key");
  form.addEventListener("submit", async (event) => {
    if (field.value) return;
    event.preventDefault();
    try {
      field.value = (await window.filiere.store.keys()).text;
    } catch {
      field.value = "-"; // the answer says that this browser cannot make a key
    }
    form.submit();
  });
})();
