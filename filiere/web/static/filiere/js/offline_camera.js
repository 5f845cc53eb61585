"use strict";
// Reading a square with the camera: by the browser itself where it can, else by a library we keep.
window.filiere = window.filiere || {};
(function camera(filiere) {
  const EVERY_MS = 200;
  const PATIENCE_MS = 30000;

  function isThere() {
    return Boolean(navigator.mediaDevices && navigator.mediaDevices.getUserMedia);
  }

  // The browser's own reader, where it reads squares; else the library, loaded when first needed.
  async function detector(library) {
    const own = window.BarcodeDetector;
    const formats = own ? await own.getSupportedFormats().catch(() => []) : [];
    const Reader = formats.includes("qr_code") ? own : (await import(library)).BarcodeDetector;
    return new Reader({ formats: ["qr_code"] });
  }

  const rest = () => new Promise((resolve) => setTimeout(resolve, EVERY_MS));

  async function look(video, reader, isWanted) {
    const start = performance.now();
    while (isWanted() && performance.now() - start < PATIENCE_MS) {
      const [found] = await reader.detect(video).catch(() => []);
      if (found && found.rawValue) return found.rawValue;
      await rest();
    }
    return "";
  }

  // Shows the camera in `video` until a square is read. Gives its text; "" when none was in time.
  // Throws with the word of what is missing: the camera, the right to it, or what reads squares.
  async function read(video, library, isWanted) {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch (refused) {
      throw new Error(refused.name === "NotAllowedError" ? "camera-refused" : "camera-missing");
    }
    try {
      const reader = await detector(library).catch(() => {
        throw new Error("camera-unread");
      });
      video.srcObject = stream;
      video.hidden = false;
      await video.play();
      return await look(video, reader, isWanted);
    } finally {
      stream.getTracks().forEach((track) => track.stop());
      video.srcObject = null;
      video.hidden = true;
    }
  }

  filiere.camera = { isThere, read };
})(window.filiere);
