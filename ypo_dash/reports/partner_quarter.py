"""The quarter for partners: posts and need, and reported crime as ranges of whole months; no survey."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ypo_dash.i18n import text
from ypo_dash.model.filters import Filters
from ypo_dash.model.plan import Plan
from ypo_dash.model.tiers import Range
from ypo_dash.reports import staffing_blocks
from ypo_dash.reports.document import Block, Column, Heading, Lead, Notes, Page, TableBlock
from ypo_dash.reports.printing import build, period_words, place_of
from ypo_dash.reports.quarter_blocks import quarter_name
from ypo_dash.views.disclosure import published, rate_text
from ypo_dash.views.staffing import Staffing

if TYPE_CHECKING:
    from ypo_dash.reports.document import Document
    from ypo_dash.reports.printing import Printing
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.disclosure import Published, PublishedRow

_STRONG = ("station", "all")


def partner_quarter(
    snapshot: Snapshot, filters: Filters, lang: str, printing: Printing
) -> Document:
    """Return staffing and crime of a state's quarters as partners get them.

    Raises
    ------
    FilterError
        The quarter is not complete.
    """
    found = published(snapshot, filters, lang)
    name = quarter_name(found.period, lang)
    place = Filters(sectors=filters.sectors, station=filters.station)
    staffing = Staffing(snapshot, place, Plan(), printing.edited)
    where, when = place_of(snapshot, filters, lang), period_words(*found.period, lang)
    parts = [
        ("Staffing", _staffing(staffing, lang), (_LEFT_OUT,)),
        ("Reported crime", _crime(snapshot, found, lang), (_COUNTED, _LEFT_OUT)),
    ]
    pages = [
        Page(
            title=f"{text(lang, what)}, {name}",
            place=where,
            period=when,
            foot=tuple(text(lang, words) for words in foot),
            blocks=tuple(blocks),
        )
        for what, blocks, foot in parts
        if blocks
    ]
    title = f"{text(lang, 'Staffing and reported crime')}, {name}"
    return build(snapshot, title, pages, (lang, filters.tier), printing)


_COUNTED = "An incident is counted on the local date it began. Registers are corrected later."
_LEFT_OUT = "Left out for partners: incidents one by one, reasons of factors, the safety survey, and counts from which small ones could be found."


def _staffing(staffing: Staffing, lang: str) -> list[Block]:
    if not staffing_blocks.is_known(staffing):
        return []
    return [
        Lead(staffing_blocks.lead_words(staffing, lang)),
        *staffing_blocks.pictures(staffing, lang),
        Heading(text(lang, "By sector")),
        staffing_blocks.staffing_table(staffing, lang, rates=False),
        Notes(tuple(staffing_blocks.staffing_notes(staffing, lang, rates=False))),
    ]


def _crime(snapshot: Snapshot, found: Published, lang: str) -> list[Block]:
    groups = _groups(snapshot, found, lang)
    head = [Column(""), Column(text(lang, "Sector"), share=2.2)]
    head += [Column(name, "right", 1) for name, _ in groups]
    head += [
        Column(text(lang, "All"), "right", 1),
        Column(text(lang, "Per 1,000 inhabitants"), "right", 1),
    ]
    rows = tuple(_row(row, groups, lang) for row in found.rows)
    strong = tuple(i for i, row in enumerate(found.rows) if row.kind in _STRONG)
    lead = text(lang, "In {period}: {n} incidents.", period=quarter_name(found.period, lang), n=found.all.total.text(lang))  # fmt: skip
    return [
        Lead(lead),
        Heading(text(lang, "By sector")),
        TableBlock(columns=tuple(head), rows=rows, strong=strong, small=True),
        Notes(
            (
                text(lang, "Per 1,000 inhabitants: reported in the quarter, not scaled to a year."),
                *found.notes,
            )
        ),
    ]


def _groups(snapshot: Snapshot, found: Published, lang: str) -> list[tuple[str, list[int]]]:
    """Return the names of the groups of types, and which columns each sums."""
    at = {code: i for i, (code, _) in enumerate(found.columns)}
    named = []
    for codes in snapshot.taxonomy.groups.values():
        inside = [code for code in codes if code in at]
        if inside:
            offence = snapshot.taxonomy.offence[inside[0]]
            whole = len(inside) == len(codes) > 1
            name = offence.group_name(lang) if whole else ", ".join(snapshot.taxonomy.offence[c].name(lang) for c in inside)  # fmt: skip
            named.append((name, [at[code] for code in inside]))
    return named


def _row(row: PublishedRow, groups: list[tuple[str, list[int]]], lang: str) -> tuple[str, ...]:
    sums = (sum((row.values[i] for i in inside), Range(0, 0)).text(lang) for _, inside in groups)
    name = text(lang, "Local station {name}", name=row.name) if row.kind == "station" else row.name
    key = row.id if row.kind == "sector" else ""
    return (key, name, *sums, row.total.text(lang), rate_text(row.rate, lang))
