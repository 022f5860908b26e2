"""The side panel: counts, staffing and safety of the chosen sector, station or whole district."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import quote

import h3

from ypo_dash.i18n import format_date, format_period, number, percent, plural, text
from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.model.plan import Plan
from ypo_dash.model.tiers import require_internal
from ypo_dash.people.plans import NOTHING_EDITED
from ypo_dash.stats.intervals import poisson_exact
from ypo_dash.store.query import summarise
from ypo_dash.views.change import change_of
from ypo_dash.views.facts import Fact, Panel, Section
from ypo_dash.views.hotspots import cell_sentence, hotspots, method_sentence, sentence
from ypo_dash.views.measures import shade_of, shade_words, signed
from ypo_dash.views.method import method_links
from ypo_dash.views.rates import PER, Rate, rate_filters, sector_rates
from ypo_dash.views.safety import safety_section
from ypo_dash.views.staffing import Staffing
from ypo_dash.views.survey import survey_of
from ypo_dash.views.tables import count_value
from ypo_dash.views.words import count_text

if TYPE_CHECKING:
    from ypo_dash.model.plan import SetFactor
    from ypo_dash.people.plans import Edited
    from ypo_dash.store.query import Summary
    from ypo_dash.store.snapshot import Sector, Snapshot


def panel(
    snapshot: Snapshot, filters: Filters, lang: str, edited: Edited = NOTHING_EDITED
) -> Panel:
    """Return the panel for the sectors that the state leaves; ``edited`` are factors set here."""
    require_internal(filters.tier)
    chosen = filters.place_sectors(snapshot)
    sectors = [s for s in snapshot.sectors if chosen is None or s.id in chosen]
    if filters.cell is not None:
        summary = summarise(snapshot, filters)
        found = _hexagon(snapshot, filters, filters.cell, summary, lang)
        return replace(found, sections=(*found.sections, _answers(filters.cell, lang)))
    card = _card(sectors, lang)
    sections = figures_of(snapshot, filters, lang, edited)
    return Panel(*_title(snapshot, filters, sectors, lang), (*sections, *([card] if card else [])))


def figures_of(
    snapshot: Snapshot, filters: Filters, lang: str, edited: Edited = NOTHING_EDITED
) -> tuple[Section, ...]:
    """Return the panel's figures of a state without a hexagon: counts, staffing, safety."""
    require_internal(filters.tier)
    chosen = filters.place_sectors(snapshot)
    sectors = [s for s in snapshot.sectors if chosen is None or s.id in chosen]
    safety = safety_section(survey_of(snapshot, edited.index), sectors, chosen is None, lang)
    found = (
        _counts(snapshot, filters, summarise(snapshot, filters), sectors, lang),
        _spots(snapshot, filters, lang),
        _staffing(Staffing(snapshot, Filters(), Plan(), edited), sectors, lang),
        replace(safety, method=method_links(("survey", "index"), lang)) if safety else None,
    )
    return tuple(section for section in found if section is not None)


def _hexagon(snapshot: Snapshot, filters: Filters, cell: str, summary: Summary, lang: str) -> Panel:
    """Return a hexagon's panel: its own counts; inhabitants, posts and survey are of sectors."""
    inside = [(s, n) for s, n in zip(snapshot.sectors, summary.sectors[:-2], strict=True) if n > 0]
    area = text(lang, "area {area} km²", area=number(h3.cell_area(cell, unit="km^2"), lang, 3))
    counts = _counts(snapshot, filters, summary, [], lang)
    spots = _spots(snapshot, filters, lang)
    first = (counts, spots) if spots else (counts,)
    if len(inside) == 1:
        sector = inside[0][0]
        where = text(lang, "sector {id} {name}", id=sector.id, name=sector.name)
        return Panel(text(lang, "Hexagon"), f"{where} · {area}", first)
    shares = tuple(
        Fact(f"{s.id} {s.name}", count_text(summary, count_value(n), lang)) for s, n in inside
    )
    by_sector = (Section(text(lang, "Incidents by sector"), shares),) if shares else ()
    return Panel(text(lang, "Hexagon"), area, (*first, *by_sector))


def _card(sectors: list[Sector], lang: str) -> Section | None:
    """Return the way to who answers for the one sector of a state."""
    if len(sectors) != 1:
        return None
    address = f"/sector/{quote(sectors[0].id, safe='')}?part=contact&lang={lang}"
    return Section(text(lang, "Who answers here"), (), link=(text(lang, "Contact card"), address))


def _answers(cell: str, lang: str) -> Section:
    """Return the way to who answers for a hexagon's middle: whose sector it is, and how he is reached."""
    lat, lng = h3.cell_to_latlng(cell)
    address = f"/sector/find?lat={lat:.5f}&lon={lng:.5f}&lang={lang}"
    return Section(text(lang, "Who answers here"), (), link=(text(lang, "Sector and contact of this place"), address))  # fmt: skip


def _spots(snapshot: Snapshot, filters: Filters, lang: str) -> Section | None:
    """Return what the map of hot spots says; nothing with other measures."""
    if filters.measure != "hotspot":
        return None
    heading = text(lang, "Hot spots")
    wanted = ("hotspots", "classes", *(("gistar",) if filters.baseline == "gistar" else ()))
    method = method_links(wanted, lang)
    try:
        found = hotspots(snapshot, filters)
    except FilterError as error:
        return Section(heading, (), (error.problem(lang),), method=method)
    notes = [sentence(found, lang), method_sentence(found, lang)]
    if filters.cell is not None and h3.get_resolution(filters.cell) == filters.res:
        dense = snapshot.cells.find(filters.cell)
        notes = [cell_sentence(found, dense, lang)] if dense > 0 else []
    return Section(heading, (), tuple(notes), method=method)


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
    facts += _change(snapshot, filters, lang)
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
    method = method_links(("count", "change", "rates" if rate is not None else "map"), lang)
    return Section(text(lang, "Incidents in the period"), tuple(facts), tuple(notes), method=method)


def _change(snapshot: Snapshot, filters: Filters, lang: str) -> list[Fact]:
    """Return the change against the earlier period that the state names; none where there is none."""
    try:
        change, then = change_of(snapshot, filters)
    except FilterError:  # the data do not reach back that far
        return []
    low, difference, high = (signed(v, lang) for v in (change.low, change.difference, change.high))
    said = shade_words(lang)[shade_of(change.verdict, change.p, change.difference)]
    period = format_period(*then.period(snapshot.span), lang=lang)
    note = text(lang, "{low} to {high}: {said}", low=low, high=high, said=said)
    return [Fact(text(lang, "Against {period}", period=period), difference, note)]


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


def _approval(held: SetFactor, lang: str) -> str:
    when = held.date
    with suppress(ValueError):
        when = format_date(date.fromisoformat(when), lang)
    if held.approved_by:
        return text(lang, "Approved by {who} {date}", who=held.approved_by, date=when).strip()
    return when


def _staffing(staffing: Staffing, sectors: list[Sector], lang: str) -> Section | None:
    wanted = {s.id for s in sectors}
    rows = [row for row in staffing.rows if row.sector.id in wanted]
    if not rows or all(row.posts is None and row.held is None for row in rows):
        return None
    facts, notes = [], []
    one = rows[0] if len(rows) == 1 else None
    if one and one.held:
        said = text(lang, "1 officer per {n} inhabitants", n=number(1000 * one.held.factor, lang))
        facts.append(Fact(text(lang, "Factor"), number(one.held.factor, lang), said))
        notes += [part for part in (one.held.reason, _approval(one.held, lang)) if part]
    totals = staffing.totals(rows)
    if totals.need is not None:
        need = number(totals.need, lang, 1)
        facts.append(Fact(text(lang, "Need by the model"), need, text(lang, "officers")))
    if totals.posts is not None:
        facts.append(Fact(text(lang, "Posts available"), number(totals.posts, lang)))
    if totals.gap is not None:
        gap = number(totals.gap, lang, 1)
        facts.append(Fact(text(lang, "Gap"), gap, text(lang, "posts minus need")))
    if one and totals.allocation is not None:
        share = number(totals.allocation, lang)
        band = staffing.bands.get(one.sector.id)
        ends = (number(band.low, lang), number(band.high, lang)) if band else (share, share)
        note = (
            text(lang, "of the posts; {low} to {high} if a factor or population were otherwise", low=ends[0], high=ends[1])
            if ends[0] != ends[1]
            else text(lang, "of the posts")
        )  # fmt: skip
        facts.append(Fact(text(lang, "Share by need"), share, note))
    if totals.need is None:
        notes.append(text(lang, "No factor is set for every sector, so no need is shown."))
    place = f"sector={one.sector.id}&" if one else ""
    link = (text(lang, "Open in Staffing"), f"/staffing?{place}lang={lang}")
    method = method_links(("need", "factor"), lang)
    return Section(text(lang, "Staffing"), tuple(facts), tuple(notes), link, method)
