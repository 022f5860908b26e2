/* Statistics on the map: their classes, colours, words and columns; and the request for them. */
(() => {
  "use strict";
  const ypo = (window.ypo = window.ypo || {});
  const { el } = ypo;

  /* Every class that the server may give, in the palette's order; the pale ones stand behind them. */
  ypo.MEASURED = ["more", "fewer", "none_more", "none_fewer", "none", "few", "new", "persistent", "intermittent", "hot", "fading", "former", "incidents"];
  const STRIPED = new Set(["fewer", "intermittent", "fading", "former"]);
  const PALE = 0.42;
  ypo.shade = (code) => ({
    fill: ypo.cssVar(`--is-${code}`),
    stripe: STRIPED.has(code) ? ypo.cssVar(`--is-${code}-stripe`) : null,
  });
  /* The palette's entries of all classes, and again of those that are pale. */
  ypo.measuredPalette = (alpha) =>
    [alpha, alpha * PALE].flatMap((strength) =>
      ypo.MEASURED.map((code) => {
        const { fill, stripe } = ypo.shade(code);
        const entry = { fill: ypo.pixel(fill, strength), edge: ypo.pixel(fill, strength * 0.45) };
        return stripe ? { ...entry, stripe: ypo.pixel(stripe, strength) } : entry;
      }));

  ypo.signed = (value) => {
    const whole = Math.round(value);
    return whole > 0 ? `+${ypo.num(whole, 0)}` : ypo.num(whole, 0);
  };
  const { signed } = ypo;
  const words = (head, code) => (head.classes.find((one) => one.code === code) || { name: code }).name;
  const number = (value) => el("td", { class: "number" }, value);
  const quiet = (value) => el("td", { class: "number quiet" }, value);
  const finding = ({ head, arrays }, i) => (arrays.classes[i] ? head.classes[arrays.classes[i] - 1].name : "");
  const before = (n, name, low, high) => [
    ypo.t("{n} before: {finding}", { n: ypo.count(n), finding: name }),
    ypo.t("{low} to {high} (95 %)", { low: signed(low), high: signed(high) }),
  ];

  /* For each statistic: is there anything to say of a hexagon, what a hover card says of it and of a
     sector, and the columns that the tables get. */
  const KINDS = {
    change: {
      title: "Change per hexagon",
      note: "An interval is of one comparison alone; the finding takes all of them into account.",
      tells: ({ arrays }, i) => arrays.classes[i] > 0,
      cell: (found, i) => before(found.arrays.before[i], finding(found, i), found.arrays.low[i], found.arrays.high[i]),
      sector: ({ head }, id) => {
        const one = head.sectors[id];
        return one ? before(one.before, words(head, one.shade), one.low, one.high) : [];
      },
      cellHeads: ["Before", "95 %", "Finding"],
      cellColumns: (found, i) => {
        const { before: then, low, high } = found.arrays;
        return [number(ypo.count(then[i])), quiet(`${signed(low[i])} – ${signed(high[i])}`), el("td", {}, finding(found, i))];
      },
      sectorHeads: ["Before", "Difference", "95 %", "Finding"],
      sectorColumns: ({ head }, id) => {
        const one = head.sectors[id];
        if (!one) return [];
        return [number(ypo.count(one.before)), number(signed(one.difference)), quiet(`${signed(one.low)} – ${signed(one.high)}`), el("td", {}, words(head, one.shade))];
      },
    },
    hotspot: {
      title: "Hot spots",
      tells: ({ arrays }, i) => arrays.around[i] > 0,
      cell: ({ head, arrays }, i) => [
        ypo.t("{n} here and around, {expected} expected", { n: ypo.count(arrays.around[i]), expected: ypo.num(arrays.expected[i], 1) }),
        ...(arrays.classes[i] ? [finding({ head, arrays }, i)] : []),
        ...(arrays.pale[i] ? [ypo.t("not at other sizes of hexagons")] : []),
      ],
      sector: () => [],
      cellHeads: ["Here and around", "Expected", "Finding"],
      cellColumns: (found, i) => [
        number(ypo.count(found.arrays.around[i])),
        quiet(ypo.num(found.arrays.expected[i], 1)),
        el("td", {}, [finding(found, i), found.arrays.pale[i] ? ypo.t("not at other sizes of hexagons") : ""].filter(Boolean).join(", ")),
      ],
      sectorHeads: [],
      sectorColumns: () => [],
    },
  };
  ypo.isMeasured = (state) => state.measure in KINDS;
  ypo.measureKind = (measure) => KINDS[measure];
  ypo.kindOf = (found) => KINDS[found.head.measure];

  /* One row for each class: sign, words, how many hexagons. */
  ypo.measureLegend = (head) =>
    head.classes.map(({ code, name, n }) =>
      el("li", { class: n ? null : "none" }, el("span", { class: `swatch is-${code}`, "aria-hidden": "true" }), el("span", { class: "name" }, name), el("span", { class: "count" }, ypo.num(n, 0))));

  /* Asks for what takes longer than counts, of the state that is shown; nothing waits for it.
     `fetch_`(query, signal) -> answer. */
  ypo.lateClient = (fetch_, handlers) => {
    let running = null;
    let held = null;
    return {
      get busy() {
        return running !== null;
      },
      get held() {
        return held;
      },
      drop() {
        if (running) running.abort();
        running = null;
        held = null;
      },
      async ask(query, head) {
        const key = `${head.snapshot}|${query}`;
        if (held && held.key === key) return handlers.answer(held.found);
        if (running && running.key === key) return;
        if (running) running.abort();
        const mine = (running = new AbortController());
        mine.key = key;
        handlers.waiting();
        try {
          const found = await fetch_(query, mine.signal);
          if (running !== mine) return;
          running = null;
          held = { key, found };
          handlers.answer(found);
        } catch (error) {
          if (running !== mine) return;
          running = null;
          if (error.name !== "AbortError") handlers.problem(error);
        } finally {
          handlers.settled();
        }
      },
    };
  };
})();
