/* The map's twin as tables, reachable by keyboard; and the export menu. */
(() => {
  "use strict";
  const ypo = (window.ypo = window.ypo || {});
  const { el } = ypo;
  const CELLS = 50;
  const EXPORTS = [
    ["sectors.csv", "Sectors (CSV)"], ["cells.csv", "Hexagons (CSV)"], ["cells.geojson", "Hexagons (GeoJSON)"],
    ["hours.csv", "Hours and weekdays (CSV)"], ["weeks.csv", "Weeks (CSV)"], ["types.csv", "Types (CSV)"],
    ["scenes.csv", "Scenes (CSV)"], ["incidents.csv", "Incidents (CSV)"],
  ];

  function table(caption, heads, rows) {
    const NUMBERS = new Set(["Incidents", "Per 1,000 inhabitants", "Low–high", "Before", "Difference", "95 %", "Here and around", "Expected"].map((name) => ypo.t(name)));
    return el("table", {},
      el("caption", {}, caption),
      el("thead", {}, el("tr", {}, heads.map((head, i) => el("th", { scope: "col", class: NUMBERS.has(head) ? "number" : null }, head)))),
      el("tbody", {}, rows));
  }

  ypo.tableTwin = (root, actions) => {
    const dialog = root.querySelector("#table-twin");
    const body = dialog.querySelector(".dialog-body");
    let data = null;
    let pins = [];
    let tests = null;
    let everything = false;
    dialog.querySelector("#table-close").addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });

    const choose = (label, pressed, click) =>
      el("button", { type: "button", class: "row-button", "aria-pressed": String(pressed), on: { click } }, label);
    function sectorRow(sector, i) {
      const { count, context, rate, low, high } = data.head.sectors;
      const chosen = ypo.list(data.state, "sectors").includes(sector.id);
      const cells = [
        el("th", { scope: "row" }, choose(`${sector.id} ${sector.name}`, chosen, () => actions.toggle("sectors", [sector.id]))),
        el("td", { class: "number" }, ypo.count(data.placed && !count[i] ? context[i] : count[i])),
      ];
      if (rate) {
        cells.push(el("td", { class: "number" }, rate[i] === null ? "–" : ypo.num(rate[i], 1)));
        cells.push(el("td", { class: "number quiet" }, rate[i] === null ? "" : `${ypo.num(low[i], 1)}–${ypo.num(high[i], 1)}`));
      }
      if (tests) cells.push(...padded(ypo.kindOf(tests).sectorColumns(tests, sector.id), kind().sectorHeads));
      return el("tr", { class: data.placed && !count[i] ? "quiet" : null }, cells);
    }
    const kind = () => ypo.kindOf(tests);
    const padded = (columns, heads) => (columns.length ? columns : heads.map(() => el("td", {})));
    const testHeads = (which) => (tests ? kind()[which].map((name) => ypo.t(name)) : []);
    /* What the map can't show stands under the sectors, so that the rows add up to the total. */
    function sumRows() {
      const { head } = data;
      const row = (name, value) => el("tr", { class: "sum" }, el("th", { scope: "row" }, name), el("td", { class: "number" }, ypo.count(value)));
      if (data.placed) return [row(ypo.t("Together"), head.total)];
      return [
        row(ypo.t("without coordinates"), head.no_coordinates),
        row(ypo.t("outside all sectors"), head.outside),
        row(ypo.t("Together"), head.total),
      ];
    }
    function topCells() {
      const { cells } = data.arrays;
      const order = [];
      const kinds = tests && tests.arrays.classes.length === cells.length ? tests.arrays.classes : null;
      for (let i = 0; i < cells.length; i++) if (cells[i] > 0 || (kinds && kinds[i])) order.push(i);
      // What is out of the ordinary first, in the order of the legend.
      order.sort((a, b) => (kinds ? (kinds[a] || 99) - (kinds[b] || 99) : 0) || cells[b] - cells[a] || a - b);
      return { all: order.length, shown: everything ? order : order.slice(0, CELLS) };
    }
    function cellRow(i) {
      const id = data.geometry.id(i);
      const sector = data.config.sectors[data.geometry.sector[i]];
      const chosen = (data.state.cell || "").toLowerCase() === id;
      return el("tr", {},
        el("th", { scope: "row" }, choose(sector ? `${sector.id} ${sector.name}` : ypo.t("outside all sectors"), chosen, () => actions.toggleCell(id))),
        el("td", { class: "code quiet" }, id),
        el("td", { class: "number" }, ypo.count(data.arrays.cells[i])),
        ...testedCell(i));
    }
    function testedCell(i) {
      if (!tests || tests.arrays.classes.length !== data.arrays.cells.length) return [];
      return padded(kind().tells(tests, i) ? kind().cellColumns(tests, i) : [], kind().cellHeads);
    }
    function pinRow(pin) {
      return el("tr", {}, el("th", { scope: "row" }, pin.type_name), el("td", {}, pin.scene_name), el("td", {}, pin.when), el("td", {}, pin.sector));
    }
    function draw() {
      if (!data || !dialog.open) return;
      const focused = document.activeElement && body.contains(document.activeElement) ? document.activeElement.textContent : null;
      const heads = [ypo.t("Sector"), ypo.t("Incidents")];
      if (data.head.sectors.rate) heads.push(ypo.t("Per 1,000 inhabitants"), ypo.t("Low–high"));
      heads.push(...testHeads("sectorHeads"));
      const cellHeads = [ypo.t("Middle in sector"), ypo.t("Hexagon"), ypo.t("Incidents"), ...testHeads("cellHeads")];
      const cells = topCells();
      const more = cells.all > cells.shown.length
        ? el("button", { type: "button", class: "plain-button", on: { click: () => {
            everything = true;
            draw();
          } } }, ypo.t("Show all {n} hexagons", { n: ypo.num(cells.all) }))
        : "";
      body.replaceChildren(
        el("p", { class: "caption" }, `${data.head.caption}. ${data.head.finding}${tests ? ` ${tests.head.sentence} ${kind().note ? ypo.t(kind().note) : ""}` : ""}`),
        el("div", { class: `tables${tests ? " tested" : ""}` },
          table(ypo.t("Sectors"), heads, [...data.config.sectors.map(sectorRow), ...sumRows()]),
          el("div", {}, table(ypo.t(tests ? "Hexagons" : "Hexagons with most incidents"), cellHeads, cells.shown.map(cellRow)), more)),
        pins.length
          ? table(ypo.t("Incidents drawn as pins"), [ypo.t("Type"), ypo.t("Scene"), ypo.t("Time"), ypo.t("Sector")], pins.map(pinRow))
          : "",
      );
      if (focused) [...body.querySelectorAll("button")].find((one) => one.textContent === focused)?.focus();
    }
    return {
      toggle() {
        if (dialog.open) return dialog.close();
        dialog.showModal();
        draw();
      },
      update(next) {
        data = next;
        everything = false;
        draw();
      },
      measure(found) {
        if (tests === found) return;
        tests = found;
        draw();
      },
      pins(found) {
        pins = found;
        draw();
      },
    };
  };

  ypo.exportMenu = (root, actions) => {
    const opener = root.querySelector("#export");
    const menu = root.querySelector("#export-menu");
    function close(back) {
      menu.hidden = true;
      opener.setAttribute("aria-expanded", "false");
      if (back) opener.focus();
    }
    function open() {
      const query = actions.current();
      menu.replaceChildren(
        ...EXPORTS.map(([name, text]) => el("a", { href: `/export/${name}${query ? `?${query}` : ""}`, download: true, role: "menuitem", tabindex: -1 }, ypo.t(text))),
      );
      menu.hidden = false;
      opener.setAttribute("aria-expanded", "true");
      menu.firstElementChild.focus();
    }
    opener.addEventListener("click", () => (menu.hidden ? open() : close(true)));
    menu.addEventListener("click", (event) => {
      close(true);
      const link = event.target.closest("a");
      if (!link || !actions.signedIn()) return;
      event.preventDefault();
      ypo.askReason(link, link.getAttribute("href"));
    });
    menu.addEventListener("keydown", (event) => {
      const links = [...menu.children];
      const at = links.indexOf(document.activeElement);
      const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
      if (event.key === "Escape") close(true);
      else if (next !== undefined) links[(next + links.length) % links.length].focus();
      else return;
      event.preventDefault();
    });
    menu.addEventListener("focusout", (event) => {
      if (!menu.hidden && event.relatedTarget && !menu.contains(event.relatedTarget)) close(false);
    });
    document.addEventListener("pointerdown", (event) => {
      if (!menu.hidden && !menu.contains(event.target) && !opener.contains(event.target)) close(false);
    });
    return { close };
  };
})();
