"""The threat assessment on paper: the areas side by side, and one area's figures, charts and words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ypo_dash.figures.area_map import area_map
from ypo_dash.figures.intervals import intervals
from ypo_dash.figures.theme import PAPER
from ypo_dash.i18n import number, text
from ypo_dash.reports.document import Beside, Block, Column, Heading, Picture, TableBlock, Text
from ypo_dash.views import threat_words as words
from ypo_dash.views.threat_model import ALL, POLICE, TYPES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ypo_dash.figures.intervals import Interval
    from ypo_dash.model.assessment import Said
    from ypo_dash.views.threat_model import AreaThreat, Figure, PerThousand, Threat
    from ypo_dash.views.threat_shown import Shown

ORDER = (*TYPES[:-1], ALL, POLICE)
_NAN = float("nan")
_TEXT = 2.5
_ROW_MM = 3.8
_AXIS_MM = 4.0
_SIDE_MM = 88.0
_MAP_MM = 62.0
_STEPS = (1, 2, 5, 10, 20, 50, 100)


def overview(found: Shown, areas: Sequence[AreaThreat], lang: str) -> list[Block]:
    """Return the map beside the rates of all areas, and the table of the areas."""
    district = areas[0].all.district
    rows: list[Interval] = [
        _interval(f"{_place(found, a)} {a.name}", a.all.here, lang, strong=False) for a in areas
    ]
    rows.append(_interval(text(lang, "The district"), district, lang, strong=True))
    said = text(lang, "Reported by residents per 1,000 inhabitants, with the 95 % range.")
    highest = max((row[3] for row in rows if row[3] == row[3]), default=1.0)
    chart = _chart(rows, highest, (_SIDE_MM, _ROW_MM * len(rows) + _AXIS_MM), said, lang)
    return [
        Beside((_map(found, lang),), (Text(said), chart)),
        Heading(text(lang, "Areas")),
        _areas_table(found, areas, lang),
    ]


def _place(found: Shown, area: AreaThreat) -> int:
    """Return an area's number on the map."""
    names = [one["name"] for one in found.map["areas"]]
    return names.index(area.name) + 1 if area.name in names else 0


def _map(found: Shown, lang: str) -> Picture:
    said = text(lang, "Map of the residential areas; the table has their figures")
    svg = area_map(
        found.map, theme=PAPER, size=(_SIDE_MM, _MAP_MM), text=3.0, title=text(lang, "Map"),
        desc=said, empty=text(lang, "No areas on the map."),
    )  # fmt: skip
    return Picture(svg, said)


def _interval(name: str, one: PerThousand, lang: str, *, strong: bool) -> Interval:
    ends = [_NAN if v is None else v for v in (one.low, one.rate, one.high)]
    shown = "–" if one.rate is None else number(one.rate, lang, 1)
    return (name, ends[0], ends[1], ends[2], shown, strong)


def _chart(
    rows: list[Interval], highest: float, size: tuple[float, float], said: str, lang: str
) -> Picture:
    step = next((s for s in _STEPS if highest / s <= 6), _STEPS[-1])
    axis = [(float(v), number(v, lang)) for v in range(0, int(highest) + step + 1, step)]
    svg = intervals(rows, axis=axis, theme=PAPER, size=size, text=_TEXT, title=said, desc=said)
    return Picture(svg, said)


def _areas_table(found: Shown, areas: Sequence[AreaThreat], lang: str) -> TableBlock:
    head = (
        Column(""),
        Column(text(lang, "Particularly disadvantaged residential area"), share=1.4),
        Column(text(lang, "List"), share=1),
        Column(text(lang, "Level and direction"), share=1),
        Column(text(lang, "Reported"), "right"),
        Column(text(lang, "Before, mean"), "right"),
        Column(text(lang, "Against before")),
        Column(text(lang, "Per 1,000"), "right"),
        Column(text(lang, "Gang-related"), "right"),
    )
    rows = tuple(
        (
            str(_place(found, a)),
            a.name,
            words.list_of(a, lang),
            level_words(found.texts.of(a.name), lang),
            number(a.all.here.count, lang),
            _known(a.all.before, lang),
            text(lang, words.VERDICT_NAMES[a.all.verdict]),
            words.rate_words(a.all.here, lang),
            number(a.gang.count, lang),
        )
        for a in areas
    )
    return TableBlock(columns=head, rows=rows, small=True, wordy=True)


def level_words(said: Said, lang: str) -> str:
    """Return level and direction; a dash where they are not judged."""
    if not said.level:
        return "–"
    direction = text(lang, words.DIRECTION_NAMES[said.direction]).lower() if said.direction else ""
    return ", ".join(filter(None, [text(lang, words.THREAT_LEVEL_NAMES[said.level]), direction]))


def _known(value: float | None, lang: str) -> str:
    return "–" if value is None else number(value, lang, 1)


def area_blocks(found: Shown, area: AreaThreat, lang: str) -> list[Block]:
    """Return one area: heading, lists, words, figures with a chart, gang-related incidents, efforts."""
    said = found.texts.of(area.name)
    blocks: list[Block] = [Heading(f"{_place(found, area)} {area.name}"), Text(_facts(area, lang))]
    blocks += [Text(words.list_words(one, lang)) for one in area.lists]
    if said.level:
        blocks.append(Text(f"{level_words(said, lang)}. {said.reason}"))
    blocks += [Text(part) for part in said.text.splitlines() if part]
    changes = words.area_changes(area, (found.texts, found.levels_before), lang, whole=found.threat.whole)  # fmt: skip
    if changes:
        blocks.append(Text(f"{text(lang, 'Since the quarter before')}: {' '.join(changes)}"))
    # All areas on one axis: the same length is the same rate on every sheet.
    ends = [f.here.high for one in found.threat.areas for f in one.figures]
    highest = max((end for end in ends if end is not None), default=1.0)
    blocks += [figures_table(area, lang), _types_chart(area, highest, lang)]
    blocks.append(Text(f"{text(lang, 'Gang-related incidents')}: {gang_words(area, lang)}"))
    blocks.append(Text(f"{text(lang, 'Efforts in force')}: {_efforts(area, lang)}"))
    return blocks


def _facts(area: AreaThreat, lang: str) -> str:
    people = text(lang, "Inhabitants not known")
    if area.population is not None:
        people = text(lang, "{n} inhabitants", n=number(area.population, lang))
        beside = [words.day_of(area.population_date, lang) if area.population_date else text(lang, "the imported layer gives no date"), area.population_source]  # fmt: skip
        people = f"{people} ({', '.join(filter(None, beside))})"
    sector = text(lang, "sector {ids}", ids=", ".join(area.sectors))
    return f"{words.wording(area, lang)[:1].upper()}{words.wording(area, lang)[1:]} · {people} · {sector}"  # fmt: skip


def figures_table(area: AreaThreat, lang: str) -> TableBlock:
    """Return an area's types: count, before, per 1,000 with range, sector, district, in words."""
    head = (
        Column(text(lang, "Type"), share=1.4),
        Column(text(lang, "Count"), "right"),
        Column(text(lang, "Before, mean"), "right"),
        Column(text(lang, "Against before"), share=1.2),
        Column(text(lang, "Per 1,000"), "right"),
        Column(text(lang, "Sector"), "right"),
        Column(text(lang, "District"), "right"),
        Column(text(lang, "Against the district"), share=1.2),
    )
    rows = tuple(_row(area.figure(kind), lang) for kind in ORDER)
    return TableBlock(columns=head, rows=rows, strong=(ORDER.index(ALL),), small=True)


def _row(f: Figure, lang: str) -> tuple[str, ...]:
    name = text(lang, words.TYPE_NAMES[f.type])
    if f.type == POLICE:
        name = f"{name} ({text(lang, 'found by police')})"
    before = "–"
    if f.before is not None:
        before = f"{_known(f.before, lang)} ({_known(f.before_low, lang)}–{_known(f.before_high, lang)})"  # fmt: skip
    return (
        name,
        number(f.here.count, lang),
        before,
        text(lang, words.VERDICT_NAMES[f.verdict]),
        words.rate_words(f.here, lang),
        *("–" if one.rate is None else number(one.rate, lang, 1) for one in (f.sector, f.district)),
        text(lang, words.LEVEL_NAMES[f.level]),
    )


def _types_chart(area: AreaThreat, highest: float, lang: str) -> Picture:
    rows = [_interval(text(lang, words.TYPE_NAMES[k]), area.figure(k).here, lang, strong=k == ALL) for k in ORDER]  # fmt: skip
    said = text(lang, "{area}: per 1,000 inhabitants, with the 95 % range.", area=area.name)
    return _chart(rows, highest, (186.0, _ROW_MM * len(rows) + _AXIS_MM), said, lang)


def gang_words(area: AreaThreat, lang: str) -> str:
    """Return how many of each kind, killed and injured, who judged them and how surely."""
    if not area.gang.count:
        return text(lang, "None was judged to be gang-related.")
    kinds = ", ".join(f"{text(lang, words.GANG_NAMES[k])} {n}" for k, n in area.gang.by("kind").items())  # fmt: skip
    harm = text(lang, "Killed {killed}, injured {injured}.", killed=area.gang.killed, injured=area.gang.injured)  # fmt: skip
    sure = ", ".join(f"{text(lang, words.CERTAINTY_NAMES[k]).lower()} {n}" for k, n in area.gang.by("certainty").items())  # fmt: skip
    by = ", ".join(f"{name} {n}" for name, n in area.gang.by("judged_by").items())
    return f"{kinds}. {harm} {text(lang, 'Judged by: {who}; {sure}.', who=by, sure=sure)}"


def _efforts(area: AreaThreat, lang: str) -> str:
    if not area.efforts:
        return text(lang, "No effort touched the area in the quarter.")
    return "; ".join(
        f"{e.title} ({words.day_of(e.start, lang)}–{words.day_of(e.end, lang)})"
        for e in area.efforts
    )


def mark(found: Shown, lang: str) -> str:
    """Return what every sheet of a print that is not signed says; empty where it is signed."""
    one = found.one
    if any(a.problem for a in found.all) and not found.evidence:
        return text(lang, "ALTERED AFTER IT WAS WRITTEN, not signed")
    if found.evidence:
        return ""
    return text(lang, "DRAFT, not signed") if one is not None else text(lang, "FIGURES ONLY, not assessed")  # fmt: skip


def notes(found: Threat, lang: str) -> tuple[str, ...]:
    """Return definitions, what is left out, and whose the levels are."""
    return (*words.notes(found, lang), text(lang, words.OURS))
