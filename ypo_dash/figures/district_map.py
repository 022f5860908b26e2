"""Maps: sectors, hexagons of classes, incidents as symbols, names, a scale and north."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from ypo_dash.figures.legends import level_legend
from ypo_dash.figures.map_drawing import MapDrawing
from ypo_dash.figures.map_marks import badges_of, draw_badges, draw_leaders, placed_badges
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
    to the nearest free place, with a thin line to where it belongs. Where they are too crowded to
    be followed, neighbours of one type become one symbol with their number, in their middle.

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
    regions = drawn.in_sight(regions)
    drawn.ground(regions, ground or Ground())
    drawn.fills(regions)
    drawn.hexagons(hexagons)
    drawn.borders(regions)
    names = drawn.place_labels(regions)
    inside = badges_of(marks, drawn.projection, picture.size)
    placed = placed_badges(inside, drawn.room, picture)
    draw_leaders(picture, placed, [name.box for name in names])
    drawn.scale()
    drawn.labels(names, over_cells=bool(hexagons))
    draw_badges(picture, placed)
    return MapPicture(
        svg=picture.svg(),
        shown=sum(one.badge.count for one in placed),
        moved=sum(one.badge.count for one in placed if one.moved),
        outside=len(marks) - len(inside),
        joined=sum(one.badge.count for one in placed if one.badge.count > 1),
    )


def _frame(
    regions: Sequence[Region], hexagons: Sequence[Hexagon], marks: Sequence[Mark]
) -> Bounds | None:
    corners = bounds_of(corner for region in regions for ring in region.rings for corner in ring)
    if corners is None:
        corners = bounds_of(corner for hexagon in hexagons for corner in hexagon.ring)
    return corners or bounds_of((mark.lng, mark.lat) for mark in marks)
