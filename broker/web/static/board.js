// The live board while it is open: says when it is old, how old, and comes right again by itself.
"use strict";
(() => {
  const SILENT_MS = 8000;
  const AGAIN_MS = 10000;
  const lost = document.getElementById("lost");
  const asOf = document.getElementById("as-of");
  let heard = Date.now();
  let asked = Date.now();

  htmx.createEventSource = (url) => {
    const source = new EventSource(url);
    source.addEventListener("beat", (event) => { hear(); asOf.textContent = event.data; });
    source.addEventListener("board", hear);
    source.addEventListener("gone", () => location.reload());
    source.addEventListener("error", () => { if (source.readyState === EventSource.CLOSED) refused(); });
    return source;
  };

  // Told no: by a session that is over it is asked at once who it is; all else comes right as what is silent does.
  function refused() {
    fetch(location.href, { method: "GET", cache: "no-store" }).then((answer) => {
      if (answer.status === 401 || answer.status === 403) location.reload();
    }).catch(() => {});
  }

  function hear() {
    heard = Date.now();
    lost.hidden = true;
    document.body.classList.remove("is-old");
  }

  // Silent for so long it is old, and says so; opened anew it either comes right or asks who it is.
  function look() {
    if (Date.now() - heard < SILENT_MS) return;
    if (lost.hidden) {
      lost.textContent = lost.dataset.text.replace("{time}", asOf.textContent);
      lost.hidden = false;
      document.body.classList.add("is-old");
    }
    if (Date.now() - asked < AGAIN_MS) return;
    asked = Date.now();
    fetch(location.href, { method: "GET", cache: "no-store" }).then((answer) => {
      if (answer.status < 500) location.reload();
    }).catch(() => {});
  }

  // What was opened stays open when the board is drawn anew; the focus is kept by its id.
  let open = new Set();
  document.body.addEventListener("htmx:sseBeforeMessage", () => {
    open = new Set([...document.querySelectorAll("#live details[open]")].map((one) => one.id));
  });
  const reopen = () => {
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  };
  document.body.addEventListener("htmx:sseMessage", reopen);
  document.body.addEventListener("htmx:afterSettle", reopen);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  setInterval(look, 1000);
})();
