"""Does the wall run for days? A browser at accelerated rotation; memory and page size over time.

``python bench/soak.py --minutes 120 --slides 5000``: a server of the simulated district and two Chromiums without
a screen. One is asked every minute for the page's heap (after collection), DOM nodes and listeners; the other is left
alone, as a screen is, and its memory is read from outside: developer tools keep every answer they see, so the memory of a
browser that is asked grows by that. The last lines say by how much each grew per 1,000 slides.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import time

import numpy as np
import psutil
from browser import FLAGS
from playwright.sync_api import CDPSession, Page, sync_playwright
from serving import ours
from stores import OUT, demo

WARM_SHARE = 0.2  # of the run, not judged: caches fill
# Counts every slide that comes to stand, and every look at which nothing stands.
WATCH = """(() => {
  const top = window.top;
  if (window === top) {
    top.soak = { slides: 0, blank: 0, looks: 0, begun: false };
    setInterval(() => {
      const frames = [...document.querySelectorAll("iframe.front")];
      const stands = frames.some((f) => f.contentDocument && f.contentDocument.querySelector("article.slide h1"));
      top.soak.begun ||= stands;
      if (!top.soak.begun) return;
      top.soak.looks += 1;
      if (!stands) top.soak.blank += 1;
    }, 250);
    return;
  }
  new MutationObserver((all) => {
    for (const one of all) for (const node of one.addedNodes)
      if (node.nodeName === "ARTICLE") top.soak.slides += 1;
  }).observe(document, { childList: true, subtree: true });
})();"""
COLUMNS = ("minute", "slides", "blank", "heap_mb", "nodes", "listeners", "documents", "browser_mb", "server_mb")  # fmt: skip


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--minutes", type=float, default=120)
    given.add_argument("--slides", type=int, default=5000)
    asked = given.parse_args()
    OUT.mkdir(exist_ok=True)
    home = demo()
    seconds = max(1.0, 60 * asked.minutes / asked.slides * 0.9)
    rows: list[dict[str, float]] = []
    with ours(home) as server, sync_playwright() as driver:
        started = driver.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS.split())
        page = started.new_page(viewport={"width": 1920, "height": 1080})
        page.add_init_script(WATCH)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{server.url}/wall?seconds={seconds:.2f}&reload=600")
        devtools = page.context.new_cdp_session(page)
        devtools.send("Performance.enable")
        alone = subprocess.Popen(
            ["/usr/bin/chromium", *FLAGS.split(), f"--user-data-dir={OUT / 'soak-profile'}", "--window-size=1920,1080", page.url],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        begin = time.monotonic()
        with (OUT / "soak.csv").open("w", newline="", encoding="utf-8") as handle:
            writer = csv.DictWriter(handle, COLUMNS)
            writer.writeheader()
            while True:
                page.wait_for_timeout(60_000)
                rows.append(
                    _row(
                        page,
                        devtools,
                        (time.monotonic() - begin) / 60,
                        (alone.pid, server.process.pid),
                    )
                )
                writer.writerow(rows[-1])
                handle.flush()
                enough = rows[-1]["slides"] >= asked.slides
                if rows[-1]["minute"] >= asked.minutes and (
                    enough or rows[-1]["minute"] > 1.5 * asked.minutes
                ):
                    break
        alone.terminate()
        alone.wait()
        started.close()
    _print(rows, errors)


def _row(
    page: Page, devtools: CDPSession, minute: float, pids: tuple[int, int]
) -> dict[str, float]:
    devtools.send("HeapProfiler.collectGarbage")
    found = {m["name"]: m["value"] for m in devtools.send("Performance.getMetrics")["metrics"]}
    counted = page.evaluate("({slides: soak.slides, blank: soak.blank})")
    alone, ours_ = (psutil.Process(pid) for pid in pids)
    return {
        "minute": round(minute, 1),
        **counted,
        "heap_mb": round(found["JSHeapUsedSize"] / 2**20, 2),
        "nodes": found["Nodes"],
        "listeners": found["JSEventListeners"],
        "documents": found["Documents"],
        "browser_mb": round(_private([alone, *alone.children(recursive=True)]) / 2**20, 1),
        "server_mb": round(_private([ours_, *ours_.children(recursive=True)]) / 2**20, 1),
    }


def _private(processes: list[psutil.Process]) -> int:
    total = 0
    for process in processes:
        try:
            total += process.memory_full_info().uss
        except psutil.Error:
            continue
    return total


def _print(rows: list[dict[str, float]], errors: list[str]) -> None:
    kept = rows[int(len(rows) * WARM_SHARE) :]
    slides = np.array([row["slides"] for row in kept], float)
    last = rows[-1]
    print(
        f"{last['slides']:.0f} slides in {last['minute']:.0f} minutes; nothing stood at {last['blank']:.0f} looks; page errors: {len(errors)}"
    )
    for name in COLUMNS[3:]:
        values = np.array([row[name] for row in kept], float)
        slope = np.polyfit(slides, values, 1)[0] * 1000 if len(kept) > 2 else float("nan")
        print(
            f"{name:>12}: first {kept[0][name]:10.1f}  median {np.median(values):10.1f}  last {values[-1]:10.1f}  per 1,000 slides {slope:+.2f}"
        )


if __name__ == "__main__":
    main()
