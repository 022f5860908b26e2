"""The side panel: counts, staffing and safety of the chosen sector, station or whole district."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ypo_dash.i18n import number, percent, plural, text
from ypo_dash.stats.intervals import wilson
from ypo_dash.store.query import summarise
from ypo_dash.views.rates import PER, Rate, rate_filters, sector_rates
from ypo_dash.views.tables import count_value
from ypo_dash.views.words import count_text

if TYPE_CHECKING:
    from ypo_dash.model.filters import Filters
    from ypo_dash.store.query import Summary
    from ypo_dash.store.snapshot import Sector, Snapshot

HIDDEN_BELOW = 30  # answers; fewer say nothing about an area and might say something about people
UNCERTAIN_BELOW = 100
_TOUCHING = 0.01  # share of the sector an area must cover to be named


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure: what, how much, and what qualifies it."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Figures under one heading."""

    heading: str
    facts: tuple[Fact, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """What the side panel says."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]


def panel(snapshot: Snapshot, filters: Filters, lang: str) -> Panel:
    """Return the panel for the sectors that the state leaves."""
    chosen = filters.place_sectors(snapshot)
    sectors = [s for s in snapshot.sectors if chosen is None or s.id in chosen]
    summary = summarise(snapshot, filters)
    sections = (
        _counts(snapshot, filters, summary, sectors, lang),
        _staffing(snapshot, sectors, lang),
        _safety(snapshot, sectors, chosen is None, lang),
    )
    return Panel(
        *_title(snapshot, filters, sectors, lang), tuple(s for s in sections if s is not None)
    )


def _title(
    snapshot: Snapshot, filters: Filters, sectors: list[Sector], lang: str
) -> tuple[str, str]:
    people = [s.population for s in sectors if s.population]
    inhabitants = (
        plural(lang, "{n} inhabitant", "{n} inhabitants", sum(people))
        if people
        else text(lang, "population unknown")
    )
    if len(sectors) == 1:
        station = snapshot.station_names.get(sectors[0].station or "", {}).get(lang)
        where = [text(lang, "local station {name}", name=station)] if station else []
        return f"{sectors[0].id} {sectors[0].name}", " · ".join([*where, inhabitants])
    if filters.station and not filters.sectors:
        return text(
            lang, "Local station {name}", name=snapshot.station_names[filters.station][lang]
        ), inhabitants
    if filters.has_place and filters.sectors:
        return text(lang, "{n} sectors", n=len(sectors)), inhabitants
    return text(lang, "{name}, whole district", name=snapshot.district.name), inhabitants


def _counts(
    snapshot: Snapshot, filters: Filters, summary: Summary, sectors: list[Sector], lang: str
) -> Section:
    total = count_value(summary.total)
    facts = [Fact(text(lang, "Incidents"), count_text(summary, total, lang))]
    if not filters.has_place:
        lost = count_value(summary.no_coordinates + summary.outside)
        share = percent(lost / total, lang) if total else "–"
        note = text(
            lang,
            "{a} without coordinates, {b} outside",
            a=count_text(summary, count_value(summary.no_coordinates), lang),
            b=count_text(summary, count_value(summary.outside), lang),
        )
        facts.append(
            Fact(text(lang, "Not on the map"), f"{count_text(summary, lost, lang)} ({share})", note)
        )
    if summary.sector_only:
        value = count_text(summary, count_value(summary.sector_only), lang)
        facts.append(Fact(text(lang, "Sector known, no point"), value, text(lang, "in no hexagon")))
    if summary.rows:
        facts.append(
            Fact(
                text(lang, "Exact time"),
                percent(summary.exact / summary.rows, lang),
                text(lang, "the others are spread over their span"),
            )
        )
    rate = _rate(snapshot, filters, sectors)
    notes = []
    if rate is not None and filters.cell is None:
        digits = 1 if rate.rate >= 1 else 2
        shown, low, high = (number(v, lang, digits) for v in (rate.rate, rate.low, rate.high))
        note = text(lang, "95 % interval {low}–{high}", low=low, high=high)
        facts.append(Fact(text(lang, "Per 1,000 inhabitants"), shown, note))
        if rate_filters(snapshot, filters) is not filters:
            notes.append(
                text(
                    lang,
                    "Rates leave out what the police find themselves (drugs, weapons): it shows where they looked.",
                )
            )
    return Section(text(lang, "Incidents in the period"), tuple(facts), tuple(notes))


def _rate(snapshot: Snapshot, filters: Filters, sectors: list[Sector]) -> Rate | None:
    from ypo_dash.stats.intervals import poisson_exact

    people = sum(s.population or 0 for s in sectors)
    if not people or any(not s.population for s in sectors):
        return None
    wanted = {s.id for s in sectors}
    count = sum(
        r.count
        for r, s in zip(sector_rates(snapshot, filters), snapshot.sectors, strict=True)
        if r and s.id in wanted
    )
    low, high = poisson_exact(count)
    return Rate(count, count * PER / people, low * PER / people, high * PER / people)


def _staffing(snapshot: Snapshot, sectors: list[Sector], lang: str) -> Section | None:
    rows = {r["sector_id"]: r for r in snapshot.table("posts")}
    mine = [(s, rows[s.id]) for s in sectors if s.id in rows]
    if not mine:
        return None
    posts = sum(float(r["posts"]) for _, r in mine)
    set_ = [(s, r) for s, r in mine if r.get("factor") and s.population]
    facts, notes = [], []
    if len(mine) == 1 and set_:
        row = set_[0][1]
        facts.append(
            Fact(
                text(lang, "Factor"),
                row["factor"],
                text(
                    lang,
                    "1 officer per {n} inhabitants",
                    n=number(1000 * float(row["factor"]), lang),
                ),
            )
        )
        notes += [
            part
            for part in (
                row.get("reason", ""),
                ", ".join(p for p in (row.get("approved_by", ""), row.get("date", "")) if p),
            )
            if part
        ]
    if len(set_) == len(mine):
        need = sum((s.population or 0) / (1000 * float(r["factor"])) for s, r in set_)
        facts.append(
            Fact(text(lang, "Need by the model"), number(need, lang, 1), text(lang, "officers"))
        )
    facts.append(Fact(text(lang, "Posts available"), number(posts, lang)))
    if len(set_) == len(mine):
        facts.append(
            Fact(
                text(lang, "Gap"),
                number(round(posts - need, 1), lang, 1),
                text(lang, "posts minus need"),
            )
        )
    else:
        notes.append(text(lang, "No factor is set for every sector, so no need is shown."))
    return Section(text(lang, "Staffing"), tuple(facts), tuple(notes))


def _safety(
    snapshot: Snapshot, sectors: list[Sector], everywhere: bool, lang: str
) -> Section | None:
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
