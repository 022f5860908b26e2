"""What sign-in and the record cost: one entry, one answer, one filter change; with and without, in turns."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path

from browser import Tab, changes, chromium, query
from measure import Table, median, milliseconds
from serving import Process, ours
from states import spread
from stores import OUT

from ypo_dash.model.rights import Person
from ypo_dash.people import accounts, sessions
from ypo_dash.people.access import Access
from ypo_dash.people.entry import Action, Entry
from ypo_dash.people.record import Record
from ypo_dash.store.reader import open_snapshot
from ypo_dash.store.workspace import Workspace


def signed(home: Path) -> Process:
    """Return a server of the same store (linked, not copied) where an analyst is signed in."""
    other = home.with_name(home.name + "-signed")
    shutil.rmtree(other, ignore_errors=True)
    shutil.copytree(home, other, copy_function=os.link)
    for name in ("record", "people.sqlite", "secret"):
        shutil.rmtree(other / name, ignore_errors=True)
        (other / name).unlink(missing_ok=True)
    access = Access(other)
    with access.database.session() as session:
        accounts.add(session, Person(name="bench", roles=("analyst",)))
        account = accounts.find(session, "bench")
        account.change_password = False
        token = sessions.begin(session, access.settings, account=account)
    access.database.engine.dispose()
    server = ours(other)
    server.name, server.cookie = "signed", token
    return server


def entries(table: Table, count: int) -> None:
    folder = OUT / "record"
    shutil.rmtree(folder, ignore_errors=True)
    record = Record(folder)
    entry = Entry(
        action=Action.CONSULTATION, object="map", person="bench", role="analyst", unit="Bellahøj",
        filter="from=2012-11-05&to=2012-11-18&types=BURGLARY,THEFT_CAR&hours=22-6", rows=1234,
        client="10.0.0.1", snapshot="0123456789ab",
    )  # fmt: skip
    table.group("One entry of the record, written durably (fdatasync)")
    table.times("append", [milliseconds(lambda: record.append(entry)) for _ in range(count)])
    shutil.rmtree(folder)


def run(table: Table, home: Path, rows: int, quick: bool) -> None:
    """Ask an open server and one with sign-in and record the same, in turns."""
    entries(table, 200 if quick else 3000)
    first, last = open_snapshot(Workspace(home)).span
    with ExitStack() as stack:
        servers = [stack.enter_context(s) for s in (ours(home), signed(home))]
        _answers(table, servers, rows, spread(first, last), 1 if quick else 4)
        browser = stack.enter_context(chromium())
        states = changes(first, last, 6 if quick else 40)
        tabs = {s.name: Tab(browser, s, 9, query(states[-1])) for s in servers}
        taken: dict[str, list[float]] = defaultdict(list)
        for number, state in enumerate(states[:3] + states):
            for name, tab in tabs.items():
                one, _ = tab.change(state)
                if number >= 3:
                    taken[name].append(one)
    table.group(f"Filter change to repainted map and charts, res 9, {rows:,} incidents")
    _pair(table, taken)


def _answers(table: Table, servers: list[Process], rows: int, states, rounds: int) -> None:
    table.group(f"/api/view over HTTP, {rows:,} incidents, states not asked before, in turns")
    taken: dict[str, list[float]] = defaultdict(list)
    for turn in range(rounds):
        scene = ("STREET", "FLAT", "SHOP", "CELLAR")[turn % 4]
        asked = [s for group in states.values() if len(group) > 1 for s in group[:8]]
        for state in (s for s in asked if "scenes=" not in s):
            for server in servers:
                path = f"/api/view?{state}&scenes={scene}"
                taken[server.name].append(milliseconds(lambda s=server, p=path: s.get(p)))
    _pair(table, taken)


def _pair(table: Table, taken: dict[str, list[float]]) -> None:
    table.times("open", taken["ours"])
    table.times("signed in and recorded", taken["signed"])
    table.value("signed / open", median(taken["signed"]) / median(taken["ours"]), "times")
