"""The safety survey in the side panel: shares with n and interval, by survey area; no fake sector score."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING

from ypo_dash.i18n import number, percent, text
from ypo_dash.stats.intervals import wilson
from ypo_dash.views.facts import Fact, Section

if TYPE_CHECKING:
    from ypo_dash.store.snapshot import Sector, Snapshot

HIDDEN_BELOW = 30  # answers; fewer say nothing about an area and might say something about people
UNCERTAIN_BELOW = 100
_TOUCHING = 0.01  # share of the sector an area must cover to be named


def safety_section(
    snapshot: Snapshot, sectors: list[Sector], everywhere: bool, lang: str
) -> Section | None:
    """Return the latest survey year; ``everywhere``: the district, else its one sector's areas."""
    rows = snapshot.table("survey")
    if not rows:
        return None
    year = max(r["year"] for r in rows)
    latest = {r["area_id"]: r for r in rows if r["year"] == year}
    heading = text(lang, "Safety survey {year}", year=year)
    if everywhere:
        asked = [sum(float(r[k]) for r in latest.values()) for k in ("n", "unsafe", "unsafe_night")]
        facts: tuple[Fact, ...] = (
            _share(text(lang, "Unsafe in the neighbourhood"), asked[1], asked[0], lang),
            _share(text(lang, "Unsafe evening and night"), asked[2], asked[0], lang),
        )
        missing = sorted(
            {
                s.name
                for s in sectors
                if not any(a in latest for a, _n, _s in _areas(snapshot, s.id))
            }
        )
        notes = (text(lang, "No survey in {n} sectors.", n=len(missing)),) if missing else ()
        return Section(
            heading,
            facts,
            (*notes, text(lang, "Shares of all answers in the surveyed areas, not weighted.")),
        )
    if len(sectors) > 1:
        return Section(
            heading, (), (text(lang, "Choose one sector to see the survey areas that touch it."),)
        )
    touching = _areas(snapshot, sectors[0].id) if sectors else ()
    facts = tuple(
        _share(
            f"{name} ({text(lang, '{share} of the sector', share=percent(share, lang))})",
            float(latest[area]["unsafe"]),
            float(latest[area]["n"]),
            lang,
        )
        for area, name, share in touching
        if area in latest
    )
    if not facts:
        return Section(
            heading, (), (text(lang, "No index: the survey does not cover this sector."),)
        )
    return Section(
        heading,
        facts,
        (
            text(
                lang,
                "Unsafe in the neighbourhood, by survey areas that touch this sector; there is no score of the sector itself.",
            ),
        ),
    )


def _share(label: str, hits: float, n: float, lang: str) -> Fact:
    if n < HIDDEN_BELOW:
        return Fact(
            label, text(lang, "hidden"), text(lang, "fewer than {n} answers", n=HIDDEN_BELOW)
        )
    low, high = wilson(hits, n)
    interval = f"{number(100 * low, lang, 0)}–{number(100 * high, lang, 0)} %"
    doubt = " · " + text(lang, "uncertain") if n < UNCERTAIN_BELOW else ""
    return Fact(label, percent(hits / n, lang), f"{interval} · n {number(n, lang)}{doubt}")


@lru_cache(maxsize=4)
def _overlaps(areas: str, sectors: str) -> dict[str, tuple[tuple[str, str, float], ...]]:
    import shapely

    shapes = [
        (
            str(f["properties"]["id"]),
            str(f["properties"]["name"]),
            shapely.from_geojson(json.dumps(f["geometry"])),
        )
        for f in json.loads(areas)["features"]
    ]
    found = {}
    for feature in json.loads(sectors)["features"]:
        sector = shapely.from_geojson(json.dumps(feature["geometry"]))
        shares = [
            (code, name, float(shapely.intersection(shape, sector).area / sector.area))
            for code, name, shape in shapes
        ]
        found[feature["properties"]["sector_id"]] = tuple(
            sorted((s for s in shares if s[2] > _TOUCHING), key=lambda s: -s[2])
        )
    return found


def _areas(snapshot: Snapshot, sector: str) -> tuple[tuple[str, str, float], ...]:
    """Return the survey areas that touch a sector: id, name, share of the sector."""
    return _overlaps(snapshot.layer_text("areas"), snapshot.layer_text("sectors")).get(sector, ())
