/* The quiet base map: the district's own layers, in one SVG below the hexagons and one above. */
(() => {
  "use strict";
  const ypo = (window.ypo = window.ypo || {});
  const BELOW = ["land", "sectors", "parks", "water", "streets", "rail", "stations"];

  /* Draws the layers in their order and returns {fill, border, casing}: sector paths by id. Classes carry
     the colours, so that a theme switches without drawing anything again. */
  ypo.baseMap = async (map, { sector }) => {
    const L = window.L;
    for (const [name, index] of [["ypo-base", 205], ["ypo-over", 420]]) map.createPane(name).style.zIndex = index;
    const renderers = {
      base: L.svg({ pane: "ypo-base", padding: 0.25 }),
      over: L.svg({ pane: "ypo-over", padding: 0.25 }),
    };
    const load = (name) =>
      ypo.json(`/api/layers/${name}.geojson`).catch(() => ({ type: "FeatureCollection", features: [] }));
    const names = [...BELOW, "designated"];
    const found = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await load(name)])));

    const draw = (data, where, className, interactive) => {
      const options = { pane: `ypo-${where}`, renderer: renderers[where], className, interactive, smoothFactor: 0.6 };
      const point = (feature, latlng) => L.circleMarker(latlng, { ...options, radius: 0.16 * ypo.rem() });
      return L.geoJSON(data, { ...options, style: () => options, pointToLayer: point }).addTo(map);
    };
    const byId = (layers) => {
      const paths = {};
      layers.eachLayer((one) => {
        const id = String(one.feature.properties.sector_id);
        (paths[id] = paths[id] || []).push(one.getElement());
      });
      return paths;
    };
    let fill = {};
    for (const name of BELOW) {
      if (name === "sectors") {
        const layers = draw(found.sectors, "base", "sector-fill plain", true);
        layers.eachLayer((one) => sector(String(one.feature.properties.sector_id), one));
        fill = byId(layers);
      } else draw(found[name], "base", `base-${name}`, false);
    }
    const casing = byId(draw(found.sectors, "over", "sector-casing", false));
    const border = byId(draw(found.sectors, "over", "sector-border", false));
    draw(found.designated, "over", "base-designated", false);
    return { fill, border, casing, renderer: renderers.over, designated: found.designated.features };
  };

  /* Elements at places of the map: labels and pins. One box, no layer of its own for each. */
  ypo.placedBox = (map, pane, className) => {
    const box = ypo.el("div", { class: className });
    for (const event of ["mousemove", "mousedown", "dblclick", "pointerdown"]) {
      box.addEventListener(event, (e) => e.stopPropagation());
    }
    map.getPane(pane).append(box);
    let places = [];
    const put = (point) => {
      [...box.children].forEach((node, i) => {
        const { x, y } = point(places[i]);
        node.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
      });
    };
    const now = () => put((place) => map.latLngToLayerPoint(place));
    map.on("zoom viewreset zoomend", now);
    map.on("zoomanim", (event) => put((place) => map._latLngToNewLayerPoint(window.L.latLng(place), event.zoom, event.center)));
    return {
      box,
      set(nodes, at) {
        places = at;
        box.replaceChildren(...nodes);
        now();
      },
    };
  };
})();
