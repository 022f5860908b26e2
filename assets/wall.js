/* One frame of the wall. It asks for the next slide while the last one stands, and changes only when
   the next one is whole. Whatever fails, the last good slide stays, with a band that says since when.
   All times are of the monotonic clock: a jump of the computer's clock changes nothing. */
(() => {
  "use strict";
  const $ = (id) => document.getElementById(id);
  const root = document.documentElement;
  const stage = $("stage");
  const texts = JSON.parse($("wall-texts").textContent);
  const asked = new URLSearchParams(location.search);
  const shell = window.parent !== window ? window.parent.ypoShell : null;
  const still = asked.get("still") === "1";
  const SECONDS = Number(asked.get("seconds")) || 0;
  const ANSWER_MS = 20000; // an answer that takes longer is none
  const LONGEST_WAIT_MS = 30000;
  const FADE_MS = 600;
  const now = () => performance.now();

  const state = {
    theme: asked.get("theme") || "",
    paused: asked.get("paused") === "1",
    list: null, // the rotation as the server last told it
    round: 0,
    shown: null, // key of the slide that stands
    fresh: null, // article that is whole and waits for its time
    due: 0, // when the next slide is to stand
    shownAt: 0,
    step: 0, // what the next slide is, counted from the one that stands; 0: itself anew
    wanted: asked.get("slide") || "",
    hurry: true, // show what comes as soon as it is there
    asking: null, // the request under way
    failing: false,
    good: null, // when the last good answer came: server time and ours
    retryAt: 0,
    waitMs: 0,
    refused: 0,
    skipped: new Set(),
    ticks: 0,
    lastMove: now(),
    timer: 0,
  };

  /* ---- asking ---- */

  function beside() {
    const query = new URLSearchParams();
    for (const name of ["lang"]) if (asked.get(name)) query.set(name, asked.get(name));
    if (state.theme) query.set("theme", state.theme);
    const text = query.toString();
    return text ? `?${text}` : "";
  }

  class Refused extends Error {
    constructor(status) {
      super(`status ${status}`);
      this.status = status;
    }
  }

  async function fetched(url, signal) {
    const answer = await fetch(url, { signal, credentials: "same-origin", headers: { Accept: "*/*" } });
    if (!answer.ok) throw new Refused(answer.status);
    return answer;
  }

  /* Ask for the rotation and for the slide that comes next. */
  async function prepare() {
    const control = new AbortController();
    state.asking = { control, at: now() };
    const mine = () => state.asking && state.asking.control === control;
    try {
      const list = await (await fetched(`/api/wall/rotation${beside()}`, control.signal)).json();
      if (!mine()) return;
      take(list);
      let slide = next();
      let article = null;
      for (let tries = list.slides.length; tries > 0 && !article; tries -= 1) {
        article = await fetchSlide(slide, control.signal);
        if (!mine()) return;
        if (!article) {
          state.skipped.add(slide.key);
          state.wanted = "";
          slide = after(slide);
        }
      }
      if (!article) throw new Error("no slide can be shown");
      state.fresh = { article, slide };
      well();
    } catch (error) {
      if (mine()) failed(error);
    } finally {
      if (mine()) state.asking = null;
    }
  }

  /* A slide's article, or null where the server has none of this name any more. */
  async function fetchSlide(slide, signal) {
    let answer;
    try {
      answer = await fetched(slide.url, signal);
    } catch (error) {
      if (error instanceof Refused && [400, 404].includes(error.status)) return null;
      throw error;
    }
    const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
    const article = parsed.querySelector("article.slide");
    if (!article) throw new Error("the answer is no slide");
    return document.adoptNode(article);
  }

  function take(list) {
    if (!list.slides || !list.slides.length) throw new Error("the rotation is empty");
    if (!state.list || state.list.edition !== list.edition) state.skipped.clear();
    state.list = list;
    state.good = { server: Date.parse(list.now), at: now() };
  }

  function well() {
    state.failing = false;
    state.waitMs = 0;
    state.refused = 0;
  }

  function failed(error) {
    state.failing = true;
    state.waitMs = Math.min(LONGEST_WAIT_MS, state.waitMs ? state.waitMs * 2 : 1000);
    state.retryAt = now() + state.waitMs;
    state.refused = error instanceof Refused && error.status === 401 ? state.refused + 1 : 0;
    // Signed out, or its token was taken back: what stands here must not stay.
    if (state.refused > 1) window.top.location.assign("/wall");
  }

  /* ---- which slide comes next ---- */

  const indexOf = (key) => state.list.slides.findIndex((slide) => slide.key === key);
  const stands = (slide) => !state.skipped.has(slide.key) && (state.step < 0 || state.round % slide.every === 0);

  function next() {
    const slides = state.list.slides;
    if (state.wanted) {
      const found = slides[indexOf(state.wanted)];
      state.wanted = "";
      if (found) return found;
    }
    const at = state.shown ? indexOf(state.shown) : -1;
    if (at < 0) return slides.find((slide) => !state.skipped.has(slide.key)) || slides[0];
    if (state.step === 0) return slides[at];
    return walk(at, state.step);
  }

  const after = (slide) => walk(indexOf(slide.key), 1);

  /* The next slide from a place on; a new round begins at the end of the list. */
  function walk(from, step) {
    const slides = state.list.slides;
    let at = from;
    for (let tries = 0; tries <= slides.length * 50; tries += 1) {
      at += step;
      if (at >= slides.length) {
        at = 0;
        state.round += 1;
      }
      if (at < 0) at = slides.length - 1;
      if (stands(slides[at])) return slides[at];
    }
    return slides[from];
  }

  /* ---- showing ---- */

  function show() {
    const { article, slide } = state.fresh;
    state.fresh = null;
    article.classList.remove("front", "behind");
    const before = stage.querySelector(".slide.front");
    for (const old of stage.querySelectorAll(".slide")) if (old !== before) old.remove();
    stage.append(article);
    fit(article);
    if (before) before.classList.replace("front", "behind");
    void article.offsetWidth; // it fades in from nothing, over the one before
    article.classList.add("front");
    root.dataset.theme = article.dataset.theme;
    root.lang = state.list.lang;
    state.shown = slide.key;
    state.shownAt = now();
    const seconds = SECONDS || slide.seconds;
    state.due = state.shownAt + 1000 * seconds;
    state.step = state.paused ? 0 : 1;
    state.hurry = false;
    run(seconds);
    if (shell) shell.ready(window);
  }

  function run(seconds) {
    const line = $("progress");
    line.classList.remove("runs");
    void line.offsetWidth;
    line.style.setProperty("--seconds", `${seconds}s`);
    line.style.setProperty("--part", String((indexOf(state.shown) + 1) / state.list.slides.length));
    line.classList.toggle("holds", state.paused);
    line.classList.toggle("runs", !still);
  }

  /* The sentence is as large as it fits, lines that do not fit give way, from the last. */
  function fit(article) {
    const box = article.querySelector(".sentence");
    const words = box.firstElementChild;
    const unit = Math.min(window.innerWidth / 1920, window.innerHeight / 1080);
    const most = article.classList.contains("slide-notice") ? 140 : 84;
    const fits = () => words.offsetHeight <= box.clientHeight && words.scrollWidth <= box.clientWidth;
    box.classList.remove("breaks");
    for (let size = most; size >= 60; size -= 4) {
      box.style.fontSize = `${size * unit}px`;
      if (fits()) break;
    }
    if (!fits()) box.classList.add("breaks");
    for (const figure of article.querySelectorAll(".numbers b")) {
      figure.style.fontSize = "";
      const room = figure.closest("dl").clientWidth;
      for (let size = 112; size >= 48 && figure.offsetWidth > room; size -= 4) figure.style.fontSize = `${size * unit}px`;
    }
    const lines = article.querySelector(".lines");
    while (lines && lines.lastElementChild && lines.scrollHeight > lines.clientHeight + 1) lines.lastElementChild.remove();
  }

  /* ---- the one chain of timers ---- */

  function tick() {
    clearTimeout(state.timer);
    state.ticks += 1;
    const at = now();
    if (state.asking && at - state.asking.at > ANSWER_MS) {
      state.asking.control.abort();
      state.asking = null;
      failed(new Error("no answer in time"));
    }
    clear(at);
    const isDue = state.hurry || (!still && at >= state.due);
    // However many ticks were slept through, one slide follows, and it stands its whole time.
    if (isDue && state.fresh) show();
    if (needed(at)) prepare().then(soon);
    signs(at);
    state.timer = setTimeout(tick, Math.max(30, Math.min(1000, nextAt(at) - at)));
  }

  /* An answer came: do not wait for the second to end where a slide is due. */
  function soon() {
    if (state.fresh && (state.hurry || now() >= state.due)) tick();
  }

  /* When the next slide is asked for: soon after this one stands, or when another try is due. */
  function askAt() {
    if (state.asking || state.fresh || (still && !state.hurry)) return Infinity;
    const lead = state.hurry ? 0 : state.shownAt + Math.min(1000, (state.due - state.shownAt) / 3);
    return Math.max(state.retryAt, lead);
  }

  const needed = (at) => at >= askAt();

  /* The clock needs a tick a second; a slide may need one before. */
  function nextAt(at) {
    const due = state.fresh && !still && state.due > at ? state.due : Infinity;
    return Math.min(at + 1000, due, askAt());
  }

  function clear(at) {
    const behind = stage.querySelector(".slide.behind");
    if (behind && at - state.shownAt > FADE_MS) behind.remove();
  }

  /* ---- clock, band, pause, pointer ---- */

  function serverTime(at) {
    return state.good ? state.good.server + (at - state.good.at) : null;
  }

  const faces = new Map();
  function clockFace(moment) {
    const zone = state.list ? state.list.zone : undefined;
    if (!faces.has(zone)) faces.set(zone, new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }));
    return faces.get(zone).format(moment);
  }

  function say(node, words) {
    if (node.textContent !== words) node.textContent = words;
    node.hidden = !words;
  }

  function signs(at) {
    const time = serverTime(at);
    say($("clock"), time === null ? "" : clockFace(time));
    const overdue = !state.fresh && state.shown && at > state.due + 2000;
    let band = state.list ? state.list.band : "";
    if (state.failing && state.good && state.shown) band = texts.stale.replace("{time}", clockFace(state.good.server));
    else if (overdue && state.good && !state.paused && !still) band = texts.stale.replace("{time}", clockFace(state.good.server));
    else if (state.failing && !state.shown) band = texts.nothing;
    say($("band"), band);
    $("paused").hidden = !state.paused;
    root.classList.toggle("idle", at - state.lastMove > 3000);
  }

  function again(step) {
    if (state.asking) state.asking.control.abort();
    state.asking = null;
    state.fresh = null;
    state.step = step;
    state.hurry = true;
    state.retryAt = state.failing ? state.retryAt : 0;
    tick();
  }

  function pause(on) {
    state.paused = on;
    $("progress").classList.toggle("holds", on);
    if (on) {
      // What stands is asked for anew at its time, so that it stays true.
      if (state.asking) state.asking.control.abort();
      state.asking = null;
      state.fresh = null;
      state.step = 0;
    } else {
      state.step = 1;
      state.due = now() + 1000 * (SECONDS || 5);
      state.fresh = null;
      if (state.asking) state.asking.control.abort();
      state.asking = null;
      if (state.list && state.shown) run(SECONDS || 5);
    }
    tick();
  }

  const KEYS = {
    " ": () => pause(!state.paused),
    ArrowRight: () => again(1),
    ArrowLeft: () => again(-1),
    f: () => shell && shell.fullScreen(),
    t: () => {
      state.theme = root.dataset.theme === "light" ? "dark" : "light";
      again(0);
    },
    "?": () => { $("help").hidden = !$("help").hidden; },
    Escape: () => {
      if (!$("help").hidden) $("help").hidden = true;
      else if (state.paused) pause(false);
    },
  };

  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  function moved() {
    state.lastMove = now();
    root.classList.remove("idle");
    if (shell) shell.moved();
  }

  /* The screen woke, came to the front, or the network is back: look at once. */
  function wake() {
    if (document.hidden) return;
    state.retryAt = 0;
    tick();
  }

  window.ypoWall = {
    key,
    ticks: () => state.ticks,
    healthy: () => !state.failing,
    where: () => ({
      ...(state.shown ? { slide: state.shown } : {}),
      ...(state.theme ? { theme: state.theme } : {}),
      paused: state.paused ? "1" : "0",
    }),
  };
  document.addEventListener("keydown", key);
  document.addEventListener("mousemove", moved, { passive: true });
  document.addEventListener("visibilitychange", wake);
  window.addEventListener("online", wake);
  window.addEventListener("resize", () => {
    for (const article of stage.querySelectorAll(".slide")) fit(article);
  });
  tick();
})();
