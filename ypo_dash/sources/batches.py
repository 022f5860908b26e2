"""A raw batch by our column names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ypo_dash.sources.binding import Binding
    from ypo_dash.sources.tables import RawBatch

_BLANK = "?"


class NamedBatch:
    """The texts of a raw batch under our names, trimmed and joined as the profile says."""

    def __init__(self, raw: RawBatch, binding: Binding) -> None:
        self.lines = raw.lines
        self.points = raw.points if binding.own_geometry else None
        self._texts, self._binding = raw.texts, binding

    def keep(self, wanted: dict[str, tuple[str, ...]]) -> int:
        """Keep the rows that the profile's filter names; return how many were left out."""
        mask = np.ones(len(self.lines), dtype=bool)
        for column, values in wanted.items():
            kept = pc.is_in(
                pc.utf8_trim_whitespace(self._texts[column]), pa.array(values, pa.string())
            )
            mask &= kept.to_numpy(zero_copy_only=False)
        if not mask.all():
            chosen = pa.array(mask)
            self._texts = {name: column.filter(chosen) for name, column in self._texts.items()}
            self.lines = self.lines[mask]
            self.points = self.points.take(mask) if self.points is not None else None
        return int((~mask).sum())

    def whole(self) -> list[pa.Array]:
        """Return all raw columns, and the layer's own points as texts."""
        own = [] if self.points is None else [self.points.x, self.points.y]
        return [*self._texts.values(), *(pa.array(v).cast(pa.string()).fill_null("") for v in own)]

    def column(self, ours: str, *, trim: bool = True) -> pa.Array:
        """Return one of our columns; texts of several are joined by a space.

        A column that the file does not have is empty.
        """
        constant = self._binding.constants.get(ours)
        if constant is not None:
            return pa.repeat(constant, len(self.lines))
        parts = self._parts(ours, trim=trim)
        joined = parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, " ")
        return pc.utf8_trim_whitespace(joined) if trim else joined

    def clock(self, ours: str) -> pa.Array:
        """Return one of our time columns; a gap between joined parts stays visible.

        Empty parts at the end are left out: an hour that is withheld leaves the date.
        """
        parts = self._parts(ours)
        if len(parts) == 1:
            return parts[0]
        gaps = [pc.equal(part, "") for part in parts]
        if not any(pc.any(gap).as_py() for gap in gaps):
            return pc.binary_join_element_wise(*parts, " ")
        marked = [pc.if_else(gap, _BLANK, part) for gap, part in zip(gaps, parts, strict=True)]
        return pc.replace_substring_regex(
            pc.binary_join_element_wise(*marked, " "), rf"(?: ?\{_BLANK})+$", ""
        )

    def _parts(self, ours: str, *, trim: bool = True) -> Sequence[pa.Array]:
        names = self._binding.columns.get(ours, ())
        if not names:
            return (pa.repeat("", len(self.lines)),)
        return tuple(
            pc.utf8_trim_whitespace(self._texts[n]) if trim else self._texts[n] for n in names
        )


def is_empty(texts: pa.Array) -> NDArray[np.bool_]:
    """Return which texts are empty."""
    found: NDArray[np.bool_] = pc.equal(texts, "").to_numpy(zero_copy_only=False)
    return found


def is_blank(texts: pa.Array) -> NDArray[np.bool_]:
    """Return which texts are empty or white space alone."""
    return is_empty(pc.utf8_trim_whitespace(texts))


def read_wkt(texts: pa.Array) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Read a column of WKT points.

    Returns
    -------
    tuple
        x, y (NaN where there is none), and which texts are not empty and no point.
    """
    encoded = texts.dictionary_encode()
    words = encoded.dictionary.to_numpy(zero_copy_only=False)
    shapes = shapely.from_wkt(words, on_invalid="ignore")
    x, y, other = point_coordinates(shapes)
    other |= np.asarray(shapely.is_missing(shapes)) & (words != "")
    places = encoded.indices.to_numpy()
    return x[places], y[places], other[places]


def point_coordinates(
    shapes: NDArray[np.object_],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Return x and y of points (NaN for none), and which shapes are something else.

    A collection of one point is that point.
    """
    kinds = shapely.get_type_id(shapes)
    single = (kinds == shapely.GeometryType.MULTIPOINT) & (shapely.get_num_geometries(shapes) == 1)
    plain = np.where(single, shapely.get_geometry(shapes, 0), shapes)
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    is_point = (shapely.get_type_id(plain) == shapely.GeometryType.POINT) & ~empty
    plain[~is_point] = None
    return shapely.get_x(plain), shapely.get_y(plain), np.asarray(~is_point & ~empty)
