// The ticket's page while it is open: says when it is old, comes right again by itself, rings when its number is called.
"use strict";
(() => {
  const SILENT_MS = 9000; // a beat comes every 5 s; nobody is to believe for more than 10 s what is old
  const AGAIN_MS = 5000;
  const LOOK_MS = 1000;
  const lost = document.getElementById("lost");
  const button = document.getElementById("ring");
  const Sound = window.AudioContext || window.webkitAudioContext;
  let heard = Date.now();
  let asked = 0;
  let sound = null;
  let rung = null;
  let isBlinking = false;

  const status = () => document.querySelector("#status [data-kind]");

  htmx.createEventSource = (url) => {
    const source = new EventSource(url);
    source.addEventListener("beat", (event) => hear(event.data));
    source.addEventListener("gone", () => location.reload());
    return source;
  };

  // What counts is when something was heard last; the time that is shown is the office's own, for a phone's may be wrong.
  function hear(at) {
    heard = Date.now();
    if (at && at !== lost.dataset.at) {
      lost.textContent = lost.textContent.replace(lost.dataset.at, at);
      lost.dataset.at = at;
    }
    lost.hidden = true;
  }

  // Also after a sleep: a phone that was locked has heard nothing, and its page says so until it has.
  function look() {
    if (Date.now() - heard < SILENT_MS) return;
    lost.hidden = false;
    if (Date.now() - asked >= AGAIN_MS) again();
  }

  function again() {
    asked = Date.now();
    htmx.trigger("#live", "again"); // the page anew, with a new connection; where that fails all stays as it is
  }

  function turn() {
    const shown = status();
    if (!shown) return;
    const { kind, title, call, at } = shown.dataset;
    hear(at);
    document.body.dataset.kind = kind;
    document.title = title;
    if (call && rung !== null && call !== rung) ring();
    rung = call;
  }

  function ring() {
    window.scrollTo(0, 0);
    const live = document.getElementById("live");
    live.classList.add("turning");
    live.addEventListener("animationend", () => live.classList.remove("turning"), { once: true });
    if (!sound) return;
    if (navigator.vibrate) navigator.vibrate([400, 200, 400, 200, 800]);
    chime(3);
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

  function allow() {
    sound = sound || new Sound();
    sound.resume();
    if (navigator.vibrate) navigator.vibrate(200);
    chime(1);
    button.textContent = button.dataset.on;
    button.setAttribute("aria-pressed", "true");
  }

  function blink() {
    const shown = status();
    if (!shown) return;
    isBlinking = shown.dataset.kind === "called" && !isBlinking;
    document.title = isBlinking ? `\u25CF ${shown.dataset.title}` : shown.dataset.title;
  }

  document.getElementById("ringing").hidden = !Sound;
  button.addEventListener("click", allow);
  document.body.addEventListener("htmx:sseMessage", (event) => { if (event.detail.type === "status") turn(); });
  document.body.addEventListener("htmx:afterSettle", turn);
  document.body.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 404) location.reload(); // the ticket's day is over: the page says so
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    look();
    if (sound) sound.resume();
  });
  window.addEventListener("online", again);
  window.addEventListener("pageshow", look);
  setInterval(look, LOOK_MS);
  setInterval(blink, LOOK_MS);
  turn();
})();
