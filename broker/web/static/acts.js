// What was done just now: how long it can still be taken back, and gone when that is over.
"use strict";
(() => {
  const done = document.getElementById("done");
  if (!done) return;
  const until = Date.now() + 1000 * Number(done.dataset.left);
  const left = done.querySelector(".left");
  const tell = () => {
    const seconds = Math.ceil((until - Date.now()) / 1000);
    if (seconds <= 0) {
      clearInterval(timer);
      if (!done.contains(document.activeElement)) done.remove();
    } else if (left) left.textContent = `(${seconds})`;
  };
  const timer = setInterval(tell, 1000);
  tell();
})();
