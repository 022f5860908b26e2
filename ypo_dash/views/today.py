"""Which day it is at the desk: what is due, overdue or kept too long is counted from it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from ypo_dash.store.snapshot import Snapshot


def desk_day(snapshot: Snapshot, now: datetime) -> date:
    """Return the local date of ``now``; in the simulated district the day after its data end.

    Its time stands still, so that its visits are not all years overdue.
    """
    if snapshot.district.simulated and snapshot.span is not None:
        return snapshot.span[1] + timedelta(days=1)
    return now.astimezone(snapshot.district.zone).date()
