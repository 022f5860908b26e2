"""The printed documents by name: what the command line and the print page offer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ypo_dash.model.errors import FilterError
from ypo_dash.model.tiers import Tier
from ypo_dash.reports.fortnight import fortnight, with_fortnight
from ypo_dash.reports.partner import partner_fortnight, partner_week, partner_weekend
from ypo_dash.reports.partner_quarter import partner_quarter
from ypo_dash.reports.quarter import quarter, with_quarter
from ypo_dash.reports.week import week, with_week
from ypo_dash.reports.weekend import weekend
from ypo_dash.reports.weekend import with_weekend as weekend_dates

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


KINDS: dict[str, Kind] = {
    "weekend": Kind(weekend_dates, weekend, partner_weekend),
    "fortnight": Kind(with_fortnight, fortnight, partner_fortnight),
    "quarter": Kind(with_quarter, quarter, partner_quarter),
    "week": Kind(with_week, week, partner_week),
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
    return KINDS[kind].dates(snapshot, filters)


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
