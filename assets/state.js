/* The state of a view: the URL's query parameters, kept as the texts they are. */
(() => {
  "use strict";
  const ypo = (window.ypo = window.ypo || {});
  const ORDER = [
    "from", "to", "types", "hours", "days", "scenes", "sectors", "station", "cell",
    "res", "measure", "compare", "baseline", "lang",
  ];
  const DEFAULTS = { res: "9", measure: "count", compare: "previous", baseline: "area" };
  const FILTERS = ORDER.slice(0, 9);
  ypo.FILTERS = FILTERS;

  /* Reads a query. `raw` keeps it for the server as long as nothing changed, so that a parameter
     which stands twice or is unknown is refused there, never dropped here. */
  ypo.parseState = (search) => {
    const state = {};
    for (const [name, value] of new URLSearchParams(search)) {
      if (value.trim() && !(name in state)) state[name] = value.trim();
    }
    Object.defineProperty(state, "raw", { value: search.replace(/^\?/, ""), enumerable: false });
    return state;
  };

  const escape = (value) => encodeURIComponent(value).replace(/%2C/g, ",").replace(/%3A/g, ":");
  ypo.stateQuery = (state) => {
    const names = [...ORDER, ...Object.keys(state).filter((name) => !ORDER.includes(name))];
    return names
      .filter((name) => state[name] && state[name] !== DEFAULTS[name])
      .map((name) => `${escape(name)}=${escape(state[name])}`)
      .join("&");
  };

  /* A copy with some parameters changed; null, "" and the default remove one. */
  ypo.withState = (state, changes) => {
    const next = { ...state, ...changes };
    for (const name of Object.keys(next)) {
      if (!next[name] || next[name] === DEFAULTS[name]) delete next[name];
    }
    return next;
  };
  ypo.list = (state, name) => (state[name] ? state[name].split(",").map((part) => part.trim()) : []);

  /* The texts of a list parameter with `value` in or out; in the vocabulary's order. */
  ypo.toggled = (state, name, values, order) => {
    const chosen = new Set(ypo.list(state, name));
    const all = values.every((value) => chosen.has(value));
    for (const value of values) {
      if (all) chosen.delete(value);
      else chosen.add(value);
    }
    const known = order.filter((value) => chosen.has(value));
    const unknown = [...chosen].filter((value) => !order.includes(value));
    return [...known, ...unknown].join(",");
  };

  ypo.hours = (state) => {
    const match = /^(\d{1,2})-(\d{1,2})$/.exec(state.hours || "");
    if (!match) return null;
    const start = Number(match[1]);
    const end = Number(match[2]) === 0 && start > 0 ? 24 : Number(match[2]);
    return start <= 23 && end >= 1 && end <= 24 && start !== end ? { start, end } : null;
  };
  ypo.hoursText = (start, end) => {
    const last = end === 0 ? 24 : end;
    return start === last || (start === 0 && last === 24) ? "" : `${start}-${last}`;
  };
  /* ISO weekdays 1-7; an empty list is all. */
  ypo.days = (state) => ypo.list(state, "days").map(Number).filter((day) => day >= 1 && day <= 7);
  ypo.daysText = (days) => {
    const sorted = [...new Set(days)].sort((a, b) => a - b);
    return sorted.length === 7 ? "" : sorted.join(",");
  };

  /* The 168 hours that hours and days select, or null for all: a night belongs to its first day. */
  ypo.weekMask = (hours, days) => {
    if (!hours && !days.length) return null;
    const mask = new Uint8Array(168);
    const { start, end } = hours || { start: 0, end: 24 };
    for (const day of days.length ? days : [1, 2, 3, 4, 5, 6, 7]) {
      for (let hour = start; hour < (start > end ? 24 : end); hour++) mask[(day - 1) * 24 + hour] = 1;
      if (start > end) for (let hour = 0; hour < end; hour++) mask[(day % 7) * 24 + hour] = 1;
    }
    return mask.includes(0) ? mask : null;
  };
})();
