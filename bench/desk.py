"""Staffing and safety: the whole page, the table, an edit; at sizes, in one run."""

from __future__ import annotations

import shutil
from pathlib import Path

from measure import Table, milliseconds
from serving import ours
from stores import OUT

from ypo_dash.people.database import Database
from ypo_dash.people.documents import Edit, save
from ypo_dash.store.area_counts import area_counts, clear_counts
from ypo_dash.store.reader import open_snapshot
from ypo_dash.store.workspace import Workspace

PAGES = (
    ("/staffing", "staffing"),
    ("/staffing?sector=8&posts=NE:16", "staffing, a plan and a sector"),
    ("/safety", "safety"),
    ("/safety?area=12", "safety, an area"),
    ("/export/staffing.csv", "staffing.csv"),
    ("/export/safety.csv", "safety.csv"),
)


def run(table: Table, home: Path, rows: int, quick: bool) -> None:
    """Ask each page once cold, then in turns."""
    snapshot = open_snapshot(Workspace(home))
    if snapshot.manifest.layers.get("areas"):
        table.group(f"Incidents by survey area, month and type, {rows:,} incidents")
        clear_counts()
        table.times("counted anew", [milliseconds(lambda: area_counts(snapshot))])
    table.group(f"Staffing and safety over HTTP, {rows:,} incidents")
    rounds = 3 if quick else 20
    with ours(home) as server:
        cold = {name: milliseconds(lambda p=path: server.get(p)) for path, name in PAGES}
        taken: dict[str, list[float]] = {name: [] for _, name in PAGES}
        for _ in range(rounds):
            for path, name in PAGES:
                taken[name].append(milliseconds(lambda p=path: server.get(p)))
    for name, times in taken.items():
        table.times(name, times)
        table.times(f"{name}, first", [cold[name]])


def edits(table: Table, count: int) -> None:
    """Time one saved change of a document."""
    folder = OUT / "documents"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    store = Database.sqlite(folder)
    store.migrate()
    taken = [
        milliseconds(
            lambda n=n: save(store, "factor", "5", Edit(content={"factor": 3}, seen=n, by="bench"))
        )
        for n in range(count)
    ]
    table.group("One saved change of a document, SQLite")
    table.times("save", taken)
    store.engine.dispose()
    shutil.rmtree(folder)
