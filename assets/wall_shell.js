/* The wall's outer page. It holds a frame, loads a new one beside it every hour, and puts that on top
   only when it shows a slide: what a frame ever gathered goes with it, and the screen is never blank. */
(() => {
  "use strict";
  const body = document.body;
  const asked = new URLSearchParams(body.dataset.query);
  const RELOAD_MS = 1000 * Math.max(1, Number(asked.get("reload")) || 3600);
  const OPENING_MS = 60000; // a frame that shows nothing by then is given up
  const STUCK_MS = 90000;
  const now = () => performance.now();
  let front = null;
  let coming = null;
  let going = null; // the frame before, until the new one has been painted over it
  let since = now(); // when the front or the coming frame began
  let retryMs = 10000; // after a frame that did not open
  let beat = { count: -1, at: now() };
  let lastMove = now();
  let timer = 0;

  function address() {
    const query = new URLSearchParams(asked);
    for (const [name, value] of Object.entries(front ? front.contentWindow.ypoWall.where() : {})) query.set(name, value);
    const text = query.toString();
    return text ? `${body.dataset.frame}?${text}` : body.dataset.frame;
  }

  function open() {
    coming = document.createElement("iframe");
    coming.title = document.title;
    coming.allow = "fullscreen; screen-wake-lock";
    coming.src = address();
    since = now();
    body.append(coming);
  }

  /* A frame shows its first slide. */
  function ready(view) {
    if (!coming || coming.contentWindow !== view) return;
    const before = front;
    front = coming;
    coming = null;
    front.classList.add("ready", "front");
    if (going) close(going.frame);
    going = null;
    if (before) {
      before.classList.remove("front");
      going = { frame: before, at: now() };
    }
    since = now();
    retryMs = 0;
    beat = { count: -1, at: now() };
    front.contentWindow.focus();
  }

  function close(frame) {
    frame.remove();
  }

  function tick() {
    const at = now();
    if (going && at - going.at > 1500) {
      close(going.frame);
      going = null;
    }
    const wall = front && front.contentWindow && front.contentWindow.ypoWall;
    if (wall && wall.ticks() !== beat.count) beat = { count: wall.ticks(), at };
    if (coming && at - since > OPENING_MS) {
      close(coming);
      coming = null;
      retryMs = Math.min(300000, Math.max(10000, retryMs * 2));
      since = at;
    }
    const stuck = front && at - beat.at > STUCK_MS;
    if (!coming && !front && at - since > retryMs) open();
    // While the server is gone the frame at hand is the best there is.
    else if (!coming && front && at - since > Math.max(retryMs, RELOAD_MS) && wall && wall.healthy()) open();
    else if (!coming && stuck && at - since > retryMs) open();
    document.documentElement.classList.toggle("idle", at - lastMove > 3000);
    timer = setTimeout(tick, 1000);
  }

  function key(event) {
    const wall = front && front.contentWindow.ypoWall;
    if (wall) wall.key(event);
  }

  async function fullScreen() {
    try {
      if (document.fullscreenElement) await document.exitFullscreen();
      else await document.documentElement.requestFullscreen();
    } catch { /* the browser does not let it: nothing to do */ }
  }

  let lock = null;
  async function stayAwake() {
    if (document.hidden || !navigator.wakeLock || lock) return;
    try {
      lock = await navigator.wakeLock.request("screen");
      lock.addEventListener("release", () => { lock = null; });
    } catch { /* no right to it, or no battery: the screen's own settings hold */ }
  }

  window.ypoShell = { ready, fullScreen, moved: () => { lastMove = now(); } };
  document.addEventListener("keydown", key);
  document.addEventListener("mousemove", () => { lastMove = now(); }, { passive: true });
  document.addEventListener("visibilitychange", stayAwake);
  stayAwake();
  open();
  clearTimeout(timer);
  tick();
})();
