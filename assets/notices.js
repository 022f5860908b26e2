/* What Explore says when there is nothing to show or something went wrong: each looks its own way. */
(() => {
  "use strict";
  const ypo = (window.ypo = window.ypo || {});
  const { el } = ypo;
  const TOAST = 4000;
  const NAMES = {
    period: "Period", types: "Types", hours: "Time of day", days: "Weekdays", both: "hours and weekdays",
    scenes: "Scenes", sectors: "Sectors", station: "Local station", cell: "Hexagon",
  };

  const PARAMETERS = { ...NAMES, from: "First day", to: "Last day", res: "Hexagons", measure: "Measure", lang: "Language" };

  /* `actions`: set, clearAll, drop(parameter), restart, retry. */
  ypo.notices = (root, actions) => {
    const $ = (id) => root.querySelector(`#${id}`);
    let toastTimer = 0;
    $("band-retry").addEventListener("click", actions.retry);

    function notice(kind, icon, title, lines, buttons) {
      const box = $("notice");
      box.className = `notice ${kind}`;
      const shown = buttons.map(([text, click]) =>
        el("button", { type: "button", class: "plain-button", on: { click: () => {
          $("map-region").focus();
          click();
        } } }, text));
      box.replaceChildren(
        ypo.icon(icon), el("h2", {}, title), ...lines.map((line) => el("p", {}, line)),
        ...(shown.length ? [el("div", { class: "notice-buttons" }, shown)] : []),
      );
      box.hidden = false;
    }

    /* The filters that are set, those first that would give most if they were cleared. */
    function loosen(head, state) {
      const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
      const time = state.hours && state.days ? "both" : state.hours ? "hours" : "days";
      const place = state.sectors ? "sectors" : state.station ? "station" : "cell";
      return [
        ["types", ["types"], head.types.context],
        ["scenes", ["scenes"], head.scenes.context],
        [time, ["hours", "days"], head.hours.context],
        [place, ["sectors", "station", "cell"], head.sectors.context],
        ["period", ["from", "to"], head.weeks.context],
      ]
        .filter(([, parameters]) => parameters.some((name) => state[name]))
        .map(([name, parameters, context]) => ({ name, parameters, gives: sum(context) }))
        .filter(({ gives }) => gives >= 1)
        .sort((a, b) => b.gives - a.gives);
    }

    return {
      show(head, state, span) {
        $("band").hidden = true;
        if (head.total > 0) {
          $("notice").hidden = true;
          return;
        }
        if (head.to < span[0] || head.from > span[1]) {
          const line = ypo.t("The data run from {first} to {last}.", { first: ypo.dayMonth(span[0], true), last: ypo.dayMonth(span[1], true) });
          notice("empty", "empty", ypo.t("No data in this period"), [line], [[ypo.t("Show the last 28 days"), () => actions.set({ from: null, to: null }, {})]]);
          return;
        }
        const buttons = loosen(head, state).slice(0, 3).map(({ name, parameters, gives }) => [
          ypo.t("Clear {name} ({n})", { name: ypo.t(NAMES[name]).toLowerCase(), n: ypo.count(gives) }),
          () => actions.set(Object.fromEntries(parameters.map((one) => [one, null])), {}),
        ]);
        const set = ypo.FILTERS.some((name) => state[name]);
        if (set && !buttons.length) buttons.push([ypo.t("Clear all"), actions.clearAll]);
        const line = buttons.length ? ypo.t("These filters together leave nothing. Loosen one:") : ypo.t("There are none in this period.");
        notice("empty", "empty", ypo.t("No incidents matched"), [line], buttons);
      },
      refused(error) {
        const buttons = [[ypo.t("Start afresh"), actions.restart]];
        const name = error.parameter;
        const word = PARAMETERS[name] ? ypo.t(PARAMETERS[name]) : name;
        if (name) buttons.unshift([ypo.t("Remove {name}", { name: word }), () => actions.drop(name)]);
        notice("refused", "alert", ypo.t("The link has a value that cannot be used"), [name ? `${word}: ${error.problem}` : error.message], buttons);
      },
      noData(error) {
        const title = error.empty ? ypo.t("No data yet") : ypo.t("The data cannot be shown");
        notice("nodata", "export", title, [error.problem], [[ypo.t("Look again"), actions.retry]]);
      },
      signedOut(error) {
        const here = window.location.pathname + window.location.search;
        notice("nodata", "lock", ypo.t("Signed out"), [error.problem], [[ypo.t("Sign in"), () => window.location.assign(`/sign-in?next=${encodeURIComponent(here)}`)]]);
      },
      denied(error) {
        notice("refused", "lock", ypo.t("Not shown"), [error.problem], [[ypo.t("Try again"), actions.retry]]);
      },
      lost(since, answered, caption) {
        const locale = ypo.lang === "da" ? "da-DK" : "en-GB";
        const time = since && since.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
        let text = ypo.t("No connection to the server");
        if (answered) text = ypo.t("The server could not answer");
        else if (time) text = ypo.t("Connection lost. The figures are of {time}, for: {caption}", { time, caption });
        ypo.setText($("band-text"), text);
        $("band").hidden = false;
      },
      toast(text) {
        ypo.setText($("toast"), text);
        $("toast").classList.add("shown");
        clearTimeout(toastTimer);
        toastTimer = setTimeout(() => $("toast").classList.remove("shown"), TOAST);
      },
    };
  };
})();
