// What pages of feedback do beyond what any browser does by itself. Every page works without it.
"use strict";
(() => {
  const AGAIN_MS = 5000, PATIENCE_MS = 20000;
  const PAGES = [401, 404, 409, 422], FINAL = [403, 413, 414, 415];  // pages to be shown; refusals that stay so
  const every = (selector, step, root = document) => root.querySelectorAll(selector).forEach(step);

  // How much may still be written. Letters are counted as the office counts them, not in UTF-16.
  function countLeft(line) {
    const area = document.getElementById(line.dataset.left);
    const limit = Number(area.dataset.limit);
    const tell = () => {
      line.textContent = line.dataset.form.replace("{n}", String(Math.max(0, limit - [...area.value.trim()].length)));
    };
    area.addEventListener("input", tell);
    tell();
  }

  // A form that finds nobody stays as it is and is sent again, unchanged: that is the same request.
  function sendByItself(form) {
    let timer = 0, busy = false, pressed = null;
    const stop = () => { clearTimeout(timer); timer = 0; };
    form.addEventListener("input", stop);
    form.addEventListener("click", (event) => { pressed = event.target.closest("button"); }); // also by Enter
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!busy) void send(pressed);
    });
    async function send(button) {
      busy = true;
      stop();
      form.setAttribute("aria-busy", "true");
      // Phones of 2020 have neither FormData(form, button) nor AbortSignal.timeout.
      const body = new URLSearchParams(new FormData(form)), patience = new AbortController();
      if (button && button.name) body.append(button.name, button.value);
      const late = setTimeout(() => patience.abort(), PATIENCE_MS);
      try {
        const answer = await fetch(form.action, { method: "POST", body, signal: patience.signal });
        const text = await answer.text();
        busy = false;
        if (answer.ok || PAGES.includes(answer.status)) { show(text, answer); return; }
        lookAgain(text);
        if (FINAL.includes(answer.status)) { form.removeAttribute("aria-busy"); return; }
      } catch {
        busy = false;
        lookAgain(null);
      } finally {
        clearTimeout(late);
      }
      form.removeAttribute("aria-busy");
      timer = setTimeout(() => { if (form.isConnected) void send(button); }, AGAIN_MS);
    }
    function lookAgain(text) {
      const page = text && new DOMParser().parseFromString(text, "text/html");
      const told = page && (page.querySelector("main .note") ?? page.querySelector("main"));
      const old = document.querySelector(".unsent");
      const note = old || document.createElement("div");
      note.className = "note warn unsent";
      note.setAttribute("role", "alert");
      const said = told ? [...told.children].filter((part) => !part.querySelector("a, form")).map((part) => part.textContent) : [];
      note.textContent = "";
      note.append(...(said.length ? said : [form.dataset.send]).map(paragraph));
      if (!old) { form.before(note); note.scrollIntoView({ block: "center" }); }
    }
    function paragraph(text) {
      const line = document.createElement("p");
      line.textContent = text;
      return line;
    }
  }

  function show(text, answer) {
    const page = new DOMParser().parseFromString(text, "text/html");
    const main = page.querySelector("main");
    if (!main) { location.assign(answer.url); return; }
    document.title = page.title;
    document.querySelector("main").replaceWith(main);
    if (page.querySelector(".languages") === null) every(".languages", (nav) => nav.remove());
    if (answer.redirected) history.replaceState(null, "", answer.url);
    scrollTo(0, 0);
    begin(main);
    const first = main.querySelector(".note, .fault, h1");
    if (first) { first.tabIndex = -1; first.focus(); }
  }

  // A survey question by question. What was answered stays on this phone until it is sent.
  function stepByStep(form) {
    const steps = [...form.querySelectorAll(".step")], key = form.dataset.steps;
    const intro = form.querySelector(".survey-intro");
    const bar = document.createElement("progress");
    bar.className = "progress";
    bar.max = steps.length;
    bar.setAttribute("aria-hidden", "true");
    form.prepend(bar);
    const turn = document.createElement("div");
    turn.className = "turn";
    const back = button(form.dataset.back, "second"), next = button(form.dataset.next, "");
    turn.append(back, next);
    form.append(turn);
    let at = 0;
    restore();
    const wrong = steps.findIndex((step) => step.querySelector(".fault"));
    const open = steps.findIndex((step) => step.matches("fieldset") && !step.querySelector(":checked"));
    go(wrong >= 0 ? wrong : open >= 0 ? open : steps.length - 1, false);
    back.addEventListener("click", () => go(at - 1, true));
    next.addEventListener("click", () => go(at + 1, true));
    form.addEventListener("change", (event) => {
      keep();
      if (steps[at].contains(event.target)) next.disabled = steps[at].matches("fieldset") && !steps[at].querySelector(":checked");
    });
    // A tap answers and goes on; arrow keys only choose, or nobody could look at all answers by keyboard.
    let isTap = false, soon = 0;
    form.addEventListener("pointerdown", () => { isTap = true; });
    form.addEventListener("keydown", () => { isTap = false; });
    form.addEventListener("change", (event) => {
      clearTimeout(soon);
      const from = at;
      if (isTap && event.target.type === "radio") soon = setTimeout(() => { if (at === from) go(at + 1, true); }, 250);
    });
    form.addEventListener("input", keep);
    function go(place, focus) {
      at = Math.min(Math.max(place, 0), steps.length - 1);
      steps.forEach((step, n) => { step.hidden = n !== at; });
      intro.hidden = at > 0;
      back.hidden = at === 0;
      next.hidden = at === steps.length - 1;
      next.disabled = steps[at].matches("fieldset") && !steps[at].querySelector(":checked");
      bar.value = at;
      if (focus) { steps[at].tabIndex = -1; steps[at].focus({ preventScroll: true }); form.scrollIntoView(); }
    }
    function keep() {
      const said = [...new FormData(form)].filter(([name]) => name !== "request" && name !== "i");
      try { localStorage.setItem(key, JSON.stringify(said)); } catch { /* a private window keeps nothing */ }
    }
    function restore() {
      let said = [];
      try { said = JSON.parse(localStorage.getItem(key)) ?? []; } catch { return; }
      if (form.querySelector(":checked[type=radio]")) return;
      for (const [name, value] of said) {
        const field = form.elements.namedItem(name);
        if (field instanceof RadioNodeList || field) field.value = value;
      }
    }
  }

  function button(label, kind) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = `button ${kind}`;
    made.textContent = label;
    return made;
  }

  // Digits answer a paper form's questions one after the other.
  function byDigits(form) {
    const rows = [...form.querySelectorAll("fieldset.row")];
    const fresh = rows.find((row) => !row.querySelector(":checked"));
    (fresh ?? rows[0])?.querySelector("input").focus();
    form.addEventListener("keydown", (event) => {
      if (event.target.matches("textarea, select") || event.ctrlKey || event.altKey || event.metaKey) return;
      const row = event.target.closest("fieldset.row"), digit = /^[1-9]$/.test(event.key) ? event.key : "";
      const choice = digit && row?.querySelector(`input[value="${digit}"]`);
      if (!choice) return;
      event.preventDefault();
      choice.checked = true;
      const following = rows[rows.indexOf(row) + 1];
      (following?.querySelector(":checked") ?? following?.querySelector("input") ?? form.querySelector("button")).focus();
    });
  }

  // The code on a receipt leads here with the secret behind "#": no browser sends that part to anybody.
  function secretFromAddress(form) {
    const secret = decodeURIComponent(location.hash.slice(1));
    if (!/^[a-z2-7]{16}$/i.test(secret)) return;
    form.elements.namedItem("secret").value = secret;
    history.replaceState(null, "", location.pathname);
    if (form.elements.namedItem("number").value) form.querySelector("button").click();
  }

  function begin(root) {
    every("[data-left]", countLeft, root);
    every("form[data-steps]", stepByStep, root);
    every("form[data-send]", sendByItself, root);
    every("form[data-paper]", byDigits, root);
    every("form[data-hash]", secretFromAddress, root);
    every("[data-print]", (one) => { one.hidden = false; one.addEventListener("click", () => print()); }, root);
    every("[data-forget]", (one) => {
      try { Object.keys(localStorage).filter((key) => key.startsWith(one.dataset.forget)).forEach((key) => localStorage.removeItem(key)); } catch { /* nothing was kept */ }
    }, root);
  }
  begin(document);
})();
