"""Run the benchmark and print one table: ``make bench``, or ``python bench/run.py --quick``."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import time
from datetime import UTC, datetime

import browser
import desk
import measures
import people
import prints
import sectors
import server_time
import serving
from incidents import files
from measure import Table, machine, probe
from stores import OUT, demo, empty, load, store, ypo

MILLION = 1_000_000


def imports(table: Table, rows: int, rounds: int) -> None:
    table.group(f"Import of {rows:,} rows of CSV with coordinates and from-to times, new store")
    rates = []
    for _ in range(rounds):
        home = empty(OUT / "home-import")
        rates.append(rows / load(home, rows))
    again = load_again(rows)
    shutil.rmtree(OUT / "home-import")
    table.times("rows a second", rates, "rows/s")
    table.value("the same file again", again, "s")


def load_again(rows: int) -> float:
    started = time.perf_counter()
    ypo(OUT / "home-import", "import", "incidents", *files(OUT, rows))
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="100,000 incidents, few rounds")
    parser.add_argument(
        "--only",
        default="import,server,http,people,desk,sectors,measures,prints,browser,cold,memory",
    )
    parser.add_argument("--res", default="8,9,10,11", help="H3 resolutions of the browser runs")
    chosen = parser.parse_args()
    parts = chosen.only.split(",")
    small = 100_000 if chosen.quick else MILLION
    large = 300_000 if chosen.quick else 10 * MILLION
    OUT.mkdir(exist_ok=True)
    table = Table()
    print(machine(), flush=True)
    if "import" in parts:
        imports(table, small, 1 if chosen.quick else 3)
    if "server" in parts:
        server_time.run(table, [small, large], 3 if chosen.quick else 10)
    web(table, parts, small, large, chosen)
    print(f"\nypo-dash bench, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {machine()}")
    print(f"load {os.getloadavg()[0]:.1f}, probe {probe():.1f} ms\n")
    print(table.text())
    (OUT / "last.json").write_text(json.dumps(table.rows, indent=1))


def web(table: Table, parts: list[str], small: int, large: int, chosen: argparse.Namespace) -> None:
    if "http" in parts:
        for rows in (small, large):
            serving.answers(table, store(rows), rows, 1 if chosen.quick else 4)
    if "people" in parts:
        people.run(table, store(small), small, chosen.quick)
    if "desk" in parts:
        desk.edits(table, 50 if chosen.quick else 500)
        for rows in (small, large):
            desk.run(table, store(rows), rows, chosen.quick)
    if "sectors" in parts:
        sectors.run(table, demo(), chosen.quick)
    if "measures" in parts:
        for rows in (small, large):
            measures.run(table, store(rows), rows, chosen.quick)
    if "prints" in parts:
        prints.run(table, demo(), 89_829, chosen.quick)
        prints.run(table, store(small), small, chosen.quick)
    if "browser" in parts or "cold" in parts:
        resolutions = [int(res) for res in chosen.res.split(",")]
        if "browser" in parts:
            browser.run(table, store(small), small, resolutions, 6 if chosen.quick else 20)
        if "cold" in parts:
            browser.cold_start(table, store(small), small, 1 if chosen.quick else 3)
    if "memory" in parts:
        serving.memory(table, store(large), large)


if __name__ == "__main__":
    main()
