"""The safety survey on paper: shares with intervals, changes as far as they are sure, index and level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ypo_dash.figures.intervals import intervals
from ypo_dash.figures.theme import PAPER
from ypo_dash.i18n import number, percent, text
from ypo_dash.reports.blocks import WIDE
from ypo_dash.reports.document import Beside, Block, Column, Picture, TableBlock
from ypo_dash.views.safety import LEVEL_NAMES, share_text
from ypo_dash.views.survey import HIDDEN_BELOW, UNCERTAIN_BELOW, survey_of

if TYPE_CHECKING:
    from ypo_dash.model.filters import Filters
    from ypo_dash.people.plans import Edited
    from ypo_dash.stats.strata import Share
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.survey import AreaYear, Change, Survey

METHOD = "holm"  # hardly any false finding among all comparisons
_ROW_MM = 3.8
_TEXT = 2.5
_STEPS = {0.1: 5, 0.2: 4, 0.3: 3, 0.4: 4, 0.5: 5, 1.0: 5}  # by the axis' end
_ONE_COLUMN = 8  # rows
_HALF = 90.0  # mm


@dataclass(frozen=True, slots=True)
class SafetyYear:
    """The survey of the latest year up to a quarter, against the year before it (0: none)."""

    survey: Survey
    year: int
    against: int
    rows: tuple[AreaYear, ...]
    changes: tuple[Change, ...]


def safety_year(
    snapshot: Snapshot, filters: Filters, edited: Edited, until: int
) -> SafetyYear | None:
    """Return the survey of a state's areas; None where no year up to ``until`` was surveyed."""
    survey = survey_of(snapshot, edited.index)
    years = [year for year in survey.years if year <= until]
    if not years:
        return None
    year, against = years[-1], years[-2] if len(years) > 1 else 0
    wanted = {area.id for area in survey.areas_in(filters)}
    rows = tuple(row for row in survey.of_year(year) if row.area.id in wanted)
    changes = tuple(survey.changes(year, against, METHOD)) if against else ()
    return SafetyYear(survey, year, against, rows, changes)


def lead_words(found: SafetyYear, lang: str) -> str:
    """Return the share of all areas shown together, and whether any change is sure."""
    areas = [row.area for row in found.rows]
    unsafe = found.survey.city(found.year, areas).get("unsafe")
    if unsafe is None:
        return text(lang, "No survey of {year} covers these sectors. That is not zero.", year=found.year)  # fmt: skip
    said = text(lang, "Survey {year}: {share} feel unsafe in their neighbourhood.", year=found.year, share=share_text(unsafe, lang))  # fmt: skip
    return f"{said} {_sure_words(found, lang)}".strip()


def _sure_words(found: SafetyYear, lang: str) -> str:
    """Return how many changes of the areas shown are sure, of all that are tested together."""
    shown = {row.area.id for row in found.rows}
    tested = len(found.changes)
    sure = sum(change.is_shown for change in found.changes if change.area.id in shown)
    if not tested:
        return ""
    if len(shown) < len(found.survey.areas):
        return text(lang, "Beyond chance among all {all} comparisons of the survey: {n} in these areas.", all=tested, n=sure)  # fmt: skip
    if sure:
        return text(lang, "{n} of {all} comparisons of areas and measures are beyond chance.", n=sure, all=tested)  # fmt: skip
    return text(lang, "None of {all} comparisons of areas and measures is beyond chance.", all=tested)  # fmt: skip


def safety_table(found: SafetyYear, lang: str) -> TableBlock:
    """Return the areas with n, shares and intervals, change, index and level of effort."""
    head = [
        Column(""),
        Column(text(lang, "Area"), share=1),
        Column("n", "right"),
        Column(text(lang, "Unsafe"), "right"),
        Column(text(lang, "Evening and night"), "right"),
    ]
    if found.against:
        head.append(Column(text(lang, "Against {year}, points", year=found.against), "right"))
        head.append(Column(text(lang, "In words")))
    head += [Column(text(lang, "Index"), "right"), Column(text(lang, "Level"))]
    changes = {c.area.id: c for c in found.changes if c.measure == "unsafe"}
    rows = [_row(found, row, changes.get(row.area.id), lang) for row in found.rows]
    return TableBlock(columns=tuple(head), rows=tuple(rows), small=True)


def _row(found: SafetyYear, row: AreaYear, change: Change | None, lang: str) -> tuple[str, ...]:
    name = row.area.name
    if row.state == "uncertain":
        name += f" ({text(lang, 'uncertain')})"
    cells = [row.area.id, name, "–" if row.state == "none" else number(row.n, lang)]
    for measure in ("unsafe", "unsafe_night"):
        share = row.shares.get(measure)
        cells.append(share_text(share, lang) if share else _missing(row, lang))
    if found.against:
        cells += [points_words(change, lang), change_words(change, lang)]
    if row.index is None:
        return (*cells, "–", text(lang, "no index"))
    value, low, high = (number(v, lang, 0) for v in (row.index.value, row.index.low, row.index.high))  # fmt: skip
    return (*cells, f"{value} ({low}–{high})", text(lang, LEVEL_NAMES[row.index.level]))


def _missing(row: AreaYear, lang: str) -> str:
    return text(lang, "no survey") if row.state == "none" else text(lang, "hidden")


def points_words(change: Change | None, lang: str) -> str:
    """Return a change in percentage points with its interval; a dash for none."""
    if change is None:
        return "–"
    value, low, high = (_points(v, lang) for v in (change.difference, change.low, change.high))
    return f"{value} ({low}; {high})"


def _points(difference: float, lang: str) -> str:
    shown = number(100 * difference, lang, 1)
    return f"+{shown}" if difference > 0 else shown


def change_words(change: Change | None, lang: str) -> str:
    """Return what a change shows, in a few words that claim no more than the test."""
    if change is None:
        return "–"
    if not change.is_shown:
        return text(lang, "not demonstrable")
    return text(lang, "higher") if change.difference > 0 else text(lang, "lower")


def safety_chart(found: SafetyYear, lang: str) -> Block | None:
    """Return the unsafe shares with their intervals, all areas together first, in two columns."""
    rows = [
        (f"{row.area.id} {row.area.name}", row.shares["unsafe"], False)
        for row in found.rows
        if "unsafe" in row.shares
    ]
    if not rows:
        return None
    city = found.survey.city(found.year, [row.area for row in found.rows]).get("unsafe")
    drawn = [*([(text(lang, "All areas"), city, True)] if city else []), *rows]
    most = max(share.high for _, share, _ in drawn)
    top = next((step for step in _STEPS if step >= most), 1.0)
    if len(drawn) <= _ONE_COLUMN:
        return _chart(drawn, top, WIDE, lang)
    half = -(-len(drawn) // 2)
    left, right = (_chart(part, top, _HALF, lang) for part in (drawn[:half], drawn[half:]))
    return Beside((left,), (right,))


def _chart(rows: list[tuple[str, Share, bool]], top: float, width: float, lang: str) -> Picture:
    alt = text(
        lang, "Unsafe in the neighbourhood: each area's share as a dot on its 95 % interval."
    )
    grid = [top * i / _STEPS[top] for i in range(_STEPS[top] + 1)]
    svg = intervals(
        [
            (name, s.low, s.share, s.high, percent(s.share, lang), strong)
            for name, s, strong in rows
        ],
        axis=[(share, percent(share, lang)) for share in grid],
        theme=PAPER,
        size=(width, _ROW_MM * len(rows) + 5),
        text=_TEXT,
        title=text(lang, "Unsafe in the neighbourhood"),
        desc=alt,
    )
    return Picture(svg, alt)


def safety_notes(snapshot: Snapshot, found: SafetyYear, filters: Filters, lang: str) -> list[str]:
    """Return how the figures are made, and where there is no index."""
    weighted = all(row.weighted for row in found.survey.of_year(found.year) if row.n)
    notes = [
        text(lang, "Answers weighted to inhabitants by sex and age.")
        if weighted
        else text(lang, "Answers as they are, not weighted by sex and age."),
        text(lang, "In brackets the 95 % interval. Fewer than {hidden} answers are hidden, and in no total; fewer than {n} are uncertain.", hidden=HIDDEN_BELOW, n=UNCERTAIN_BELOW),
        text(lang, "Areas are not sectors, and no sector has a score. Index 0–100, 50 is all areas together in the base year, higher is safer; our construction: the city's own weights and limits are not public."),
    ]  # fmt: skip
    if found.against:
        notes.append(text(lang, "Changes are tested over all areas and measures together (Holm), so that hardly any is found by chance."))  # fmt: skip
    return notes + _no_index(snapshot, found, filters, lang)


def _no_index(snapshot: Snapshot, found: SafetyYear, filters: Filters, lang: str) -> list[str]:
    surveyed = {
        sector
        for row in found.survey.of_year(found.year)
        if row.state != "none"
        for sector, _ in row.area.sectors
    }
    chosen = filters.place_sectors(snapshot)
    missing = [
        s.id
        for s in snapshot.sectors
        if s.id not in surveyed and (chosen is None or s.id in chosen)
    ]
    if not missing:
        return []
    return [text(lang, "No index: the survey does not cover these sectors: {ids}. That is not zero.", ids=", ".join(missing))]  # fmt: skip
