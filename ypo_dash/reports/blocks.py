"""Blocks that several printed documents share: maps, numbers by type, the list of incidents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from ypo_dash.figures.district_map import district_map
from ypo_dash.figures.legends import level_legend
from ypo_dash.figures.theme import PAPER
from ypo_dash.i18n import format_period, number, plural, text
from ypo_dash.reports.document import Beside, Block, Column, Picture, TableBlock
from ypo_dash.reports.printing import short_period
from ypo_dash.store.gaps import is_coarse
from ypo_dash.store.query import summarise
from ypo_dash.views import map_layers
from ypo_dash.views.absent import absent_words
from ypo_dash.views.compared import Compared, TypeRow
from ypo_dash.views.incident_list import MOST_LISTED, NO_SECTOR, listed
from ypo_dash.views.normal import is_provisional
from ypo_dash.views.pins import MOST_PINS, pins
from ypo_dash.views.tables import count_value
from ypo_dash.views.usual_days import FEW, FEWER, HISTORY, MORE, NORMAL, Usual
from ypo_dash.views.words import count_text

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from typing import Any

    from ypo_dash.model.filters import Filters
    from ypo_dash.reports.printing import Printing
    from ypo_dash.store.query import Summary
    from ypo_dash.store.snapshot import Snapshot

WIDE = 186.0  # mm between the margins
_TEXT = 3.1  # mm, about 9 pt
_SHEET_ROWS = 40


@dataclass(frozen=True, slots=True)
class MapBlock:
    """A map with what must be said of it."""

    blocks: tuple[Block, ...]
    notes: tuple[str, ...]


def incident_map(
    snapshot: Snapshot, filters: Filters, lang: str, printing: Printing, size: tuple[float, float]
) -> MapBlock:
    """Return the map of a state: incidents as symbols where they are few enough, else hexagons.

    Of some sectors alone it has both: there is room for them. A hexagon is shown large, in focus.
    """
    found = pins(snapshot, filters, lang, printing.points)
    inside = filters.place_sectors(snapshot)
    few = not found.get("too_many") and bool(printing.points)
    grid, limits = (
        map_layers.hexagons(snapshot, filters) if inside is not None or not few else ([], [])
    )
    words = _map_words(few, bool(grid), lang)
    drawn = district_map(
        [
            *map_layers.regions(snapshot, strong=inside or (), inside=inside),
            *map_layers.focus(filters.cell),
        ],
        hexagons=grid,
        marks=map_layers.marks(found["pins"]) if few else (),
        ground=map_layers.ground(snapshot),
        bounds=_bounds(snapshot, filters, inside),
        theme=PAPER,
        size=size,
        text=_TEXT,
        title=text(lang, "Map"),
        desc=words,
        empty=text(lang, "No incidents on the map."),
    )
    blocks: list[Block] = [Picture(drawn.svg, words)]
    if grid:
        labels = map_layers.limit_labels(limits, snapshot, filters, lang)
        blocks.append(legend(labels, text(lang, "Incidents per hexagon"), size[0]))
    notes = [*_map_notes(found, few, drawn, lang), *_pointless(snapshot, filters, lang)]
    return MapBlock(tuple(blocks), tuple(notes))


def _bounds(
    snapshot: Snapshot, filters: Filters, inside: Collection[str] | None
) -> tuple[float, float, float, float] | None:
    if filters.cell is not None:
        return map_layers.bounds_around(filters.cell)
    return map_layers.bounds_of_sectors(snapshot, inside) if inside else None


def _pointless(snapshot: Snapshot, filters: Filters, lang: str) -> list[str]:
    n = count_value(summarise(snapshot, filters).sector_only)
    if not n:
        return []
    return [plural(lang, "{n} incident has a sector but no point: it is counted, and not on the map.", "{n} incidents have a sector but no point: they are counted, and not on the map.", n)]  # fmt: skip


def _map_words(few: bool, grid: bool, lang: str) -> str:
    if few and not grid:
        return text(lang, "Map of the sectors: each incident as the symbol and letter of its type.")
    if few:
        return text(lang, "Map of the sectors: hexagons by number of incidents, each incident as the symbol and letter of its type.")  # fmt: skip
    return text(lang, "Map of the sectors: hexagons by number of incidents.")


def legend(labels: list[tuple[int, str]], title: str, width: float) -> Picture:
    """Return the classes of a map, as wide as they need."""
    size = (min(width, 26.0 * len(labels)), 7.0)
    svg = level_legend(labels, theme=PAPER, size=size, text=2.8, title=title)
    words = ", ".join(label for _, label in labels)
    return Picture(svg, f"{title}: {words}", title, height_mm=7.0)


def _map_notes(found: dict[str, Any], few: bool, drawn: Any, lang: str) -> list[str]:
    if not few:
        reason = (
            text(lang, "More than {n} incidents: no symbols, hexagons only.", n=MOST_PINS)
            if found.get("too_many")
            else text(lang, "Who prints this may not see incidents one by one: hexagons only.")
        )
        return [reason]
    notes = []
    if found["withheld"]:
        notes.append(plural(lang, "{n} incident is not drawn as a symbol: its type, or its type at such a scene, is never shown as a point.", "{n} incidents are not drawn as symbols: their types, or their types at such scenes, are never shown as points.", found["withheld"]))  # fmt: skip
    if found["elsewhere"]:
        notes.append(plural(lang, "{n} incident in another's sector is not drawn.", "{n} incidents in others' sectors are not drawn.", found["elsewhere"]))  # fmt: skip
    if drawn.moved:
        notes.append(text(lang, "Symbols never cover one another: a thin line leads to the place where one had to move."))  # fmt: skip
    if drawn.joined:
        notes.append(text(lang, "×3 beside a symbol: three of this type close together in one sector, drawn in their middle."))  # fmt: skip
    missing = len(found["pins"]) - drawn.shown - drawn.outside
    if missing:
        notes.append(plural(lang, "{n} symbol found no room on the map.", "{n} symbols found no room on the map.", missing))  # fmt: skip
    return notes


def verdict_words(usual: Usual | None, lang: str, count: float | None = None) -> str:
    """Return how a count stands to what is normal, in words.

    With ``count`` one outside the range that chance among so many still allows is not called normal.
    """
    if usual is None:
        return "–"
    if usual.verdict == NORMAL and count is not None and usual.is_outside(count):
        return text(lang, "outside, not beyond chance")
    return {
        NORMAL: text(lang, "normal"),
        MORE: text(lang, "more than normal"),
        FEWER: text(lang, "fewer than normal"),
        FEW: text(lang, "too few to tell"),
        HISTORY: text(lang, "too little history"),
    }[usual.verdict]


def range_words(usual: Usual | None, lang: str) -> str:
    """Return the normal range, ``4–11``; a dash where there is none."""
    if usual is None or usual.low is None or usual.high is None:
        return "–"
    return f"{number(usual.low, lang)}–{number(usual.high, lang)}"


def type_table(
    snapshot: Snapshot, found: Compared, lang: str, *, small: bool = False
) -> TableBlock:
    """Return the numbers by type against earlier periods and the normal range."""
    head = [
        Column(""),
        Column(text(lang, "Type"), share=1),
        Column(short_period(*found.period), "right"),
    ]
    head += [Column(name, "right") for name in _earlier_names(found, lang)]
    if found.ranged:
        head += [Column(text(lang, "Normal range"), "right"), Column(text(lang, "In words"))]
    shown = [row for row in found.rows if row.code not in found.absent]
    rows = [_type_row(snapshot, found, row, lang) for row in (*shown, found.all)]
    return TableBlock(columns=tuple(head), rows=tuple(rows), strong=(len(rows) - 1,), small=small)


def _earlier_names(found: Compared, lang: str) -> list[str]:
    previous = short_period(*found.previous) if found.previous else text(lang, "before")
    year = format_period(*found.year, lang=lang) if found.year else text(lang, "a year before")
    return [previous, text(lang, "mean of 4"), year]


def _type_row(snapshot: Snapshot, found: Compared, row: TypeRow, lang: str) -> tuple[str, ...]:
    offence = snapshot.taxonomy.offence.get(row.code)
    summary = found.summary
    cells = [
        offence.letter if offence else "",
        offence.name(lang) if offence else text(lang, "All"),
        count_text(summary, count_value(row.count), lang),
        _known(summary, row.previous, lang),
        "–" if row.mean is None else number(row.mean, lang, 1),
        _known(summary, row.year, lang),
    ]
    if found.ranged:
        cells += [range_words(row.usual, lang), verdict_words(row.usual, lang, row.count)]
    return tuple(cells)


def _known(summary: Summary, value: float | None, lang: str) -> str:
    return "–" if value is None else count_text(summary, count_value(value), lang)


def compared_notes(snapshot: Snapshot, found: Compared, lang: str) -> list[str]:
    """Return what the columns of `type_table` are, and which types it leaves out."""
    said = absent_words(snapshot, found.absent, lang)
    if found.previous and is_coarse(snapshot):
        said.append(text(lang, "Incidents here are dated by the month. For comparison: as many months before, the mean of the four such periods before, and the same months of the year before; a dash where the data do not cover it whole."))  # fmt: skip
    elif found.previous:
        said.append(text(lang, "For comparison: the same weekdays {before}, the mean of the four such periods before, and {year}; a dash where the data do not cover it whole.", before=format_period(*found.previous, lang=lang), year=format_period(*found.year, lang=lang) if found.year else text(lang, "the year before")))  # fmt: skip
    else:
        said.append(text(lang, "Not compared: the data do not cover the period, or the one before it, whole."))  # fmt: skip
    if found.ranged:
        said.append(week_note(lang) if found.among_week else text(lang, "Normal range: what 95 of 100 such periods would have by level, trend, season, holidays and recording breaks. More or fewer than normal is only said of what is beyond chance among all types of the period; too few to tell: under 5 in four such periods."))  # fmt: skip
    return said


def week_note(lang: str) -> str:
    """Return what the normal range of a whole week is, and when something is said of it."""
    return text(lang, "Normal range: what 95 of 100 such weeks would have by level, trend, season, holidays and recording breaks. More or fewer than normal is only said of what is beyond chance among all sectors and types of the week; too few to tell: under 5 in four weeks.")  # fmt: skip


def provisional_note(snapshot: Snapshot, first: date, lang: str) -> list[str]:
    """Return that reports are still to come, where they are: fewer may only mean that."""
    if not is_provisional(snapshot, first - timedelta(days=first.weekday())):
        return []
    return [text(lang, "Provisional: reports of the latest days are still to come, so fewer may only mean that.")]  # fmt: skip


def sector_table(snapshot: Snapshot, filters: Filters, lang: str) -> Beside:
    """Return the state's count by sector in two columns, with what is not on the map."""
    summary = summarise(snapshot, filters)
    wanted = filters.place_sectors(snapshot)
    rows = [
        (s.id, s.own_name, count_text(summary, count_value(n), lang))
        for s, n in zip(snapshot.sectors, summary.sectors[:-2], strict=True)
        if wanted is None or s.id in wanted
    ]
    if not filters.has_place:
        lost = count_value(summary.no_coordinates + summary.outside)
        rows.append(("", text(lang, "Not on the map"), count_text(summary, lost, lang)))
    rows.append(("", text(lang, "All"), count_text(summary, count_value(summary.total), lang)))
    head = (Column(""), Column(text(lang, "Sector"), share=1), Column(text(lang, "Count"), "right"))
    half = -(-len(rows) // 2)
    left, right = rows[:half], rows[half:]
    return Beside(
        (TableBlock(columns=head, rows=tuple(left)),),
        (TableBlock(columns=head, rows=tuple(right), strong=(len(right) - 1,)),) if right else (),
        together=half <= _SHEET_ROWS,
    )


def incident_list(
    snapshot: Snapshot,
    filters: Filters,
    lang: str,
    printing: Printing,
    most: int = MOST_LISTED,
) -> tuple[list[Block], list[str]]:
    """Return the list of incidents that who prints may see, and what is left out of it.

    Sectors are not named where the state is of one. More than ``most`` are no list for paper.
    """
    if summarise(snapshot, filters).rows > most:
        return [], [text(lang, "More than {n} incidents: no list. The export has them.", n=most)]
    found = listed(snapshot, filters, lang, printing.points)
    notes = []
    if not printing.points:
        return [], [text(lang, "Who prints this may not see incidents one by one: no list.")]
    if found.elsewhere:
        notes.append(plural(lang, "{n} incident in another's sector is not listed.", "{n} incidents in others' sectors are not listed.", found.elsewhere))  # fmt: skip
    head = [
        Column(""),
        Column(text(lang, "Time")),
        Column(text(lang, "Type"), share=1.1),
        Column(text(lang, "Scene"), share=1.1),
    ]
    one = len(filters.sectors) == 1
    head += [] if one else [Column(text(lang, "Sector"), share=1.6)]
    if any(r.sector == NO_SECTOR for r in found.rows) and not one:
        notes.append(text(lang, "– as sector: no coordinates, or outside all sectors."))
    rows = tuple(
        (r.letter, r.when, r.type, r.scene, *(() if one else (r.sector,))) for r in found.rows
    )
    if not rows:
        return [], notes
    return [TableBlock(columns=tuple(head), rows=rows, small=True)], notes
