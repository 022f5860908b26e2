"""The latest periods of a printed document: what one chooses from instead of writing dates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from ypo_dash.model.errors import FilterError
from ypo_dash.reports.kinds import latest

if TYPE_CHECKING:
    from datetime import date

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot

SHOWN = 6


@dataclass(frozen=True, slots=True)
class _Until:
    """A snapshot as it would be if its data ended earlier: a kind's latest dates are then earlier ones."""

    snapshot: Snapshot
    span: tuple[date, date]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.snapshot, name)


def latest_periods(
    snapshot: Snapshot, kind: str, filters: Filters, most: int = SHOWN
) -> list[tuple[date, date]]:
    """Return the latest periods that a kind has of itself, newest first; none where it has none.

    Parameters
    ----------
    filters
        The state; its dates don't matter.
    """
    if snapshot.span is None:
        return []
    bare = replace(filters, date_from=None, date_to=None)
    found: list[tuple[date, date]] = []
    first, last = snapshot.span
    while len(found) < most and first <= last:
        try:
            view = cast("Snapshot", _Until(snapshot, (first, last)))
            chosen = latest(view, kind, bare)
        except FilterError:
            break
        begin, end = chosen.date_from, chosen.date_to
        if begin is None or end is None or end > last:
            break
        found.append((begin, end))
        last = end - timedelta(days=1)
    return found
