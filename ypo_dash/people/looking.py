"""Looks at figures: one entry per settled state, not one per step of a drag.

A step of a drag is shown without an entry of its own only if this process wrote one within the last
minute, so the record is known to work; the entry of the state where the drag ends says how many
steps led there. Steps that no settled state follows are recorded within seconds, and a drag that
goes on for long is recorded on the way.
"""

from __future__ import annotations

import atexit
import sys
import threading
import time
import weakref
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ypo_dash.model.errors import RecordError

if TYPE_CHECKING:
    from ypo_dash.people.entry import Entry
    from ypo_dash.people.record import Record

MOST_STEPS = 300
LONGEST_S = 10.0
TRUSTED_S = 60.0


@dataclass
class _Moving:
    entry: Entry
    since: float
    steps: int = 0


class Looks:
    """What one process's visitors are looking at."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._moving: dict[str, _Moving] = {}
        self._lock = threading.Lock()
        self._wrote = float("-inf")
        self._watching = False

    def settled(self, visit: str, entry: Entry) -> None:
        """Record a look before it is shown.

        Raises
        ------
        RecordError
            It can't be recorded: it must not be shown.
        """
        with self._lock:
            before = self._moving.pop(visit, None)
        try:
            self._write(replace(entry, steps=before.steps) if before else entry)
        except RecordError:
            if before:
                with self._lock:
                    self._moving.setdefault(visit, before)
            raise

    def moving(self, visit: str, entry: Entry) -> None:
        """Note a step on the way to a settled look; recorded at once if it must be.

        Raises
        ------
        RecordError
            It had to be recorded and could not be.
        """
        now = time.monotonic()
        with self._lock:
            step = self._moving.setdefault(visit, _Moving(entry, now))
            step.entry, step.steps = entry, step.steps + 1
            due = step.steps >= MOST_STEPS or now - step.since > LONGEST_S
            due = due or now - self._wrote > TRUSTED_S
            if not self._watching:
                self._watch()
        if due:
            self.flush(visit)

    def flush(self, visit: str) -> None:
        """Record the steps that one visitor took.

        Raises
        ------
        RecordError
            They could not be recorded; they are kept for the next try.
        """
        with self._lock:
            step = self._moving.pop(visit, None)
        if step is None:
            return
        try:
            self._write(replace(step.entry, steps=step.steps))
        except RecordError:
            with self._lock:
                self._moving.setdefault(visit, step)
            raise

    def flush_due(self, after: float = LONGEST_S) -> None:
        """Record what no settled look followed within ``after`` seconds."""
        now = time.monotonic()
        with self._lock:
            due = [visit for visit, step in self._moving.items() if now - step.since > after]
        for visit in due:
            try:
                self.flush(visit)
            except RecordError as error:
                sys.stderr.write(f"{error}\n")

    def _write(self, entry: Entry) -> None:
        try:
            self._record.append(entry)
        except RecordError:
            self._wrote = float("-inf")
            raise
        self._wrote = time.monotonic()

    def _watch(self) -> None:
        self._watching = True
        mine = weakref.ref(self)
        threading.Thread(target=_flush_often, args=(mine,), daemon=True).start()
        atexit.register(_flush_last, mine)


def _flush_often(looks: weakref.ref[Looks]) -> None:
    while True:
        time.sleep(1)
        found = looks()
        if found is None:
            return
        found.flush_due()
        del found


def _flush_last(looks: weakref.ref[Looks]) -> None:
    found = looks()
    if found is not None:
        found.flush_due(after=-1)
