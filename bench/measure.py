"""Times, percentiles and the table they end in."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np


def milliseconds(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - started)


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def p95(values: Iterable[float]) -> float:
    return float(np.percentile(list(values), 95))


def probe() -> float:
    """Time a fixed single-thread job; its drift tells how disturbed the machine is."""
    numbers = np.arange(4_000_000, dtype=np.uint16) & 1023
    return median(milliseconds(lambda: np.bincount(numbers)) for _ in range(5))


def machine() -> str:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{os.cpu_count()} cores ({model}), {pages / 2**30:.0f} GiB, Python {platform.python_version()}"


class Table:
    """Rows of group, what, value columns; printed at the end, and each row as it comes."""

    HEAD = ("figure", "min", "median", "p95", "n", "unit")

    def __init__(self) -> None:
        self.rows: list[tuple[str, ...]] = []

    def group(self, title: str) -> None:
        self.rows.append((f"{title}  [load {os.getloadavg()[0]:.1f}, probe {probe():.1f} ms]",))
        print(f"... {title}", flush=True)

    def times(self, name: str, values: list[float], unit: str = "ms") -> None:
        self._add(name, *(_short(f(values)) for f in (min, median, p95)), str(len(values)), unit)

    def value(self, name: str, value: float, unit: str, n: int = 1) -> None:
        self._add(name, "", _short(value), "", str(n), unit)

    def note(self, text: str) -> None:
        self.rows.append((f"  {text}",))
        print(f"    {text}", flush=True)

    def _add(self, *row: str) -> None:
        self.rows.append(row)
        print("    " + "  ".join(row), flush=True)

    def text(self) -> str:
        cells = [self.HEAD, *(r for r in self.rows if len(r) > 1)]
        wide = [max(len(r[i]) for r in cells) for i in range(len(self.HEAD))]
        lines = [self._line(self.HEAD, wide), "-" * (sum(wide) + 2 * len(wide) + 2)]
        lines += [row[0] if len(row) == 1 else self._line(row, wide) for row in self.rows]
        return "\n".join(lines)

    @staticmethod
    def _line(row: tuple[str, ...], wide: list[int]) -> str:
        parts = [row[0].ljust(wide[0])]
        parts += [c.rjust(w) for c, w in zip(row[1:5], wide[1:5], strict=True)]
        return "  " + "  ".join([*parts, row[5]])


def _short(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
