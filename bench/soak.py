"""The wall for days in hours: a server, a browser that turns slides fast, and whether anything grows.

    .venv/bin/python bench/soak.py --minutes 120 --slides 5000

Starts a server of a workspace on this machine, opens /wall in headless Chromium with slides of a
fraction of a second and a new frame every few minutes, and measures every 15 seconds after a forced
collection: JavaScript heap, DOM nodes, listeners, documents (Chromium's own counters), frames, memory
of the browser's and the server's processes. Writes a CSV, prints a table and a verdict by slope: over
the second half, by the line that fits best, each must grow by less than `ALLOWED` of its mean.
Ends with 1 where something grows, where too few slides were shown, or where the screen was blank once.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import numpy as np
import psutil
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--enable-precise-memory-info",
]  # fmt: skip
EVERY_S = 15.0
ALLOWED = {"heap_mb": 0.1, "nodes": 0.05, "listeners": 0.05, "documents": 0.05, "browser_mb": 0.1, "server_mb": 0.1}  # fmt: skip
COLUMNS = ("seconds", "slides", "frames_opened", *ALLOWED, "iframes", "blank")
# Counts slides and opened frames, and looks whether a slide is seen, from the outer page.
WATCH = """() => {
  const seen = (window.soak = { slides: 0, frames: 0, blank: 0 });
  let key = null, frame = null;
  const look = () => {
    const front = document.querySelector("iframe.front");
    const slide = front && front.contentDocument && front.contentDocument.querySelector(".slide.front");
    if (!slide || !slide.querySelector(".sentence").textContent.trim()) seen.blank += 1;
    if (front !== frame) { frame = front; seen.frames += 1; }
    const now = slide && slide.dataset.key;
    if (now && now !== key) { key = now; seen.slides += 1; }
    setTimeout(look, 50);
  };
  look();
}"""


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--slides", type=int, default=5000, help="at least so many must be shown")
    parser.add_argument("--seconds", type=float, default=0.0, help="of a slide; 0: as needed")
    parser.add_argument("--reload", type=float, default=300, help="seconds between new frames")
    parser.add_argument("--home", type=Path, help="a workspace; it is copied. Default: the demo")
    parser.add_argument("--port", type=int, default=8977)
    parser.add_argument("--out", type=Path, default=Path("soak.csv"))
    return parser.parse_args()


def server_of(home, port):
    """Start the production server; returns its process once it answers."""
    program = [sys.executable, "-m", "ypo_dash.cli", "serve", "--port", str(port), "--workers", "1"]
    process = subprocess.Popen(
        program, cwd=ROOT, env={**os.environ, "YPO_HOME": str(home), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    for _ in range(240):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5)
        except OSError:
            time.sleep(0.5)
        else:
            return process
    process.kill()
    raise SystemExit("the server did not start")


def memory_of(process):
    """Resident megabytes of a process and its children."""
    parts = [process, *process.children(recursive=True)]
    total = 0
    for part in parts:
        try:
            total += part.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total / 1e6


def browsers_of(me, before):
    """The processes that the driver started: Chromium with all its children."""
    return [p for p in psutil.Process(me).children(recursive=True) if p.pid not in before]


def measure(session, page, started, server, before):
    session.send("HeapProfiler.collectGarbage")
    metrics = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
    seen = page.evaluate("window.soak")
    browser = 0
    for part in browsers_of(os.getpid(), before):
        try:
            browser += part.memory_info().rss if "chrom" in part.name() else 0
        except psutil.NoSuchProcess:
            continue
    return {
        "seconds": round(time.monotonic() - started),
        "slides": seen["slides"],
        "frames_opened": seen["frames"],
        "heap_mb": round(metrics["JSHeapUsedSize"] / 1e6, 2),
        "nodes": int(metrics["Nodes"]),
        "listeners": int(metrics["JSEventListeners"]),
        "documents": int(metrics["Documents"]),
        "browser_mb": round(browser / 1e6, 1),
        "server_mb": round(memory_of(server), 1),
        "iframes": page.evaluate("document.querySelectorAll('iframe').length"),
        "blank": seen["blank"],
    }


def growth(rows, column):
    """How much a column grows over the second half, by the best line, as a part of its mean."""
    half = rows[len(rows) // 2 :]
    times = np.array([row["seconds"] for row in half], float)
    values = np.array([row[column] for row in half], float)
    if len(half) < 4 or not values.mean():
        return 0.0
    slope = np.polyfit(times, values, 1)[0]
    return float(slope * (times[-1] - times[0]) / values.mean())


def soak(options, home):
    before = {p.pid for p in psutil.Process().children(recursive=True)}
    process = server_of(home, options.port)
    server = psutil.Process(process.pid)
    before |= {process.pid, *(p.pid for p in server.children(recursive=True))}
    turning = options.seconds or max(0.3, 0.75 * options.minutes * 60 / options.slides)
    rows = []
    try:
        with sync_playwright() as driver, options.out.open("w", newline="") as handle:
            table = csv.DictWriter(handle, COLUMNS)
            table.writeheader()
            browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            page = browser.new_context(viewport={"width": 1920, "height": 1080}).new_page()
            session = page.context.new_cdp_session(page)
            session.send("Performance.enable")
            session.send("HeapProfiler.enable")
            query = f"seconds={turning:g}&reload={options.reload:g}&lang=en"
            page.goto(f"http://127.0.0.1:{options.port}/wall?{query}")
            page.wait_for_selector("iframe.front", timeout=120_000)
            page.evaluate(WATCH)
            started = time.monotonic()
            while time.monotonic() - started < options.minutes * 60:
                page.wait_for_timeout(min(EVERY_S, options.minutes * 6) * 1000)
                rows.append(measure(session, page, started, server, before))
                table.writerow(rows[-1])
                handle.flush()
            browser.close()
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)
    return rows


def verdict(rows, options):
    step = max(1, len(rows) // 20)
    print("  ".join(f"{name:>13}" for name in COLUMNS))
    for row in [*rows[::step], rows[-1]]:
        print("  ".join(f"{row[name]:>13}" for name in COLUMNS))
    wrong = []
    for column, allowed in ALLOWED.items():
        grown = growth(rows, column)
        print(
            f"{column:>13}: {100 * grown:+.1f} % over the second half (allowed {100 * allowed:.0f} %)"
        )
        if grown > allowed:
            wrong.append(f"{column} grows")
    if rows[-1]["slides"] < options.slides:
        wrong.append(f"only {rows[-1]['slides']} slides of {options.slides}")
    if rows[-1]["blank"]:
        wrong.append(f"blank at {rows[-1]['blank']} looks")
    print("FAILED: " + "; ".join(wrong) if wrong else "Nothing grows.")
    return 1 if wrong else 0


def main():
    options = arguments()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "workspace"
        if options.home:
            shutil.copytree(options.home, home)
        else:
            subprocess.run(
                [sys.executable, "-m", "ypo_dash.cli", "demo"], cwd=ROOT, check=True,
                env={**os.environ, "YPO_HOME": str(home), "PYTHONPATH": str(ROOT)},
            )  # fmt: skip
        return verdict(soak(options, home), options)


if __name__ == "__main__":
    raise SystemExit(main())
