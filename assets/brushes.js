/* Handles of a brush, and the weeks with the brush that sets the period. */
(() => {
  "use strict";
  const ypo = (window.ypo = window.ypo || {});
  const { svg } = ypo;
  const set = ypo.setAttribute;
  const clamp = ypo.clamp;

  function slider(name) {
    return svg("g", { class: `handle ${name}`, tabindex: 0, role: "slider", "aria-valuenow": 0 },
      svg("rect", { class: "grab" }), svg("line"), svg("rect", { class: "knob", rx: 2 }));
  }
  /* `side` -1 puts the knob left of the line, 1 right: close handles stay apart. */
  function placeHandle(node, x, side, [top, bottom], rem) {
    const [grab, line, knob] = node.children;
    const inner = 0.2 * rem;
    const outer = 0.85 * rem;
    set(grab, "x", String(side < 0 ? x - outer : x - inner));
    set(grab, "y", String(top));
    set(grab, "width", String(inner + outer));
    set(grab, "height", String(bottom - top));
    for (const name of ["x1", "x2"]) set(line, name, String(x));
    set(line, "y1", String(top));
    set(line, "y2", String(bottom));
    set(knob, "x", String(side < 0 ? x - 0.4 * rem : x));
    set(knob, "y", String((top + bottom) / 2 - 0.5 * rem));
    set(knob, "width", String(0.4 * rem));
    set(knob, "height", String(rem));
  }

  const ROOM = 0.22; // rem a week needs to be chosen
  const YEAR = 53;

  /* Incidents per week. A long register shows its last year or, where there is room, its last two,
     so that a week can be chosen, and all of it on request or when the period reaches back further.
     select({from, to}, live), ISO dates; select(null) ends a drag. */
  ypo.weeksChart = (holder, { readout, scope, select, reset }) => {
    const root = svg("svg", { class: "weeks", tabindex: -1 });
    const grid = svg("g", { class: "grid" });
    const context = svg("path", { class: "context" });
    const value = svg("path", { class: "value" });
    const usual = svg("path", { class: "usual" });
    const window_ = svg("rect", { class: "window" });
    const first = slider("first");
    const last = slider("last");
    const label = svg("text", { class: "axis label" });
    root.append(window_, context, value, usual, grid, label, first, last);
    holder.append(root);
    let box = null;
    let all = null;
    let data = null;
    let limits = null;
    let state = null;
    let whole = false;
    let dragging = false;
    let band = null;

    /* The part that is drawn; it does not change under a hand that drags. */
    function cut() {
      if (!all || dragging) return;
      const years = box && box.width < 2 * YEAR * ROOM * box.rem ? 1 : 2;
      const recent = Math.min(years * YEAR, all.context.length);
      const early = state && state.from < ypo.addDays(all.start, 7 * (all.context.length - recent));
      const skip = whole || early ? 0 : all.context.length - recent;
      data = { start: ypo.addDays(all.start, 7 * skip), context: all.context.slice(skip), count: all.count.slice(skip) };
      scope.hidden = all.context.length <= recent;
      scope.disabled = Boolean(early);
      ypo.setText(scope, ypo.t(skip ? "all weeks" : years === 1 ? "last year" : "last 2 years"));
    }
    scope.addEventListener("click", () => {
      whole = !whole;
      cut();
      paint();
      paintState();
    });
    const count = () => data.context.length;
    const scaleX = (week) => (week * box.width) / count();
    const weekOf = (iso) => ypo.daysBetween(data.start, iso) / 7;
    function draw(width, height) {
      const rem = ypo.rem();
      box = { width, height, rem, top: 1.3 * rem, base: height - 1.2 * rem };
      set(root, "viewBox", `0 0 ${width} ${height}`);
      cut();
      paint();
      paintState();
    }
    function paint() {
      if (!box || !data || !count()) return;
      const most = Math.max(...data.context, ...data.count, 1);
      const y = (number) => (box.base - (number / most) * (box.base - box.top)).toFixed(1);
      const gap = box.width / count() > 4 ? 0.8 : 0;
      const x = (i) => [scaleX(i).toFixed(2), (scaleX(i + 1) - gap).toFixed(2)];
      set(context, "d", ypo.barPath(data.context, x, y, box.base));
      set(value, "d", ypo.barPath(data.count, x, y, box.base));
      paintBand(most, y);
      drawGrid(most, y);
    }
    /* The range that is normal for each week, as two stepped lines over the bars. */
    function paintBand(most, y) {
      const parts = [];
      if (band) {
        const shift = Math.round(ypo.daysBetween(band.start, data.start) / 7);
        for (const edge of [band.low, band.high]) {
          let open = false;
          for (let i = 0; i < count(); i++) {
            const at = edge[i + shift];
            if (at === undefined || at === null || at > most) { // beyond the axis
              open = false;
              continue;
            }
            const level = y(at);
            parts.push(`${open ? "L" : "M"}${scaleX(i).toFixed(1)} ${level}H${scaleX(i + 1).toFixed(1)}`);
            open = true;
          }
        }
      }
      set(usual, "d", parts.join(""));
    }
    const rangeOf = (week) => {
      if (!band) return null;
      const at = week + Math.round(ypo.daysBetween(band.start, data.start) / 7);
      return band.low[at] === undefined || band.low[at] === null ? null : [band.low[at], band.high[at]];
    };
    function drawGrid(most, y) {
      const line = Math.max(1, Math.round(ypo.niceCeiling(most / 2.2)));
      const key = [line, most, box.width, box.height, count(), ypo.lang].join();
      if (grid.dataset.key === key) return;
      grid.dataset.key = key;
      grid.replaceChildren(
        svg("line", { x1: 0, x2: box.width, y1: y(line), y2: y(line) }),
        svg("text", { class: "axis", x: 0, y: Number(y(line)) - 0.2 * box.rem }, ypo.num(line, Number.isInteger(line) ? 0 : 1)),
        svg("line", { class: "base", x1: 0, x2: box.width, y1: box.base, y2: box.base }),
      );
      const end = ypo.addDays(data.start, 7 * count());
      const months = count() < 60;
      let free = 0;
      for (let year = Number(data.start.slice(0, 4)); year <= Number(end.slice(0, 4)); year++) {
        for (const month of months ? [1, 4, 7, 10] : [1]) {
          const iso = `${year}-${String(month).padStart(2, "0")}-01`;
          const at = scaleX(weekOf(iso));
          if (at < 0 || at > box.width - 1.5 * box.rem || at < free) continue;
          free = at + 3 * box.rem;
          grid.append(
            svg("line", { class: "tick", x1: at, x2: at, y1: box.base, y2: box.base + 0.3 * box.rem }),
            svg("text", { class: "axis", x: at + 0.2 * box.rem, y: box.height - 0.15 * box.rem }, month === 1 ? String(year) : `1/${month}`),
          );
        }
      }
      if (free === 0) grid.append(svg("text", { class: "axis", x: 0, y: box.height - 0.15 * box.rem }, data.start.slice(0, 4)));
    }
    function paintState() {
      if (!box || !data || !state) return;
      const a = clamp(weekOf(state.from), 0, count());
      const b = clamp(weekOf(state.to) + 1 / 7, 0, count());
      const x0 = scaleX(a);
      const x1 = Math.max(scaleX(b), x0 + 1);
      set(window_, "x", x0.toFixed(1));
      set(window_, "y", String(box.top - 0.3 * box.rem));
      set(window_, "width", (x1 - x0).toFixed(1));
      set(window_, "height", (box.base - box.top + 0.3 * box.rem).toFixed(1));
      placeHandle(first, x0, -1, [box.top - 0.3 * box.rem, box.base], box.rem);
      placeHandle(last, x1, 1, [box.top - 0.3 * box.rem, box.base], box.rem);
      const text = ypo.period(state.from, state.to);
      ypo.setText(label, text);
      const middle = (x0 + x1) / 2;
      const half = text.length * 0.22 * box.rem;
      set(label, "x", clamp(middle, half, box.width - half).toFixed(1));
      set(label, "y", String(0.72 * box.rem));
      for (const [node, iso] of [[first, state.from], [last, state.to]]) {
        set(node, "aria-valuetext", ypo.dayMonth(iso, true));
        set(node, "aria-valuenow", String(ypo.daysBetween(limits[0], iso)));
        set(node, "aria-valuemin", "0");
        set(node, "aria-valuemax", String(ypo.daysBetween(limits[0], limits[1])));
      }
    }
    const inLimits = (iso) => (iso < limits[0] ? limits[0] : iso > limits[1] ? limits[1] : iso);
    function choose(a, b, live) {
      const [low, high] = a <= b ? [a, b] : [b, a];
      const from = inLimits(ypo.addDays(data.start, 7 * low));
      const to = inLimits(ypo.addDays(data.start, 7 * Math.max(high, low + 1) - 1));
      select({ from, to }, live);
    }
    const unit = (event) => {
      const bounds = root.getBoundingClientRect();
      return clamp(((event.clientX - bounds.left) / bounds.width) * count(), 0, count());
    };

    let mode = null;
    ypo.onDrag(root, {
      start(event) {
        if (!data || !limits) return false;
        dragging = true;
        const week = unit(event);
        const handle = event.target.closest(".handle");
        const a = weekOf(state.from);
        const b = weekOf(state.to) + 1 / 7;
        if (handle) mode = { fixed: handle === first ? Math.ceil(b) : Math.floor(a) };
        else if (event.target === window_ || (week > a && week < b && b - a < count() * 0.9)) mode = { grab: week, from: state.from, to: state.to };
        else mode = { fixed: Math.floor(week), fresh: true };
        mode.at = null;
        if (handle) handle.focus({ preventScroll: true });
        return true;
      },
      move(event) {
        const week = unit(event);
        if (mode.grab !== undefined) return slide(Math.round(week - mode.grab));
        const at = mode.fresh ? (week >= mode.fixed ? Math.ceil(week) : Math.floor(week)) : Math.round(week);
        if (at === mode.at) return;
        mode.at = at;
        choose(mode.fresh && week < mode.fixed ? mode.fixed + 1 : mode.fixed, at, true);
      },
      end() {
        dragging = false;
        // A press without a drag is that week, inside the period too.
        if (mode.grab !== undefined && mode.at === null) choose(Math.floor(mode.grab), Math.floor(mode.grab) + 1, false);
        else if (mode.fresh && mode.at === null) choose(mode.fixed, mode.fixed + 1, false);
        else select(null, false);
        cut();
        paint();
        paintState();
      },
    });
    function slide(weeks) {
      if (weeks === mode.at || (weeks === 0 && mode.at === null)) return;
      mode.at = weeks;
      const days = clamp(7 * weeks, ypo.daysBetween(mode.from, limits[0]), ypo.daysBetween(mode.to, limits[1]));
      select({ from: ypo.addDays(mode.from, days), to: ypo.addDays(mode.to, days) }, true);
    }
    root.addEventListener("dblclick", reset);
    root.addEventListener("pointermove", (event) => {
      if (!data) return;
      const week = clamp(Math.floor(unit(event)), 0, count() - 1);
      const inside = data.count[week] > 0 ? data.count[week] : data.context[week];
      const range = rangeOf(week);
      const said = ypo.t("week {week}: {n}", { week: ypo.isoWeek(ypo.addDays(data.start, 7 * week)), n: ypo.count(inside) });
      ypo.setText(readout, range ? `${said}, ${ypo.t("usual {low}–{high}", { low: ypo.num(range[0], 0), high: ypo.num(range[1], 0) })}` : said);
    });
    const atRest = () => ypo.setText(readout, band ? ypo.t("lines: usual range") : "");
    root.addEventListener("pointerleave", atRest);
    const STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -4, PageUp: 4 };
    for (const node of [first, last]) {
      node.addEventListener("keydown", (event) => {
        const isFirst = node === first;
        let move = STEPS[event.key];
        if (event.key === "Home") move = -1e4;
        if (event.key === "End") move = 1e4;
        if (event.key === "Escape") reset();
        else if (move === undefined) return;
        else if (event.shiftKey) {
          mode = { from: state.from, to: state.to, at: null };
          const days = clamp(7 * move, ypo.daysBetween(state.from, limits[0]), ypo.daysBetween(state.to, limits[1]));
          select({ from: ypo.addDays(state.from, days), to: ypo.addDays(state.to, days) }, false);
        } else if (isFirst) {
          const from = inLimits(ypo.addDays(state.from, clamp(7 * move, -40000, 40000)));
          select({ from: from > state.to ? state.to : from, to: state.to }, false);
        } else {
          const to = inLimits(ypo.addDays(state.to, clamp(7 * move, -40000, 40000)));
          select({ from: state.from, to: to < state.from ? state.from : to }, false);
        }
        event.preventDefault();
      });
    }
    ypo.watchSize(holder, draw);
    return {
      setLimits(span) {
        limits = span;
      },
      setState(next) {
        state = next;
        const before = data && data.start;
        cut();
        if (data && data.start !== before) paint();
        paintState();
      },
      update(weeks) {
        if (all && all.context.length !== weeks.context.length) dragging = false;
        all = weeks;
        if (dragging) {
          const skip = all.context.length - count();
          Object.assign(data, { context: all.context.slice(skip), count: all.count.slice(skip) });
        } else cut();
        paint();
        paintState();
      },
      /* {start, low, high} by week; null draws none. */
      setBand(next) {
        band = next;
        paint();
        if (!root.matches(":hover")) atRest();
      },
      relabel() {
        cut();
        set(first, "aria-label", ypo.t("First day; arrow keys move by a week, with Shift the whole period"));
        set(last, "aria-label", ypo.t("Last day; arrow keys move by a week, with Shift the whole period"));
        set(root, "aria-label", ypo.t("Incidents per week"));
      },
      get box() {
        return box;
      },
      shown: () => count(),
    };
  };
  ypo.brushHandle = slider;
  ypo.placeHandle = placeHandle;
})();
