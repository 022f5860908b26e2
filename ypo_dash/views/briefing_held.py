"""What the sectors' desks hold for the briefing of a shift: efforts, open follow-ups, when shifts are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING

from ypo_dash.model.desk import Effort
from ypo_dash.model.rotation import Rotation
from ypo_dash.people import desk, walls
from ypo_dash.views.due import open_entries

if TYPE_CHECKING:
    from pathlib import Path

    from ypo_dash.model.desk import LogEntry
    from ypo_dash.model.hours import Hours
    from ypo_dash.people.access import Access

_USUAL = Rotation()


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Efforts, log entries with an open follow-up and no personal data, shifts and times of briefing."""

    efforts: tuple[Effort, ...] = ()
    log: tuple[LogEntry, ...] = ()
    shifts: tuple[Hours, ...] = _USUAL.shifts
    briefings: tuple[time, ...] = _USUAL.briefings


NOTHING_HELD = Held()


def held(access: Access, home: Path | None = None) -> Held:
    """Return what is held now; shifts are those of the wall in ``home``, else the usual ones."""
    rotation = walls.arranged(access, home).rotation if home is not None else _USUAL
    return Held(
        efforts=tuple(desk.entries(access, Effort)),
        log=tuple(open_entries(access)),
        shifts=rotation.shifts,
        briefings=rotation.briefings,
    )
