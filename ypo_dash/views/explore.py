"""What Explore shows for a state: one answer for the map and all charts."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import h3
import numpy as np

from ypo_dash.figures.classes import class_limits
from ypo_dash.i18n import format_date, number, percent, text, weekday_names
from ypo_dash.model.tiers import require_internal
from ypo_dash.store.gaps import gap_between
from ypo_dash.store.place import cell_ring, sector_of
from ypo_dash.store.query import Summary, summarise
from ypo_dash.store.snapshot import EPOCH
from ypo_dash.store.vectors import NO_CELL
from ypo_dash.views.duty import duty_of, short
from ypo_dash.views.pins import MOST_PINS
from ypo_dash.views.rates import sector_rates
from ypo_dash.views.tables import DIGITS, count_value, weeks
from ypo_dash.views.words import count_text, incidents_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot

_PAD = 8


def language(filters: Filters, snapshot: Snapshot, wanted: str | None = None) -> str:
    """Return the language of an answer: the state's, else the browser's, else the district's first."""
    return filters.lang or wanted or snapshot.district.languages[0]


def pack(header: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> bytes:
    """Return JSON and numeric arrays as one binary message.

    Layout: uint32 length of the JSON, the JSON (it lists the arrays), zeros to a multiple of 8,
    then each array little-endian, padded likewise.
    """
    header["arrays"] = [
        {"name": n, "dtype": a.dtype.str[1:], "length": len(a)} for n, a in arrays.items()
    ]
    text_ = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    parts = [struct.pack("<I", len(text_)), text_]
    parts.append(b"\0" * (-(4 + len(text_)) % _PAD))
    for array in arrays.values():
        raw = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes()
        parts += [raw, b"\0" * (-len(raw) % _PAD)]
    return b"".join(parts)


def view(snapshot: Snapshot, filters: Filters, lang: str, *, points: bool = True) -> bytes:
    """Return the answer to one filter change; see `docs/operations.md` for its fields.

    ``points`` says whether who asks may see incidents one by one.
    """
    require_internal(filters.tier)
    summary = summarise(snapshot, filters)
    header = {
        "snapshot": snapshot.id,
        "geometry": snapshot.geometry_key,
        "query": filters.to_query(),
        "caption": filters.describe(snapshot, lang),
        "finding": finding(summary, snapshot, lang),
        **_totals(summary),
        "from": summary.period[0].isoformat(),
        "to": summary.period[1].isoformat(),
        "sectors": _sectors(snapshot, filters, summary),
        "hours": _pair(summary.hours, summary.hours_context),
        "outside_duty": short(duty_of(snapshot, summary), lang),
        "weeks": _weeks(snapshot, summary),
        "types": _pair(summary.types, summary.types_context),
        "scenes": _pair(summary.scenes, summary.scenes_context),
        "pins": points and 0 < summary.rows <= MOST_PINS,
    }
    if filters.cell is not None:
        header["cell_ring"] = [[lat, lng] for lng, lat in cell_ring(filters.cell)]
    header["breaks"] = _breaks(filters, summary, header["sectors"])
    arrays = {"cells": _cells(summary.cells, summary.masked)}
    if filters.has_place:
        arrays["cells_context"] = _cells(summary.cells_context, summary.masked)
    return pack(header, arrays)


def finding(summary: Summary, snapshot: Snapshot, lang: str) -> str:
    """Return the sentence behind the caption: how many, how many not mapped, how exact."""
    total = count_value(summary.total)
    span = snapshot.span
    beyond = []
    if span and (summary.period[0] < span[0] or summary.period[1] > span[1]):
        # Days without data are no days without incidents.
        first, last = (format_date(day, lang) for day in span)
        beyond = [text(lang, "The data run from {first} to {last}.", first=first, last=last)]
    gap = gap_between(snapshot, *summary.period)
    if gap is not None:
        first, last = (format_date(day, lang) for day in gap)
        beyond.append(text(lang, "Nothing at all is recorded from {first} to {last}.", first=first, last=last))  # fmt: skip
    if not summary.rows:
        return " ".join([text(lang, "No incidents matched."), *beyond])
    not_mapped = count_value(summary.no_coordinates + summary.outside)
    parts = [incidents_text(summary, total, lang)]
    if not_mapped:
        parts[0] += ", " + text(lang, "{n} not on the map", n=count_text(summary, not_mapped, lang))
    parts[0] += "."
    if summary.masked:
        parts.append(
            text(
                lang,
                "{share} have an exact time.",
                share=percent(summary.exact / summary.rows, lang),
            )
        )
    return " ".join(parts + beyond)


def _totals(summary: Summary) -> dict[str, Any]:
    return {
        "total": count_value(summary.total),
        "mapped": count_value(summary.mapped),
        "no_coordinates": count_value(summary.no_coordinates),
        "outside": count_value(summary.outside),
        "sector_only": count_value(summary.sector_only),
        # Not on the map under the other filters, where one of place leaves only mapped incidents.
        "placeless": count_value(summary.sectors_context[-2:].sum()),
        "exact_share": round(summary.exact / summary.rows, DIGITS) if summary.rows else None,
        "masked": summary.masked,
    }


def _numbers(counts: Sequence[float] | NDArray[np.float64]) -> list[float | int]:
    return [count_value(n) for n in counts]


def _pair(
    counts: NDArray[np.float64], context: NDArray[np.float64]
) -> dict[str, list[float | int]]:
    return {"count": _numbers(counts), "context": _numbers(context)}


def _sectors(snapshot: Snapshot, filters: Filters, summary: Summary) -> dict[str, Any]:
    result: dict[str, Any] = _pair(summary.sectors[:-2], summary.sectors_context[:-2])
    if filters.measure == "rate":
        # Rates of all sectors, so that a chosen one can be compared with the others.
        rates = sector_rates(snapshot, without_place(filters))
        result |= {
            "rate": [r and r.rate for r in rates],
            "low": [r and r.low for r in rates],
            "high": [r and r.high for r in rates],
            "rated": count_value(sum(r.count for r in rates if r)),
        }
    return result


def _weeks(snapshot: Snapshot, summary: Summary) -> dict[str, Any]:
    first, context = weeks(summary, snapshot, context=True)
    at = (first - summary.first_week) // 7
    start = EPOCH + timedelta(days=first)
    return {
        "start": start.isoformat(),
        **_pair(summary.weeks[at : at + len(context)], context),
    }


def _cells(counts: NDArray[np.float64], masked: bool) -> NDArray[Any]:
    """Return counts in the order of the geometry, which leaves out id 0 ("no cell")."""
    if masked:
        return np.round(counts[1:], DIGITS)
    return counts[1:].astype("<u4")


def _breaks(filters: Filters, summary: Summary, sectors: dict[str, Any]) -> list[float]:
    if filters.measure == "rate":
        return class_limits([r for r in sectors["rate"] if r is not None], whole=False, steep=False)
    return class_limits(summary.cells_context[1:], whole=not summary.masked)


def geometry(snapshot: Snapshot, res: int) -> bytes:
    """Return the hexagons of a resolution by dense id: ids, corners (lng, lat; WGS84), sector index."""
    cells = snapshot.cells.cells[res][1:]
    names = [h3.int_to_str(int(c)) for c in cells]
    rings = [cell_ring(name) for name in names]
    centres = np.array([h3.cell_to_latlng(name) for name in names]).reshape(-1, 2)
    sector = sector_of(centres[:, 1], centres[:, 0], snapshot.polygons())
    corners = np.array([corner for ring in rings for corner in ring]).reshape(-1, 2)
    arrays: dict[str, NDArray[Any]] = {
        "ids_hi": (cells >> np.uint64(32)).astype("<u4"),
        "ids_lo": (cells & np.uint64(0xFFFFFFFF)).astype("<u4"),
        "offsets": np.concatenate([[0], np.cumsum([len(r) for r in rings])]).astype("<u4"),
        "lng": corners[:, 0],
        "lat": corners[:, 1],
        # Of the centre, to tell where a hexagon is; what it counts may lie in several. None: 2^32 - 1.
        "sector": sector.astype(np.int64).astype("<u4"),
    }
    return pack({"geometry": snapshot.geometry_key, "res": res, "n": len(cells)}, arrays)


def config(snapshot: Snapshot, lang: str) -> dict[str, Any]:
    """Return what the page needs once: names, sectors, span, bounds."""
    district, span, taxonomy = snapshot.district, snapshot.span, snapshot.taxonomy
    west, south, east, north = snapshot.bounds
    imports = snapshot.manifest.imports
    return {
        "snapshot": snapshot.id,
        "lang": lang,
        "languages": list(district.languages),
        "simulated": district.simulated,
        "name": district.name,
        "attribution": district.attribution,
        "span": [d.isoformat() for d in span] if span else None,
        "bounds": [[south, west], [north, east]],
        "tile_url": district.tile_url,
        "types": [
            {
                "code": o.code,
                "name": o.name(lang),
                "letter": o.letter,
                "group": o.group,
                "group_name": o.group_name(lang),
                "detection": o.detection,
                "severity": o.severity,
            }
            for o in taxonomy.offences
        ],
        "scenes": [
            {
                "code": s.code,
                "name": s.name(lang),
                "group_name": s.group_da if lang == "da" else s.group_en,
            }
            for s in taxonomy.scenes
        ],
        "sectors": [
            {
                "id": s.id,
                "name": s.name,
                "station": s.station,
                "population": s.population,
                "label": list(s.label),
            }
            for s in snapshot.sectors
        ],
        "stations": [{"id": i, "name": names[lang]} for i, names in snapshot.station_names.items()],
        "duty": [snapshot.district.duty.start, snapshot.district.duty.end],
        "weekdays": list(weekday_names(lang, "abbreviated")),
        "weekdays_long": list(weekday_names(lang)),
        "imported": imports[-1]["time"] if imports else None,
        "totals": snapshot.totals,
    }


def card(snapshot: Snapshot, filters: Filters, lang: str) -> dict[str, Any]:
    """Return a hover card: count, most frequent types, plain sentences."""
    require_internal(filters.tier)
    summary = summarise(snapshot, filters)
    top = [i for i in np.argsort(-summary.types, kind="stable")[:5] if summary.types[i] > 0]
    offences = snapshot.taxonomy.offences
    types = [
        {
            "code": offences[i].code,
            "name": offences[i].name(lang),
            "count": count_value(summary.types[i]),
        }
        for i in top
    ]
    title = text(lang, "Hexagon")
    lines = [incidents_text(summary, count_value(summary.total), lang)]
    if filters.cell is not None:
        area = h3.cell_area(filters.cell, unit="km^2")
        lines.append(text(lang, "area {area} km²", area=number(area, lang, 3)))
    elif len(filters.sectors) == 1:
        title = f"{filters.sectors[0]} {snapshot.sector_names[filters.sectors[0]]}"
    if summary.masked and summary.rows:
        lines.append(
            text(
                lang,
                "{share} have an exact time.",
                share=percent(summary.exact / summary.rows, lang),
            )
        )
    return {"title": title, "count": count_value(summary.total), "lines": lines, "types": types}


def without_place(filters: Filters) -> Filters:
    """Return the state without its filters on sectors, station and cell."""
    return replace(filters, sectors=(), station=None, cell=None)


assert NO_CELL == 0  # noqa: S101 - `_cells` and `geometry` leave out the first id
