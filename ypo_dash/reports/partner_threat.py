"""The threat assessment for named partners: censored counts, levels and words that were marked for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ypo_dash.i18n import format_quarter, number, text
from ypo_dash.model.assessment import SUMMARY
from ypo_dash.model.errors import FilterError
from ypo_dash.model.tiers import RATE_EVENTS, Range
from ypo_dash.reports import threat_blocks
from ypo_dash.reports.document import Block, Column, Heading, Lead, Notes, Page, TableBlock, Text
from ypo_dash.reports.printing import build, period_words, place_of
from ypo_dash.reports.threat import areas_of, marked, quarter_of, seal_words
from ypo_dash.views import threat_words as words
from ypo_dash.views.threat_partner import PartnerArea, partner_areas
from ypo_dash.views.threat_shown import shown

if TYPE_CHECKING:
    from ypo_dash.model.filters import Filters
    from ypo_dash.reports.document import Document
    from ypo_dash.reports.printing import Printing
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.threat_shown import Shown


def partner_threat(snapshot: Snapshot, filters: Filters, lang: str, printing: Printing) -> Document:
    """Return a quarter's assessment as partners get it.

    Raises
    ------
    FilterError
        The quarter is not over, or there is no area in this place.
    """
    quarter = quarter_of(filters)
    found = shown(printing.assessed, snapshot, quarter)
    if not found.threat.whole or not found.threat.covered:
        raise FilterError("to", "partners get quarters that are over and that the data cover whole")
    areas = partner_areas(found.threat, areas_of(found, snapshot, filters))
    title = f"{text(lang, 'Threat assessment')}, {format_quarter(quarter.first, lang)}"
    mark = threat_blocks.mark(found, lang)
    page = Page(
        title=f"{title} · {mark}" if mark else title,
        place=place_of(snapshot, filters, lang),
        period=period_words(found.threat.first, found.threat.last, lang),
        foot=(
            seal_words(found, snapshot, lang, names=False) or mark,
            text(lang, "Left out for partners: single gang-related incidents and their kinds, types of offences, names, and words that were not marked for partners."),
        ),
        blocks=tuple(_blocks(found, areas, lang)),
    )  # fmt: skip
    made = build(snapshot, title, [page], (lang, filters.tier), printing)
    return marked(made, found, mark, lang)


def _blocks(found: Shown, areas: list[PartnerArea], lang: str) -> list[Block]:
    gang = sum((one.gang for one in areas), Range(0, 0))
    lead = text(lang, "In the areas {n} incidents were judged to be gang-related.", n=gang.text(lang))  # fmt: skip
    blocks: list[Block] = [Lead(lead)]
    whole = _shared(found, SUMMARY)
    blocks += [Text(part) for part in whole.splitlines() if part]
    blocks += [Heading(text(lang, "Areas")), _table(found, areas, lang)]
    for one in areas:
        said = _shared(found, one.area.name)
        if said:
            blocks += [Heading(one.area.name), *(Text(p) for p in said.splitlines() if p)]
    notes = (
        text(lang, "Counts of 1 and 2 are shown as <3. A total that contains one is shown as a range, so that nothing can be found by subtraction."),
        text(lang, "No rate is shown under {n} events. Per 1,000 inhabitants: reported in the quarter, not scaled to a year; what the police find themselves is left out.", n=RATE_EVENTS),
        text(lang, words.OURS),
    )  # fmt: skip
    return [*blocks, Notes(notes)]


def _shared(found: Shown, part: str) -> str:
    """Return the words of a part that were signed and marked for partners."""
    said = found.texts.of(part)
    return said.text if found.evidence and said.share else ""


def _table(found: Shown, areas: list[PartnerArea], lang: str) -> TableBlock:
    head = (
        Column(text(lang, "Particularly disadvantaged residential area"), share=1.4),
        Column(text(lang, "List"), share=1),
        Column(text(lang, "Inhabitants"), "right"),
        Column(text(lang, "Reported"), "right"),
        Column(text(lang, "Per 1,000"), "right"),
        Column(text(lang, "Gang-related"), "right"),
        Column(text(lang, "Level and direction"), share=1),
    )
    return TableBlock(columns=head, rows=tuple(_row(found, one, lang) for one in areas))


def _row(found: Shown, one: PartnerArea, lang: str) -> tuple[str, ...]:
    said = found.texts.of(one.area.name)
    level = threat_blocks.level_words(said, lang) if found.evidence and said.share else "–"
    people = one.area.population
    return (
        one.area.name,
        words.list_of(one.area, lang),
        "–" if people is None else number(people, lang),
        "–" if one.reported is None else one.reported.text(lang),
        "–" if one.rate is None else number(one.rate, lang, 1),
        one.gang.text(lang),
        level,
    )
