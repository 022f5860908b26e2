"""Disclosure tiers: what may leave the house, in one place for pages, exports and print.

Outside the tier *internal* everything shown is a function of **censored leaves**. A leaf is a
calendar month x a sector (or "not on the map") x a type of offence. A leaf of 1 or 2 is the range
1-2, shown as "<3"; 0 and 3 or more are exact. Every total is the sum of its leaves' ranges, so it is
exact only where all of them are: a total minus the others reveals nothing, nor does one view minus
another, however they are chosen. That is complementary suppression by construction.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from ypo_dash.i18n import number
from ypo_dash.model.errors import FilterError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ypo_dash.model.taxonomy import Offence, Scene

SMALL = 2  # counts of 1 to this are censored
RATE_EVENTS = 10


class Tier(StrEnum):
    """For whom figures are."""

    INTERNAL = "internal"
    PARTNER = "partner"
    PUBLIC = "public"


TIERS = tuple(tier.value for tier in Tier)


@dataclass(frozen=True, slots=True)
class Range:
    """What is known of a count: it lies from ``low`` to ``high``, both included."""

    low: int
    high: int

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.high + other.high)

    @property
    def is_exact(self) -> bool:
        """Whether it is one number."""
        return self.low == self.high

    def plain(self) -> str:
        """Return it as files have it: ``12``, ``<3`` or ``45-48``."""
        if self.is_exact:
            return str(self.low)
        return "<3" if (self.low, self.high) == (1, SMALL) else f"{self.low}-{self.high}"

    def text(self, lang: str) -> str:
        """Return it as people read it."""
        if self.is_exact or self.plain() == "<3":
            return number(self.low, lang) if self.is_exact else "<3"
        return f"{number(self.low, lang)}–{number(self.high, lang)}"


def censor(n: int) -> Range:
    """Return what may be known of a leaf's count."""
    return Range(1, SMALL) if 1 <= n <= SMALL else Range(n, n)


def may_draw_point(tier: str, offence: Offence, scene: Scene) -> bool:
    """Whether an incident may be drawn as a point.

    Inside: not where its type or a private scene forbids it. Outside: never, since a point is a
    count of one.
    """
    if tier != Tier.INTERNAL or offence.points == "never":
        return False
    return not (offence.points == "public_scenes" and scene.private)


def check_tier(tier: str, given: Mapping[str, object]) -> None:
    """Raise FilterError for a filter in ``given`` that a tier outside the house does not have."""
    if tier == Tier.INTERNAL:
        return
    for name, value in given.items():
        if value:
            raise FilterError(
                name,
                "the tier {tier} has fixed areas and periods; this filter is not available in it",
                tier=tier,
            )


def require_internal(tier: str) -> None:
    """Raise FilterError where only the tier *internal* may be shown."""
    if tier != Tier.INTERNAL:
        raise FilterError(
            "tier", "only the page Share and its files show the tier {tier}", tier=tier
        )


def months_of(tier: str) -> int:
    """Return the length of the tier's smallest period, in months."""
    return 3 if tier == Tier.PUBLIC else 1


def tier_period(
    tier: str, given: tuple[date | None, date | None], span: tuple[date, date] | None
) -> tuple[date, date]:
    """Return the period of a state outside the house: whole months or quarters that are complete.

    Raises
    ------
    FilterError
        A date is not such a period's first or last day, or lies outside the data.
    """
    if span is None:
        raise FilterError("from", "there are no data yet")
    step = months_of(tier)
    first_known = _ceiling(span[0], step)
    last_known = _floor(span[1] + timedelta(days=1), step) - timedelta(days=1)
    if first_known > last_known:
        raise FilterError("from", "the data hold no whole period of this tier yet")
    last = given[1] or (last_known if given[0] is None else _end(given[0], step))
    first = given[0] or _floor(last, step)
    if _floor(first, step) != first:
        raise FilterError("from", _WHOLE[step], value=first)
    if _floor(last + timedelta(days=1), step) != last + timedelta(days=1):
        raise FilterError("to", _WHOLE[step], value=last)
    for name, day in (("from", first), ("to", last)):
        if not first_known <= day <= last_known:
            raise FilterError(
                name,
                "{value} is outside the complete periods, which run from {first} to {last}",
                value=day,
                first=first_known,
                last=last_known,
            )
    if first > last:
        raise FilterError("from", "{first} is after to={last}", first=first, last=last)
    return first, last


_WHOLE = {
    1: "{value} does not bound a whole calendar month",
    3: "{value} does not bound a whole calendar quarter",
}


def _floor(day: date, step: int) -> date:
    return date(day.year, day.month - (day.month - 1) % step, 1)


def _end(day: date, step: int) -> date:
    month = _floor(day, step).month + step - 1
    return date(day.year, month, monthrange(day.year, month)[1])


def _ceiling(day: date, step: int) -> date:
    floor = _floor(day, step)
    return floor if floor == day else _end(day, step) + timedelta(days=1)


def periods(tier: str, span: tuple[date, date] | None) -> list[tuple[date, date]]:
    """Return the complete periods of a tier, newest first; empty where there is none."""
    try:
        last = tier_period(tier, (None, None), span)
    except FilterError:
        return []
    assert span is not None  # noqa: S101 - else it was refused
    step, found, first = months_of(tier), [last], last[0]
    while first > _ceiling(span[0], step):
        end = first - timedelta(days=1)
        first = _floor(end, step)
        found.append((first, end))
    return found
