// The strip of alerts on an open staff page: what is new appears by itself; a sound only where somebody asked for it.
"use strict";
(() => {
  // On a phone the navigation is one line that scrolls: the page that is open is in view.
  const here = document.querySelector(".desk li [aria-current]"), line = here?.closest("ul");
  if (line && line.scrollWidth > line.clientWidth) here.scrollIntoView({ block: "nearest", inline: "center" });
})();
(() => {
  const strip = document.getElementById("alerts");
  if (!strip || !window.EventSource) return;
  const AGAIN_MS = 10000;
  const SOUND = "antrean-alert-sound";
  const ids = () => [...strip.querySelectorAll("[data-alert]")].map((one) => one.dataset.alert);
  let known = new Set(ids());

  const wish = document.getElementById("alert-sound");
  const wanted = () => { try { return localStorage.getItem(SOUND) === "yes"; } catch { return false; } };
  if (wish) {
    wish.checked = wanted();
    wish.addEventListener("change", () => {
      try { localStorage.setItem(SOUND, wish.checked ? "yes" : "no"); } catch { /* a browser that keeps nothing */ }
      if (wish.checked) ring();
    });
  }

  function ring() {
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    volume.gain.value = 0.2;
    tone.frequency.value = 660;
    tone.connect(volume).connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.35);
    tone.onended = () => audio.close();
  }

  // A line that was refused is closed for good (a gateway between that has lost us, a session that is over): ask again.
  let source;
  function follow() {
    source = new EventSource(strip.dataset.events);
    source.addEventListener("error", () => { if (source.readyState === EventSource.CLOSED) setTimeout(follow, AGAIN_MS); });
    source.addEventListener("alerts", (event) => {
      if (strip.contains(document.activeElement)) document.activeElement.blur();
      strip.innerHTML = event.data === "-" ? "" : event.data;
      const now = ids();
      if (wanted() && now.some((id) => !known.has(id))) ring();
      known = new Set(now);
    });
  }
  follow();
  addEventListener("pagehide", () => source.close());
})();
