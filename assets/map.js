/* The map of Explore: hexagons, sectors, labels, hover card, pins, legend. */
(() => {
  "use strict";
  const ypo = (window.ypo = window.ypo || {});
  const { el } = ypo;
  const DWELL = 180;
  const RAMP = 7;

  /* dash-leaflet keeps its map to itself; Leaflet's own hook hands it over. */
  function catchMaps() {
    if (!window.L || window.L.Map.ypoCaught) return Boolean(window.L);
    window.L.Map.ypoCaught = true;
    window.L.Map.addInitHook(function keep() {
      this.getContainer().ypoLeaflet = this;
    });
    return true;
  }
  catchMaps();
  document.addEventListener("DOMContentLoaded", catchMaps);

  ypo.mapView = (root, actions) => {
    const L = window.L;
    const holder = root.querySelector(".leaflet-container");
    const map = holder.ypoLeaflet;
    const card = root.querySelector(".hover-card");
    const layer = ypo.hexLayer();
    const cards = new Map();
    let config = null;
    let geometry = null;
    let view = null;
    let state = {};
    let classes = new Uint8Array(0);
    let palette = [];
    let breaks = [];
    let sectors = {};
    let hovered = null;
    let dwell = 0;
    let asked = null;
    let pinsAsked = null;

    for (const [name, index] of [["ypo-fill", 215], ["ypo-hex", 350], ["ypo-sectors", 420], ["ypo-outline", 440], ["ypo-labels", 600], ["ypo-pins", 610]]) {
      map.createPane(name).style.zIndex = index;
    }
    layer.addTo(map);
    const hover = L.polygon([], { pane: "ypo-outline", interactive: false, className: "outline-hover" }).addTo(map);
    const halo = L.polygon([], { pane: "ypo-outline", interactive: false, className: "outline-halo" }).addTo(map);
    const chosenCell = L.polygon([], { pane: "ypo-outline", interactive: false, className: "outline-cell" }).addTo(map);
    const labels = L.layerGroup().addTo(map);
    const pins = L.layerGroup().addTo(map);

    function readPalette() {
      const ramp = Array.from({ length: RAMP }, (_, i) => ypo.cssVar(`--ramp-${i + 1}`));
      const muted = Array.from({ length: RAMP }, (_, i) => ypo.cssVar(`--muted-${i + 1}`));
      const alpha = Number(ypo.cssVar("--hex-alpha")) || 0.86;
      const entry = (colour) => ({ fill: ypo.pixel(colour, alpha), edge: ypo.pixel(colour, alpha * 0.45) });
      palette = [{ fill: 0, edge: 0 }, ...ramp.map(entry), ...muted.map(entry)];
    }
    readPalette();

    /* Class 1-7 of a value: the steps of `breaks` spread over the ramp; 0 is not drawn. */
    ypo.rampStep = (index, count) => (count < 2 ? 4 : 1 + Math.round((index * (RAMP - 1)) / (count - 1)));
    function classOf(value) {
      if (!(value > 0)) return 0;
      let index = 0;
      while (index + 1 < breaks.length && value >= breaks[index + 1]) index++;
      return ypo.rampStep(index, breaks.length);
    }

    function paintCells(sequence) {
      if (!geometry || !view) return;
      const { cells, cells_context: context } = view.arrays;
      if (cells.length !== geometry.n) return;
      if (classes.length !== geometry.n) classes = new Uint8Array(geometry.n);
      for (let i = 0; i < cells.length; i++) {
        const own = classOf(cells[i]);
        classes[i] = own || !context ? own : context[i] > 0 ? RAMP + classOf(context[i]) : 0;
      }
      layer.setColours(classes, palette, sequence);
    }

    function paintSectors() {
      const rate = state.measure === "rate";
      layer.setVisible(!rate);
      holder.classList.toggle("rate", rate);
      const chosen = new Set(ypo.list(state, "sectors"));
      (config ? config.sectors : []).forEach((sector, i) => {
        const shapes = sectors[sector.id];
        if (!shapes) return;
        const value = rate && view && view.head.sectors.rate ? view.head.sectors.rate[i] : null;
        const step = value === null ? 0 : classOf(value);
        const out = chosen.size && !chosen.has(sector.id);
        shapes.fill.forEach((path) => path.setAttribute("class", `sector-fill ${rate ? (value === null ? "none" : `step${step}`) : "plain"}${out ? " out" : ""}${rate ? " leaflet-interactive" : ""}`));
        shapes.border.forEach((path) => path.setAttribute("class", `sector-border${chosen.has(sector.id) ? " chosen" : ""}`));
        if (shapes.label) shapes.label.classList.toggle("chosen", chosen.has(sector.id));
        if (chosen.has(sector.id)) shapes.border.forEach((path) => path.parentNode.append(path));
      });
    }

    async function loadSectors() {
      const found = await ypo.json("/api/layers/sectors.geojson");
      const paths = (pane, interactive) => {
        const drawn = {};
        L.geoJSON(found, { pane, interactive, style: { smoothFactor: 0.5 } }).eachLayer((one) => {
          one.addTo(map);
          const id = String(one.feature.properties.sector_id);
          (drawn[id] = drawn[id] || []).push(one.getElement());
          if (!interactive) return;
          one.on("mousemove", (event) => state.measure === "rate" && overSector(id, event.containerPoint));
          one.on("mouseout", () => leave());
          one.on("click", (event) => {
            L.DomEvent.stop(event);
            actions.toggle("sectors", [id]);
          });
        });
        return drawn;
      };
      const fill = paths("ypo-fill", true);
      const border = paths("ypo-sectors", false);
      sectors = {};
      for (const id of Object.keys(border)) sectors[id] = { fill: fill[id], border: border[id], label: null };
      if (config) drawLabels();
      paintSectors();
    }

    function drawLabels() {
      labels.clearLayers();
      for (const sector of config.sectors) {
        const content = el("span", { class: "sector-label" }, el("b", {}, sector.id), el("i", {}, sector.name));
        const marker = L.marker(sector.label, {
          pane: "ypo-labels",
          keyboard: false,
          icon: L.divIcon({ className: "sector-mark", html: content, iconSize: [0, 0] }),
        });
        marker.on("click", (event) => {
          L.DomEvent.stop(event);
          actions.toggle("sectors", [sector.id]);
        });
        labels.addLayer(marker);
        if (sectors[sector.id]) sectors[sector.id].label = content;
      }
    }

    /* Hover: the count at once from the numbers at hand, the types after a short dwell. */
    function showCard(key, point, head, lines, query) {
      const size = map.getSize();
      const same = hovered === key;
      hovered = key;
      if (!same) {
        fillCard(head, lines, cards.get(query));
        card.hidden = false;
        clearTimeout(dwell);
        if (asked) asked.abort();
        if (!cards.has(query)) dwell = setTimeout(() => askCard(key, query, head, lines), DWELL);
      }
      const right = point.x > size.x - card.offsetWidth - 30;
      const low = point.y > size.y - card.offsetHeight - 30;
      const x = right ? point.x - card.offsetWidth - 14 : point.x + 16;
      const y = low ? point.y - card.offsetHeight - 10 : point.y + 14;
      card.style.transform = `translate(${Math.max(4, Math.round(x))}px, ${Math.max(4, Math.round(y))}px)`;
    }
    function fillCard(head, lines, found) {
      const types = found ? found.types : [];
      const more = found ? found.lines.filter((line) => !lines.includes(line)) : [];
      card.replaceChildren(
        el("strong", {}, (found && found.title) || head),
        ...lines.map((line) => el("p", {}, line)),
        ...more.map((line) => el("p", { class: "quiet" }, line)),
        types.length ? el("ul", {}, types.map((type) =>
          el("li", {}, ypo.symbol(type.code), el("span", { class: "name" }, type.name), el("span", { class: "count" }, ypo.num(type.count))))) : "",
      );
    }
    async function askCard(key, query, head, lines) {
      asked = new AbortController();
      try {
        const found = await ypo.json(`/api/card?${query}`, asked.signal);
        if (cards.size > 200) cards.clear();
        cards.set(query, found);
        if (hovered === key) fillCard(head, lines, found);
      } catch {
        /* the card shows what the page knows already */
      }
    }
    function leave() {
      hovered = null;
      clearTimeout(dwell);
      if (asked) asked.abort();
      card.hidden = true;
      hover.setLatLngs([]);
    }
    function overCell(point) {
      const i = layer.indexAt(point);
      const { cells, cells_context: context } = view.arrays;
      if (i < 0 || !(cells[i] > 0 || (context && context[i] > 0))) return leave();
      const id = geometry.id(i);
      if (hovered !== `cell${id}`) hover.setLatLngs(geometry.ring(i));
      const lines = [ypo.plural(cells[i], "{n} incident", "{n} incidents")];
      if (context && !(cells[i] > 0)) lines[0] = ypo.t("{n} without the place filter", { n: ypo.num(context[i]) });
      const next = ypo.withState(state, { cell: id });
      showCard(`cell${id}`, point, ypo.t("Hexagon"), lines, actions.query(next));
    }
    function overSector(id, point) {
      const i = config.sectors.findIndex((sector) => sector.id === id);
      if (i < 0 || !view) return;
      const { rate, low, high, count } = view.head.sectors;
      const name = `${id} ${config.sectors[i].name}`;
      const lines = rate && rate[i] !== null
        ? [ypo.t("{rate} per 1,000 inhabitants ({low}–{high})", { rate: ypo.num(rate[i], 1), low: ypo.num(low[i], 1), high: ypo.num(high[i], 1) }),
           ypo.plural(count[i], "{n} incident", "{n} incidents")]
        : [ypo.t("no number of inhabitants, so no rate"), ypo.plural(count[i], "{n} incident", "{n} incidents")];
      showCard(`sector${id}`, point, name, lines, actions.query(ypo.withState(state, { sectors: id, station: null, cell: null })));
    }

    map.on("mousemove", (event) => {
      if (!view || !geometry || state.measure === "rate" || map._animatingZoom) return;
      overCell(event.containerPoint);
    });
    map.on("mouseout", leave);
    map.on("movestart", leave);
    map.on("click", (event) => {
      if (!view || !geometry || state.measure === "rate") return;
      const i = layer.indexAt(event.containerPoint);
      if (i >= 0 && (view.arrays.cells[i] > 0 || (view.arrays.cells_context && view.arrays.cells_context[i] > 0))) actions.toggleCell(geometry.id(i));
    });
    function zoomClass() {
      holder.classList.toggle("near", map.getZoom() >= 13.75);
    }
    map.on("zoomend", zoomClass);

    function outlineCell() {
      const i = state.cell && geometry ? geometry.indexOf(state.cell.toLowerCase()) : -1;
      const ring = i < 0 ? [] : geometry.ring(i);
      halo.setLatLngs(ring);
      chosenCell.setLatLngs(ring);
    }

    async function askPins() {
      if (pinsAsked) pinsAsked.abort();
      if (!view.head.pins) return pins.clearLayers();
      pinsAsked = new AbortController();
      try {
        const found = await ypo.json(`/api/pins?${actions.query(state)}`, pinsAsked.signal);
        drawPins(found.pins);
        actions.withheld(found.withheld || 0);
      } catch (error) {
        if (error.name !== "AbortError") pins.clearLayers();
      }
    }
    function drawPins(found) {
      pins.clearLayers();
      for (const pin of found) {
        const icon = L.divIcon({ className: "pin-mark", html: el("span", { class: "pin" }, ypo.symbol(pin.type)), iconSize: [0, 0] });
        const marker = L.marker([pin.lat, pin.lng], { pane: "ypo-pins", icon, keyboard: false });
        const text = el("div", {}, el("strong", {}, pin.type_name), el("p", {}, pin.scene_name), el("p", {}, pin.when));
        marker.bindTooltip(text, { direction: "top", offset: [0, -10], className: "pin-tip" });
        marker.bindPopup(text.cloneNode(true), { closeButton: true, className: "pin-popup" });
        pins.addLayer(marker);
      }
    }

    window.addEventListener("ypo:theme", () => {
      readPalette();
      paintCells();
    });

    loadSectors();
    new ResizeObserver(() => map.invalidateSize({ animate: false, pan: false })).observe(holder);

    const hooks = {
      map,
      layer,
      get cells() {
        return geometry ? geometry.n : 0;
      },
      get painted() {
        return { ...layer.painted };
      },
      cellAt(lat, lng) {
        const i = layer.indexAt(map.latLngToContainerPoint([lat, lng]));
        return i < 0 ? null : { id: geometry.id(i), index: i, count: view.arrays.cells[i], class: classes[i] };
      },
      pixelAt(lat, lng) {
        const point = map.latLngToLayerPoint([lat, lng]).subtract(layer._origin).multiplyBy(layer._view.ratio);
        return [...layer._context.getImageData(Math.floor(point.x), Math.floor(point.y), 1, 1).data];
      },
    };
    window.ypoMap = hooks;

    return {
      map,
      setConfig(next) {
        const fresh = !config;
        config = next;
        if (fresh && config.bounds) map.fitBounds(config.bounds, { padding: [6, 6], animate: false });
        drawLabels();
        zoomClass();
      },
      fit: () => map.fitBounds(config.bounds, { padding: [6, 6] }),
      geometry: () => geometry,
      setState(next) {
        state = next;
        outlineCell();
        paintSectors();
      },
      show(nextView, nextGeometry, nextBreaks, sequence) {
        if (view && view.head.snapshot !== nextView.head.snapshot) cards.clear();
        view = nextView;
        breaks = nextBreaks;
        if (nextGeometry !== geometry) {
          geometry = nextGeometry;
          layer.setGeometry(geometry);
          outlineCell();
        }
        paintCells(sequence);
        paintSectors();
        if (hovered) leave();
        askPins();
      },
      refit(nextBreaks) {
        breaks = nextBreaks;
        paintCells();
        paintSectors();
      },
    };
  };
})();
/* Functions that dash-leaflet calls by name. */
window.ypo.leaflet = {
  station: (feature, latlng) =>
    window.L.circleMarker(latlng, { radius: 2.5, interactive: false, pane: "ypo-stations" }),
};
