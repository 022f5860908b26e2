/* What Explore says in words: the sentence under the map, and the legend. */
(() => {
  "use strict";
  const ypo = (window.ypo = window.ypo || {});
  const { el } = ypo;

  ypo.words = (root) => {
    const $ = (id) => root.querySelector(`#${id}`);
    let waitTimer = 0;
    let refused = null;

    function sentence(head, state) {
      ypo.setText($("total"), ypo.count(head.total));
      ypo.setText($("total-unit"), ypo.t(head.total === 1 && !head.masked ? "incident" : "incidents"));
      const text = `${head.caption}: ${head.finding}`;
      ypo.setText($("sentence"), text);
      const off = Math.max(0, head.total - head.mapped);
      const share = head.total > 0 ? off / head.total : 0;
      const placed = Boolean(state.sectors || state.station || state.cell);
      const parts = [];
      if (head.no_coordinates > 0) parts.push(ypo.t("{n} without coordinates", { n: ypo.count(head.no_coordinates) }));
      if (head.outside > 0) parts.push(ypo.t("{n} outside all sectors", { n: ypo.count(head.outside) }));
      // Where a place is chosen, those without a place are in no count; they are still told.
      const main = placed ? ypo.t("{n} without a known place are not included", { n: ypo.count(head.placeless) }) : ypo.t("{n} not on the map ({share})", { n: ypo.count(off), share: ypo.percent(share) });
      ypo.setText($("not-mapped"), main);
      $("not-mapped").title = parts.join(", ");
      const exact = head.masked && head.exact_share !== null && head.exact_share < 1 ? ypo.t("Incidents with a time span count by its share in these hours") : "";
      // The same share as in the analysis of time, in the prints and on the wall.
      ypo.setText($("exact"), [head.outside_duty, exact].filter(Boolean).join(". "));
      const only = head.sector_only > 0 ? ` · ${ypo.t("{n} in a sector, in no hexagon", { n: ypo.count(head.sector_only) })}` : "";
      const rated = head.sectors.rated;
      const counted = rated === undefined ? ypo.count(head.total) : ypo.t("{n} in sectors", { n: ypo.count(rated) });
      ypo.setText($("legend-n"), `n ${counted} · ${main}${only}`);
      ypo.setText($("legend-grey"), placed && rated === undefined ? ypo.t("grey: outside the chosen place") : "");
      $("legend-n").title = parts.join(", ");
      $("snapshot").textContent = `${ypo.t("snapshot")} ${head.snapshot.slice(0, 8)}`;
    }
    function waiting(on) {
      const note = $("legend-wait");
      clearTimeout(waitTimer);
      for (const id of ["measured", "legend-steps"]) $(id).classList.toggle("outdated", on);
      if (!on) return ypo.setText(note, ""), void (note.hidden = true);
      waitTimer = setTimeout(() => {
        ypo.setText(note, ypo.t("Testing …"));
        note.hidden = false;
      }, 400);
    }
    /* What the latest week says, with the way to all of it. */
    function week(found) {
      const link = $("week-said");
      link.parentNode.hidden = !(found && found.said);
      if (link.parentNode.hidden) return;
      ypo.setText(link, found.said);
      ypo.setAttribute(link, "href", found.analysis);
    }
    /* The sentence of a statistic, or why there is none. */
    function measured(found, refusal) {
      ypo.setText($("measured"), found ? found.head.sentence : refusal || "");
      refused = refusal;
    }
    function legend({ head, breaks, locked, rate, geometry, tested, tests }) {
      $("legend-lock").hidden = Boolean(tested);
      $("legend").classList.toggle("tested", Boolean(tested));
      if (tested) return testedLegend(tests, geometry, tested);
      const { masked } = head;
      const title = rate ? ypo.t("Incidents per 1,000 inhabitants") : masked ? ypo.t("Incidents per hexagon, by share of time") : ypo.t("Incidents per hexagon");
      ypo.setText($("legend-title"), title);
      const steps = $("legend-steps");
      $("legend").hidden = false;
      const key = [breaks.join(), ypo.lang, rate, masked].join("|");
      if (steps.dataset.key !== key) {
        steps.dataset.key = key;
        const places = breaks.every(Number.isInteger) ? 0 : 1;
        steps.replaceChildren(
          ...breaks.map((_, i) =>
            el("li", {}, el("span", { class: `swatch step${ypo.rampStep(i, breaks.length)}`, "aria-hidden": "true" }),
              el("span", { class: "limit" }, limitText(breaks, i, rate || masked ? ">0" : "1", places)))),
        );
      }
      const found = ypo.policeFound ? ypo.t("Types found by police are left out unless chosen") : "";
      ypo.setText($("legend-note"), rate ? found : resText(geometry));
      const lock = $("legend-lock");
      lock.setAttribute("aria-pressed", String(locked));
      ypo.setIcon(lock, locked ? "lock" : "unlock");
      const fits = head.breaks.join() === breaks.join();
      $("legend-fit").hidden = !locked || fits || !head.breaks.length;
      const text = locked ? ypo.t("Class limits are fixed while you filter. Press to fit them to what is shown.") : ypo.t("Class limits follow what is shown. Press to fix them.");
      lock.title = text;
      lock.setAttribute("aria-label", text);
      ypo.setText($("legend-lock-text"), locked ? ypo.t("fixed") : ypo.t("follows"));
    }
    /* The first class holds all below the second; the last all above. */
    function limitText(breaks, i, lowest, places) {
      if (i === 0) return breaks.length === 1 ? `${lowest === "1" ? "1+" : lowest}` : lowest;
      return `${ypo.num(breaks[i], places)}${i === breaks.length - 1 ? "+" : ""}`;
    }
    function resText(geometry) {
      if (!geometry || !geometry.width) return "";
      const metres = geometry.width;
      const round = metres > 300 ? 10 : metres > 100 ? 5 : 1;
      return ypo.t("a hexagon is about {n} m across", { n: ypo.num(Math.round(metres / round) * round) });
    }

    function testedLegend(found, geometry, measure) {
      $("legend").hidden = false;
      $("legend-fit").hidden = true;
      const title = ypo.t(ypo.measureKind(measure).title);
      ypo.setText($("legend-title"), found && found.head.note ? `${title}, ${found.head.note}` : title);
      const pale = found && found.arrays.pale && found.arrays.pale.some(Boolean) ? `${ypo.t("faint: not at other sizes of hexagons")} · ` : "";
      ypo.setText($("legend-note"), refused || pale + resText(geometry));
      const steps = $("legend-steps");
      const key = found ? JSON.stringify(found.head.classes) : measure;
      if (steps.dataset.key === key) return;
      steps.dataset.key = key;
      steps.replaceChildren(...(found ? ypo.measureLegend(found.head) : []));
    }

    return { sentence, legend, waiting, measured, week };
  };
})();
