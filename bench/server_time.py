"""Time of one filter change on the server: every count and every context, nothing cached."""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

from measure import Table, milliseconds
from states import spread
from stores import store

from ypo_dash.model.filters import Filters
from ypo_dash.store.query import clear_caches, summarise
from ypo_dash.store.reader import open_snapshot
from ypo_dash.store.workspace import Workspace


def run(table: Table, sizes: list[int], rounds: int) -> None:
    """Interleave states and sizes, so that a disturbance of the machine hits all alike."""
    snapshots = {rows: open_snapshot(Workspace(store(rows))) for rows in sizes}
    plans = []
    for rows, snapshot in snapshots.items():
        first, last = snapshot.span
        for name, queries in spread(first, last).items():
            states = [Filters.from_query(query, snapshot) for query in queries]
            plans.append((rows, name, snapshot, states))
    for _, _, snapshot, states in plans:
        clear_caches()
        summarise(snapshot, states[0])
    times: dict[tuple[int, str], list[float]] = defaultdict(list)
    for _ in range(rounds):
        for rows, name, snapshot, states in plans:
            for state in states if len(states) > 1 else states * 3:
                clear_caches()
                taken = milliseconds(
                    lambda snapshot=snapshot, state=state: summarise(snapshot, state)
                )
                times[rows, name].append(taken)
    for rows in sizes:
        table.group(f"Filter change on the server, {rows:,} incidents, cache off, in process")
        for (size, name), values in times.items():
            if size == rows:
                table.times(name, values)


if __name__ == "__main__":
    result = Table()
    run(result, [int(size) for size in sys.argv[1:]] or [1_000_000], 5)
    Path(__file__).with_name("out").mkdir(exist_ok=True)
    print(result.text())
