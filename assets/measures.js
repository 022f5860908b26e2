/* Statistics on the map: their classes, colours and words. */
(() => {
  "use strict";
  const ypo = (window.ypo = window.ypo || {});
  const { el } = ypo;

  /* Every class that the server may give, in the palette's order. */
  ypo.MEASURED = ["more", "fewer", "none_more", "none_fewer", "none", "few"];
  const STRIPED = new Set(["fewer"]);
  ypo.isMeasured = (state) => state.measure === "change";
  ypo.shade = (code) => ({
    fill: ypo.cssVar(`--is-${code}`),
    stripe: STRIPED.has(code) ? ypo.cssVar(`--is-${code}-stripe`) : null,
  });

  const signed = (value) => {
    const whole = Math.round(value);
    return whole > 0 ? `+${ypo.num(whole, 0)}` : ypo.num(whole, 0);
  };
  ypo.signed = signed;
  const range = (low, high) => ypo.t("{low} to {high} (95 %)", { low: signed(low), high: signed(high) });

  /* What a hover card says of a hexagon and of a sector. */
  ypo.measureLines = ({ head, arrays }, i) => {
    const { name } = head.classes[arrays.classes[i] - 1];
    return [ypo.t("{n} before: {finding}", { n: ypo.count(arrays.before[i]), finding: name }), range(arrays.low[i], arrays.high[i])];
  };
  ypo.sectorLines = ({ head }, id) => {
    const found = head.sectors[id];
    return [ypo.t("{n} before: {finding}", { n: ypo.count(found.before), finding: words(head, found.verdict) }), range(found.low, found.high)];
  };
  const words = (head, code) => (head.classes.find((one) => one.code === code) || { name: code }).name;
  ypo.findingWords = words;
  ypo.findingRange = range;

  /* One row for each class: sign, words, how many hexagons. */
  ypo.measureLegend = (head) =>
    head.classes.map(({ code, name, n }) =>
      el("li", { class: n ? null : "none" }, el("span", { class: `swatch is-${code}`, "aria-hidden": "true" }), el("span", { class: "name" }, name), el("span", { class: "count" }, ypo.num(n, 0))));

  /* Asks for the statistic of the state that is shown; counts and charts never wait for it. */
  ypo.measureClient = (handlers) => {
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
          const found = await ypo.binary(`/api/measure?${query}`, mine.signal);
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
