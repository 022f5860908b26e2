"""The sector desk at size: a log of years, due lists, the wall's cards; a capital's addresses."""

from __future__ import annotations

import csv
import shutil
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import cycle
from pathlib import Path

from measure import Table, milliseconds
from serving import ours
from stores import OUT, ypo

from ypo_dash.model.desk import LogEntry
from ypo_dash.people import desk, documents
from ypo_dash.people.access import Access
from ypo_dash.people.documents import Edit
from ypo_dash.store.addresses import find_addresses
from ypo_dash.store.reader import open_snapshot
from ypo_dash.store.workspace import Workspace
from ypo_dash.views.briefing_held import held
from ypo_dash.views.due import due_by_sector, due_in

ENTRIES, ADDRESSES = 25_000, 300_000
PAGES = (
    ("/sector", "list of the sectors"),
    ("/sector/5", "a sector's overview"),
    ("/sector/5?part=log", "a sector's log"),
    ("/sector/5?part=log&everywhere=yes&q=lamp", "search of all logs"),
    ("/api/wall/rotation", "the wall asks what to show"),
)


def run(table: Table, demo: Path, quick: bool) -> None:
    """Fill a copy of the simulated district's desk; ask its parts in turns."""
    entries, addresses = (size // 20 if quick else size for size in (ENTRIES, ADDRESSES))
    home = OUT / "home-desk"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(demo, home)
    access, snapshot = Access(home), open_snapshot(Workspace(home))
    assert snapshot.span is not None
    day = snapshot.span[1] + timedelta(days=1)
    fill(access, entries)
    rounds = 3 if quick else 20
    jobs = {
        "every entry of every log read": lambda: desk.entries(access, LogEntry),
        "what the wall holds: efforts, open follow-ups": lambda: held(access),
        "due in one sector": lambda: due_in(snapshot, access, "5", day),
        "due in each sector": lambda: due_by_sector(snapshot, access, snapshot.sector_names, day),
    }
    table.group(f"Sector desk, {entries:,} log entries, in this process")
    in_turns(table, jobs, rounds)
    table.group(f"Sector desk over HTTP, {entries:,} log entries")
    with ours(home) as server:
        asked = {name: lambda p=path: server.get(p) for path, name in PAGES}
        for ask in asked.values():
            ask()  # the first of a worker reads the district's shapes
        in_turns(table, asked, rounds)
    table.group(f"Addresses, {addresses:,}")
    path = written(OUT / "addresses.csv", addresses, snapshot.bounds)
    started = time.perf_counter()
    ypo(home, "desk", "addresses", path)
    table.value("ypo desk addresses", time.perf_counter() - started, "s")
    typed = ("Street 17 nr. 3", "street 29", "eet 4", "Street 300 4, 2200 Nørrebro", "nowhere 9")
    looked = [milliseconds(lambda t=t: find_addresses(home, t)) for t in typed * rounds]
    table.times("look-up", looked)


def in_turns(table: Table, jobs: dict[str, Callable[[], object]], rounds: int) -> None:
    taken: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            taken[name].append(milliseconds(job))
    for name, times in taken.items():
        table.times(name, times)


def fill(access: Access, count: int) -> None:
    """Add log entries as the simulated ones are, each closed: the open ones stay as many as they were."""
    known = cycle(desk.entries(access, LogEntry))
    with access.database.session() as session:
        for n in range(count):
            one = next(known)
            content = {**desk.content_of(one), "follow_up": "", "done": ""}
            edit = Edit(content=content, seen=0, by="bench")
            documents.write(session, LogEntry.KIND, f"{one.sector}/bench{n}", edit)


def written(path: Path, count: int, bounds: tuple[float, float, float, float]) -> Path:
    """Write addresses in rows over the district: streets of 100 numbers."""
    west, south, east, north = bounds
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("street", "number", "postcode", "city", "lat", "lon"))
        for n in range(count):
            street, number = divmod(n, 100)
            lat = south + (north - south) * street / (count / 100)
            lon = west + (east - west) * number / 100
            rows.writerow((f"Street {street}", number + 1, "2200", "Nørrebro", f"{lat:.6f}", f"{lon:.6f}"))  # fmt: skip
    return path
