"""Staffing and safety for a quarter, with its crime by type and local station."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ypo_dash.i18n import join_words, text
from ypo_dash.model.filters import Filters
from ypo_dash.model.plan import Plan
from ypo_dash.reports import safety_blocks, staffing_blocks
from ypo_dash.reports.document import Block, Heading, Lead, Notes, Page, Text
from ypo_dash.reports.opening import state_line
from ypo_dash.reports.printing import (
    build,
    counted_words,
    left_out,
    period_words,
    place_of,
)
from ypo_dash.reports.quarter_blocks import crime_blocks, crime_notes, quarter_name
from ypo_dash.views.explore import finding
from ypo_dash.views.quarters import quarter_counts, quarters_of
from ypo_dash.views.staffing import Staffing
from ypo_dash.views.tables import count_value
from ypo_dash.views.words import count_text

if TYPE_CHECKING:
    from ypo_dash.reports.document import Document
    from ypo_dash.reports.printing import Printing
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.quarters import QuarterCounts

_SHORT = 8  # areas that leave room below them


def with_quarter(snapshot: Snapshot, filters: Filters) -> Filters:
    """Return the state with its whole quarters; the latest of the data where it names no date.

    Raises
    ------
    FilterError
        A date bounds no quarter, or the data hold no whole one.
    """
    first, last = quarters_of(snapshot, filters)
    return replace(filters, date_from=first, date_to=last)


def quarter(snapshot: Snapshot, filters: Filters, lang: str, printing: Printing) -> Document:
    """Return staffing, safety and crime of a state's quarters.

    Each begins a sheet of its own, but what is short shares it with the next.

    Raises
    ------
    FilterError
        The period is impossible for the data.
    """
    made = _Quarter(snapshot, filters, lang, printing)
    sections = [made.staffing(), made.safety(), made.crime()]
    pages: list[list[_Section]] = []
    for section in sections:
        if not pages or any(before.is_long for before in pages[-1]):
            pages.append([])
        pages[-1].append(section)
    title = made.title([text(lang, "Staffing and safety")])
    return build(snapshot, title, [made.page(each) for each in pages], (lang, filters.tier), printing)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Section:
    """A part of the print; after a long one the next begins a sheet of its own."""

    name: str
    blocks: list[Block]
    foot: list[str]
    is_long: bool


class _Quarter:
    """The parts of the print."""

    def __init__(self, snapshot: Snapshot, filters: Filters, lang: str, printing: Printing) -> None:
        self.snapshot, self.filters, self.lang = snapshot, filters, lang
        self.printing = printing
        self.counts = quarter_counts(snapshot, filters)
        self.place = Filters(
            date_from=filters.date_from,
            date_to=filters.date_to,
            sectors=filters.sectors,
            station=filters.station,
        )

    def title(self, names: list[str]) -> str:
        """Return a sheet's title."""
        first, *others = names
        words = join_words([first, *(name[:1].lower() + name[1:] for name in others)], self.lang)
        return f"{words}, {quarter_name(self.counts.period, self.lang)}"

    def page(self, sections: list[_Section]) -> Page:
        """Return the page of some sections."""
        blocks: list[Block] = []
        for section in sections:
            blocks += [Heading(section.name)] if len(sections) > 1 else []
            blocks += section.blocks
        return Page(
            title=self.title([section.name for section in sections]),
            place=place_of(self.snapshot, self.filters, self.lang),
            period=period_words(*self.counts.period, self.lang),
            foot=tuple(words for section in sections for words in section.foot),
            blocks=tuple(blocks),
        )

    def staffing(self) -> _Section:
        """Return need and posts by sector."""
        lang, found = self.lang, Staffing(self.snapshot, self.place, Plan(), self.printing.edited)
        foot = [text(lang, "Need by the model and posts available are two things. No number is suppressed.")]  # fmt: skip
        if not staffing_blocks.is_known(found):
            said = text(lang, "Neither posts nor factors of these sectors are known.")
            return _Section(text(lang, "Staffing"), [Lead(said)], [], is_long=False)
        blocks: list[Block] = [Lead(staffing_blocks.lead_words(found, lang)), *self._unfiltered()]
        blocks += [
            *staffing_blocks.pictures(found, lang),
            Heading(text(lang, "By sector")),
            staffing_blocks.staffing_table(found, lang),
            *staffing_blocks.factor_table(found, lang),
            Notes(tuple(staffing_blocks.staffing_notes(found, lang))),
        ]
        return _Section(text(lang, "Staffing"), blocks, foot, is_long=True)

    def safety(self) -> _Section:
        """Return the survey of the latest year up to the quarter."""
        lang, until = self.lang, self.counts.period[1].year
        found = safety_blocks.safety_year(self.snapshot, self.filters, self.printing.edited, until)
        foot = [text(lang, "A survey is made once a year: it is not of the quarter alone.")]
        if found is None:
            said = text(lang, "There is no safety survey up to {year}.", year=until)
            return _Section(text(lang, "Safety"), [Lead(said)], [], is_long=False)
        blocks: list[Block] = [Lead(safety_blocks.lead_words(found, lang))]
        chart = safety_blocks.safety_chart(found, lang)
        if found.rows:
            blocks.append(safety_blocks.safety_table(found, lang))
        if chart is not None:
            blocks += [Heading(text(lang, "Unsafe in the neighbourhood")), chart]
        notes = safety_blocks.safety_notes(self.snapshot, found, self.filters, lang)
        blocks.append(Notes(tuple(notes)))
        return _Section(text(lang, "Safety"), blocks, foot, len(found.rows) > _SHORT)

    def crime(self) -> _Section:
        """Return the counts by type against earlier quarters."""
        lang = self.lang
        foot = [counted_words(self.filters, lang), left_out(self.counts.summary, (), lang)]
        blocks: list[Block] = [
            Lead(_crime_lead(self.snapshot, self.counts, lang)),
            *state_line(self.snapshot, self.filters, lang),
            *crime_blocks(self.snapshot, self.counts, self.filters, lang),
            Notes(
                (
                    counted_words(self.filters, lang),
                    *crime_notes(self.snapshot, self.counts, self.filters, lang),
                    text(
                        lang, "The threat assessment is a print of its own and no part of this one."
                    ),
                )
            ),
        ]
        return _Section(text(lang, "Reported crime"), blocks, foot, is_long=True)

    def _unfiltered(self) -> list[Block]:
        if replace(self.filters, lang=None, res=9) == self.place:
            return []
        said = text(self.lang, "Staffing and safety do not depend on types, scenes, hours or weekdays: those filters are of the crime figures alone.")  # fmt: skip
        return [Text(said)]


def _crime_lead(snapshot: Snapshot, found: QuarterCounts, lang: str) -> str:
    said = [finding(found.summary, snapshot, lang)]
    for period, n in ((found.previous, found.all.previous), (found.year, found.all.year)):
        if period is not None and n is not None:
            shown = count_text(found.summary, count_value(n), lang)
            said.append(
                text(
                    lang,
                    "{quarter}: {n}.",
                    quarter=quarter_name(period, lang).capitalize(),
                    n=shown,
                )
            )
    return " ".join(said)
