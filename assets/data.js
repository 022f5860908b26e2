/* The page's talks with the server: binary answers, latest wins, nothing out of order. */
(() => {
  "use strict";
  const ypo = (window.ypo = window.ypo || {});
  const TYPES = { u1: Uint8Array, u4: Uint32Array, f4: Float32Array, f8: Float64Array };

  /* uint32 length of the JSON, the JSON, padding to 8, then the arrays it lists, each padded. */
  ypo.decode = (buffer) => {
    const length = new DataView(buffer).getUint32(0, true);
    const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
    const pad = (at) => at + ((8 - (at % 8)) % 8);
    let at = pad(4 + length);
    const arrays = {};
    for (const { name, dtype, length: size } of head.arrays) {
      arrays[name] = new TYPES[dtype](buffer, at, size);
      at = pad(at + size * TYPES[dtype].BYTES_PER_ELEMENT);
    }
    return { head, arrays, bytes: buffer.byteLength };
  };

  class Refused extends Error {
    constructor(status, answer) {
      super(answer.error || `HTTP ${status}`);
      this.status = status;
      this.parameter = answer.parameter || null;
      this.problem = answer.problem || this.message;
      this.empty = Boolean(answer.empty);
      this.refused = answer.refused || null;
    }
  }

  async function get(url, signal, headers) {
    const answer = await fetch(url, { signal, headers, credentials: "same-origin" }).catch((error) => {
      if (error.name !== "AbortError") error.offline = true;
      throw error;
    });
    if (answer.ok) return answer;
    let body = {};
    try {
      body = await answer.json();
    } catch {
      /* a proxy's error page: the status says enough */
    }
    throw new Refused(answer.status, body);
  }
  ypo.json = async (url, signal) => (await get(url, signal)).json();
  ypo.binary = async (url, signal, headers) => ypo.decode(await (await get(url, signal, headers)).arrayBuffer());

  /* One request of the view at a time. A change aborts the one under way; while something is
     dragged it is let finish and only the newest waiting one follows, so that the page moves. */
  ypo.ViewClient = class {
    constructor(handlers) {
      this.handlers = handlers;
      this.sequence = 0;
      this.shown = 0;
      this.running = null;
      this.waiting = null;
    }

    get busy() {
      return this.running !== null || this.waiting !== null;
    }

    /* Whether nothing was asked after it, so that what it shows stays. */
    isNewest(job) {
      return job.sequence === this.sequence;
    }

    /* `passing`: a step on the way to a state, which the server need not record by itself. */
    ask(query, started, live, passing) {
      const job = { sequence: ++this.sequence, query, started, passing };
      if (live && this.running) {
        this.waiting = job;
        return job;
      }
      this.waiting = null;
      if (this.running) this.running.controller.abort();
      this.start(job);
      return job;
    }

    async start(job) {
      job.controller = new AbortController();
      this.running = job;
      try {
        const headers = job.passing ? { "X-Ypo-Moving": "1" } : undefined;
        const view = await ypo.binary(`/api/view?${job.query}`, job.controller.signal, headers);
        if (this.running === job) this.running = null;
        if (job.sequence > this.shown) {
          this.shown = job.sequence;
          this.handlers.answer(job, view);
        }
      } catch (error) {
        if (this.running === job) this.running = null;
        const aborted = error.name === "AbortError";
        if (!aborted && job.sequence === this.sequence) this.handlers.problem(job, error);
      }
      if (!this.running && this.waiting) {
        const next = this.waiting;
        this.waiting = null;
        this.start(next);
      }
    }
  };

  /* Geometry of one resolution: corners in Web Mercator (0-1), computed once in double precision. */
  function project(lng, lat) {
    const sine = Math.sin((lat * Math.PI) / 180);
    return [(lng + 180) / 360, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
  }
  function prepare({ arrays }) {
    const { ids_hi: high, ids_lo: low, offsets, lng, lat, sector } = arrays;
    const x = new Float64Array(lng.length);
    const y = new Float64Array(lng.length);
    for (let i = 0; i < lng.length; i++) [x[i], y[i]] = project(lng[i], lat[i]);
    const n = high.length;
    const id = (i) => high[i].toString(16) + low[i].toString(16).padStart(8, "0");
    let index = null;
    const indexOf = (cell) => {
      if (!index) {
        index = new Map();
        for (let i = 0; i < n; i++) index.set(id(i), i);
      }
      return index.get(cell) ?? -1;
    };
    const ring = (i) => {
      const points = [];
      for (let k = offsets[i]; k < offsets[i + 1]; k++) points.push([lat[k], lng[k]]);
      return points;
    };
    return { n, offsets, x, y, sector, id, indexOf, ring, width: n ? acrossFlats(offsets, lng, lat) : 0 };
  }
  /* Metres across the flats of the first cell, from its own area. */
  function acrossFlats(offsets, lng, lat) {
    const metre = 111195;
    const shrink = Math.cos((lat[0] * Math.PI) / 180);
    let twice = 0;
    for (let k = offsets[0]; k < offsets[1]; k++) {
      const j = k + 1 < offsets[1] ? k + 1 : offsets[0];
      twice += (lng[k] - lng[0]) * (lat[j] - lat[0]) - (lng[j] - lng[0]) * (lat[k] - lat[0]);
    }
    return Math.sqrt((Math.abs(twice) / 2) * metre * metre * shrink * (2 / Math.sqrt(3)));
  }

  const kept = new Map();
  ypo.geometry = (numbering, res) => {
    const key = `${numbering}/${res}`;
    if (!kept.has(key)) {
      const found = ypo.binary(`/api/geometry/${key}`).then(prepare);
      found.catch(() => kept.delete(key));
      kept.set(key, found);
      for (const old of kept.keys()) if (!old.startsWith(`${numbering}/`)) kept.delete(old);
    }
    return kept.get(key);
  };
})();
