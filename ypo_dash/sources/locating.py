"""The places of a batch: points in WGS84, or area codes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyproj import CRS

from ypo_dash.sources.areas import AreaBook
from ypo_dash.sources.batches import is_empty, read_wkt
from ypo_dash.sources.coordinates import find_decimal, read_numbers
from ypo_dash.sources.places import PlaceReader

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from ypo_dash.sources.batches import NamedBatch
    from ypo_dash.sources.binding import Binding
    from ypo_dash.sources.context import SourceContext
    from ypo_dash.sources.profile import Profile
    from ypo_dash.sources.rejects import Verdicts
    from ypo_dash.sources.tables import Head

    Numbers = NDArray[np.float64]

DEFAULT_CRS = "EPSG:4326"


@dataclass
class Locator:
    """Reads the places of one file.

    Parameters
    ----------
    profile, binding, head
        How the source is read, what it has, and what was found in the file.
    context
        The district.
    """

    profile: Profile
    binding: Binding
    head: Head
    context: SourceContext
    _places: PlaceReader = field(init=False)
    _areas: AreaBook = field(init=False)
    _decimal: str | None = field(init=False)

    def __post_init__(self) -> None:
        self._areas = AreaBook(self.context.sector_ids | self.context.area_ids)
        self._decimal = self.profile.file.decimal
        self._places = PlaceReader(
            CRS.from_user_input(self._crs()),
            self.profile.place,
            self.context.bounds,
            first_is_north="lat" in self.binding.columns,
        )

    def read(self, batch: NamedBatch, verdicts: Verdicts) -> dict[str, pa.Array | Numbers]:
        """Return ``lat`` and ``lon`` of a batch, and ``area`` where a row has no point."""
        x, y, texts = self._coordinates(batch, verdicts)
        points = self._places.read(x, y)
        for fault in points.faults:
            verdicts.refuse(fault.rows, self._title(east=fault.east), fault.reason, texts)
        area = self._areas.known(batch.column("area"))
        named = np.isnan(points.lat) & ~is_empty(area)
        area = pc.if_else(pa.array(named), area, pa.scalar(None, pa.string()))
        return {"lat": points.lat, "lon": points.lon, "area": area}

    def check(self, path: Path) -> None:
        """Refuse the file if its points or area codes as a whole are not the district's.

        Raises
        ------
        InputError
            Nearly all points look wrong in one way, or no area code is known.
        """
        self._places.check(path)
        self._areas.check(path)

    def _crs(self) -> str:
        stated = self.profile.place.crs
        if self.binding.own_geometry:
            return stated or self.head.crs or DEFAULT_CRS
        # Where a profile allows both ways, its coordinate system is that of x and y.
        degrees = "lat" in self.binding.columns and "x" in self.profile.columns
        return DEFAULT_CRS if degrees else stated or DEFAULT_CRS

    def _title(self, *, east: bool) -> str:
        if self.binding.own_geometry:
            return "geometry"
        named = ("lon", "x", "geometry") if east else ("lat", "y", "geometry")
        ours = (name for name in named if name in self.binding.columns)
        return self.profile.title(next(ours, "area"))

    def _coordinates(
        self, batch: NamedBatch, verdicts: Verdicts
    ) -> tuple[Numbers, Numbers, pa.Array]:
        """Return x, y and the texts to show for them."""
        if batch.points is not None:
            x, y = batch.points.x, batch.points.y
            texts = (pa.array(v).cast(pa.string()) for v in (x, y))
            shown = pc.binary_join_element_wise(*texts, ", ")
            verdicts.refuse(batch.points.other, "geometry", "the geometry is not a point", shown)
            return x, y, shown
        if "lat" in self.binding.columns:
            return self._pair(batch, verdicts, ("lat", "lon"))
        if "x" in self.binding.columns:
            return self._pair(batch, verdicts, ("x", "y"))
        texts = batch.column("geometry")
        x, y, other = read_wkt(texts)
        title = self.profile.title("geometry")
        verdicts.refuse(other, title, "not a point such as POINT (12.5 55.7)", texts)
        return x, y, texts

    def _pair(
        self, batch: NamedBatch, verdicts: Verdicts, pair: tuple[str, str]
    ) -> tuple[Numbers, Numbers, pa.Array]:
        texts = {ours: batch.column(ours) for ours in pair}
        self._decimal = self._decimal or find_decimal(list(texts.values()))
        numbers = {}
        for ours, column in texts.items():
            numbers[ours], bad = read_numbers(column, self._decimal or ".")
            title = self.profile.title(ours)
            verdicts.refuse(bad, title, "the coordinate is not a number", column)
        shown = pc.binary_join_element_wise(*texts.values(), ", ")
        first, second = numbers.values()
        return (second, first, shown) if pair[0] == "lat" else (first, second, shown)
