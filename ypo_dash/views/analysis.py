"""The statistics that are not on the map, as tables: what the command line prints and ``/export`` serves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ypo_dash.i18n import format_period, text
from ypo_dash.model.errors import FilterError
from ypo_dash.model.hours import week_mask
from ypo_dash.model.tiers import require_internal
from ypo_dash.views import concentration as focus
from ypo_dash.views import duty, effort
from ypo_dash.views.backtest import backtest
from ypo_dash.views.nearrepeat import BANDS, clear_fields, near_repeat, sentence
from ypo_dash.views.rhythm import (
    PARTS,
    hours_sentence,
    parts_sentence,
    rhythm,
    season_sentence,
)

if TYPE_CHECKING:
    from datetime import date
    from typing import Any

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.backtest import Backtest

METRIC_NAMES = {"manhattan": "along streets (Manhattan)", "euclid": "as the crow flies (Euclid)"}
REPEATED_TYPE = "BURGLARY"  # of near repeats, where the state names no type


def with_repeated_type(snapshot: Snapshot, filters: Filters) -> Filters:
    """Return the state that near repeats are of: burglary unless it names a type."""
    if filters.types or REPEATED_TYPE not in snapshot.taxonomy.offence:
        return filters
    return replace(filters, types=(REPEATED_TYPE,))


def backtest_section(snapshot: Snapshot, filters: Filters, _lang: str) -> Backtest:
    """Return what past weekly flags were worth, over all data whatever the state."""
    require_internal(filters.tier)
    return backtest(snapshot)


def time_section(snapshot: Snapshot, filters: Filters, lang: str) -> dict[str, Any]:
    """Return what the section on time shows."""
    found = rhythm(snapshot, filters)
    return {
        "found": found,
        "finding": hours_sentence(found, lang),
        "duty": duty_hours(snapshot, filters, lang),
        "parts": tuple(PARTS),
        "part_names": PART_NAMES,
        "part_hours": {name: str(hours) for name, hours in PARTS.items()},
        "parts_finding": parts_sentence(found, lang),
        "season_finding": season_sentence(found.season, lang),
    }


def duty_hours(snapshot: Snapshot, filters: Filters, lang: str) -> dict[str, Any] | None:
    """Return the share outside duty hours in words, and which hours of the day are in them."""
    try:
        found = duty.duty(snapshot, filters)
    except FilterError:
        return None
    mask = week_mask(found.hours, ())
    on = [True] * 24 if mask is None else [bool(hour) for hour in mask[:24]]
    return {
        "said": f"{short}." if (short := duty.short(found, lang)) else "",
        "on": on,
        "hours": duty.hours_text(found.hours),
    }


PART_NAMES = {
    "night": "Night",
    "morning": "Morning",
    "afternoon": "Afternoon",
    "evening": "Evening",
}


def nearrepeat_section(
    snapshot: Snapshot, filters: Filters, lang: str, metric: str = "manhattan"
) -> dict[str, Any]:
    """Return what the section on near repeats shows."""
    state = with_repeated_type(snapshot, filters)
    result = near_repeat(snapshot, state, metric, on_page=True)
    return {
        "found": result.found,
        "holds": clear_fields(result.found) if result.found else None,
        "finding": sentence(result, lang),
        "burglary": state != filters,
        "shown": state,
        "metric": metric,
        "distances": [0.0, *BANDS.distances],
        "lags": [0, *BANDS.lags],
    }


def concentration_section(snapshot: Snapshot, filters: Filters, lang: str) -> dict[str, Any]:
    """Return what the section on concentration shows."""
    found = focus.concentration(snapshot, filters)
    again = {r.share_of_area: r for r in found.again or []}
    afterwards = {r.share_of_area: r for r in found.afterwards or []}
    chance = dict(zip(focus.SHARES, found.chance or [], strict=bool(found.chance)))
    return {
        "found": found,
        "finding": focus.sentence(found, lang),
        "rows": [
            (share, again.get(share), afterwards.get(share), chance.get(share))
            for share in focus.SHARES
        ],
        "why_not": found.why_not.problem(lang) if found.why_not else "",
        "fewest": focus.FEWEST,
        "then": format_period(*found.then.period(None), lang=lang) if found.then else "",
        "area": float(found.ground.km2.sum()),
    }


def _shown(filters: Filters, period: tuple[date, date]) -> Filters:
    """Return the state of which an effort's counts are, but for their place."""
    return replace(
        filters, date_from=period[0], date_to=period[1], sectors=(), station=None, cell=None
    )


def effort_section(snapshot: Snapshot, filters: Filters, lang: str, **given: str) -> dict[str, Any]:
    """Return what the section on an effort shows: an empty form until one is given."""
    found = effort.evaluate(snapshot, filters, given) if given else None
    return {
        "found": found,
        "finding": effort.sentence(found, lang)
        if found
        else text(
            lang, "Say where and since when an effort was, and with which area it is compared."
        ),
        "names": effort.PART_NAMES,
        "shown": _shown(filters, found.effort.period) if found else filters,
        "estimates": found.estimates() if found else [],
        "periods": [
            format_period(*p, lang=lang) for p in (found.effort.before, found.effort.period)
        ]
        if found
        else [],
    }
