/* The map of "Which sector is this?" grows with the text; a click is told in the pixels it was drawn in. */
(() => {
  "use strict";
  for (const map of document.querySelectorAll(".find-map input")) {
    map.classList.add("scaled");
    map.addEventListener("click", (event) => {
      if (!event.detail) return; // by the keyboard: the server says what to do instead
      event.preventDefault();
      const box = map.getBoundingClientRect();
      const given = new URLSearchParams(new FormData(map.form));
      given.set("map.x", Math.round((event.clientX - box.left) * (map.getAttribute("width") / box.width)));
      given.set("map.y", Math.round((event.clientY - box.top) * (map.getAttribute("height") / box.height)));
      window.location.assign(`${map.form.getAttribute("action")}?${given}`);
    });
  }
})();
