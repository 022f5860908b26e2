/* The map of Explore: hexagons, sectors, labels, hover card, pins, legend. */
(() => {
  "use strict";
  const ypo = (window.ypo = window.ypo || {});
  const { el } = ypo;
  const DWELL = 180;
  const RAMP = 7;
  const OWN = 1 + 2 * RAMP; // the palette's classes of statistics stand after both ramps

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
    let measure = null;
    let computing = false;
    let sectors = {};
    let hovered = null;
    let dwell = 0;
    let asked = null;

    for (const [name, index] of [["ypo-hex", 350], ["ypo-labels", 620], ["ypo-pins", 610]]) {
      map.createPane(name).style.zIndex = index;
    }
    layer.addTo(map);
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
      map._zoomAnimated = false;
      map.options.inertia = false;
    }
    const labels = ypo.placedBox(map, "ypo-labels", "labels");
    const efforts = ypo.effortLayer(map, root);
    let outlines = null;
    let designated = [];

    function readPalette() {
      const ramp = Array.from({ length: RAMP }, (_, i) => ypo.cssVar(`--ramp-${i + 1}`));
      const muted = Array.from({ length: RAMP }, (_, i) => ypo.cssVar(`--muted-${i + 1}`));
      const alpha = Number(ypo.cssVar("--hex-alpha")) || 0.86;
      const entry = (colour) => ({ fill: ypo.pixel(colour, alpha), edge: ypo.pixel(colour, alpha * 0.45) });
      palette = [{ fill: 0, edge: 0 }, ...ramp.map(entry), ...muted.map(entry), ...ypo.measuredPalette(alpha)];
    }
    readPalette();

    /* Class 1-7 of a value: the steps of `breaks` spread over the ramp; 0 is not drawn. */
    const STEPS = { 1: [4], 2: [2, 4], 3: [2, 4, 6], 4: [1, 3, 5, 6], 5: [1, 2, 4, 5, 6], 6: [1, 2, 3, 4, 5, 6] };
    ypo.rampStep = (index, count) => (STEPS[count] ? STEPS[count][index] : Math.min(RAMP, index + 1));
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
      const tested = ypo.isMeasured(state);
      if (tested && measure && measure.arrays.classes.length === geometry.n) {
        const places = [0, ...measure.head.classes.map(({ code }) => OWN + ypo.MEASURED.indexOf(code))];
        const { classes: found, pale } = measure.arrays;
        for (let i = 0; i < found.length; i++) {
          if (found[i]) classes[i] = places[found[i]] + (pale && pale[i] ? ypo.MEASURED.length : 0);
          else classes[i] = context && context[i] > 0 ? RAMP + 1 : 0;
        }
      } else if (tested) {
        // Until the tests are there nothing has their colours.
        for (let i = 0; i < cells.length; i++) classes[i] = cells[i] > 0 ? RAMP + classOf(cells[i]) : 0;
      } else for (let i = 0; i < cells.length; i++) {
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
        if (!shapes || !shapes.fill) return;
        const value = rate && view && view.head.sectors.rate ? view.head.sectors.rate[i] : null;
        const step = value === null ? 0 : classOf(value);
        const out = !rate && chosen.size && !chosen.has(sector.id);
        shapes.fill.forEach((path) => ypo.setAttribute(path, "class", `sector-fill ${rate ? (value === null ? "none" : `step${step}`) : "plain"}${out ? " out" : ""}${rate ? " leaflet-interactive" : ""}`));
        shapes.border.forEach((path) => ypo.setAttribute(path, "class", `sector-border${chosen.has(sector.id) ? " chosen" : ""}`));
        shapes.casing.forEach((path) => ypo.setAttribute(path, "class", `sector-casing${chosen.has(sector.id) ? " chosen" : ""}`));
        const found = measure && ypo.isMeasured(state) ? measure.head.sectors[sector.id] : null;
        const verdict = found && ["more", "fewer"].includes(found.verdict) ? ` ${found.verdict}` : "";
        if (shapes.label) ypo.setAttribute(shapes.label, "class", `sector-label${verdict}${chosen.has(sector.id) ? " chosen" : ""}${rate && step > 4 ? " strong" : ""}`);
        if (chosen.has(sector.id)) [...shapes.casing, ...shapes.border].forEach((path) => path.parentNode.append(path));
      });
    }

    async function loadBase() {
      const base = await ypo.baseMap(map, {
        sector: (id, one) => {
          one.on("mousemove", (event) => state.measure === "rate" && overSector(id, event.containerPoint));
          one.on("mouseout", leave);
          one.on("click", (event) => {
            if (state.measure !== "rate") return;
            L.DomEvent.stop(event);
            actions.toggle("sectors", [id]);
          });
        },
      });
      for (const id of Object.keys(base.border)) sectors[id] = { ...sectors[id], fill: base.fill[id], border: base.border[id], casing: base.casing[id] };
      const outline = (className) =>
        L.polygon([], { pane: "ypo-over", renderer: base.renderer, interactive: false, className }).addTo(map);
      outlines = { hover: outline("outline-hover"), halo: outline("outline-halo"), cell: outline("outline-cell") };
      designated = base.designated;
      keyDesignated();
      outlineCell();
      paintSectors();
    }

    /* The list's date stands with the words, where the data tell it. */
    function keyDesignated() {
      const key = root.querySelector("#legend-designated");
      key.hidden = !designated.length;
      const date = designated.length ? designated[0].properties.list : "";
      const text = ypo.t("Particularly disadvantaged residential area");
      ypo.setText(key, date ? `${text} ${ypo.t("(list of {date})", { date: /^\d{4}-\d{2}-\d{2}$/.test(date) ? ypo.dayMonth(date, true) : date })}` : text);
    }
    function drawLabels() {
      const nodes = config.sectors.map((sector) =>
        el("div", { class: "place" }, el("span", { class: "sector-label", "data-sector": sector.id }, el("b", {}, sector.id), el("i", {}, sector.name))));
      labels.set(nodes, config.sectors.map((sector) => sector.label));
      config.sectors.forEach((sector, i) => {
        sectors[sector.id] = { ...sectors[sector.id], label: nodes[i].firstChild };
      });
    }
    const pins = ypo.pins(map, { leave, withheld: actions.withheld, shown: actions.pins });
    labels.box.addEventListener("mouseover", (event) => {
      const label = event.target.closest(".sector-label");
      if (!label || !view) return leave();
      const frame = holder.getBoundingClientRect();
      overSector(label.dataset.sector, L.point(event.clientX - frame.left, event.clientY - frame.top));
    });
    labels.box.addEventListener("mouseout", leave);
    labels.box.addEventListener("click", (event) => {
      const label = event.target.closest(".sector-label");
      if (!label) return;
      event.stopPropagation();
      actions.toggle("sectors", [label.dataset.sector]);
    });

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
          el("li", {}, ypo.symbol(type.code), el("span", { class: "name" }, type.name), el("span", { class: "count" }, ypo.count(type.count))))) : "",
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
      if (outlines) outlines.hover.setLatLngs([]);
    }
    /* Whether the statistic has something to say of a hexagon. */
    const tells = (i) => Boolean(measure && !computing && ypo.isMeasured(state) && i >= 0 && measure.arrays.classes.length === geometry.n && ypo.kindOf(measure).tells(measure, i));
    function overCell(point) {
      const i = layer.indexAt(point);
      const { cells, cells_context: context } = view.arrays;
      const tested = tells(i);
      if (i < 0 || !(cells[i] > 0 || tested || (context && context[i] > 0))) return leave();
      const id = geometry.id(i);
      if (outlines && hovered !== `cell${id}`) outlines.hover.setLatLngs(geometry.ring(i));
      const lines = [ypo.plural(cells[i], "{n} incident", "{n} incidents")];
      if (context && !(cells[i] > 0)) lines[0] = ypo.t("{n} without the place filter", { n: ypo.count(context[i]) });
      if (tested) lines.push(...ypo.kindOf(measure).cell(measure, i));
      const next = ypo.withState(state, { cell: id });
      showCard(`cell${id}`, point, ypo.t("Hexagon"), lines, actions.query(next));
    }
    function overSector(id, point) {
      const i = config.sectors.findIndex((sector) => sector.id === id);
      if (i < 0 || !view) return;
      const { rate, low, high, count, context } = view.head.sectors;
      const name = `${id} ${config.sectors[i].name}`;
      const lines = [count[i] > 0 || !(context[i] > 0) ? ypo.plural(count[i], "{n} incident", "{n} incidents") : ypo.t("{n} without the place filter", { n: ypo.count(context[i]) })];
      if (rate && rate[i] === null) lines.unshift(ypo.t("no number of inhabitants, so no rate"));
      else if (rate) lines.unshift(ypo.t("{rate} per 1,000 inhabitants (95 %: {low}–{high})", { rate: ypo.num(rate[i], 1), low: ypo.num(low[i], 1), high: ypo.num(high[i], 1) }));
      if (measure && !computing && ypo.isMeasured(state)) lines.push(...ypo.kindOf(measure).sector(measure, id));
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
      choose(event.containerPoint);
    });
    /* A hexagon with incidents, else the sector below. One outside the chosen place leaves that place. */
    function choose(point) {
      const i = layer.indexAt(point);
      const { cells, cells_context: context } = view.arrays;
      const tested = tells(i) && measure.arrays.classes[i] > 0;
      if (i >= 0 && (cells[i] > 0 || tested)) return actions.toggleCell(geometry.id(i));
      if (i >= 0 && context && context[i] > 0) return actions.set({ cell: geometry.id(i), sectors: null, station: null }, {});
      const id = sectorAt(map.containerPointToLayerPoint(point));
      if (id !== null) actions.toggle("sectors", [id]);
    }
    function sectorAt({ x, y }) {
      const inside = (path) => path.isPointInFill(new DOMPoint(x, y));
      const found = config.sectors.find((sector) => ((sectors[sector.id] || {}).fill || []).some(inside));
      return found ? found.id : null;
    }
    holder.addEventListener("keydown", (event) => {
      if (event.target !== holder || !view || !geometry) return;
      if (event.key === "Enter") choose(map.getSize().divideBy(2));
      else if (event.key === "Escape") actions.set(state.cell ? { cell: null } : { sectors: null, station: null }, {});
    });
    /* Names and symbols from the zoom on at which they have room; larger type needs more. */
    function zoomClass() {
      holder.classList.toggle("near", map.getZoom() >= 13.75 + Math.log2(ypo.rem() / 16));
    }
    map.on("zoomend", zoomClass);

    function outlineCell() {
      if (!outlines) return;
      const i = state.cell && geometry ? geometry.indexOf(state.cell.toLowerCase()) : -1;
      // A hexagon of another resolution than the map's comes with the answer.
      const other = state.cell && view && view.head.cell_ring && view.head.query.includes(state.cell.toLowerCase()) ? view.head.cell_ring : [];
      const ring = i < 0 ? other : geometry.ring(i);
      outlines.halo.setLatLngs(ring);
      outlines.cell.setLatLngs(ring);
    }

    window.addEventListener("ypo:theme", () => {
      if (!holder.isConnected) return;
      readPalette();
      paintCells();
    });

    loadBase();
    /* A map nobody moved stays fitted to the district when its box changes. */
    let fitted = false;
    function fit(animate) {
      map.fitBounds(config.bounds, { padding: [6, 6], animate });
      fitted = true;
    }
    map.on("dragstart", () => (fitted = false));
    for (const event of ["wheel", "keydown", "dblclick", "touchmove"]) {
      holder.addEventListener(event, () => (fitted = false), { passive: true, capture: true });
    }
    new ResizeObserver(() => {
      map.invalidateSize({ animate: false, pan: false });
      if (fitted) fit(false);
    }).observe(holder);

    const hooks = {
      map,
      layer,
      get cells() {
        return geometry ? geometry.n : 0;
      },
      get found() {
        return measure;
      },
      ids: () => Array.from({ length: geometry.n }, (_, i) => geometry.id(i)),
      get painted() {
        return { ...layer.painted };
      },
      cellAt(lat, lng) {
        const i = layer.indexAt(map.latLngToContainerPoint([lat, lng]));
        const found = measure && i >= 0 && measure.arrays.classes.length === geometry.n ? measure.arrays.classes[i] : 0;
        return i < 0 ? null : { id: geometry.id(i), index: i, count: view.arrays.cells[i], class: classes[i], finding: found ? measure.head.classes[found - 1].code : null };
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
        if (fresh && config.bounds) fit(false);
        if (fresh && config.tile_url) {
          L.tileLayer(config.tile_url, { maxZoom: 19 }).addTo(map);
          holder.classList.add("tiled");
        }
        drawLabels();
        keyDesignated();
        efforts.load();
        zoomClass();
        holder.setAttribute("role", "application");
        holder.setAttribute("aria-label", ypo.t("Map. Arrow keys and plus or minus move it, Enter chooses the hexagon in the middle, Escape lets go. The same numbers stand in the tables (Alt+T)."));
      },
      fit: () => fit(true),
      zoom(step) {
        fitted = false;
        map.setZoom(map.getZoom() + step);
      },
      geometry: () => geometry,
      sectorOfCell(cell) {
        const i = geometry ? geometry.indexOf(cell.toLowerCase()) : -1;
        return (i >= 0 && config.sectors[geometry.sector[i]]) || null;
      },
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
        }
        outlineCell();
        paintCells(sequence);
        paintSectors();
        if (hovered) leave();
        pins.ask(view.head.pins && !ypo.isMeasured(state), actions.query(state));
      },
      /* The statistic of what is shown; null while it is worked out, or where there is none. */
      measure(found) {
        measure = found;
        paintCells();
        paintSectors();
        if (hovered) leave();
      },
      /* The one of the state before fades until its successor is there. */
      waiting(on) {
        computing = on; // its numbers are not those of the counts that are shown now
        holder.classList.toggle("computing", on);
      },
      refit(nextBreaks) {
        breaks = nextBreaks;
        paintCells();
        paintSectors();
      },
    };
  };
})();
