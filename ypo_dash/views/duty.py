"""How much happens while the sectors' officers are off duty: a share, with times that are spans spread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.i18n import percent, text
from ypo_dash.model.errors import FilterError
from ypo_dash.model.hours import week_mask
from ypo_dash.model.tiers import require_internal
from ypo_dash.store.gaps import is_coarse
from ypo_dash.store.query import summarise
from ypo_dash.views.tables import DIGITS, Table, count_value

if TYPE_CHECKING:
    from ypo_dash.model.filters import Filters
    from ypo_dash.model.hours import Hours
    from ypo_dash.store.query import Summary
    from ypo_dash.store.snapshot import Snapshot

COLUMNS = ("part", "count", "share")


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A state's incidents in and outside duty hours (sums of shares), and how many have an exact time."""

    hours: Hours
    inside: float
    outside: float
    rows: int
    exact: int

    @property
    def share(self) -> float | None:
        """Part outside duty hours; None without incidents."""
        total = self.inside + self.outside
        return self.outside / total if total > 0 else None

    def table(self) -> Table:
        """Return both parts as `COLUMNS`; shares are empty without incidents."""
        total = self.inside + self.outside
        parts = (("duty", self.inside), ("outside", self.outside))
        rows = [(name, count_value(n), round(n / total, DIGITS) if total > 0 else "") for name, n in parts]  # fmt: skip
        return Table(COLUMNS, rows)


def duty(snapshot: Snapshot, filters: Filters) -> Duty:
    """Return how a state's incidents lie to duty hours.

    An incident whose time is a span counts with its parts; a night counts as the state has it.

    Raises
    ------
    FilterError
        The state is impossible for the data, or incidents are dated by the month.
    """
    require_internal(filters.tier)
    if is_coarse(snapshot):
        raise FilterError("hours", "incidents here are dated by the month: no hours are known")
    return duty_of(snapshot, summarise(snapshot, filters))


def duty_of(snapshot: Snapshot, summary: Summary) -> Duty:
    """Return how counts by hour of the week lie to duty hours; no counts where only months are known."""
    hours = snapshot.district.duty
    if is_coarse(snapshot):
        return Duty(hours=hours, inside=0.0, outside=0.0, rows=summary.rows, exact=summary.exact)
    mask = week_mask(hours, ())
    counts = np.maximum(np.asarray(summary.hours, float), 0.0)
    inside = counts.sum() if mask is None else counts[mask].sum()
    return Duty(
        hours=hours,
        inside=float(inside),
        outside=max(0.0, float(counts.sum() - inside)),
        rows=summary.rows,
        exact=summary.exact,
    )


def duty_table(snapshot: Snapshot, filters: Filters) -> Table:
    """Return a state's incidents in and outside duty hours as `COLUMNS`."""
    return duty(snapshot, filters).table()


def hours_text(hours: Hours) -> str:
    """Return hours as people write them: 7–23."""
    return f"{hours.start}–{hours.end}"


def every_day(snapshot: Snapshot, lang: str) -> str:
    """Return when the sectors' officers are on duty, as citizens are told."""
    return text(lang, "Every day, primarily {hours}", hours=hours_text(snapshot.district.duty))


def sentence(found: Duty, lang: str) -> str:
    """Return the share outside duty hours in words."""
    said = short(found, lang)
    if not said:
        return text(lang, "No incidents matched.")
    if found.exact >= found.rows:
        return f"{said}."
    exact = percent(found.exact / found.rows, lang)
    return f"{said}; {text(lang, '{share} have an exact time, the others count with the parts of their span.', share=exact)}"  # fmt: skip


def outside_words(found: Duty, lang: str) -> str:
    """Return the share outside as the end of a sentence that names the hours; nothing where there is none."""
    if found.share is None:
        return ""
    return text(lang, "; {share} outside them", share=percent(found.share, lang))


def short(found: Duty, lang: str) -> str:
    """Return the share outside duty hours in few words; nothing without incidents."""
    if found.share is None:
        return ""
    return text(lang, "{share} outside duty hours ({hours})", share=percent(found.share, lang), hours=hours_text(found.hours))  # fmt: skip
