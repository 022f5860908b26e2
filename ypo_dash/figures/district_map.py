"""Maps: sectors, hexagons of classes, incidents as symbols, names, a scale and north."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from ypo_dash.figures.legends import level_legend
from ypo_dash.figures.map_drawing import MapDrawing
from ypo_dash.figures.map_parts import Ground, Hexagon, MapPicture, Mark, Region
from ypo_dash.figures.outline import Bounds, Projection, bounds_of
from ypo_dash.figures.svg import Look, Picture

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "Ground",
    "Hexagon",
    "MapPicture",
    "Mark",
    "Region",
    "district_map",
    "level_legend",
]


def district_map(
    regions: Sequence[Region],
    *,
    hexagons: Sequence[Hexagon] = (),
    marks: Sequence[Mark] = (),
    ground: Ground | None = None,
    bounds: Bounds | None = None,
    **look: Unpack[Look],
) -> MapPicture:
    """Draw a map that fits into ``size``.

    Symbols never lie on one another, on a sector's name or on the scale: one that would is moved
    to the nearest free place, with a thin line to where it belongs.

    Parameters
    ----------
    bounds
        West, south, east, north; all regions without.
    **look
        As `ypo_dash.figures.svg.Look`.
    """
    picture = Picture(**look)
    frame = bounds or _frame(regions, hexagons, marks)
    if frame is None:
        return MapPicture(svg=picture.nothing(), shown=0, moved=0, outside=len(marks))
    drawn = MapDrawing(picture, Projection.within(frame, picture.size, picture.text * 0.5))
    drawn.ground(regions, ground or Ground())
    drawn.fills(regions)
    drawn.hexagons(hexagons)
    drawn.borders(regions)
    names = drawn.place_labels(regions)
    inside = drawn.inside(marks)
    placed = drawn.place_marks(inside)
    drawn.leaders(placed)
    drawn.scale()
    drawn.labels(names, over_cells=bool(hexagons))
    drawn.badges(placed)
    return MapPicture(
        svg=picture.svg(),
        shown=len(placed),
        moved=sum(one.moved for one in placed),
        outside=len(marks) - len(inside),
    )


def _frame(
    regions: Sequence[Region], hexagons: Sequence[Hexagon], marks: Sequence[Mark]
) -> Bounds | None:
    corners = bounds_of(corner for region in regions for ring in region.rings for corner in ring)
    if corners is None:
        corners = bounds_of(corner for hexagon in hexagons for corner in hexagon.ring)
    return corners or bounds_of((mark.lng, mark.lat) for mark in marks)
