/* Explore: URL -> state -> one request -> one repaint of map, charts and lists. */
(() => {
  "use strict";
  const ypo = (window.ypo = window.ypo || {});
  const { el } = ypo;
  const DIM_AFTER = 200;
  const SPINNER_AFTER = 400;
  const PANEL_AFTER = 250;
  const USUAL_AFTER = 600; // a second's work on the server, for a state that stays
  const SAME_STEP = 800;
  const QUICK = 400; // changes closer than this are one look, of the state where they end

  function explore(root) {
    const $ = (id) => root.querySelector(`#${id}`);
    const cleanups = [];
    const on = (target, event, handler, options) => {
      target.addEventListener(event, handler, options);
      cleanups.push(() => target.removeEventListener(event, handler, options));
    };
    let config = null;
    let state = ypo.parseState(window.location.search);
    let shownQuery = null;
    let view = null;
    let breaks = null;
    let fitted = "";
    let locked = true;
    let painting = 0;
    let reading = 0;
    let dragging = false;
    let before = null;
    let lastStep = { key: null, at: 0 };
    let panelTimer = 0;
    let dimTimer = 0;
    let spinnerTimer = 0;
    let receivedAt = null;
    let waiters = [];
    let sorted = null;
    let settleTimer = 0;
    let usualTimer = 0;
    let askedAt = -Infinity;
    const last = { sequence: 0, ms: 0, bytes: 0 };

    ypo.setTexts(JSON.parse(root.dataset.texts));
    const langOf = () => (["da", "en"].includes(state.lang) ? state.lang : ypo.browserLang());
    /* The server is always told the language; the address only if someone chose it. */
    function apiQuery(given) {
      const query = given.raw !== undefined && given.raw !== null ? given.raw : ypo.stateQuery(given);
      return given.lang ? query : [query, `lang=${langOf()}`].filter(Boolean).join("&");
    }

    const actions = {
      query: apiQuery,
      current: () => ypo.stateQuery(state),
      set: (changes, options) => change(changes, options || {}),
      toggle: (name, values) => {
        const order = { types: config.types.map((t) => t.code), scenes: config.scenes.map((s) => s.code), sectors: config.sectors.map((s) => s.id) }[name];
        // Another sector and the hexagon of before would mostly have nothing in common.
        const place = name === "sectors" ? { cell: null } : {};
        change({ [name]: ypo.toggled(state, name, values, order), ...place }, {});
      },
      toggleCell: (id) => change({ cell: (state.cell || "").toLowerCase() === id ? null : id }, {}),
      clearAll: () => {
        fitted = "";
        change(Object.fromEntries(ypo.FILTERS.map((name) => [name, null])), {});
      },
      sectorOfCell: (cell) => map.sectorOfCell(cell),
      pins: (found) => twin.pins(found),
      hours: (hours, live) => {
        if (hours === undefined) return endDrag();
        change({ hours: hours ? ypo.hoursText(hours.start, hours.end) : null }, { live, key: "hours" });
      },
      heat: (chosen, live) => {
        if (chosen === null) return endDrag();
        const hours = chosen.hours ? ypo.hoursText(chosen.hours.start, chosen.hours.end) : null;
        change({ hours, days: ypo.daysText(chosen.days) }, { live, key: "heat" });
      },
      weeks: (dates, live) => {
        if (dates === null) return endDrag();
        change(dates, { live, key: "weeks" });
      },
      withheld: (n, elsewhere) => ypo.setText($("withheld"), [
        n ? ypo.t("{n} not drawn as pins, to protect those concerned", { n: ypo.num(n) }) : "",
        elsewhere ? ypo.t("{n} in other sectors than yours not drawn as pins", { n: ypo.num(elsewhere) }) : "",
      ].filter(Boolean).join(". ")),
      signedIn: () => Boolean(config && config.signed_in),
    };

    const filters = ypo.filters(root, actions);
    const heat = ypo.heatChart($("chart-heat"), { readout: $("readout-heat"), select: actions.heat });
    const weeks = ypo.weeksChart($("chart-weeks"), { readout: $("readout-weeks"), scope: $("scope-weeks"), select: actions.weeks, reset: () => change({ from: null, to: null }, {}) });
    const types = ypo.barList($("chart-types"), { toggle: (code) => actions.toggle("types", [code]) });
    const scenes = ypo.barList($("chart-scenes"), { toggle: (code) => actions.toggle("scenes", [code]) });
    const twin = ypo.tableTwin(root, actions);
    ypo.exportMenu(root, actions);
    const words = ypo.words(root);
    const map = ypo.mapView($("map-region"), actions);

    /* ---- state ---- */

    function change(changes, { live, key }) {
      const next = ypo.withState(state, changes);
      if (ypo.stateQuery(next) === ypo.stateQuery(state) && !state.raw) return;
      const started = performance.now();
      if (live && !dragging) {
        dragging = true;
        before = window.location.search;
      }
      state = next;
      load(started, live);
      showState();
      if (!live) commit(key);
    }
    function endDrag() {
      if (!dragging) return;
      dragging = false;
      if (settleTimer) settle();
      if (before !== address()) commit(null);
      if (current && client.isNewest(current.job)) askLate(current.job, view.head); // else its paint does
    }
    /* A path of two slashes would be read as another host. */
    const plain = () => window.location.pathname.replace(/^\/+/, "/");
    const address = () => {
      const query = ypo.stateQuery(state);
      return query ? `?${query}` : "";
    };
    /* One entry of history per step; steps of one control in quick succession are one step. */
    function commit(key) {
      dragging = false;
      const now = performance.now();
      const same = key && lastStep.key === key && now - lastStep.at < SAME_STEP;
      lastStep = { key, at: now };
      const url = plain() + address() + window.location.hash;
      window.history[same ? "replaceState" : "pushState"](null, "", url);
    }
    function travel() {
      state = ypo.parseState(window.location.search);
      lastStep = { key: null, at: 0 };
      const other = langOf() !== ypo.lang;
      const started = performance.now();
      (other ? loadConfig() : Promise.resolve()).then(() => {
        load(started, false);
        showState();
      }, (error) => problem(null, error));
    }

    /* Dates that the controls show: those of the state, else those the server resolved. */
    function dates() {
      const span = config && config.span;
      const to = state.to || (span ? span[1] : view && view.head.to);
      if (!to) return null;
      const first = state.from || ypo.addDays(to, -27);
      const valid = (iso) => /^\d{4}-\d{2}-\d{2}$/.test(iso) && !Number.isNaN(Date.parse(iso));
      return valid(first) && valid(to) ? { from: first, to } : null;
    }
    function showState() {
      const resolved = dates();
      filters.setState(state, resolved);
      heat.setState({ hours: ypo.hours(state), days: ypo.days(state) });
      if (resolved) weeks.setState(resolved);
      types.setState(ypo.list(state, "types"));
      scenes.setState(ypo.list(state, "scenes"));
      map.setState(state);
      for (const node of root.querySelectorAll("[data-measure]")) node.setAttribute("aria-pressed", String(node.dataset.measure === (state.measure || "count")));
      for (const node of root.querySelectorAll("[data-res]")) {
        node.setAttribute("aria-pressed", String(node.dataset.res === (state.res || "9")));
        node.disabled = state.measure === "rate";
      }
      for (const node of root.querySelectorAll("[data-compare]")) node.setAttribute("aria-pressed", String(node.dataset.compare === (state.compare || "previous")));
      for (const node of root.querySelectorAll("[data-baseline]")) node.setAttribute("aria-pressed", String(node.dataset.baseline === (state.baseline || "area")));
      // The analysis and the print are of what is shown here.
      for (const path of ["/analysis", "/print"]) ypo.setAttribute(root.querySelector(`.pages a[href^="${path}"]`), "href", `${path}${address()}`);
      for (const node of root.querySelectorAll("[data-for]")) node.hidden = node.dataset.for !== state.measure;
    }

    /* ---- loading ---- */

    const client = new ypo.ViewClient({ answer, problem });
    const tests = ypo.lateClient((query, signal) => ypo.binary(`/api/measure?${query}`, signal), {
      waiting: () => outdated(),
      answer: (found) => {
        const stale = view && (found.head.snapshot !== view.head.snapshot || found.head.geometry !== view.head.geometry);
        if (stale) return load(performance.now(), false); // the snapshot moved on between both requests
        if (found.head.problem) showTests(null, found.head.problem);
        else showTests(found, null);
      },
      problem: (error) => {
        if ([401, 403, 429].includes(error.status)) return problem(null, error);
        showTests(null, error.status === 400 ? error.problem : ypo.t("This could not be worked out now."));
      },
      settled: () => setTimeout(settled, 0),
    });
    const usual = ypo.lateClient((query, signal) => ypo.json(`/api/usual?${query}`, signal), {
      waiting: () => {},
      answer: showUsual,
      problem: () => showUsual(null), // the page is whole without it
      settled: () => {},
    });
    function showUsual(found) {
      weeks.setBand(found && found.start ? found : null);
      words.week(found);
    }
    let awaited = false;
    function showTests(found, refusal) {
      awaited = false;
      map.waiting(false);
      map.measure(found);
      words.waiting(false);
      words.measured(found, refusal);
      legend();
      twin.measure(found);
    }
    function load(started, live) {
      if (!spinnerTimer) {
        dimTimer = setTimeout(() => root.classList.add("stale"), DIM_AFTER);
        spinnerTimer = setTimeout(() => root.classList.add("slow"), SPINNER_AFTER);
      }
      const now = performance.now();
      const passing = Boolean(config && config.signed_in) && (live || now - askedAt < QUICK);
      askedAt = now;
      clearTimeout(settleTimer);
      settleTimer = passing ? setTimeout(settle, QUICK) : 0;
      client.ask(apiQuery(state), started, live, passing);
    }
    /* Who looks at what is recorded by the state where a movement ends. */
    function settle() {
      clearTimeout(settleTimer);
      settleTimer = 0;
      client.ask(apiQuery(state), performance.now(), false, false);
    }
    function settled() {
      if (client.busy || painting || reading || tests.busy) return;
      for (const resolve of waiters.splice(0)) resolve(last);
    }
    function calm() {
      clearTimeout(dimTimer);
      clearTimeout(spinnerTimer);
      spinnerTimer = 0;
      root.classList.remove("stale", "slow");
    }

    async function answer(job, found) {
      painting++;
      job.answered = performance.now();
      try {
        if (config && found.head.snapshot !== config.snapshot) {
          await loadConfig();
          notices.toast(ypo.t("New data are shown (snapshot {id})", { id: config.snapshot.slice(0, 8) }));
        }
        const geometry = await ypo.geometry(found.head.geometry, resolution(found.head.query));
        if (job.sequence < client.shown) return;
        paint(job, found, geometry);
        await shown();
      } catch (error) {
        if (error.status === 404) return retryLater(job);
        problem(job, error);
      } finally {
        painting--;
        settled();
      }
    }
    const resolution = (query) => new URLSearchParams(query).get("res") || "9";
    /* The snapshot moved on between two requests: ask again for both. */
    function retryLater(job) {
      job.tries = (job.tries || 0) + 1;
      setTimeout(() => loadConfig().then(() => load(job.started, false), (error) => problem(job, error)), 200 * job.tries);
    }
    /* Until the browser has made the frame that shows what was just drawn. */
    const shown = () =>
      new Promise((resolve) => {
        const after = () => {
          const channel = new MessageChannel();
          channel.port1.onmessage = () => {
            channel.port1.close();
            resolve();
          };
          channel.port2.postMessage(null);
        };
        if (document.hidden) setTimeout(after, 0);
        else requestAnimationFrame(after);
      }).then(done);
    let current = null;
    function done() {
      last.sequence = current.job.sequence;
      last.ms = performance.now() - current.job.started;
      last.bytes = current.bytes;
      last.draw = current.draw;
      last.query = current.job.query;
      last.t = { answer: current.job.answered, frame: current.began, done: performance.now() };
      performance.mark("ypo:painted", { detail: { ...last } });
    }

    function paint(job, found, geometry) {
      const began = performance.now();
      view = found;
      root.classList.remove("nodata");
      const head = view.head;
      ypo.masked = head.masked;
      receivedAt = new Date();
      adopt(head, job);
      // Shares of time are another quantity than incidents: limits of one say nothing of the other.
      const key = `${state.measure || "count"}/${state.res || "9"}/${head.masked}`;
      if (!breaks || fitted !== key || !locked) {
        breaks = head.breaks.length ? head.breaks : breaks || [];
        fitted = head.breaks.length ? key : "";
      }
      if (!ypo.isMeasured(state)) {
        tests.drop();
        showTests(null, null);
      }
      map.show(view, geometry, breaks, job.sequence);
      filters.update(head);
      heat.update(head.hours);
      if (usualSeries() !== usualOf) showUsual(null); // of another series
      weeks.update(head.weeks);
      types.update(head.types);
      sortScenes(head.scenes.context);
      scenes.update(head.scenes);
      legend();
      words.sentence(head, state);
      notices.show(head, state, config.span);
      twin.update({ head, arrays: view.arrays, geometry, config, state, placed: Boolean(view.arrays.cells_context) });
      calm();
      askLate(job, head);
      tellPanel(job.query);
      current = { job, bytes: view.bytes, began, draw: performance.now() - began };
    }
    /* The tests of a step of a drag, or of a view that a newer one is about to replace, would only be
       thrown away: they follow the last one, and until then what is shown of them is marked as of before. */
    function askLate(job, head) {
      clearTimeout(usualTimer);
      const stays = !dragging && client.isNewest(job);
      if (ypo.isMeasured(state)) stays ? tests.ask(job.query, head) : outdated();
      if (stays) usualTimer = setTimeout(askUsual, USUAL_AFTER, head);
    }
    function outdated() {
      awaited = true;
      const held = tests.held && tests.held.found;
      if (!held || held.head.measure !== state.measure) showTests(null, null); // of another measure
      map.waiting(true);
      words.waiting(true);
      twin.measure(null);
    }
    /* The normal range of the weeks: measure and resolution don't change it. */
    const usualSeries = () => apiQuery(ypo.withState(state, { measure: null, compare: null, res: null, baseline: null }));
    let usualOf = null;
    cleanups.push(() => clearTimeout(usualTimer));
    function askUsual(head) {
      usualTimer = 0;
      const query = (usualOf = usualSeries());
      usual.ask(query, head);
    }
    /* The server's canonical writing of the first, hand-written address (groups become types). */
    function adopt(head, job) {
      if (shownQuery === job.query) return;
      shownQuery = job.query;
      if (state.raw === undefined || state.raw === null || client.busy) return;
      const lang = state.lang;
      state = ypo.withState(ypo.parseState(head.query), { lang });
      if (address() !== window.location.search) window.history.replaceState(null, "", plain() + address() + window.location.hash);
      showState();
    }
    function legend() {
      const held = tests.held && tests.held.found;
      const found = held && held.head.measure === state.measure && !held.head.problem ? held : null;
      words.legend({ head: view.head, breaks, locked, rate: state.measure === "rate", geometry: map.geometry(), tested: ypo.isMeasured(state) ? state.measure : null, tests: found });
    }
    function sortScenes(context) {
      const key = context.join();
      if (key === sorted) return;
      sorted = key;
      scenes.sort(context);
    }
    function tellPanel(query) {
      clearTimeout(panelTimer);
      panelTimer = setTimeout(() => {
        if (window.dash_clientside && window.dash_clientside.set_props) window.dash_clientside.set_props("explore-state", { data: query });
      }, PANEL_AFTER);
    }

    /* ---- what went wrong, or is not there ---- */

    const notices = ypo.notices(root, {
      ...actions,
      drop: (name) => restart(Object.fromEntries(Object.entries(state).filter(([key]) => key !== name))),
      restart: () => restart(state.lang ? { lang: state.lang } : {}),
      retry,
    });
    function restart(next) {
      state = next;
      commit(null);
      load(performance.now(), false);
      showState();
    }
    function problem(job, error) {
      calm();
      if (awaited && !tests.busy) showTests(null, ypo.t("This could not be worked out now.")); // what they were to follow failed
      root.classList.toggle("nodata", [401, 403, 503].includes(error.status) || (error.status === 400 && !view));
      if (error.status === 401) notices.signedOut(error);
      else if (error.status === 403 || error.status === 429) notices.denied(error);
      else if (error.status === 400) notices.refused(error);
      else if (error.status === 503) notices.noData(error);
      else {
        root.classList.add("stale"); // the controls show what was asked, the figures what was there
        notices.lost(receivedAt, Boolean(error.status), view && view.head.caption);
        if (!error.status && !error.offline) window.console.error(error);
      }
      settled();
    }
    function retry() {
      $("band").hidden = true;
      const ready = config ? Promise.resolve() : loadConfig();
      ready.then(() => {
        load(performance.now(), false);
        showState();
      }, (error) => problem(null, error));
    }

    /* ---- the words and lists of the district ---- */

    /* Until the words are there the page is not settled, though it waits for no figures. */
    async function loadConfig() {
      reading++;
      try {
        await readConfig();
      } finally {
        reading--;
        setTimeout(settled, 0);
      }
    }
    async function readConfig() {
      config = await ypo.json(`/api/config?lang=${langOf()}`);
      ypo.weekdays = config.weekdays.map((name) => name.replace(".", ""));
      config.weekdays = ypo.weekdays;
      ypo.weekdaysLong = config.weekdays_long;
      ypo.duty = config.duty;
      ypo.policeFound = config.types.some((type) => type.detection === "police_initiated");
      if (state.types) expandGroups();
      ypo.setLang(langOf());
      ypo.setText($("district"), config.name);
      $("simulated").hidden = !config.simulated;
      $("snapshot").textContent = config.snapshot ? `${ypo.t("snapshot")} ${config.snapshot.slice(0, 8)}` : "";
      ypo.setText($("data-to"), config.span ? ypo.t("data to {date}", { date: ypo.dayMonth(config.span[1], true) }) : ypo.t("no data"));
      ypo.setText($("attribution"), config.attribution || "");
      $("lang-da").setAttribute("aria-pressed", String(ypo.lang === "da"));
      $("lang-en").setAttribute("aria-pressed", String(ypo.lang === "en"));
      filters.setConfig(config);
      $("export").parentElement.hidden = !config.rights.includes("export");
      document.title = `${ypo.t("Explore")} · ${config.name}`;
      if (config.span) weeks.setLimits(config.span);
      for (const chart of [heat, weeks]) chart.relabel();
      let note = false;
      types.setItems(config.types.map((type, index) => {
        const found = type.detection === "police_initiated";
        const item = { code: type.code, name: type.name, index, symbol: true, group: type.group_name, groupNote: found && !note ? ypo.t("found by police") : null };
        note = note || found;
        return item;
      }));
      scenes.setItems(config.scenes.map((scene, index) => ({ code: scene.code, name: scene.name, index })));
      types.label(ypo.t("Types"));
      scenes.label(ypo.t("Scenes"));
      sorted = null;
      map.setConfig(config);
    }
    function expandGroups() {
      const groups = new Set(config.types.map((type) => type.group));
      const given = ypo.list(state, "types");
      if (!given.some((code) => groups.has(code)) || state.raw) return;
      state = ypo.withState(state, { types: given.flatMap((code) => (groups.has(code) ? config.types.filter((t) => t.group === code).map((t) => t.code) : [code])).join(",") });
    }

    /* ---- buttons ---- */

    for (const lang of ["da", "en"]) {
      $(`lang-${lang}`).addEventListener("click", () => {
        if (ypo.lang === lang) return;
        state = ypo.withState(state, { lang });
        commit(null);
        loadConfig().then(() => {
          showState();
          load(performance.now(), false);
        }, (error) => problem(null, error));
      });
    }
    $("theme").addEventListener("click", ypo.toggleTheme);
    const themeIcon = () => ypo.setIcon($("theme"), document.documentElement.dataset.theme === "dark" ? "sun" : "moon");
    on(window, "ypo:theme", themeIcon);
    for (const node of root.querySelectorAll("[data-icon]")) node.prepend(ypo.icon(node.dataset.icon));
    themeIcon();
    for (const node of root.querySelectorAll("[data-measure]")) node.addEventListener("click", () => change({ measure: node.dataset.measure }, {}));
    for (const node of root.querySelectorAll("[data-baseline]")) node.addEventListener("click", () => change({ baseline: node.dataset.baseline }, {}));
    for (const node of root.querySelectorAll("[data-compare]")) node.addEventListener("click", () => change({ compare: node.dataset.compare }, {}));
    for (const node of root.querySelectorAll("[data-res]")) node.addEventListener("click", () => change({ res: node.dataset.res }, {}));
    $("zoom-in").addEventListener("click", () => map.zoom(0.5));
    $("zoom-out").addEventListener("click", () => map.zoom(-0.5));
    $("zoom-fit").addEventListener("click", () => map.fit());
    $("legend-fit").addEventListener("click", () => {
      if (!view || !view.head.breaks.length) return;
      breaks = view.head.breaks;
      map.refit(breaks);
      legend();
      $("legend-lock").focus();
    });
    $("legend-lock").addEventListener("click", () => {
      locked = !locked;
      if (!locked && view && view.head.breaks.length) {
        breaks = view.head.breaks;
        map.refit(breaks);
      }
      if (view) legend();
    });
    $("table-open").addEventListener("click", twin.toggle);
    $("copy-link").addEventListener("click", copyLink);
    async function copyLink() {
      const link = window.location.href;
      let copied = false;
      try {
        await navigator.clipboard.writeText(link);
        copied = true;
      } catch {
        const field = el("textarea", { readonly: true, class: "offscreen" });
        field.value = link;
        document.body.append(field);
        field.select();
        copied = document.execCommand("copy");
        field.remove();
      }
      notices.toast(copied ? ypo.t("Link copied") : link);
    }
    const collapse = $("collapse");
    function setCollapsed(folded) {
      root.classList.toggle("folded", folded);
      collapse.setAttribute("aria-expanded", String(!folded));
      ypo.setIcon(collapse, folded ? "right" : "left");
    }
    collapse.addEventListener("click", () => setCollapsed(!root.classList.contains("folded")));
    if (window.matchMedia("(max-width: 1023px)").matches) setCollapsed(true);
    const tabs = [...root.querySelectorAll("[role=tab]")];
    function showTab(tab) {
      for (const one of tabs) {
        one.setAttribute("aria-selected", String(one === tab));
        one.tabIndex = one === tab ? 0 : -1;
        $(one.getAttribute("aria-controls")).classList.toggle("current", one === tab);
      }
    }
    tabs.forEach((tab, i) => {
      tab.addEventListener("click", () => showTab(tab));
      tab.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        const next = tabs[(i + step + tabs.length) % tabs.length];
        showTab(next);
        next.focus();
      });
    });
    showTab(tabs[0]);
    on(document, "keydown", (event) => {
      if (event.code !== "KeyT" || !event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      twin.toggle();
    });

    window.ypoTest = {
      settled: () => new Promise((resolve) => {
        waiters.push(resolve);
        setTimeout(settled, 0);
      }),
      last,
      get state() {
        return { ...state };
      },
      get view() {
        return view;
      },
      heatBox: () => heat.box,
      weeksBox: () => weeks.box,
      weeksShown: () => weeks.shown(),
      hoursBox: () => filters.strip.box,
    };

    painting++;
    const started = performance.now();
    loadConfig()
      .then(() => {
        showState();
        load(started, false);
      })
      .catch((error) => problem(null, error))
      .finally(() => {
        painting--;
        settled();
      });
    return { travel, stop: () => cleanups.forEach((undo) => undo()) };
  }

  /* Dash mounts and unmounts pages; the controller follows. */
  let mounted = null;
  let controller = null;
  function look() {
    const root = document.getElementById("explore");
    if (root === mounted) return;
    if (controller) controller.stop();
    controller = mounted = null;
    const holder = root && root.querySelector(".leaflet-container");
    if (!holder || !holder.ypoLeaflet || !holder.ypoLeaflet._loaded) return;
    mounted = root;
    controller = explore(root);
  }
  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });

  /* Back and forward within the page are ours. This listener stands before Dash's own, which would
     lay the whole page out again for another query; to another page it is let through. */
  const path = window.location.pathname;
  window.addEventListener("popstate", (event) => {
    if (!controller || !mounted.isConnected || window.location.pathname !== path) return;
    event.stopImmediatePropagation();
    controller.travel();
  });
})();
