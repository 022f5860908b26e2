/* Hours of the day: two handles that may cross, a brush that may pass midnight. */
(() => {
  "use strict";
  const ypo = (window.ypo = window.ypo || {});
  const { svg } = ypo;
  const set = ypo.setAttribute;
  const clamp = ypo.clamp;

  /* Hours of the day over their own histogram. select({start, end} | null, live); undefined ends. */
  ypo.hoursChart = (holder, { select, tell }) => {
    const root = svg("svg", { class: "hours", tabindex: -1 });
    const context = svg("path", { class: "context" });
    const value = svg("path", { class: "value" });
    const spans = [svg("rect", { class: "window" }), svg("rect", { class: "window" })];
    const first = ypo.brushHandle("first");
    const last = ypo.brushHandle("last");
    const axis = svg("g");
    root.append(...spans, context, value, axis, first, last);
    holder.append(root);
    let box = null;
    let data = null;
    let state = null;

    const scaleX = (hour) => box.pad + (hour * (box.width - 2 * box.pad)) / 24;
    function draw(width, height) {
      const rem = ypo.rem();
      box = { width, height, rem, pad: 0.45 * rem, top: 0.15 * rem, base: height - 1.1 * rem };
      set(root, "viewBox", `0 0 ${width} ${height}`);
      axis.replaceChildren(
        svg("line", { class: "base", x1: box.pad, x2: width - box.pad, y1: box.base, y2: box.base }),
        ...[0, 6, 12, 18, 24].map((hour) =>
          svg("text", { class: "axis", x: scaleX(hour), y: height - 0.1 * rem, "text-anchor": hour === 0 ? "start" : hour === 24 ? "end" : "middle" }, String(hour))),
      );
      paint();
      paintState();
    }
    function byHour(week) {
      const sums = new Array(24).fill(0);
      for (let i = 0; i < 168; i++) sums[i % 24] += week[i];
      return sums;
    }
    function paint() {
      if (!box || !data) return;
      const most = Math.max(...data.context, 1e-9);
      const y = (number) => (box.base - Math.min(1, number / most) * (box.base - box.top)).toFixed(1);
      const x = (i) => [(scaleX(i) + 0.5).toFixed(2), (scaleX(i + 1) - 0.5).toFixed(2)];
      set(context, "d", ypo.barPath(data.context, x, y, box.base));
      set(value, "d", ypo.barPath(data.count, x, y, box.base));
    }
    function paintState() {
      if (!box) return;
      const { start, end } = state || { start: 0, end: 24 };
      const parts = start < end ? [[start, end], [0, 0]] : [[start, 24], [0, end]];
      spans.forEach((rect, i) => {
        set(rect, "x", String(scaleX(parts[i][0])));
        set(rect, "y", String(box.top));
        set(rect, "width", String(scaleX(parts[i][1]) - scaleX(parts[i][0])));
        set(rect, "height", String(box.base - box.top));
      });
      ypo.placeHandle(first, scaleX(start), -1, [box.top, box.base], box.rem);
      ypo.placeHandle(last, scaleX(end), 1, [box.top, box.base], box.rem);
      for (const [node, hour] of [[first, start], [last, end]]) {
        set(node, "aria-valuenow", String(hour));
        set(node, "aria-valuemin", "0");
        set(node, "aria-valuemax", "24");
        set(node, "aria-valuetext", `${String(hour).padStart(2, "0")}:00`);
      }
      root.classList.toggle("all", !state);
    }
    /* Hours on the clock: 24 as an end, 0 as a start. Crossing handles are never equal. */
    function choose(start, end, live) {
      const from = ((start % 24) + 24) % 24;
      let to = ((end % 24) + 24) % 24;
      if (to === 0) to = 24;
      if (from === to) return;
      select(from === 0 && to === 24 ? null : { start: from, end: to }, live);
    }
    const unit = (event) => {
      const bounds = root.getBoundingClientRect();
      return ((event.clientX - bounds.left - box.pad) / (bounds.width - 2 * box.pad)) * 24;
    };
    const inside = (hour) => {
      if (!state) return false;
      const { start, end } = state;
      return start < end ? hour >= start && hour < end : hour >= start || hour < end;
    };
    let mode = null;
    ypo.onDrag(root, {
      start(event) {
        const hour = unit(event);
        const handle = event.target.closest(".handle");
        const { start, end } = state || { start: 0, end: 24 };
        if (handle) {
          mode = { handle, start, end };
          handle.focus({ preventScroll: true });
        } else if (inside(hour)) mode = { grab: hour, start, end };
        else mode = { anchor: clamp(Math.floor(hour), 0, 23) };
        mode.at = null;
        return true;
      },
      move(event) {
        const hour = unit(event);
        if (mode.anchor !== undefined) return stretch(hour);
        const at = Math.round(mode.grab === undefined ? hour : hour - mode.grab);
        if (at === mode.at) return;
        mode.at = at;
        if (mode.grab !== undefined) choose(mode.start + at, mode.end + at, true);
        else if (mode.handle === first) choose(clamp(at, -23, 47), mode.end, true);
        else choose(mode.start, clamp(at, -23, 47), true);
      },
      end() {
        if (mode.anchor !== undefined && mode.at === null) choose(mode.anchor, mode.anchor + 1, false);
        else select(undefined, false);
      },
    });
    /* A new span from the anchor's hour; past the right edge it runs into the next morning, past
       the left edge it starts the evening before. */
    function stretch(hour) {
      const low = clamp(Math.floor(hour), mode.anchor - 22, mode.anchor);
      const high = clamp(Math.ceil(hour), mode.anchor + 1, mode.anchor + 23);
      const key = `${low}:${high}`;
      if (key === mode.at) return;
      mode.at = key;
      choose(hour < mode.anchor ? low : mode.anchor, hour < mode.anchor ? mode.anchor + 1 : high, true);
    }
    root.addEventListener("dblclick", () => select(null, false));
    root.addEventListener("pointermove", (event) => {
      if (!data) return;
      const hour = clamp(Math.floor(unit(event)), 0, 23);
      const number = data.count[hour] > 0 ? data.count[hour] : data.context[hour];
      tell(`${String(hour).padStart(2, "0")}–${String(hour + 1).padStart(2, "0")}: ${ypo.num(number)}`);
    });
    root.addEventListener("pointerleave", () => tell(null));
    const STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -3, PageUp: 3 };
    for (const node of [first, last]) {
      node.addEventListener("keydown", (event) => {
        const { start, end } = state || { start: 0, end: 24 };
        const move = STEPS[event.key];
        if (event.key === "Escape") select(null, false);
        else if (move === undefined) return;
        else if (event.shiftKey) choose(start + move, end + move, false);
        else if (node === first) choose(start + move + ((start + move + 24) % 24 === end % 24 && end !== 24 ? move : 0), end, false);
        else choose(start, end + move + ((end + move) % 24 === start && start !== 0 ? move : 0), false);
        event.preventDefault();
      });
    }
    ypo.watchSize(holder, draw);
    return {
      setState(hours) {
        state = hours;
        paintState();
      },
      update(hours) {
        data = { count: byHour(hours.count), context: byHour(hours.context) };
        paint();
      },
      relabel() {
        set(first, "aria-label", ypo.t("From hour; arrow keys move, with Shift the whole span"));
        set(last, "aria-label", ypo.t("To hour; arrow keys move, with Shift the whole span"));
      },
      get box() {
        return box;
      },
    };
  };
})();
