/* Staffing and safety: a change of a field or a link shows its answer without loading the page anew.
   Everything works without this script; it only spares reloads and keeps the place. */
(() => {
  "use strict";
  const ypo = window.ypo;
  const holder = () => document.getElementById("work");
  if (!holder()) return;
  let turn = 0;

  const addressOf = (form) => {
    const parts = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value !== "") parts.append(name, value);
    return `${form.getAttribute("action")}?${parts}`;
  };

  async function show(address, push) {
    const mine = ++turn;
    const work = holder();
    const slow = setTimeout(() => work.classList.add("busy"), 400);
    const focused = document.activeElement && document.activeElement.id;
    const open = [...work.querySelectorAll("details[open] > summary")].map((node) => node.textContent.trim());
    let answer;
    try {
      answer = await fetch(address, { headers: { Accept: "text/html" } });
    } catch {
      clearTimeout(slow);
      work.classList.remove("busy");
      return say(document.documentElement.lang === "da" ? "Ingen forbindelse til serveren. Tallene er de sidste, der kom." : "No connection to the server. The figures are the last that came.");
    }
    clearTimeout(slow);
    const text = await answer.text();
    if (mine !== turn) return undefined;
    const found = new DOMParser().parseFromString(text, "text/html");
    const fresh = found.getElementById("work");
    // Signed out, or another page: let the browser show it.
    if (!fresh) return window.location.assign(address);
    const scroll = work.querySelector(".scroll");
    const left = scroll ? scroll.scrollLeft : 0;
    work.replaceWith(document.adoptNode(fresh));
    document.title = found.title;
    for (const node of fresh.querySelectorAll("details > summary")) {
      if (open.includes(node.textContent.trim())) node.parentElement.open = true;
    }
    const other = document.querySelector(".other-language");
    const wanted = found.querySelector(".other-language");
    if (other && wanted) other.href = wanted.getAttribute("href");
    if (fresh.querySelector(".scroll")) fresh.querySelector(".scroll").scrollLeft = left;
    if (push) window.history.pushState({}, "", answer.url);
    const again = focused && document.getElementById(focused);
    if (again) again.focus({ preventScroll: true });
    window.dispatchEvent(new CustomEvent("ypo:shown"));
    return undefined;
  }

  function say(words) {
    let band = document.getElementById("work-band");
    if (!band) {
      band = ypo.el("p", { id: "work-band", class: "problem", role: "alert" });
      holder().prepend(band);
    }
    band.textContent = words;
  }

  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form && form.matches("form[data-live]")) {
      if (!event.target.checkValidity()) return event.target.reportValidity();
      show(addressOf(form), true);
    }
    return undefined;
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-live]")) {
      event.preventDefault();
      show(addressOf(event.target), true);
    }
  });
  document.addEventListener("click", (event) => {
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    const link = plain && event.target.closest("a[data-live]");
    if (!link) return;
    event.preventDefault();
    show(link.getAttribute("href"), true);
  });
  window.addEventListener("popstate", () => show(window.location.href, false));
  document.documentElement.classList.add("live");
})();
