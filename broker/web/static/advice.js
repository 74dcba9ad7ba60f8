// Fields for numbers become sliders that say where they stand. Without this they are fields with arrows.
"use strict";
(() => {
  for (const field of document.querySelectorAll("input[data-slider]")) {
    const said = document.createElement("output");
    said.htmlFor = field.id;
    const tell = () => {
      said.textContent = field.value;
    };
    field.type = "range";
    field.after(said);
    field.addEventListener("input", tell);
    tell();
  }
})();
