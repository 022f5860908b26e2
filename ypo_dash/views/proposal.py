"""A proposed factor: from three visible scores, with what each contributes and what would change it.

This project's own construction: 50 is the district, 100 twice as much or more, on every score. It
never overwrites what a person has set.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ypo_dash.stats.position import position, value_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ypo_dash.model.plan import ProposalRules
    from ypo_dash.views.rates import Rate

INPUTS = ("crime", "designated", "infrastructure")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a proposal is made of: each None where it is not known.

    ``crime`` per 1,000 inhabitants and year, ``designated`` the share of inhabitants 0-1,
    ``infrastructure`` the mean position of its parts, which stand by name in ``parts``.
    """

    crime: Rate | None
    designated: float | None
    infrastructure: float | None
    parts: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One score of a proposal.

    ``place`` 0-100, ``points`` what it adds to the score, ``more`` and ``less`` the value from which
    the factor would be one step smaller or larger if nothing else changed; None where this score
    alone can't do it. ``without`` is the factor that the other scores would give.
    """

    name: str
    value: float
    place: float
    weight: float
    points: float
    more: float | None
    less: float | None
    without: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A proposed factor, the range that chance in the crime figures leaves, and its parts."""

    score: float
    factor: int
    smallest: int
    largest: int
    parts: tuple[Part, ...]
    missing: tuple[str, ...]


def factor_at(score: float, cuts: tuple[float, ...]) -> int:
    """Return the factor of a score: 5 below the first limit, 1 from the last on."""
    return 5 - sum(score >= cut for cut in cuts)


def propose(figures: Figures, district: Figures, rules: ProposalRules) -> Proposal | None:
    """Return the proposal for a sector; None where none of its figures is known."""
    places = _places(figures, district)
    if not places:
        return None
    weights = {name: getattr(rules, name) for name in places}
    score = _score(places, weights)
    if score is None:
        return None
    factor = factor_at(score, rules.cuts)
    low, high = score, score
    if "crime" in places and figures.crime is not None and district.crime is not None:
        low, high = (
            _score({**places, "crime": position(end, district.crime.rate)}, weights) or score
            for end in (figures.crime.low, figures.crime.high)
        )
    return Proposal(
        score=score,
        factor=factor,
        smallest=factor_at(high, rules.cuts),
        largest=factor_at(low, rules.cuts),
        parts=tuple(
            _part(name, figures, district, (places, weights, score), rules) for name in places
        ),
        missing=tuple(name for name in INPUTS if name not in places),
    )


def _places(figures: Figures, district: Figures) -> dict[str, float]:
    found = {}
    if figures.crime is not None and district.crime is not None and district.crime.rate > 0:
        found["crime"] = position(figures.crime.rate, district.crime.rate)
    if figures.designated is not None and district.designated:
        found["designated"] = position(figures.designated, district.designated)
    if figures.infrastructure is not None:
        found["infrastructure"] = figures.infrastructure
    return found


def _score(places: dict[str, float], weights: dict[str, float]) -> float | None:
    total = sum(weights[name] for name in places)
    return sum(weights[name] * places[name] for name in places) / total if total else None


def _part(
    name: str,
    figures: Figures,
    district: Figures,
    known: tuple[dict[str, float], dict[str, float], float],
    rules: ProposalRules,
) -> Part:
    places, weights, score = known
    total, weight, place = sum(weights.values()), weights[name], places[name]
    above = [cut for cut in rules.cuts if cut > score]
    below = [cut for cut in rules.cuts if cut <= score]
    more = place + (above[0] - score) * total / weight if above and weight else None
    less = place - (score - below[-1]) * total / weight if below and weight else None
    reference = 50.0
    if name == "crime" and district.crime is not None:
        reference = district.crime.rate
    elif name == "designated" and district.designated is not None:
        reference = district.designated
    rest = {other: value for other, value in places.items() if other != name}
    other_score = _score(rest, weights)
    value = figures.crime.rate if name == "crime" and figures.crime else getattr(figures, name)
    return Part(
        name=name,
        value=value,
        place=place,
        weight=weight / total,
        points=weight * place / total,
        more=value_at(more, reference) if more is not None and more <= 100 else None,
        less=value_at(less, reference) if less is not None and less > 0 else None,
        without=None if other_score is None else factor_at(other_score, rules.cuts),
    )


def doubled(rules: ProposalRules, name: str) -> ProposalRules:
    """Return rules in which one score weighs twice as much."""
    weights = {n: getattr(rules, n) * (2 if n == name else 1) for n in INPUTS}
    return replace(rules, **weights)
