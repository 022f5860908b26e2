"""Raw batches to canonical incidents and rejects."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyproj import CRS

from ypo_dash.model.errors import InputError
from ypo_dash.sources.areas import AreaBook
from ypo_dash.sources.batches import NamedBatch, is_blank, is_empty, read_wkt
from ypo_dash.sources.identity import RowIds
from ypo_dash.sources.places import PlaceReader, find_decimal, read_numbers
from ypo_dash.sources.rejects import Verdicts
from ypo_dash.sources.times import (
    ABSENT,
    AMBIGUOUS,
    BAD,
    EARLY,
    LATE,
    NONEXISTENT,
    ClockRules,
    Moments,
    read_moments,
)
from ypo_dash.sources.words import WordBook

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from ypo_dash.model.taxonomy import Taxonomy
    from ypo_dash.sources.binding import Binding
    from ypo_dash.sources.profile import Profile
    from ypo_dash.sources.tables import Head, RawBatch

    Numbers = NDArray[np.float64]
    Parts = dict[str, pa.Array | NDArray[np.generic]]

DEFAULT_CRS = "EPSG:4326"
ROW_COLUMNS = ("incident_id", "type", "scene", "start_utc", "end_utc", "reported_utc", "lat", "lon", "area", "line")


@dataclass(frozen=True)
class SourceContext:
    """What an import knows of the district.

    Parameters
    ----------
    taxonomy
        Offences and scenes.
    timezone
        IANA name of the district's zone.
    bounds
        West, south, east, north of the sectors in WGS84.
    sector_ids, area_ids
        The codes that an ``area`` column may name.
    """

    taxonomy: Taxonomy
    timezone: str
    bounds: tuple[float, float, float, float]
    sector_ids: frozenset[str]
    area_ids: frozenset[str]


@dataclass
class Counts:
    """What became of a file's rows. ``identical_rows`` are those beyond the first of their kind."""

    read: int = 0
    filtered: int = 0
    rejected: int = 0
    times_ambiguous: int = 0
    times_nonexistent: int = 0
    ends_before_start: int = 0
    identical_rows: int = 0


class Canoniser:
    """Turns the batches of one file into canonical rows.

    Parameters
    ----------
    profile, binding, head
        How the source is read, what it has, and what was found in the file.
    context
        The district.
    """

    def __init__(self, profile: Profile, binding: Binding, head: Head, context: SourceContext) -> None:
        self.counts = Counts()
        self._profile, self._binding, self._head = profile, binding, head
        self._words = WordBook(profile, context.taxonomy)
        self._areas = AreaBook(context.sector_ids | context.area_ids)
        self._ids = RowIds()
        self._decimal = profile.file.decimal
        self._clocks = {name: self._clock(name, context.timezone) for name in ("time_from", "time_to", "reported_at")}
        crs = CRS.from_user_input(self._crs())
        self._places = PlaceReader(crs, profile.place, context.bounds, "lat" in binding.columns)
        self._reasons: Counter[str] = Counter()

    def take(self, raw: RawBatch) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return canonical rows and rejects of a batch."""
        self.counts.read += len(raw) + len(raw.rejects)
        batch = NamedBatch(raw, self._binding)
        self.counts.filtered += batch.keep(self._profile.filter)
        verdicts = Verdicts(batch.lines)
        parts: Parts = {"incident_id": self._identify(batch, verdicts)}
        parts |= self._name(batch, verdicts)
        parts |= self._date(batch, verdicts)
        parts |= self._locate(batch, verdicts)
        parts["line"] = batch.lines
        rows = _frame(parts, verdicts.stands)
        rejects = pd.concat([raw.rejects, verdicts.frame()], ignore_index=True)
        self.counts.rejected += len(rejects)
        self._reasons.update(f"{c}: {r}" if c else r for c, r in zip(rejects["column"], rejects["reason"], strict=True))
        return rows, rejects.sort_values("line", ignore_index=True)

    def check(self, path: Path) -> None:
        """Refuse the file as a whole, once all batches are taken.

        Raises
        ------
        InputError
            It has no rows, words without meaning, points that are nowhere near, or no good row.
        """
        counts = self.counts
        if not counts.read:
            raise InputError("the file has a header and no rows", file=path)
        self._words.check(path)
        self._places.check(path)
        self._areas.check(path)
        if counts.rejected and counts.rejected + counts.filtered == counts.read:
            listed = "; ".join(f"{reason} ({n:,})" for reason, n in self._reasons.most_common(5))
            raise InputError(
                f"all {counts.rejected:,} rows were rejected: {listed}",
                file=path,
                remedy="Compare the profile's columns and formats with the file",
            )

    def _crs(self) -> str:
        stated = self._profile.place.crs
        if self._binding.own_geometry:
            return stated or self._head.crs or DEFAULT_CRS
        both = "lat" in self._binding.columns and "x" in self._profile.columns
        return DEFAULT_CRS if both else stated or DEFAULT_CRS

    def _clock(self, ours: str, district: str) -> ClockRules:
        names = self._binding.columns.get(ours, ())
        instant = len(names) == 1 and names[0] in self._head.instants
        return ClockRules.of(self._profile.time, district, columns=len(names), typed=self._head.typed, instant=instant)

    def _identify(self, batch: NamedBatch, verdicts: Verdicts) -> pa.Array:
        named = batch.column("incident_id", trim=False)
        if not self._binding.whole_row:
            verdicts.refuse(is_blank(named), self._title("incident_id"), "the row has no incident id", named)
            return named
        hashed, again = self._ids.of(batch.whole())
        if "incident_id" in self._binding.columns:
            empty = is_blank(named)
            self.counts.identical_rows += int((again & empty).sum())
            return pc.if_else(pa.array(empty), hashed, named)
        self.counts.identical_rows += int(again.sum())
        return hashed

    def _name(self, batch: NamedBatch, verdicts: Verdicts) -> Parts:
        words = batch.column("type")
        types, lost = self._words.types(words)
        verdicts.refuse(lost, self._title("type"), "the row has no type", words)
        return {"type": types, "scene": self._words.scenes(batch.column("scene"), words)}

    def _date(self, batch: NamedBatch, verdicts: Verdicts) -> Parts:
        begun = self._moments(batch, "time_from", verdicts)
        ended = self._moments(batch, "time_to", verdicts)
        reported = self._moments(batch, "reported_at", verdicts)
        # A coarse end before the start is one whose whole unit is.
        span = ended.end > ended.start
        backwards = (ended.end < begun.start) | (span & (ended.end <= begun.start))
        # A coarse start alone is still a span of its unit.
        alone = np.where(begun.end > begun.start, begun.end, np.datetime64("NaT"))
        end = np.where(np.isnat(ended.end) | backwards, alone, ended.end)
        stands = verdicts.stands
        self.counts.ends_before_start += int((backwards & stands).sum())
        for moments in (begun, ended):
            self.counts.times_ambiguous += int(moments.has(AMBIGUOUS)[stands].sum())
            self.counts.times_nonexistent += int(moments.has(NONEXISTENT)[stands].sum())
        return {"start_utc": begun.start, "end_utc": end, "reported_utc": reported.start}

    def _moments(self, batch: NamedBatch, ours: str, verdicts: Verdicts) -> Moments:
        if ours not in self._binding.columns:
            nothing = np.full(len(batch.lines), "NaT", dtype="datetime64[s]")
            return Moments(nothing, nothing, np.zeros(len(nothing), dtype=np.uint8))
        texts = batch.clock(ours)
        moments = read_moments(texts, self._clocks[ours])
        written = " or ".join(self._profile.time.formats)
        reasons = {
            BAD: f"not a possible date and time of the form {written}",
            EARLY: "the date is before 1900",
            LATE: "the date is later than tomorrow",
        }
        if ours == "time_from":
            reasons[ABSENT] = "the row has no time"
        for flag, reason in reasons.items():
            verdicts.refuse(moments.has(flag), self._title(ours), reason, texts)
        return moments

    def _locate(self, batch: NamedBatch, verdicts: Verdicts) -> Parts:
        x, y, texts = self._coordinates(batch, verdicts)
        points = self._places.read(x, y)
        title = self._place_title()
        for mask, reason in points.faults:
            verdicts.refuse(mask, title, reason, texts)
        area = self._areas.known(batch.column("area"))
        none = np.isnan(points.lat)
        named = none & ~is_empty(area)
        return {"lat": points.lat, "lon": points.lon, "area": pc.if_else(pa.array(named), area, pa.scalar(None, pa.string()))}

    def _coordinates(self, batch: NamedBatch, verdicts: Verdicts) -> tuple[Numbers, Numbers, pa.Array]:
        """Return x, y and the texts to show for them."""
        if batch.points is not None:
            x, y = batch.points.x, batch.points.y
            shown = pc.binary_join_element_wise(*(pa.array(v).cast(pa.string()) for v in (x, y)), ", ")
            verdicts.refuse(batch.points.other, "geometry", "the geometry is not a point", shown)
            return x, y, shown
        if "lat" in self._binding.columns:
            return self._pair(batch, verdicts, ("lon", "lat"))
        if "x" in self._binding.columns:
            return self._pair(batch, verdicts, ("x", "y"))
        texts = batch.column("geometry")
        x, y, other = read_wkt(texts)
        verdicts.refuse(other, self._title("geometry"), "not a point such as POINT (12.5 55.7)", texts)
        return x, y, texts

    def _pair(self, batch: NamedBatch, verdicts: Verdicts, pair: tuple[str, str]) -> tuple[Numbers, Numbers, pa.Array]:
        texts = [batch.column(ours) for ours in pair]
        self._decimal = self._decimal or find_decimal(texts)
        numbers = []
        for ours, column in zip(pair, texts, strict=True):
            values, bad = read_numbers(column, self._decimal or ".")
            verdicts.refuse(bad, self._title(ours), "the coordinate is not a number", column)
            numbers.append(values)
        shown = texts[::-1] if pair[0] == "lon" else texts
        return numbers[0], numbers[1], pc.binary_join_element_wise(*shown, ", ")

    def _title(self, ours: str) -> str:
        column = self._profile.columns.get(ours)
        return column.title if column else ours

    def _place_title(self) -> str:
        if self._binding.own_geometry:
            return "geometry"
        first = next((ours for ours in ("lat", "x", "geometry") if ours in self._binding.columns), "area")
        return self._title(first)


def _frame(parts: Parts, stands: NDArray[np.bool_]) -> pd.DataFrame:
    """Return the rows that stand, in the order of ``ROW_COLUMNS``."""
    chosen = None if stands.all() else pa.array(stands)
    columns: dict[str, object] = {}
    for name in ROW_COLUMNS:
        part = parts[name]
        if isinstance(part, np.ndarray):
            columns[name] = part if chosen is None else part[stands]
        else:
            columns[name] = _strings(part if chosen is None else part.filter(chosen))
    return pd.DataFrame(columns, copy=False)


def _strings(texts: pa.Array | pa.ChunkedArray) -> pd.api.extensions.ExtensionArray:
    return pd.array(pd.Series(pd.arrays.ArrowExtensionArray(texts)), dtype="str")
