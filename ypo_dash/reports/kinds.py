"""The printed documents by name: what the command line and the print page offer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ypo_dash.model.errors import FilterError
from ypo_dash.model.tiers import Tier
from ypo_dash.reports.briefing import briefing, no_partner_briefing, with_briefing
from ypo_dash.reports.contact import contact, with_day
from ypo_dash.reports.fortnight import fortnight, with_fortnight
from ypo_dash.reports.partner import partner_fortnight, partner_week, partner_weekend
from ypo_dash.reports.partner_quarter import partner_quarter
from ypo_dash.reports.partner_threat import partner_threat
from ypo_dash.reports.quarter import quarter, with_quarter
from ypo_dash.reports.threat import threat, with_one_quarter
from ypo_dash.reports.week import week, with_week
from ypo_dash.reports.weekend import weekend
from ypo_dash.reports.weekend import with_weekend as weekend_dates
from ypo_dash.store.gaps import is_coarse
from ypo_dash.views.change import require_whole_months

if TYPE_CHECKING:
    from collections.abc import Callable

    from ypo_dash.model.filters import Filters
    from ypo_dash.reports.document import Document
    from ypo_dash.reports.printing import Printing
    from ypo_dash.store.snapshot import Snapshot

    Builder = Callable[[Snapshot, Filters, str, Printing], Document]


@dataclass(frozen=True, slots=True)
class Kind:
    """A document: which dates it has where a state names none, and how it is made in each tier."""

    dates: Callable[[Snapshot, Filters], Filters]
    internal: Builder
    partner: Builder
    counts: bool = True  # what holds no figures may be of any day, whatever the register knows


KINDS: dict[str, Kind] = {
    "weekend": Kind(weekend_dates, weekend, partner_weekend),
    "fortnight": Kind(with_fortnight, fortnight, partner_fortnight),
    "quarter": Kind(with_quarter, quarter, partner_quarter),
    "week": Kind(with_week, week, partner_week),
    "contact": Kind(with_day, contact, contact, counts=False),
    "briefing": Kind(with_briefing, briefing, no_partner_briefing),
    "threat": Kind(with_one_quarter, threat, partner_threat),
}


def language(snapshot: Snapshot, filters: Filters) -> str:
    """Return the language of a print: the state's, else the district's first one."""
    return filters.lang or snapshot.district.languages[0]


def dated(snapshot: Snapshot, kind: str, filters: Filters) -> Filters:
    """Return the state with the dates of its print written out.

    Raises
    ------
    FilterError
        The state is impossible for the data or for this kind.
    ValueError
        There is no such kind.
    """
    if kind not in KINDS:
        raise ValueError(f"kind={kind!r}: use one of {', '.join(KINDS)}")
    if filters.tier == Tier.PUBLIC:
        raise FilterError("tier", "prints are for the tiers internal and partner")
    if snapshot.span is None:
        raise FilterError("from", "there are no data yet")
    return latest(snapshot, kind, filters)


def latest(snapshot: Snapshot, kind: str, filters: Filters) -> Filters:
    """Return the state with the dates that a kind has of itself where it names none.

    Raises
    ------
    FilterError
        The state is impossible for this kind, or its dates are finer than the data know.
    """
    found = KINDS[kind].dates(snapshot, filters)
    if KINDS[kind].counts and found.date_from and found.date_to and is_coarse(snapshot):
        require_whole_months(found.date_from, found.date_to)
    return found


def document(snapshot: Snapshot, kind: str, filters: Filters, printing: Printing) -> Document:
    """Return the document of a state that `dated` has given its dates.

    Raises
    ------
    FilterError
        The state is impossible for the data or for this kind.
    """
    made = KINDS[kind]
    build = made.internal if filters.tier == Tier.INTERNAL else made.partner
    return build(snapshot, filters, language(snapshot, filters), printing)
