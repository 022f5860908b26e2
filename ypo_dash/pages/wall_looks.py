"""The record of what wall screens show: one entry an hour for each screen and slide, not one a look."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from flask import g, request

from ypo_dash.pages.watch import Look, watch

if TYPE_CHECKING:
    from ypo_dash.store.snapshot import Snapshot

EVERY_S = 3600.0
_MOST = 5000
_lock = threading.Lock()
_recorded: dict[tuple[str, str, str], float] = {}


def looked_at(snapshot: Snapshot, what: str, query: str) -> None:
    """Record that a screen shows a slide, unless it was recorded within the last hour.

    A screen shows the same dozen slides all day: some 4,000 looks, which would hide every other
    entry of the record. So a look is recorded at most once an hour for each screen (its session),
    slide with its state, and snapshot; the first of them before anything is shown. Each worker
    process counts its own hour, and forgets it when it starts anew: then there is one entry more,
    never one less.

    Raises
    ------
    RecordError
        It can't be recorded: it must not be shown.
    """
    if not g.access.required:
        return
    screen = g.visit.id if g.visit is not None else request.remote_addr or ""
    key = (screen, f"{what} {query}", snapshot.id)
    now = time.monotonic()
    with _lock:
        known = _recorded.get(key)
    if known is not None and now - known < EVERY_S:
        return
    watch(snapshot, Look(what=what, query=query))
    with _lock:
        if len(_recorded) >= _MOST:
            _recorded.clear()
        _recorded[key] = now
