/* Incident pins, when there are few enough to read: plain elements in one pane, a single tooltip
   and popup. They come after the repaint and never hold it up. */
(() => {
  "use strict";
  const ypo = (window.ypo = window.ypo || {});
  const { el } = ypo;
  const AFTER = 250;

  const SYMBOLS = 60; // as many can be told apart when the whole district is in view

  /* `shown` is told the pins, for those who read the table. */
  ypo.pins = (map, { leave, withheld, shown }) => {
    const L = window.L;
    const box = ypo.placedBox(map, "ypo-pins", "pins");
    const tip = L.tooltip({ direction: "top", offset: [0, -8], className: "pin-tip" });
    const popup = L.popup({ className: "pin-popup", offset: [0, -4], autoPanPadding: [40, 60] });
    let pins = [];
    let asked = null;
    let timer = 0;
    function ask(few, query) {
      clearTimeout(timer);
      if (asked) asked.abort();
      if (pins.length) draw([]);
      withheld(0, 0);
      if (few) timer = setTimeout(load, AFTER, query);
    }
    async function load(query) {
      asked = new AbortController();
      try {
        const found = await ypo.json(`/api/pins?${query}`, asked.signal);
        draw(found.pins);
        withheld(found.withheld || 0, found.elsewhere || 0);
      } catch {
        /* the hexagons say the same, only less finely */
      }
    }
    function draw(found) {
      tip.remove();
      popup.remove();
      pins = found;
      shown(pins);
      box.box.classList.toggle("few", pins.length <= SYMBOLS);
      box.set(
        pins.map((pin, i) => el("div", { class: "place" }, el("span", { class: "pin", "data-pin": i }, ypo.symbol(pin.type)))),
        pins.map((pin) => [pin.lat, pin.lng]),
      );
    }
    const pinOf = (event) => {
      const node = event.target.closest(".pin");
      return node ? pins[Number(node.dataset.pin)] : null;
    };
    const pinText = (pin) => el("div", {}, el("strong", {}, pin.type_name), el("p", {}, pin.scene_name), el("p", {}, pin.when));
    box.box.addEventListener("pointerover", (event) => {
      const pin = pinOf(event);
      if (!pin) return;
      leave();
      tip.setLatLng([pin.lat, pin.lng]).setContent(pinText(pin)).addTo(map);
    });
    box.box.addEventListener("pointerout", () => tip.remove());
    box.box.addEventListener("click", (event) => {
      const pin = pinOf(event);
      if (!pin) return;
      event.stopPropagation();
      tip.remove();
      popup.setLatLng([pin.lat, pin.lng]).setContent(pinText(pin)).openOn(map);
    });

    return { ask };
  };
})();
