/* Small linked charts in SVG and HTML. Each has update(), draws context muted and the selection
   in the accent, keeps its scale while one brushes, and only sets attributes on a change. */
(() => {
  "use strict";
  const ypo = (window.ypo = window.ypo || {});
  const { el, svg } = ypo;
  const CLASSES = 7;
  const set = ypo.setAttribute;
  const clamp = ypo.clamp;

  /* Hours [begin, end] as stretches of one day; end before begin: past midnight. */
  ypo.pieces = (hours) => {
    if (!hours) return [];
    const [begin, end] = hours;
    return begin < end ? [[begin, end]] : [[begin, 24], [0, end]].filter(([a, b]) => a < b);
  };
  ypo.niceCeiling = (value) => {
    if (value <= 0) return 1;
    const power = 10 ** Math.floor(Math.log10(value));
    return [1, 2, 2.5, 5, 10].map((step) => step * power).find((step) => step >= value);
  };
  ypo.barPath = (values, x, y, base) => {
    let path = "";
    for (let i = 0; i < values.length; i++) {
      if (values[i] > 0) path += `M${x(i)[0]} ${base}V${y(values[i])}H${x(i)[1]}V${base}Z`;
    }
    return path;
  };

  /* Redraws a chart when its box changes; the first size comes with the first layout. */
  function watchSize(holder, draw) {
    let width = 0;
    let height = 0;
    new ResizeObserver(() => {
      const box = holder.getBoundingClientRect();
      if (!box.width || !box.height || (box.width === width && box.height === height)) return;
      width = box.width;
      height = box.height;
      draw(width, height);
    }).observe(holder);
  }

  /* Pointer drag in units of the chart: start(point) may return false, then move and end follow. */
  function onDrag(node, handlers) {
    node.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || handlers.start(event) === false) return;
      event.preventDefault();
      node.focus({ preventScroll: true });
      node.setPointerCapture(event.pointerId);
      const move = (now) => handlers.move(now);
      const end = (now) => {
        node.removeEventListener("pointermove", move);
        node.removeEventListener("pointerup", end);
        node.removeEventListener("pointercancel", end);
        handlers.end(now);
      };
      node.addEventListener("pointermove", move);
      node.addEventListener("pointerup", end);
      node.addEventListener("pointercancel", end);
    });
  }

  /* Hour x weekday, 168 cells. select({hours, days}, live) with hours {start, end} | null. */
  ypo.heatChart = (holder, { readout, select }) => {
    const root = svg("svg", { class: "heat", tabindex: 0, role: "application" });
    holder.append(root);
    const cells = [];
    const rows = [];
    const cursor = svg("rect", { class: "cursor", rx: 1 });
    let box = null;
    let data = null;
    let state = { hours: null, days: [] };
    let at = { day: 0, hour: 0 };
    let anchor = null;

    function draw(width, height) {
      const rem = ypo.rem();
      const left = 2.1 * rem;
      const bottom = 1.3 * rem;
      box = { left, cell: (width - left) / 24, row: (height - bottom) / 7, width, height };
      root.replaceChildren();
      set(root, "viewBox", `0 0 ${width} ${height}`);
      cells.length = rows.length = 0;
      const names = ypo.weekdays || ["", "", "", "", "", "", ""];
      for (let day = 0; day < 7; day++) {
        const label = svg("text", { class: "axis row-name", x: left - 0.4 * rem, y: (day + 0.5) * box.row, "data-day": day }, names[day]);
        rows.push(label);
        root.append(label);
        for (let hour = 0; hour < 24; hour++) {
          const rect = svg("rect", {
            class: "on0",
            x: (left + hour * box.cell + 0.5).toFixed(2),
            y: (day * box.row + 0.5).toFixed(2),
            width: Math.max(1, box.cell - 1).toFixed(2),
            height: Math.max(1, box.row - 1).toFixed(2),
          });
          cells.push(rect);
          root.append(rect);
        }
      }
      for (const hour of [0, 6, 12, 18, 24]) {
        const anchorAt = hour === 0 ? "start" : hour === 24 ? "end" : "middle";
        root.append(svg("text", { class: "axis", x: left + hour * box.cell, y: height - 0.15 * rem, "text-anchor": anchorAt }, String(hour)));
      }
      // A quiet line under the hours of duty.
      for (const [begin, end] of ypo.pieces(ypo.duty)) {
        root.append(svg("rect", { class: "duty", x: left + begin * box.cell, y: 7 * box.row + 0.05 * rem, width: (end - begin) * box.cell, height: 0.15 * rem }));
      }
      root.append(cursor);
      if (data) paint();
    }

    function paint() {
      if (!box) return;
      const mask = ypo.weekMask(state.hours, state.days);
      const most = Math.max(...data.context, 1e-9);
      for (let i = 0; i < 168; i++) {
        const inside = !mask || mask[i] === 1;
        const value = inside ? data.count[i] : data.context[i];
        const level = value > 0 ? clamp(Math.ceil((value / most) * CLASSES), 1, CLASSES) : 0;
        set(cells[i], "class", `${inside ? "on" : "off"}${level}`);
      }
      rows.forEach((row, day) => set(row, "class", `axis row-name${state.days.includes(day + 1) ? " chosen" : ""}`));
      if (!told) tellScale(most);
    }
    /* What the strongest cell stands for, until a cell is pointed at. */
    let told = false;
    function tellScale(most) {
      ypo.setText(readout, most > 1e-6 ? ypo.t("at most {n}/h", { n: ypo.num(most, 1) }) : "");
    }
    function untell() {
      told = false;
      if (data) tellScale(Math.max(...data.context, 1e-9));
    }

    function place(event) {
      const bounds = root.getBoundingClientRect();
      const hour = Math.floor((event.clientX - bounds.left - box.left) / box.cell);
      const day = clamp(Math.floor((event.clientY - bounds.top) / box.row), 0, 6);
      return { day, hour };
    }
    function span(from, to) {
      let start = Math.min(from.hour, to.hour);
      let end = Math.max(from.hour, to.hour) + 1;
      let shift = 0;
      if (to.hour > 23) [start, end] = [from.hour, clamp(to.hour - 23, 1, from.hour)];
      else if (to.hour < 0) {
        [start, end] = [clamp(24 + to.hour, from.hour + 1, 23), from.hour + 1];
        shift = 6;
      }
      const days = [];
      for (let day = Math.min(from.day, to.day); day <= Math.max(from.day, to.day); day++) days.push(((day + shift) % 7) + 1);
      if (start === end) return { hours: null, days };
      return { hours: start === 0 && end === 24 ? null : { start, end }, days: days.length === 7 ? [] : days };
    }
    function isOnly({ day, hour }) {
      const { hours, days } = state;
      return hours && hours.start === hour && hours.end === hour + 1 && days.length === 1 && days[0] === day + 1;
    }
    function tell(day, hour) {
      if (!data || hour < 0 || hour > 23) return untell();
      told = true;
      const i = day * 24 + hour;
      const mask = ypo.weekMask(state.hours, state.days);
      const value = !mask || mask[i] ? data.count[i] : data.context[i];
      const names = ypo.weekdaysLong || [];
      const two = (number) => String(number).padStart(2, "0");
      ypo.setText(readout, `${names[day] || ""} ${two(hour)}–${two(hour + 1)}: ${ypo.num(value)}`);
    }

    let from = null;
    let moved = false;
    let wasOnly = false;
    onDrag(root, {
      start(event) {
        const point = place(event);
        if (event.target.dataset && event.target.dataset.day !== undefined) {
          const day = Number(event.target.dataset.day) + 1;
          const days = state.days.includes(day) ? state.days.filter((d) => d !== day) : [...state.days, day];
          select({ hours: state.hours, days: days.length === 7 ? [] : days }, false);
          return false;
        }
        if (point.hour < 0 || point.hour > 23) return false;
        from = at = point;
        moved = false;
        wasOnly = isOnly(point);
        cursorAt(false);
        select(span(from, from), true);
        return true;
      },
      move(event) {
        const point = place(event);
        if (point.day === at.day && point.hour === at.hour) return;
        at = point;
        moved = true;
        select(span(from, point), true);
      },
      end() {
        at = { day: at.day, hour: clamp(at.hour, 0, 23) };
        if (!moved && wasOnly) select({ hours: null, days: [] }, false);
        else select(null, false);
      },
    });
    root.addEventListener("pointermove", (event) => {
      const { day, hour } = place(event);
      tell(day, hour);
    });
    root.addEventListener("pointerleave", untell);

    function cursorAt(shown) {
      cursor.style.display = shown ? "" : "none";
      if (!box) return;
      set(cursor, "x", String(box.left + at.hour * box.cell));
      set(cursor, "y", String(at.day * box.row));
      set(cursor, "width", String(box.cell));
      set(cursor, "height", String(box.row));
    }
    root.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
      if (step) {
        const next = { day: clamp(at.day + step[0], 0, 6), hour: at.hour + step[1] };
        if (event.shiftKey) {
          anchor = anchor || { ...at };
          next.hour = clamp(next.hour, anchor.hour - 23, anchor.hour + 23);
          at = next;
          select(span(anchor, at), false);
        } else {
          anchor = null;
          at = { day: next.day, hour: (next.hour + 24) % 24 };
        }
        tell(at.day, ((at.hour % 24) + 24) % 24);
      } else if (event.key === "Enter" || event.key === " ") {
        anchor = null;
        select(isOnly(at) ? { hours: null, days: [] } : span(at, at), false);
      } else if (event.key === "Escape") select({ hours: null, days: [] }, false);
      else return;
      event.preventDefault();
      cursorAt(true);
    });
    root.addEventListener("focus", () => cursorAt(root.matches(":focus-visible")));
    root.addEventListener("blur", () => {
      cursorAt(false);
      anchor = null;
      untell();
    });
    cursorAt(false);
    watchSize(holder, draw);
    return {
      setState(next) {
        state = next;
        if (data) paint();
      },
      update(hours) {
        data = hours;
        paint();
      },
      relabel() {
        set(root, "aria-label", ypo.t("Hours and weekdays. Arrow keys move, Shift and arrow keys select, Enter selects one hour, Escape clears."));
        if (box) draw(box.width, box.height); // names and duty hours come with the page's settings
      },
      get box() {
        return box;
      },
    };
  };

  ypo.onDrag = onDrag;
  ypo.watchSize = watchSize;

  /* Buttons with a value bar over a muted context bar. */
  ypo.barList = (holder, { toggle }) => {
    let rows = [];
    let values = null;
    let chosen = new Set();
    const list = el("div", { class: "bars", role: "group" });
    holder.append(list);
    const oneStop = ypo.roving(list, "button");
    function row(item) {
      const context = el("span", { class: "bar context" });
      const value = el("span", { class: "bar value" });
      const count = el("span", { class: "count" }, "");
      const button = el(
        "button",
        { type: "button", class: "bar-row", "aria-pressed": "false", title: item.name, "data-code": item.code, on: { click: () => toggle(item.code) } },
        item.symbol ? ypo.symbol(item.code) : null,
        el("span", { class: "name" }, item.name),
        count,
        el("span", { class: "track", "aria-hidden": "true" }, context, value),
      );
      return { item, button, context, value, count };
    }
    function arrange() {
      const groups = [];
      for (const entry of rows) {
        const name = entry.item.group || "";
        if (!groups.length || groups.at(-1).name !== name) groups.push({ name, note: entry.item.groupNote, rows: [] });
        groups.at(-1).rows.push(entry.button);
      }
      list.replaceChildren(
        ...groups.map((group) =>
          el("div", { class: group.note ? "bar-group noted" : "bar-group", role: group.name ? "group" : null, "aria-label": group.name || null },
            group.note ? el("p", { class: "group-note" }, group.note) : null, group.rows)),
      );
    }
    function paint() {
      if (!values) return;
      const most = Math.max(...values.context, ...values.count, 1e-9);
      for (const entry of rows) {
        const i = entry.item.index;
        const share = (number) => `${((100 * number) / most).toFixed(2)}%`;
        entry.context.style.width = share(values.context[i]);
        entry.value.style.width = share(values.count[i]);
        // The context is what a type would give alone or chosen: the same number in all cases.
        ypo.setText(entry.count, ypo.count(values.context[i]));
      }
    }
    function mark() {
      for (const entry of rows) {
        const on = chosen.has(entry.item.code);
        set(entry.button, "aria-pressed", String(on));
        entry.button.classList.toggle("out", chosen.size > 0 && !on);
      }
    }
    return {
      setItems(items) {
        rows = items.map(row);
        arrange();
        oneStop();
        mark();
        paint();
      },
      /* Largest context first; only called when the context changed. */
      sort(context) {
        const before = rows.map((entry) => entry.item.code).join();
        rows.sort((a, b) => context[b.item.index] - context[a.item.index] || a.item.index - b.item.index);
        if (rows.map((entry) => entry.item.code).join() !== before) arrange();
      },
      setState(codes) {
        chosen = new Set(codes);
        mark();
        paint();
      },
      update(next) {
        values = next;
        paint();
      },
      label(text) {
        set(list, "aria-label", text);
      },
    };
  };
})();
