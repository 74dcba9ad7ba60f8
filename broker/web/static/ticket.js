// The ticket's page while it is open: says when it is old, comes right again by itself, rings when its number is called.
"use strict";
(() => {
  const SILENT_MS = 15000; // three beats
  const AGAIN_MS = 5000;
  const BLINK_MS = 1000;
  let heard = Date.now();
  let asked = 0;
  let source = null;
  let sound = null;
  let rung = "";
  let isBlinking = false;

  const byId = (id) => document.getElementById(id);
  const status = () => document.querySelector("#status [data-kind]");

  htmx.createEventSource = (url) => {
    source = new EventSource(url);
    for (const name of ["status", "said", "beat"]) source.addEventListener(name, hear);
    source.onopen = hear;
    return source;
  };

  function hear() {
    heard = Date.now();
    byId("lost").hidden = true;
    const at = new Date(heard);
    byId("lost").dataset.at = `${String(at.getHours()).padStart(2, "0")}.${String(at.getMinutes()).padStart(2, "0")}`;
  }

  // Old data is said to be old, also by a phone that slept: what counts is when something was heard last.
  function look() {
    const now = Date.now();
    if (now - heard < SILENT_MS) return;
    const lost = byId("lost");
    if (lost.dataset.at) lost.textContent = lost.textContent.replace("…", lost.dataset.at);
    lost.hidden = false;
    if (now - asked >= AGAIN_MS) again();
  }

  function again() {
    asked = Date.now();
    htmx.trigger("#live", "again"); // the page anew, with a new connection; where that fails all stays as it is
  }

  function turn() {
    const shown = status();
    if (!shown) return;
    document.body.dataset.kind = shown.dataset.kind;
    document.title = shown.dataset.title;
    if (shown.dataset.call && shown.dataset.call !== rung) ring();
    rung = shown.dataset.call;
  }

  function ring() {
    window.scrollTo(0, 0);
    if (navigator.vibrate && sound) navigator.vibrate([400, 200, 400, 200, 800]);
    if (sound) chime(3);
  }

  function chime(times) {
    for (let n = 0; n < times * 2; n++) {
      const begin = sound.currentTime + n * 0.45;
      const tone = sound.createOscillator();
      const volume = sound.createGain();
      tone.frequency.value = n % 2 ? 659 : 880;
      volume.gain.setValueAtTime(0.0001, begin);
      volume.gain.exponentialRampToValueAtTime(0.6, begin + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, begin + 0.42);
      tone.connect(volume).connect(sound.destination);
      tone.start(begin);
      tone.stop(begin + 0.45);
    }
  }

  function allow(event) {
    const Sound = window.AudioContext || window.webkitAudioContext;
    if (!Sound) return;
    sound = sound || new Sound();
    sound.resume();
    chime(1);
    if (navigator.vibrate) navigator.vibrate(200);
    event.currentTarget.textContent = event.currentTarget.dataset.on;
    event.currentTarget.setAttribute("aria-pressed", "true");
  }

  function blink() {
    const shown = status();
    if (!shown) return;
    isBlinking = shown.dataset.kind === "called" && !isBlinking;
    document.title = isBlinking ? `\u25CF ${shown.dataset.title}` : shown.dataset.title;
  }

  byId("ringing").hidden = !(window.AudioContext || window.webkitAudioContext);
  byId("ring").addEventListener("click", allow);
  document.body.addEventListener("htmx:sseMessage", turn);
  document.body.addEventListener("htmx:afterSettle", () => { hear(); turn(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { look(); if (sound) sound.resume(); } });
  window.addEventListener("online", again);
  window.addEventListener("pageshow", look);
  setInterval(look, 1000);
  setInterval(blink, BLINK_MS);
  turn();
})();
