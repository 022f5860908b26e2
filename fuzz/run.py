"""Fuzz what reads foreign input and print one table: ``make fuzz``, or ``fuzz/run.py --minutes 1``."""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Iterator

from case import OUT, ROOT
from watch import Limits, Result, run_target

NAMES = ("state", "http", "profiles", "layers", "texts", "sheets", "columns", "vectors")
LANES = 2


def table(results: list[Result]) -> str:
    """Return what came of each target; memory is the peak, and what it was before the first case."""
    rows = [("target", "examples", "seconds", "findings", "peak RSS", "of it at start")]
    for r in results:
        sizes = f"{r.peak[1]:,} MB", f"{r.peak[0]:,} MB"
        rows.append((r.name, f"{r.examples:,}", f"{r.seconds:.0f}", str(len(r.found)), *sizes))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            c.ljust(w) if i == 0 else c.rjust(w)
            for i, (c, w) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells))
    return "\n".join(lines)


def findings(results: list[Result]) -> Iterator[str]:
    for result in results:
        for number, (name, path) in enumerate(result.found.items(), 1):
            yield f"{result.name} {number}: {name}\n    {path.relative_to(ROOT)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="of all targets together")
    parser.add_argument("--seed", type=int, default=0, help="the same seed tries the same inputs")
    parser.add_argument("--only", default=",".join(NAMES))
    parser.add_argument("--timeout", type=int, default=20, help="seconds for one input")
    parser.add_argument("--memory", type=float, default=4, help="GB of address space of a child")
    chosen = parser.parse_args()
    names = [n for n in NAMES if n in chosen.only.split(",")]
    lanes = min(LANES, len(names))
    limits = Limits(60 * chosen.minutes * lanes / len(names), chosen.timeout, chosen.memory)
    OUT.mkdir(exist_ok=True)
    waiting, results = list(names), dict[str, Result]()

    def lane() -> None:
        while waiting:
            name = waiting.pop(0)
            results[name] = run_target(name, limits, chosen.seed)
            sys.stderr.write(f"{name}: {len(results[name].found)} findings\n")

    threads = [threading.Thread(target=lane) for _ in range(lanes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = [results[name] for name in names]
    print(table(done))
    for line in findings(done):
        print(line)
    sys.exit(any(r.found or r.broken for r in done))


if __name__ == "__main__":
    main()
