/* Shared by the scripts of all pages: elements, texts, numbers, theme. No markup from strings. */
(() => {
  "use strict";
  const ypo = (window.ypo = window.ypo || {});
  const SVG = "http://www.w3.org/2000/svg";

  /* Where the assets are, whatever path the application is served under. */
  const assets = new URL(".", document.currentScript.src).pathname;
  const icon = document.querySelector('link[rel="icon"]');
  if (icon) {
    icon.type = "image/svg+xml";
    icon.href = `${assets}favicon.svg`;
  }

  /* An element with attributes and children; strings become text nodes, never markup. */
  function build(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name === "on") {
        for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
      } else if (name === "style") {
        for (const [property, text] of Object.entries(value)) node.style.setProperty(property, text);
      } else node.setAttribute(name, value === true ? "" : String(value));
    }
    node.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return node;
  }
  ypo.el = (tag, attributes, ...children) => build(document.createElement(tag), attributes, children);
  ypo.svg = (tag, attributes, ...children) =>
    build(document.createElementNS(SVG, tag), attributes, children);

  const ICONS = {
    close: "M4 4l8 8M12 4l-8 8",
    plus: "M8 3v10M3 8h10",
    minus: "M3 8h10",
    fit: "M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3",
    lock: "M4 7.5h8v5.5H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
    unlock: "M4 7.5h8v5.5H4zM5.5 7.5V5a2.5 2.5 0 0 1 4.8-1",
    left: "M10 3L5 8l5 5",
    right: "M6 3l5 5-5 5",
    table: "M2.5 3.5h11v9h-11zM2.5 6.5h11M2.5 9.5h11M6.5 3.5v9",
    link: "M6.5 9.5l3-3M7 4.5l1.2-1.2a2.6 2.6 0 0 1 3.7 3.7L10.7 8.2M9 11.5l-1.2 1.2a2.6 2.6 0 0 1-3.7-3.7L5.3 7.8",
    export: "M8 2.5v7M5 7l3 3 3-3M3 11.5v2h10v-2",
    print: "M4.5 6V2.5h7V6M4.5 11.5h-2V6h11v5.5h-2M4.5 9.5h7v4h-7z",
    sun: "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6M8 1.5v1.6M8 12.9v1.6M1.5 8h1.6M12.9 8h1.6M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M3.4 12.6l1.1-1.1M11.5 4.5l1.1-1.1",
    moon: "M13 9.6A5.5 5.5 0 0 1 6.4 3a5.5 5.5 0 1 0 6.6 6.6z",
    calendar: "M3 4h10v9.5H3zM3 7h10M5.5 2.5V5M10.5 2.5V5",
    check: "M3.5 8.5l3 3 6-7",
    alert: "M8 2.5l6 11H2zM8 6.5v3.5M8 11.8v.4",
    info: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M8 7.3v3.4M8 5v.3",
    empty: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M4.2 11.8l7.6-7.6",
  };
  ypo.icon = (name) =>
    ypo.svg(
      "svg",
      { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true", focusable: "false" },
      ypo.svg("path", { d: ICONS[name] }),
    );
  ypo.setIcon = (holder, name) => holder.querySelector("svg.icon path").setAttribute("d", ICONS[name]);

  /* Texts: English is the key, as on the server; the page carries the Danish ones. */
  let texts = {};
  ypo.lang = "en";
  ypo.setTexts = (found) => {
    texts = found;
  };
  ypo.t = (message, values) => {
    const found = (texts[ypo.lang] || {})[message] || message;
    if (!values) return found;
    return found.replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] : all));
  };
  ypo.setLang = (lang) => {
    ypo.lang = lang;
    document.documentElement.lang = lang;
    for (const node of document.querySelectorAll("[data-text]")) node.textContent = ypo.t(node.dataset.text);
    for (const node of document.querySelectorAll("[data-title]")) node.title = ypo.t(node.dataset.title);
    for (const node of document.querySelectorAll("[data-label]")) {
      node.setAttribute("aria-label", ypo.t(node.dataset.label));
      if (node.matches("button, a")) node.title = ypo.t(node.dataset.label);
    }
  };
  ypo.browserLang = () => ((navigator.language || "en").toLowerCase().startsWith("da") ? "da" : "en");

  const formats = new Map();
  function format(decimals) {
    const key = ypo.lang + decimals;
    if (!formats.has(key)) {
      const locale = ypo.lang === "da" ? "da-DK" : "en-GB";
      formats.set(
        key,
        new Intl.NumberFormat(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals, signDisplay: "negative" }),
      );
    }
    return formats.get(key);
  }
  /* Whole numbers without, others with one decimal, as the server writes them. */
  ypo.num = (value, decimals) => {
    if (value === null || value === undefined) return "–";
    const places = decimals ?? (Number.isInteger(value) ? 0 : 1);
    return format(places).format(value).replace("-", "−");
  };
  /* Counts as the server writes them: with an hour mask sums of shares, all with one decimal. */
  ypo.masked = false;
  ypo.count = (value) => ypo.num(value, ypo.masked ? 1 : undefined);
  ypo.percent = (share) => (share > 0 && share < 0.005 ? "<1 %" : `${ypo.num(Math.round(share * 100))} %`);
  ypo.plural = (count, one, many) => ypo.t(count === 1 && !ypo.masked ? one : many, { n: ypo.count(count) });

  /* Dates are ISO texts of local days; UTC keeps daylight saving out of day arithmetic. */
  const DAY = 86400000;
  ypo.addDays = (iso, days) => new Date(Date.parse(iso) + days * DAY).toISOString().slice(0, 10);
  ypo.daysBetween = (first, last) => Math.round((Date.parse(last) - Date.parse(first)) / DAY);
  /* "48/2012": the ISO week of a Monday. */
  ypo.isoWeek = (monday) => {
    const thursday = ypo.addDays(monday, 3);
    const year = thursday.slice(0, 4);
    return `${1 + Math.floor(ypo.daysBetween(`${year}-01-01`, thursday) / 7)}/${year}`;
  };
  ypo.dayMonth = (iso, year) => {
    const [y, m, d] = iso.split("-").map(Number);
    return `${d}/${m}${year ? `/${y}` : ""}`;
  };
  ypo.period = (first, last) => {
    if (first === last) return ypo.dayMonth(first, true);
    return `${ypo.dayMonth(first, first.slice(0, 4) !== last.slice(0, 4))}–${ypo.dayMonth(last, true)}`;
  };

  /* Theme: the reader's choice, else the system's; remembered in this browser only. */
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const remembered = () => {
    try {
      return window.localStorage.getItem("ypo-theme");
    } catch {
      return null;
    }
  };
  function applyTheme() {
    const wanted = remembered() || (dark.matches ? "dark" : "light");
    if (document.documentElement.dataset.theme === wanted) return;
    document.documentElement.dataset.theme = wanted;
    window.dispatchEvent(new CustomEvent("ypo:theme", { detail: wanted }));
  }
  dark.addEventListener("change", applyTheme);
  ypo.toggleTheme = () => {
    const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    try {
      window.localStorage.setItem("ypo-theme", next);
    } catch {
      document.documentElement.dataset.theme = next;
    }
    applyTheme();
  };
  applyTheme();
  ypo.cssVar = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  ypo.rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
  ypo.setText = (node, value) => {
    if (node.textContent !== value) node.textContent = value;
  };
  ypo.setAttribute = (node, name, value) => {
    if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  };
  /* One Tab stop for a list of buttons; arrow keys, Home and End move within it. Returns what to
     call when the list has other buttons. */
  ypo.roving = (box, selector) => {
    let current = null;
    const items = () => [...box.querySelectorAll(selector)];
    function mark(node) {
      for (const one of items()) one.tabIndex = one === node ? 0 : -1;
      current = node;
    }
    box.addEventListener("focusin", (event) => {
      const node = event.target.closest(selector);
      if (node && node !== current) mark(node);
    });
    box.addEventListener("keydown", (event) => {
      const all = items();
      const at = all.indexOf(event.target.closest(selector));
      const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
      if (at < 0 || next === undefined) return;
      event.preventDefault();
      if (all[next]) all[next].focus();
    });
    return () => {
      const all = items();
      if (all.length) mark(all.includes(current) ? current : all[0]);
    };
  };
  ypo.clamp = (value, low, high) => Math.min(high, Math.max(low, value));
  ypo.symbolUrl = (code) => `${assets}symbols/${encodeURIComponent(code)}.svg`;
  ypo.symbol = (code) =>
    ypo.svg("svg", { class: "symbol", viewBox: "0 0 16 16", "aria-hidden": "true", focusable: "false" }, ypo.svg("use", { href: `${ypo.symbolUrl(code)}#shape` }));
})();
