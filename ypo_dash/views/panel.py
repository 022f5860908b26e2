"""The side panel: counts, staffing and safety of the chosen sector, station or whole district."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING

import h3

from ypo_dash.i18n import format_date, number, percent, plural, text
from ypo_dash.model.tiers import require_internal
from ypo_dash.stats.intervals import poisson_exact
from ypo_dash.store.query import summarise
from ypo_dash.views.facts import Fact, Panel, Section
from ypo_dash.views.rates import PER, Rate, rate_filters, sector_rates
from ypo_dash.views.safety import safety_section
from ypo_dash.views.tables import count_value
from ypo_dash.views.words import count_text

if TYPE_CHECKING:
    from ypo_dash.model.filters import Filters
    from ypo_dash.store.query import Summary
    from ypo_dash.store.snapshot import Sector, Snapshot


def panel(snapshot: Snapshot, filters: Filters, lang: str) -> Panel:
    """Return the panel for the sectors that the state leaves."""
    require_internal(filters.tier)
    chosen = filters.place_sectors(snapshot)
    sectors = [s for s in snapshot.sectors if chosen is None or s.id in chosen]
    summary = summarise(snapshot, filters)
    if filters.cell is not None:
        return _hexagon(snapshot, filters, filters.cell, summary, lang)
    sections = (
        _counts(snapshot, filters, summary, sectors, lang),
        _staffing(snapshot, sectors, lang),
        safety_section(snapshot, sectors, chosen is None, lang),
    )
    return Panel(
        *_title(snapshot, filters, sectors, lang), tuple(s for s in sections if s is not None)
    )


def _hexagon(snapshot: Snapshot, filters: Filters, cell: str, summary: Summary, lang: str) -> Panel:
    """Return a hexagon's panel: its own counts; inhabitants, posts and survey are of sectors."""
    inside = [(s, n) for s, n in zip(snapshot.sectors, summary.sectors[:-2], strict=True) if n > 0]
    area = text(lang, "area {area} km²", area=number(h3.cell_area(cell, unit="km^2"), lang, 3))
    counts = _counts(snapshot, filters, summary, [], lang)
    if len(inside) == 1:
        sector = inside[0][0]
        where = text(lang, "sector {id} {name}", id=sector.id, name=sector.name)
        return Panel(text(lang, "Hexagon"), f"{where} · {area}", (counts,))
    shares = tuple(
        Fact(f"{s.id} {s.name}", count_text(summary, count_value(n), lang)) for s, n in inside
    )
    by_sector = (Section(text(lang, "Incidents by sector"), shares),) if shares else ()
    return Panel(text(lang, "Hexagon"), area, (counts, *by_sector))


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
    if rate is not None and _overlaps_data(snapshot, summary):
        digits = 1 if rate.rate >= 1 else 2
        shown, low, high = (number(v, lang, digits) for v in (rate.rate, rate.low, rate.high))
        note = text(lang, "95 % interval {low}–{high}", low=low, high=high)
        facts.append(Fact(text(lang, "Per 1,000 inhabitants"), shown, note))
        # One of two notes of a kind, so that nothing below jumps when a type is chosen.
        notes.append(
            text(lang, "Rates count the types that are chosen.")
            if rate_filters(snapshot, filters) is filters
            else text(
                lang,
                "Rates leave out what the police find themselves (drugs, weapons): it shows where they looked.",
            )
        )
    return Section(text(lang, "Incidents in the period"), tuple(facts), tuple(notes))


def _overlaps_data(snapshot: Snapshot, summary: Summary) -> bool:
    span = snapshot.span
    return span is not None and summary.period[0] <= span[1] and summary.period[1] >= span[0]


def _rate(snapshot: Snapshot, filters: Filters, sectors: list[Sector]) -> Rate | None:
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


def _approval(row: dict[str, str], lang: str) -> str:
    who, when = row.get("approved_by", ""), row.get("date", "")
    with suppress(ValueError):
        when = format_date(date.fromisoformat(when), lang)
    if who:
        return text(lang, "Approved by {who} {date}", who=who, date=when).strip()
    return when


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
                _approval(row, lang),
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
