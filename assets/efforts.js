/* Efforts of the sectors' desks on the map: a calm outline each, names from near, a toggle in the legend. */
(() => {
  "use strict";
  const ypo = (window.ypo = window.ypo || {});
  const { el } = ypo;
  const KEPT = "ypo-efforts";

  ypo.effortLayer = (map, root) => {
    const L = window.L;
    const box = root.querySelector("#legend-efforts");
    const toggle = root.querySelector("#legend-efforts-toggle");
    const list = root.querySelector("#legend-efforts-names");
    for (const [name, index] of [["ypo-efforts", 415], ["ypo-effort-names", 615]]) {
      map.createPane(name).style.zIndex = index;
    }
    const renderer = L.svg({ pane: "ypo-efforts", padding: 0.25 });
    const names = ypo.placedBox(map, "ypo-effort-names", "effort-names");
    let shapes = null;
    let on = kept() !== "off";

    function kept() {
      try {
        return window.localStorage.getItem(KEPT);
      } catch {
        return null; // storage is barred: shown, as at first
      }
    }
    function keep() {
      try {
        window.localStorage.setItem(KEPT, on ? "on" : "off");
      } catch {
        /* it holds until the page is left */
      }
    }
    function show() {
      toggle.setAttribute("aria-pressed", String(on));
      for (const pane of ["ypo-efforts", "ypo-effort-names"]) map.getPane(pane).hidden = !on;
    }
    toggle.addEventListener("click", () => {
      on = !on;
      keep();
      show();
    });

    function draw(found) {
      if (shapes) shapes.remove();
      const layer = (one, className) =>
        L.geoJSON(found, { pane: "ypo-efforts", renderer, interactive: false, smoothFactor: 0.6, style: (feature) => ({ className: `${className} ${feature.properties.state}${feature.properties.wide ? " wide" : ""}` }) }).addTo(one);
      shapes = L.layerGroup().addTo(map);
      layer(shapes, "effort-halo");
      layer(shapes, "effort-outline");
      const all = found.features.map((feature) => feature.properties);
      const link = (one, more) => el("a", { href: one.href, title: one.words, "data-key": one.key, ...more }, one.title);
      names.set(all.map((one) => el("div", { class: "place" }, link(one, { class: "effort-name", tabindex: -1 }))), all.map((one) => one.at));
      list.replaceChildren(...all.map((one) => el("li", {}, link(one, {}), el("span", { class: "quiet" }, one.words))));
      root.querySelector("#legend-planned").hidden = !all.some((one) => one.state === "planned");
      box.hidden = !all.length;
      show();
    }
    return {
      load() {
        ypo.json(`/api/layers/efforts.geojson?lang=${ypo.lang}`).then(draw, () => {
          box.hidden = true; // the map is whole without them
        });
      },
    };
  };
})();
