"""Prints: the whole command from its start to the file, and the memory of its processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import psutil
from measure import Table
from stores import OUT, ROOT, ypo

from ypo_dash.store.reader import open_snapshot
from ypo_dash.store.workspace import Workspace


def run(table: Table, home: Path, rows: int, quick: bool) -> None:
    """Print each kind; the simulated district's own size, or more incidents in the same sectors."""
    span = open_snapshot(Workspace(home)).span
    assert span is not None
    rounds = 2 if quick else 5
    sunday = span[1] - timedelta(days=span[1].isoweekday() % 7)
    states = {
        "week, 21 sectors and the district": ("week", _dates(sunday, 7)),
        "week, one sector": ("week", f"{_dates(sunday, 7)}&sectors=5"),
        "fortnight, one sector": ("fortnight", f"{_dates(sunday, 14)}&sectors=5"),
        "weekend": ("weekend", _dates(sunday, 3)),
        "quarter": ("quarter", ""),
        "week for partners": ("week", f"{_dates(sunday, 7)}&tier=partner"),
    }
    table.group(f"ypo report: the whole command, {rows:,} incidents")
    ypo(home, "report", "week", states["week, one sector"][1], "-o", OUT / "print.pdf")  # warm disk
    for name, (kind, state) in states.items():
        taken = [_print(home, kind, state) for _ in range(rounds)]
        table.times(name, [1000 * t for t, _ in taken])
        table.value(f"{name}: largest process", max(m for _, m in taken) / 2**20, "MiB", rounds)


def _dates(last: date, days: int) -> str:
    return f"from={last - timedelta(days=days - 1)}&to={last}&lang=en"


def _print(home: Path, kind: str, state: str) -> tuple[float, int]:
    """Return the seconds that a command takes and the most that one of its processes holds."""
    argv = [
        sys.executable,
        "-m",
        "ypo_dash.cli",
        "report",
        kind,
        state,
        "-o",
        str(OUT / "print.pdf"),
    ]
    started = time.perf_counter()
    command = subprocess.Popen(
        argv, env={**os.environ, "YPO_HOME": str(home)}, cwd=ROOT, stderr=subprocess.DEVNULL
    )
    watched, most = psutil.Process(command.pid), 0
    while command.poll() is None:
        for process in (watched, *_children(watched)):
            try:
                most = max(most, process.memory_info().rss)
            except psutil.Error:
                continue
        time.sleep(0.02)
    if command.returncode:
        raise SystemExit(f"ypo report {kind} {state!r}: exit {command.returncode}")
    return time.perf_counter() - started, most


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []
