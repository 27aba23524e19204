// Finds assumptions by text and kind.
"use strict";
(() => {
  const text = document.getElementById("assumption-text");
  const kind = document.getElementById("assumption-kind");
  const count = document.getElementById("assumption-count");
  const rows = [...document.querySelectorAll("#assumption-table tbody tr")];
  const said = rows.map((row) => row.textContent.toLowerCase());

  function show() {
    const wanted = text.value.trim().toLowerCase();
    let shown = 0;
    rows.forEach((row, at) => {
      row.hidden = !(said[at].includes(wanted) && (!kind.value || row.dataset.kind === kind.value));
      shown += row.hidden ? 0 : 1;
    });
    count.textContent = count.dataset.text.replace("#", shown);
  }
  text.addEventListener("input", show);
  kind.addEventListener("change", show);
  show();
})();
