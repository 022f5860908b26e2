/* Links to the page Method: in the reader's language, and of what the map shows now. */
(() => {
  "use strict";
  function aim(event) {
    const link = event.target.closest?.("a.method-link[data-anchor]");
    if (!link) return;
    const shown = new URLSearchParams(window.location.search);
    const { anchor } = link.dataset;
    const wanted = link.dataset[shown.get("baseline")] || link.dataset[shown.get("measure")] || anchor;
    link.href = `/method?lang=${window.ypo.lang}#${wanted}`;
  }
  for (const kind of ["click", "auxclick", "contextmenu"]) document.addEventListener(kind, aim, true);
})();
