/* A field for one day, written as the page writes days (29/10/2012), whatever the browser's own
   language is: a native date field would show 10/29/2012 there, and 10/11 would be read wrongly. */
(() => {
  "use strict";
  const ypo = (window.ypo = window.ypo || {});
  const { el } = ypo;

  /* ISO text of "29/10/2012", "29.10.12", "29/10" (in `year`) or "2012-10-29"; null if no such day. */
  ypo.readDay = (text, year) => {
    const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text.trim());
    const own = /^(\d{1,2})[./ -](\d{1,2})(?:[./ -](\d{4}|\d{2}))?\.?$/.exec(text.trim());
    if (!iso && !own) return null;
    const [y, m, d] = iso ? iso.slice(1).map(Number) : [own[3] ? Number(own[3]) + (own[3].length === 2 ? 2000 : 0) : year, Number(own[2]), Number(own[1])];
    const day = new Date(Date.UTC(y, m - 1, d));
    if (day.getUTCFullYear() !== y || day.getUTCMonth() !== m - 1 || day.getUTCDate() !== d || y < 1900) return null;
    return day.toISOString().slice(0, 10);
  };

  /* `name` and `pick` are English texts; choose(iso) is called with a day that exists. */
  ypo.dateField = (id, { name, pick, choose }) => {
    let shown = null;
    const input = el("input", { type: "text", id, "data-label": name, inputmode: "numeric", autocomplete: "off", spellcheck: "false", maxlength: 10 });
    // Only its calendar is used; as a control of its own it would be a second way to the same value.
    const native = el("input", { type: "date", class: "native", tabindex: -1, "aria-hidden": "true" });
    const calendar = el("button", { type: "button", class: "calendar", "data-label": pick }, ypo.icon("calendar"));
    const help = el("span", { class: "date-help", id: `${id}-help`, role: "alert" });
    const box = el("span", { class: "date-field" }, input, native, calendar, help);
    function good(yes) {
      ypo.setAttribute(input, "aria-invalid", String(!yes));
      ypo.setText(help, yes ? "" : ypo.t("No such day; write for instance 5/11/2012"));
      if (yes) input.removeAttribute("aria-describedby");
      else input.setAttribute("aria-describedby", help.id);
    }
    function take() {
      const iso = ypo.readDay(input.value, Number((shown || "2000").slice(0, 4)));
      good(iso !== null);
      if (iso !== null && iso !== shown) choose(iso);
      else if (iso !== null) input.value = ypo.dayMonth(iso, true);
    }
    input.addEventListener("change", take);
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") take();
      if (event.key === "Escape") show(shown);
      const step = { ArrowUp: 1, ArrowDown: -1, PageUp: 7, PageDown: -7 }[event.key];
      if (!step || !shown) return;
      event.preventDefault();
      choose(ypo.addDays(ypo.readDay(input.value, Number(shown.slice(0, 4))) || shown, step));
    });
    calendar.addEventListener("click", () => {
      native.value = shown || "";
      if (native.showPicker) native.showPicker();
      else native.focus();
    });
    native.addEventListener("change", () => native.value && choose(native.value));
    function show(iso) {
      shown = iso;
      good(true);
      const text = iso ? ypo.dayMonth(iso, true) : "";
      if (input.value !== text) input.value = text;
    }
    return { box, show, limit: (low, high) => Object.assign(native, { min: low, max: high }) };
  };
})();
