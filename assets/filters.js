/* The left column and the row of chips: every control reads the state and asks for another. */
(() => {
  "use strict";
  const ypo = (window.ypo = window.ypo || {});
  const { el } = ypo;
  const HOUR_PRESETS = [
    { text: "Day 7–23", hours: "7-23", days: "" },
    { text: "Evening 16–24", hours: "16-24", days: "" },
    { text: "Night 22–6", hours: "22-6", days: "" },
    { text: "Fri + Sat night", hours: "22-6", days: "5,6" },
  ];
  const DAY_PRESETS = [7, 14, 28];

  const button = (attributes, ...children) => el("button", { type: "button", ...attributes }, ...children);
  const press = (node, on) => ypo.setAttribute(node, "aria-pressed", String(Boolean(on)));

  /* A list of toggles in groups: name, and muted what it would give. */
  function checkList(holder, { toggle, toggleGroup }) {
    let rows = [];
    let heads = [];
    const oneStop = ypo.roving(holder, "button");
    return {
      setGroups(groups) {
        rows = [];
        heads = [];
        holder.replaceChildren(
          ...groups.map((group) => {
            const head = group.plain
              ? el("p", { class: "list-head" }, group.name)
              : button({ class: "list-head", "aria-pressed": "false", on: { click: () => toggleGroup(group) } }, group.name);
            heads.push({ head, group });
            const items = group.items.map((item) => {
              const count = el("span", { class: "count" });
              const row = button(
                { class: "check-row", "aria-pressed": "false", title: item.name, "data-code": item.code, on: { click: () => toggle(item.code) } },
                el("span", { class: "box", "aria-hidden": "true" }, ypo.icon("check")),
                item.symbol ? ypo.symbol(item.code) : null,
                item.number ? el("span", { class: "id" }, item.code) : null,
                el("span", { class: "name" }, item.name),
                count,
              );
              rows.push({ row, count, item });
              return row;
            });
            return el("div", { class: "list-group", role: "group", "aria-label": group.name }, group.name ? head : null,
              group.note ? el("p", { class: "group-note" }, group.note) : null, items);
          }),
        );
        oneStop();
      },
      setState(codes, group) {
        const chosen = new Set(codes);
        for (const { row, item } of rows) press(row, chosen.has(item.code));
        for (const { head, group: own } of heads) {
          if (own.plain) continue;
          press(head, group !== undefined ? own.code === group : own.items.every((item) => chosen.has(item.code)));
        }
      },
      update(context) {
        for (const { row, count, item } of rows) {
          ypo.setText(count, ypo.count(context[item.index]));
          row.classList.toggle("zero", !(context[item.index] > 0));
        }
      },
    };
  }

  function grouped(items, nameOf) {
    const groups = new Map();
    items.forEach((item) => {
      const name = nameOf(item);
      if (!groups.has(name)) groups.set(name, []);
      groups.get(name).push(item);
    });
    return [...groups].map(([name, members]) => ({ name, items: members }));
  }

  ypo.filters = (root, actions) => {
    const $ = (id) => root.querySelector(`#${id}`);
    let config = null;
    let state = {};
    let dates = null;

    /* A first day after the last one, or the reverse, takes the other end with it. */
    const from = ypo.dateField("date-from", { name: "First day", pick: "Pick the first day", choose: (day) => period(day, dates && dates.to > day ? dates.to : day, "date-from") });
    const to = ypo.dateField("date-to", { name: "Last day", pick: "Pick the last day", choose: (day) => period(dates && dates.from < day ? dates.from : day, day, "date-to") });
    $("filter-dates").append(from.box, el("span", { class: "dash", "aria-hidden": "true" }, "–"), to.box);
    const period = (first, last, key) => actions.set({ from: first, to: last }, { key });
    const dayPresets = DAY_PRESETS.map((days) => {
      const node = button({ class: "chip-button", "aria-pressed": "false", on: { click: () => actions.set(preset(days), {}) } });
      return { days, node };
    });
    const allDates = button({ class: "chip-button", "aria-pressed": "false", on: { click: () => config.span && actions.set({ from: config.span[0], to: config.span[1] }, {}) } });
    $("filter-date-presets").append(...dayPresets.map((one) => one.node), allDates);
    function preset(days) {
      if (!config.span || days === 28) return { from: null, to: null };
      return { from: ypo.addDays(config.span[1], 1 - days), to: config.span[1] };
    }

    const strip = ypo.hoursChart($("filter-hours"), {
      select: actions.hours,
      tell: (text) => ypo.setText(clears.hours.summary, text || summary("hours")),
    });
    const hourPresets = HOUR_PRESETS.map((one) => {
      const node = button({
        class: "chip-button",
        "aria-pressed": "false",
        on: {
          click: () => {
            const on = (state.hours || "") === one.hours && (state.days || "") === one.days;
            actions.set(on ? { hours: null, days: null } : { hours: one.hours, days: one.days }, {});
          },
        },
      });
      return { ...one, node };
    });
    $("filter-hour-presets").append(...hourPresets.map((one) => one.node));
    const days = [1, 2, 3, 4, 5, 6, 7].map((day) =>
      button({
        class: "day-button",
        "aria-pressed": "false",
        on: {
          click: () => {
            const chosen = ypo.days(state);
            const next = chosen.includes(day) ? chosen.filter((d) => d !== day) : [...chosen, day];
            actions.set({ days: ypo.daysText(next) }, {});
          },
        },
      }),
    );
    $("filter-days").append(...days);

    const types = checkList($("filter-types"), {
      toggle: (code) => actions.toggle("types", [code]),
      toggleGroup: (group) => actions.toggle("types", group.items.map((item) => item.code)),
    });
    const scenes = checkList($("filter-scenes"), {
      toggle: (code) => actions.toggle("scenes", [code]),
      toggleGroup: (group) => actions.toggle("scenes", group.items.map((item) => item.code)),
    });
    const sectors = checkList($("filter-sectors"), {
      toggle: (code) => actions.toggle("sectors", [code]),
      toggleGroup: (group) => actions.set({ station: state.station === group.code ? null : group.code }, {}),
    });

    const clears = {};
    for (const [name, parameters] of Object.entries({ period: ["from", "to"], hours: ["hours"], days: ["days"], types: ["types"], scenes: ["scenes"], sectors: ["sectors", "station", "cell"] })) {
      const section = $(`section-${name}`);
      const clear = button({ class: "clear", "data-label": "Clear", on: { click: (event) => {
        event.preventDefault();
        section.querySelector("summary").focus();
        actions.set(Object.fromEntries(parameters.map((p) => [p, null])), {});
      } } }, ypo.icon("close"));
      clear.style.visibility = "hidden";
      // Beside the summary, not in it: a control inside a control can't be reached by all.
      section.append(clear);
      clears[name] = { clear, parameters, summary: section.querySelector(".summary") };
    }

    function dayCount({ from: first, to: last }) {
      const n = ypo.daysBetween(first, last) + 1;
      return ypo.t(n === 1 ? "{n} day" : "{n} days", { n: ypo.num(n) });
    }
    function summary(name) {
      if (name === "hours") return state.hours ? spanText(state) : ypo.t("all day");
      if (name === "period") return dates ? dayCount(dates) : "";
      const chosen = ypo.list(state, name).length;
      if (name === "sectors" && !chosen) {
        const station = config.stations.find((one) => one.id === state.station);
        return station ? station.name : state.cell ? ypo.t("1 hexagon") : ypo.t("all");
      }
      return chosen ? ypo.t("{n} chosen", { n: chosen }) : ypo.t("all");
    }
    function spanText(given) {
      const hours = ypo.hours(given);
      return hours ? `${String(hours.start).padStart(2, "0")}–${String(hours.end).padStart(2, "0")}` : given.hours;
    }

    /* The chips: what is set, in words, each with its own remover. */
    const chips = $("chips");
    const clearAll = button({ class: "clear-all", on: { click: () => {
      chips.focus();
      actions.clearAll();
    } } });
    chips.after(clearAll);
    function names(name, all, word) {
      const codes = ypo.list(state, name);
      if (!codes.length) return null;
      if (codes.length > 2) return `${codes.length} ${word}`;
      return codes.map((code) => (all.find((one) => (one.code || one.id) === code) || { name: code }).name).join(" + ");
    }
    function chip(text, label, parameters) {
      return el("span", { class: "chip" }, el("span", { class: "chip-text", title: text }, text),
        button({ "aria-label": ypo.t("Clear {name}", { name: label }), title: ypo.t("Clear {name}", { name: label }), on: { click: () => actions.set(Object.fromEntries(parameters.map((p) => [p, null])), {}) } }, ypo.icon("close")));
    }
    /* Hours and weekdays are one mask, and a night belongs to the day it starts on: one chip. */
    function timeText(weekdays) {
      const hours = ypo.hours(state);
      const night = hours && hours.start > hours.end && weekdays;
      return `${weekdays ? `${night ? `${ypo.t("nights")} ` : ""}${weekdays} ` : ""}${ypo.t("at")} ${spanText(state)}`;
    }
    function hexagon() {
      const sector = actions.sectorOfCell(state.cell);
      return sector ? `${ypo.t("Hexagon")} · ${ypo.t("Sector")} ${sector.id}` : `${ypo.t("Hexagon")} ${state.cell.slice(0, 9)}…`;
    }
    function drawChips() {
      if (!config) return;
      const weekdays = ypo.days(state).map((day) => config.weekdays[day - 1]).join(" ");
      const sectorNames = ypo.list(state, "sectors").length === 1
        ? `${ypo.t("Sector")} ${state.sectors} ${names("sectors", config.sectors, "")}`
        : state.sectors ? `${ypo.t("Sectors")} ${ypo.list(state, "sectors").join(", ")}` : null;
      const station = state.station && (config.stations.find((one) => one.id === state.station) || { name: state.station }).name;
      const wanted = [
        [state.from || state.to ? (dates ? ypo.period(dates.from, dates.to) : `${state.from || ""}–${state.to || ""}`) : null, ypo.t("Period"), ["from", "to"]],
        [names("types", config.types, ypo.t("types")), ypo.t("Types"), ["types"]],
        [state.hours ? timeText(weekdays) : null, ypo.t("Time of day"), ["hours", "days"]],
        [state.days && !state.hours ? weekdays || state.days : null, ypo.t("Weekdays"), ["days"]],
        [names("scenes", config.scenes, ypo.t("scenes")), ypo.t("Scenes"), ["scenes"]],
        [sectorNames, ypo.t("Sectors"), ["sectors"]],
        [station, ypo.t("Local station"), ["station"]],
        [state.cell ? hexagon() : null, ypo.t("Hexagon"), ["cell"]],
      ].filter(([text]) => text);
      const key = JSON.stringify([wanted, ypo.lang, dates && !wanted.length && dates]);
      if (chips.dataset.key === key) return;
      chips.dataset.key = key;
      const nodes = wanted.map((one) => chip(...one));
      if (!nodes.length) nodes.push(el("span", { class: "chip none" }, dates ? ypo.t("No filter is set: all incidents {period}", { period: ypo.period(dates.from, dates.to) }) : ypo.t("No filter is set")));
      ypo.setText(clearAll, ypo.t("Clear all"));
      clearAll.hidden = !wanted.length;
      const had = chips.contains(document.activeElement);
      chips.replaceChildren(...nodes);
      if (had) (chips.querySelector("button") || $("chips")).focus();
    }

    return {
      strip,
      setConfig(next) {
        config = next;
        types.setGroups(
          grouped(config.types.map((type, index) => ({ ...type, index, symbol: true })), (type) => type.group_name).map((group) => ({
            ...group,
            note: group.items.every((item) => item.detection === "police_initiated") ? ypo.t("found by police") : null,
          })),
        );
        scenes.setGroups(grouped(config.scenes.map((scene, index) => ({ ...scene, index })), (scene) => scene.group_name || ""));
        const byStation = config.sectors.map((sector, index) => ({ code: sector.id, name: sector.name, index, number: true, station: sector.station }));
        const stations = config.stations.length ? config.stations : [{ id: null, name: "" }];
        const groups = stations.map((station) => ({ code: station.id, name: station.name, items: byStation.filter((one) => one.station === station.id) }));
        const rest = byStation.filter((one) => !stations.some((station) => station.id === one.station));
        if (rest.length) groups.push({ code: null, name: "", plain: true, items: rest });
        sectors.setGroups(groups.filter((group) => group.items.length));
        dayPresets.forEach(({ days: n, node }) => ypo.setText(node, ypo.t("{n} d", { n })));
        ypo.setText(allDates, ypo.t("all data"));
        hourPresets.forEach(({ text, node }) => ypo.setText(node, ypo.t(text)));
        days.forEach((node, i) => {
          ypo.setText(node, config.weekdays[i].slice(0, 2));
          node.setAttribute("aria-label", `${config.weekdays[i].slice(0, 2)}, ${config.weekdays_long[i]}`);
          node.title = config.weekdays_long[i];
        });
        if (config.span) {
          for (const field of [from, to]) field.limit(ypo.addDays(config.span[0], -366), ypo.addDays(config.span[1], 366));
        }
        strip.relabel();
      },
      setState(next, resolved) {
        state = next;
        dates = resolved;
        if (!config) return;
        const hours = ypo.hours(state);
        strip.setState(hours);
        types.setState(ypo.list(state, "types"));
        scenes.setState(ypo.list(state, "scenes"));
        sectors.setState(ypo.list(state, "sectors"), state.station || null);
        const chosen = ypo.days(state);
        days.forEach((node, i) => press(node, chosen.includes(i + 1)));
        hourPresets.forEach((one) => press(one.node, (state.hours || "") === one.hours && (state.days || "") === one.days));
        if (dates) {
          from.show(dates.from);
          to.show(dates.to);
          const last = config.span ? config.span[1] : dates.to;
          const length = ypo.daysBetween(dates.from, dates.to) + 1;
          dayPresets.forEach(({ days: n, node }) => press(node, dates.to === last && length === n));
          press(allDates, config.span && dates.from === config.span[0] && dates.to === last);
        }
        for (const [name, { clear, parameters, summary: text }] of Object.entries(clears)) {
          const on = parameters.some((parameter) => state[parameter]);
          clear.style.visibility = on ? "" : "hidden";
          ypo.setText(text, summary(name));
          text.classList.toggle("on", on);
        }
        drawChips();
      },
      update(head) {
        strip.update(head.hours);
        types.update(head.types.context);
        scenes.update(head.scenes.context);
        sectors.update(head.sectors.context);
        drawChips(); // where a hexagon lies is known only with the map
      },
    };
  };
})();
