/* Staffing and safety: a change of a field or a link shows its answer without loading the page anew.
   Everything works without this script; it only spares reloads, keeps the place and what was written. */
(() => {
  "use strict";
  const ypo = window.ypo;
  const holder = () => document.getElementById("work");
  if (!holder()) return;
  const danish = () => document.documentElement.lang === "da";
  let turn = 0;
  let pressed = null;
  let held = null;

  const addressOf = (form) => {
    const parts = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value !== "") parts.append(name, value);
    return `${form.getAttribute("action")}?${parts}`;
  };

  async function show(address, push) {
    const mine = ++turn;
    const work = holder();
    const slow = setTimeout(() => work.classList.add("busy"), 400);
    let answer;
    let text;
    try {
      answer = await fetch(address, { headers: { Accept: "text/html" } });
      text = await answer.text();
    } catch {
      if (mine === turn) say(danish() ? "Ingen forbindelse til serveren. Tallene er de sidste, der kom." : "No connection to the server. The figures are the last that came.");
      return undefined;
    } finally {
      clearTimeout(slow);
      work.classList.remove("busy");
    }
    // A click that has begun must end on what it began on.
    if (pressed) await pressed;
    if (mine !== turn) return undefined;
    // Nothing is taken from under the fingers: a field that is being written asks anew when it is left.
    if (isBeingWritten(document.activeElement)) {
      held = { turn: mine, address, push };
      return undefined;
    }
    const found = new DOMParser().parseFromString(text, "text/html");
    const fresh = found.getElementById("work");
    // Signed out, another page or another language: let the browser show it.
    if (!fresh || found.documentElement.lang !== document.documentElement.lang) return window.location.assign(address);
    swap(work, document.adoptNode(fresh));
    document.title = found.title;
    const other = document.querySelector(".other-language");
    const wanted = found.querySelector(".other-language");
    if (other && wanted) other.href = wanted.getAttribute("href");
    if (push) window.history.pushState({}, "", answer.url);
    return undefined;
  }

  /* Put the new page's middle in place, with the reader's focus, half-written texts and open sections. */
  function swap(work, fresh) {
    const open = [...work.querySelectorAll("details[open] > summary")].map((node) => node.textContent.trim());
    const written = [...work.querySelectorAll("form:not([data-live])")].flatMap((form) =>
      [...form.elements].filter(isWritten).map((field) => [keyOf(form, field), field.value]));
    const scroll = work.querySelector(".work-main .scroll");
    const left = scroll ? scroll.scrollLeft : 0;
    const focused = work.contains(document.activeElement) ? document.activeElement : null;
    work.replaceWith(fresh);
    for (const node of fresh.querySelectorAll("details > summary")) {
      if (open.includes(node.textContent.trim())) node.parentElement.open = true;
    }
    for (const form of fresh.querySelectorAll("form:not([data-live])")) {
      for (const field of form.elements) {
        const kept = written.find(([key]) => key === keyOf(form, field));
        if (kept) field.value = kept[1];
      }
    }
    if (fresh.querySelector(".work-main .scroll")) fresh.querySelector(".work-main .scroll").scrollLeft = left;
    const again = focused && focused.id && document.getElementById(focused.id);
    if (again) again.focus({ preventScroll: true });
  }

  const keyOf = (form, field) => {
    const sector = form.elements.sector ? form.elements.sector.value : "";
    return `${form.getAttribute("action")} ${sector} ${field.name}`;
  };
  function isWritten(field) {
    if (!field.name || field.type === "hidden" || field.type === "submit") return false;
    if (field.tagName === "SELECT") return [...field.options].some((option) => option.selected !== option.defaultSelected);
    return field.value !== field.defaultValue;
  }

  const isBeingWritten = (field) =>
    Boolean(field && field.tagName === "INPUT" && field.form && field.form.matches("[data-live]") && field.value !== (field.dataset.asked ?? field.defaultValue)
      && ["number", "text"].includes(field.type));

  function say(words) {
    let band = document.getElementById("work-band");
    if (!band) {
      band = ypo.el("p", { id: "work-band", class: "problem", role: "alert" });
      holder().prepend(band);
    }
    band.textContent = words;
  }

  document.addEventListener("pointerdown", () => {
    let free;
    const wait = new Promise((done) => { free = done; });
    pressed = wait;
    const up = () => setTimeout(() => {
      if (pressed === wait) pressed = null;
      free();
    }, 0);
    for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, up, { once: true, capture: true });
    setTimeout(up, 600); // a drop-down takes the pointer away and never gives it back
  }, true);
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (!form || !form.matches("form[data-live]") || !form.reportValidity()) return;
    if (event.target.type === "date") return; // each key makes a date of half a year; its button asks
    event.target.dataset.asked = event.target.value; // arrow keys change a number without leaving it
    show(addressOf(form), true);
  });
  document.addEventListener("focusout", () => {
    const late = held;
    held = null;
    // Left as it was: no change asks anew, so what was held back is shown.
    if (late) setTimeout(() => late.turn === turn && show(late.address, late.push), 0);
  });
  document.addEventListener("submit", (event) => {
    const asked = event.submitter && event.submitter.dataset.confirm;
    if (asked && !window.confirm(asked)) event.preventDefault();
    else if (event.target.matches("form[data-live]")) {
      event.preventDefault();
      show(addressOf(event.target), true);
    }
  });
  document.addEventListener("click", (event) => {
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    // The map is a picture with a table twin: its shapes are for the mouse and no stop of the keyboard.
    const link = plain && event.target.closest("a[data-live], path[data-href]");
    if (!link) return;
    event.preventDefault();
    show(link.dataset.href || link.getAttribute("href"), true);
  });
  window.addEventListener("popstate", () => show(window.location.href, false));
  document.documentElement.classList.add("live");
})();
