"""Filter change to repainted picture in headless Chromium, ours and the peer in turns."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from measure import Table, median
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright
from serving import Process, ours, peer
from states import changes, query

from ypo_dash.store.reader import open_snapshot
from ypo_dash.store.workspace import Workspace

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
    " --disable-background-networking --disable-component-update --disable-sync"
)
SIZE = {"width": 1366, "height": 768}
# A message that is sent in a frame's callback arrives when that frame has been made. Our page waits
# for it itself; the peer's features are all there in the frame that follows the first one's style.
FRAME = """await new Promise(r => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = r;
    channel.port2.postMessage(null);
  }));"""
CHANGE_PEER = (
    """async ([seq, state]) => {
  const started = performance.now();
  dash_clientside.set_props("filters", {data: {seq: seq, state: state}});
  await new Promise(r => {
    const look = () => window.peer.seq === seq ? r() : setTimeout(look);
    look();
  });
  """
    + FRAME
    + """
  return performance.now() - started;
}"""
)
# A step in history is how a state is set from outside the page.
CHANGE_OURS = """async ([seq, state]) => {
  const started = performance.now();
  const query = new URLSearchParams(state).toString();
  history.pushState(null, "", "/?" + query);
  dispatchEvent(new PopStateEvent("popstate"));
  const shown = await ypoTest.settled();
  if (!shown.query.includes(state.from)) throw new Error("shows " + shown.query);
  return performance.now() - started;
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS.split())
        try:
            yield browser
        finally:
            browser.close()


class Bytes:
    """Bytes received over the network, as sent (compressed)."""

    def __init__(self, page: Page) -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.session.send("Network.enable")
        self.received = 0.0
        self.session.on("Network.loadingFinished", self._add)

    def _add(self, event: dict[str, float]) -> None:
        self.received += event["encodedDataLength"]

    def take(self) -> float:
        found, self.received = self.received, 0.0
        return found


class Tab:
    """A page of ours or of the peer; ``change`` returns milliseconds and bytes."""

    def __init__(self, browser: Browser, server: Process, res: int, start: str) -> None:
        self.is_peer = server.name == "peer"
        self.res, self.seq = res, 1
        context = browser.new_context(viewport=SIZE)
        if server.cookie:
            context.add_cookies([{"name": "ypo", "value": server.cookie, "url": server.url}])
        self.page = context.new_page()
        self.bytes = Bytes(self.page)
        self.page.goto(server.url + ("/" if self.is_peer else f"/?{start}&res={res}"))
        self.wait_first()

    def wait_first(self) -> None:
        ready = "window.peer && window.peer.seq === 1" if self.is_peer else "window.ypoTest"
        end = time.monotonic() + 120
        while not self.page.evaluate(f"Boolean({ready})"):
            if time.monotonic() > end:
                raise SystemExit("the page did not start")
            time.sleep(0.02)
        if not self.is_peer:
            self.page.evaluate("ypoTest.settled()")

    def change(self, state: dict[str, str]) -> tuple[float, float]:
        self.seq += 1
        self.bytes.take()
        if self.is_peer:
            taken = self.page.evaluate(CHANGE_PEER, [self.seq, state])
        else:
            taken = self.page.evaluate(CHANGE_OURS, [self.seq, state | {"res": str(self.res)}])
        self.page.wait_for_timeout(300)  # the side panel follows; it counts in what is sent
        return float(taken), self.bytes.take()

    def close(self) -> None:
        self.page.context.close()


def run(table: Table, home: Path, rows: int, resolutions: list[int], count: int) -> None:
    """Change the same filters in both pages in turns and compare."""
    first, last = open_snapshot(Workspace(home)).span
    states = changes(first, last, count)
    table.group(f"Filter change to repainted map and charts, {rows:,} incidents, headless Chromium")
    for res in resolutions:
        with ExitStack() as stack:
            browser = stack.enter_context(chromium())
            servers = [stack.enter_context(s) for s in (ours(home), peer(rows, res))]
            tabs = {s.name: Tab(browser, s, res, query(states[-1])) for s in servers}
            times: dict[str, list[float]] = defaultdict(list)
            sent: dict[str, list[float]] = defaultdict(list)
            for number, state in enumerate(states[:3] + states):
                for name, tab in tabs.items():
                    taken, received = tab.change(state)
                    if number >= 3:
                        times[name].append(taken)
                        sent[name].append(received)
        _report(table, res, times, sent)


def _report(
    table: Table, res: int, times: dict[str, list[float]], sent: dict[str, list[float]]
) -> None:
    for name, label in (("ours", "ours (map and all charts)"), ("peer", "tutorial peer (map)")):
        table.times(f"res {res}: {label}", times[name])
        table.value(f"res {res}: {label}, sent", median(sent[name]) / 1000, "kB", len(sent[name]))
    ratio = median(times["peer"]) / median(times["ours"])
    table.value(f"res {res}: peer / ours", ratio, "times", len(times["ours"]))


def cold_start(table: Table, home: Path, rows: int, rounds: int) -> None:
    """Time from starting the server to the first painted map, in a fresh browser profile."""
    table.group(f"Cold start: server process to first painted map, {rows:,} incidents, res 9")
    taken: dict[str, list[float]] = defaultdict(list)
    with chromium() as browser:
        for _ in range(rounds):
            for server in (ours(home), peer(rows, 9)):
                started = time.perf_counter()
                server.spawn()
                try:
                    server.wait()
                    tab = Tab(browser, server, 9, "")
                    taken[server.name].append(time.perf_counter() - started)
                    tab.close()
                finally:
                    server.stop()
    for name in ("ours", "peer"):
        table.times(name, taken[name], "s")
