"""Statistics on the map and as tables, each state asked once; and whether filters wait for them."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from pathlib import Path

from measure import Table, milliseconds
from serving import Process, ours

from ypo_dash.store.reader import open_snapshot
from ypo_dash.store.workspace import Workspace

ON_MAP = ("change", "hotspot")
STATES = (("28 days", 28, ""), ("a year", 365, ""), ("28 nights", 28, "&hours=22-6"))
TABLES = ("normal", "concentration", "season")


def run(table: Table, home: Path, rows: int, quick: bool) -> None:
    """Ask for each statistic of states that no worker was asked before."""
    span = open_snapshot(Workspace(home)).span
    assert span is not None
    rounds = 3 if quick else 10
    with ours(home) as server:
        for path in ("/api/view?", "/api/view?hours=1-2") * 4:
            server.get(path)
        table.group(f"/api/measure over HTTP, {rows:,} incidents, states not asked before")
        back = 1
        for measure in ON_MAP:
            for name, days, extra in STATES:
                for res in (8, 9, 10, 11) if not extra and days == 28 else (9, 10):
                    path = f"/api/measure?measure={measure}&res={res}{extra}"
                    taken = []
                    for _ in range(rounds):
                        back += 1  # an end of its own: sizes of hexagons share what they work out
                        taken.append(_ask(server, path, span[1], back, days))
                    table.times(f"{measure}, {name}, res {res}", taken)
            path = f"/api/measure?measure={measure}"
            _ask(server, path, span[1], 0)
            again = [_ask(server, path, span[1], 0) for _ in range(10)]
            table.times(f"{measure}, res 9, the same again", again)
        table.group(f"Tables of statistics over HTTP, {rows:,} incidents, states not asked before")
        for name in TABLES:
            hours = [f"/export/{name}.csv?hours={h}-{h + 6}" for h in range(rounds)]
            taken = [_ask(server, path, span[1], 1 + turn) for turn, path in enumerate(hours)]
            table.times(name, taken)
        _beside(table, server, span[1], rounds)


def _ask(server: Process, path: str, last: date, back: int, days: int = 28) -> float:
    to = last - timedelta(days=back)  # another end, another state
    period = f"from={to - timedelta(days=days - 1)}&to={to}"
    mark = "" if path.endswith("?") else "&"
    return milliseconds(lambda: server.get(f"{path}{mark}{period}"))


def _beside(table: Table, server: Process, last: date, rounds: int) -> None:
    """Time filter changes alone, and while hot spots are worked out all the time."""
    table.group("Filter change (/api/view) alone, and while hot spots of new states are worked out")
    alone = [
        _ask(server, "/api/view?types=THEFT_CAR", last, 400 + turn) for turn in range(4 * rounds)
    ]
    stop = threading.Event()

    def busy() -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            _ask(server, "/api/measure?measure=hotspot&res=10", last, 600 + turn)

    worker = threading.Thread(target=busy)
    worker.start()
    beside = [_ask(server, "/api/view?types=FIRE", last, 400 + turn) for turn in range(4 * rounds)]
    stop.set()
    worker.join()
    table.times("alone", alone)
    table.times("beside", beside)
