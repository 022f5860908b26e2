"""The counts of a state as tables: what the command line prints and ``/export`` serves."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import h3
import numpy as np
import pyarrow as pa

from ypo_dash.model.errors import FilterError
from ypo_dash.model.hours import WEEK_HOURS
from ypo_dash.model.safe_csv import to_csv
from ypo_dash.model.tiers import Tier, require_internal
from ypo_dash.store.local import local_texts
from ypo_dash.store.place import cell_ring
from ypo_dash.store.query import Summary, rows_of, summarise
from ypo_dash.store.segments import read_truth
from ypo_dash.store.snapshot import EPOCH
from ypo_dash.store.vectors import NO_CELL
from ypo_dash.views.disclosure import published

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot

OUTSIDE = ("sectors", "types", "months")  # breakdowns outside the house
DIGITS = 6  # counts in files and answers; pages show one decimal of the same number


@dataclass(frozen=True, slots=True)
class Table:
    """A header and rows."""

    header: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def csv(self) -> str:
        """Return CSV text; text that looks like a formula is neutralised."""
        return to_csv(self.header, self.rows)

    def text(self, form: str) -> str:
        """Return it as ``csv`` or ``json`` text; JSON is one line without its end."""
        return self.csv() if form == "csv" else json.dumps(self.records(), ensure_ascii=False)

    def records(self) -> list[dict[str, Any]]:
        """Return the rows as dicts."""
        return [dict(zip(self.header, row, strict=True)) for row in self.rows]


def count_value(value: float) -> float | int:
    """Return a count as files and answers carry it: whole, or with six digits."""
    rounded = round(float(value), DIGITS)
    return int(rounded) if rounded.is_integer() else rounded


def table(snapshot: Snapshot, name: str, filters: Filters, *, context: bool = False) -> Table:
    """Return one breakdown of a state.

    Parameters
    ----------
    name
        One of `TABLES`.
    context
        Leave out the filter that belongs to the breakdown itself.

    Raises
    ------
    FilterError
        The state is impossible for the data.
    """
    if filters.tier != Tier.INTERNAL:
        return _outside(snapshot, name, filters)
    if name not in TABLES:
        raise FilterError(
            "tier", "the breakdown {name} is of the tiers partner and public", name=name
        )
    return TABLES[name](snapshot, filters, context)


def _outside(snapshot: Snapshot, name: str, filters: Filters) -> Table:
    """Return a breakdown for outside the house; its counts are texts such as ``<3`` and ``45-48``."""
    if name not in OUTSIDE:
        require_internal(filters.tier)
    shown = published(snapshot, filters, filters.lang or "en")
    if name == "sectors":
        rows = [(r.id, r.name, r.total.plain()) for r in shown.rows if r.kind == "sector"]
        return Table(("sector_id", "name", "count"), rows)
    if name == "months":
        return Table(("month", "count"), [(f"{m:%Y-%m}", n.plain()) for m, n in shown.months])
    codes = zip(shown.columns, shown.all.values, strict=True)
    return Table(("code", "count"), [(code, n.plain()) for (code, _), n in codes])


def _cells(snapshot: Snapshot, filters: Filters, context: bool) -> Table:
    rows = [
        (cell, count, h3.cell_area(cell, unit="km^2"))
        for cell, count in cell_counts(snapshot, filters, context=context)
    ]
    return Table(("cell", "count", "area_km2"), rows)


def cell_counts(
    snapshot: Snapshot, filters: Filters, *, context: bool = False
) -> Iterator[tuple[str, float | int]]:
    """Yield the H3 cells with incidents and their counts, by cell."""
    summary = summarise(snapshot, filters)
    counts = summary.cells_context if context else summary.cells
    ids = np.flatnonzero(counts)
    cells = snapshot.cells.cells[filters.res]
    for i in ids[np.argsort(cells[ids])]:
        if i != NO_CELL:
            yield h3.int_to_str(int(cells[i])), count_value(counts[i])


def _sectors(snapshot: Snapshot, filters: Filters, context: bool) -> Table:
    summary = summarise(snapshot, filters)
    counts = summary.sectors_context if context else summary.sectors
    rows = [
        (s.id, s.name, count_value(n)) for s, n in zip(snapshot.sectors, counts[:-2], strict=True)
    ]
    return Table(("sector_id", "name", "count"), rows)


def _hours(snapshot: Snapshot, filters: Filters, context: bool) -> Table:
    summary = summarise(snapshot, filters)
    counts = summary.hours_context if context else summary.hours
    rows = [(h // 24 + 1, h % 24, count_value(counts[h])) for h in range(WEEK_HOURS)]
    return Table(("weekday", "hour", "count"), rows)


def _weeks(snapshot: Snapshot, filters: Filters, context: bool) -> Table:
    summary = summarise(snapshot, filters)
    first, counts = weeks(summary, snapshot, context=context)
    rows = [
        ((EPOCH + timedelta(days=first + 7 * i)).isoformat(), count_value(n))
        for i, n in enumerate(counts)
    ]
    return Table(("week_start", "count"), rows)


def weeks(summary: Summary, snapshot: Snapshot, *, context: bool) -> tuple[int, Any]:
    """Return the first Monday (days since 1970-01-01) and the counts of the weeks to show.

    The state's own weeks are those of its period, the context's those of all data.

    Raises
    ------
    FilterError
        There are no incidents, and so no weeks.
    """
    low, high = summary.period
    counts = summary.weeks_context if context else summary.weeks
    if context and snapshot.span:
        low, high = snapshot.span
    start = ((low - EPOCH).days - summary.first_week) // 7
    end = ((high - EPOCH).days - summary.first_week) // 7 + 1
    if context and start > 0 and counts[start - 1]:
        start -= 1  # the first night may belong to the Sunday before the first date
    # Weeks before and after all data are zeros.
    inside = counts[max(0, start) : max(0, end)]
    before = min(max(0, -start), end - start)
    padded = np.pad(inside, (before, end - start - before - len(inside)))
    return summary.first_week + 7 * start, padded


def _codes(kind: str) -> Callable[[Snapshot, Filters, bool], Table]:
    def build(snapshot: Snapshot, filters: Filters, context: bool) -> Table:
        counts = getattr(summarise(snapshot, filters), f"{kind}_context" if context else kind)
        codes = snapshot.taxonomy.offence if kind == "types" else snapshot.taxonomy.scene
        return Table(
            ("code", "count"), [(c, count_value(n)) for c, n in zip(codes, counts, strict=True)]
        )

    return build


INCIDENT_COLUMNS = (
    "incident_id",
    "type",
    "scene",
    "time_from",
    "time_to",
    "sector_id",
    "cell",
    "lat",
    "lon",
)


def _incidents(snapshot: Snapshot, filters: Filters, context: bool) -> Table:
    if context:
        filters = replace(filters, sectors=(), station=None, cell=None)
    return Table(
        INCIDENT_COLUMNS, [row for part in incident_parts(snapshot, filters) for row in part]
    )


def incident_csv(snapshot: Snapshot, filters: Filters, *, context: bool = False) -> Iterator[str]:
    """Yield the CSV of a state's incidents: the header, then month by month, never all at once."""
    require_internal(filters.tier)
    if context:
        filters = replace(filters, sectors=(), station=None, cell=None)
    yield to_csv(INCIDENT_COLUMNS, [])
    for rows in incident_parts(snapshot, filters):
        yield to_csv(None, rows)


def incident_parts(snapshot: Snapshot, filters: Filters) -> Iterator[list[tuple[Any, ...]]]:
    """Yield the incidents of a state month by month, as rows of `INCIDENT_COLUMNS`.

    Times are local with their offset; ``time_to`` is empty where the start alone is known.
    """
    cells = snapshot.cells.cells[filters.res]
    for index, rows in rows_of(snapshot, filters):
        taken = read_truth(snapshot.files, snapshot.manifest.segments[index]).take(pa.array(rows))
        ids = snapshot.partitions(filters.res)[index].cell[rows]
        distinct, which = np.unique(ids, return_inverse=True)
        names = ["" if i == NO_CELL else h3.int_to_str(int(cells[i])) for i in distinct]
        hexes = [names[i] for i in which]
        columns = [taken[c].to_pylist() for c in ("incident_id", "type", "scene")]
        times = [
            local_texts(taken[c].to_pandas(), snapshot.district.timezone)
            for c in ("start_utc", "end_utc")
        ]
        places = [taken[c].to_pylist() for c in ("lat", "lon")]
        points = [[None if v != v else v for v in place] for place in places]  # noqa: PLR0124 - NaN
        yield list(zip(*columns, *times, taken["sector"].to_pylist(), hexes, *points, strict=True))


TABLES: dict[str, Callable[[Snapshot, Filters, bool], Table]] = {
    "cells": _cells,
    "sectors": _sectors,
    "hours": _hours,
    "weeks": _weeks,
    "types": _codes("types"),
    "scenes": _codes("scenes"),
    "incidents": _incidents,
}


def cells_geojson(snapshot: Snapshot, filters: Filters, *, context: bool = False) -> dict[str, Any]:
    """Return the hexagons of a state as GeoJSON (lng, lat; WGS84) with count and area."""
    require_internal(filters.tier)
    features = []
    for cell, count in cell_counts(snapshot, filters, context=context):
        ring = cell_ring(cell)
        properties = {"cell": cell, "count": count, "area_km2": h3.cell_area(cell, unit="km^2")}
        features.append(
            {
                "type": "Feature",
                "properties": properties,
                "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
            }
        )
    return {
        "type": "FeatureCollection",
        "snapshot": snapshot.id,
        "state": filters.to_query(),
        "features": features,
    }
