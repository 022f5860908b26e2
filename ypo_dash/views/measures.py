"""What the map shows of a statistic: a class for every hexagon, its words, and a sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ypo_dash.i18n import format_period, number, plural, text
from ypo_dash.stats.spot_classes import CLASSES
from ypo_dash.views.change import (
    FEW,
    FEWER,
    LEVEL,
    MORE,
    NONE,
    VERDICTS,
    CellChanges,
    Changes,
    cell_changes,
    sector_changes,
)
from ypo_dash.views.explore import pack
from ypo_dash.views.hotspots import (
    class_name,
    hotspots,
    sentence,
)
from ypo_dash.views.tables import count_value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot

# Beside the verdicts two shades of "no demonstrable change": what one test alone would have called a
# change, and the number of comparisons does not let it (a value-suppressing scale, Correll et al. 2018,
# doi:10.1145/3173574.3174216).
CHANGE_CLASSES = (MORE, FEWER, "none_more", "none_fewer", NONE, FEW)
SPOT_CLASSES = (*CLASSES[1:4], "hot", *CLASSES[4:], "incidents")
MEASURED = ("change", "hotspot")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A statistic on the map.

    ``classes`` is by dense id without id 0, as the map's geometry: 0 is not drawn, else the place in
    ``names`` (code, words) from 1. ``numbers`` are by dense id too and go into hover cards.
    """

    names: tuple[tuple[str, str], ...]
    classes: NDArray[np.uint8]
    numbers: dict[str, NDArray[np.float32]]
    sentence: str
    note: str
    sectors: dict[str, dict[str, Any]]


def measured(snapshot: Snapshot, filters: Filters, lang: str) -> Measured:
    """Return the statistic that ``filters.measure`` names.

    Raises
    ------
    FilterError
        It can't be had for this state: the data do not reach back that far.
    ValueError
        The measure is no statistic.
    """
    kinds = {"change": _change, "hotspot": _hotspot}
    if filters.measure not in kinds:
        raise ValueError(f"measure={filters.measure!r}: use one of {', '.join(MEASURED)}")
    return kinds[filters.measure](snapshot, filters, lang)


def measure_answer(snapshot: Snapshot, filters: Filters, lang: str) -> bytes:
    """Return `measured` as the page reads it; see `docs/operations.md` for its fields."""
    found = measured(snapshot, filters, lang)
    counts = np.bincount(found.classes, minlength=len(found.names) + 1)[1:]
    header = {
        "snapshot": snapshot.id,
        "geometry": snapshot.geometry_key,
        "query": filters.to_query(),
        "measure": filters.measure,
        "sentence": found.sentence,
        "note": found.note,
        "classes": [
            {"code": code, "name": words, "n": int(n)}
            for (code, words), n in zip(found.names, counts, strict=True)
        ],
        "sectors": found.sectors,
    }
    return pack(header, {"classes": found.classes, **found.numbers})


def no_answer(snapshot: Snapshot, filters: Filters, problem: str) -> bytes:
    """Return the answer that says why a state has no such statistic."""
    same = {"snapshot": snapshot.id, "geometry": snapshot.geometry_key}
    return pack({**same, "query": filters.to_query(), "problem": problem}, {})


def signed(value: float, lang: str) -> str:
    """Return a difference as a whole number with its sign."""
    whole = float(round(value))
    return f"+{number(whole, lang)}" if whole > 0 else number(whole, lang)


def shade_words(lang: str) -> dict[str, str]:
    """Return the words of the verdicts and of the two shades between them."""
    return {
        MORE: text(lang, "more, beyond chance"),
        FEWER: text(lang, "fewer, beyond chance"),
        NONE: text(lang, "no demonstrable change"),
        FEW: text(lang, "too few to tell"),
        "none_more": text(lang, "rather more, not demonstrable"),
        "none_fewer": text(lang, "rather fewer, not demonstrable"),
    }


def shade_of(verdict: str, p: float, difference: float) -> str:
    """Return the shade of a change: its verdict, or which way it leans where one test alone would tell."""
    if verdict != NONE or p >= LEVEL or not difference:
        return verdict
    return "none_more" if difference > 0 else "none_fewer"


def _change(snapshot: Snapshot, filters: Filters, lang: str) -> Measured:
    cells = cell_changes(snapshot, filters)
    ids, sectors = sector_changes(snapshot, replace(filters, cell=None))
    words = shade_words(lang)
    size = snapshot.cells.count(filters.res)
    classes = np.zeros(size, np.uint8)
    classes[cells.ids] = change_classes(cells.changes)
    numbers = {name: np.zeros(size, np.float32) for name in ("before", "low", "high")}
    for name, values in numbers.items():
        values[cells.ids] = getattr(cells.changes, name)
    then = format_period(*cells.then.period(snapshot.span), lang=lang)
    return Measured(
        names=tuple((code, words[code]) for code in CHANGE_CLASSES),
        classes=classes[1:],
        numbers={name: values[1:] for name, values in numbers.items()},
        sentence=" ".join(_sentences(cells, sectors, ids, then, lang)),
        note=text(lang, "against {period}", period=then),
        sectors={id_: _row(sectors, i) for i, id_ in enumerate(ids)},
    )


def change_classes(found: Changes) -> NDArray[np.uint8]:
    """Return the places in `CHANGE_CLASSES`, from 1."""
    at = {code: i + 1 for i, code in enumerate(CHANGE_CLASSES)}
    shades = map(shade_of, found.verdict, found.p, found.difference)
    return np.array([at[shade] for shade in shades], np.uint8)


def _hotspot(snapshot: Snapshot, filters: Filters, lang: str) -> Measured:
    found = hotspots(snapshot, filters)
    ours = slice(1, found.dense)  # the map knows those that ever had an incident
    hot, code, shown = found.hot[ours], found.code[ours], found.shown[ours]
    at = {name: i + 1 for i, name in enumerate(SPOT_CLASSES)}
    classes = np.where(found.own[ours] > 0, at["incidents"], 0)
    classes[hot] = at["hot"]
    for number_, name in enumerate(CLASSES[1:], start=1):
        classes[code == number_] = at[name]
    classes[~shown] = 0
    words = {
        "hot": text(lang, "hot spot, no class"),
        "incidents": text(lang, "incidents, not demonstrably more"),
    }
    words |= {name: class_name(i, lang) for i, name in enumerate(CLASSES) if name}
    undrawn = int((found.hot & found.shown)[found.dense :].sum())
    said = [sentence(found, lang)]
    if undrawn:
        said.append(plural(lang, "{n} of the hexagons never had an incident itself and is not drawn.", "{n} of the hexagons never had an incident themselves and are not drawn.", undrawn))  # fmt: skip
    against = {
        "area": text(lang, "by area"),
        "residents": text(lang, "by inhabitants"),
        "streets": text(lang, "by streets"),
        "gistar": "Gi*",
    }
    return Measured(
        names=tuple((name, words[name]) for name in SPOT_CLASSES),
        classes=classes.astype(np.uint8),
        numbers={
            "around": np.where(shown, found.count[ours], 0).astype(np.float32),
            "expected": found.expected[ours].astype(np.float32),
            "pale": (hot & ~found.stable[ours]).astype(np.float32),
        },
        sentence=" ".join(said),
        note=against[found.baseline],
        sectors={},
    )


def _row(found: Changes, i: int) -> dict[str, Any]:
    one = found[i]
    numbers = {"before": count_value(one.before), "difference": one.difference}
    shade = shade_of(one.verdict, one.p, one.difference)
    return {**numbers, "low": one.low, "high": one.high, "verdict": one.verdict, "shade": shade}


def _sentences(
    cells: CellChanges, sectors: Changes, ids: list[str], then: str, lang: str
) -> list[str]:
    said = [text(lang, "Against {period}:", period=then)]
    where = {
        code: ", ".join(id_ for id_, v in zip(ids, sectors.verdict, strict=True) if v == code)
        for code in (MORE, FEWER)
    }
    shown = []
    if where[MORE]:
        shown.append(text(lang, "more in sector {ids}", ids=where[MORE]))
    if where[FEWER]:
        shown.append(text(lang, "fewer in sector {ids}", ids=where[FEWER]))
    if not shown:
        of = number(len(ids), lang)
        shown = [text(lang, "no demonstrable change in any of {n} sectors", n=of)]
    said[0] += f" {'; '.join(shown)}."
    counted = {code: cells.changes.verdict.count(code) for code in VERDICTS}
    said.append(
        text(
            lang,
            "Hexagons: {more} more, {fewer} fewer, {few} of {n} too few to tell.",
            more=number(counted[MORE], lang),
            fewer=number(counted[FEWER], lang),
            few=number(counted[FEW], lang),
            n=number(len(cells.changes), lang),
        )
    )
    return said
