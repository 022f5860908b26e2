"""Maps: sectors, hexagons of classes, incidents as symbols, names, a scale and north."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Unpack

from ypo_dash.figures.furniture import draw_furniture, furniture_box
from ypo_dash.figures.hatches import KINDS, fill_of, hatched, hidden_fill
from ypo_dash.figures.legends import level_legend
from ypo_dash.figures.map_parts import Ground, Hexagon, MapPicture, Mark, Region
from ypo_dash.figures.outline import Bounds, Projection, bounds_of
from ypo_dash.figures.placing import Box, Room
from ypo_dash.figures.svg import Look, Picture, number
from ypo_dash.figures.symbols import badge_size, draw_badge

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
        return MapPicture(svg=picture.nothing(), shown=0, moved=0)
    drawn = _Map(picture, Projection.within(frame, picture.size, picture.text * 0.5))
    drawn.ground(ground or Ground())
    drawn.regions(regions)
    drawn.hexagons(hexagons)
    drawn.borders(regions)
    drawn.furniture([corner for region in regions for ring in region.rings for corner in ring])
    drawn.labels(regions)
    shown, moved = drawn.marks(marks)
    return MapPicture(svg=picture.svg(), shown=shown, moved=moved)


def _frame(
    regions: Sequence[Region], hexagons: Sequence[Hexagon], marks: Sequence[Mark]
) -> Bounds | None:
    corners = bounds_of(corner for region in regions for ring in region.rings for corner in ring)
    if corners is None:
        corners = bounds_of(corner for hexagon in hexagons for corner in hexagon.ring)
    return corners or bounds_of((mark.lng, mark.lat) for mark in marks)


class _Map:
    """A map in the making."""

    def __init__(self, picture: Picture, projection: Projection) -> None:
        self.picture, self.projection, self.theme = picture, projection, picture.theme
        self.text = picture.text
        self.room = Room(picture.width, picture.height, picture.text * 2)
        # Corners nearer to each other than this can't be told apart.
        self.fine = max(picture.size) / 2500

    def ground(self, ground: Ground) -> None:
        """Draw what lies below everything."""
        theme, fine = self.theme, self.text * 0.12
        layers = (
            (ground.land, theme.ground),
            (ground.parks, theme.park),
            (ground.water, theme.water),
        )
        for rings, fill in layers:
            self._path(rings, fill=fill)
        self._path(ground.streets, closed=False, fill="none", stroke=theme.faint, stroke_width=fine)
        self._path(
            ground.rail, closed=False, fill="none", stroke=theme.edge, stroke_width=fine * 0.7,
            stroke_dasharray=f"{number(fine * 5)} {number(fine * 3)}",
        )  # fmt: skip

    def regions(self, regions: Sequence[Region]) -> None:
        """Fill the sectors that have a class."""
        for region in regions:
            if region.hidden:
                fill = hidden_fill(self.picture)
            elif region.level is not None and region.level >= 1:
                fill = fill_of(self.picture, region.level)
            else:
                continue
            self._path(
                region.rings, fill=fill, fill_rule="evenodd",
                fill_opacity=0.35 if region.faded else None,
            )  # fmt: skip

    def hexagons(self, hexagons: Sequence[Hexagon]) -> None:
        """Draw the cells, each class as one path; then what is marked on them."""
        levels: dict[int, list[Hexagon]] = {}
        marked: dict[str, list[Hexagon]] = {}
        for hexagon in hexagons:
            levels.setdefault(hexagon.level, []).append(hexagon)
            if hexagon.mark:
                marked.setdefault(hexagon.mark, []).append(hexagon)
        for level in sorted(levels):
            if level >= 1:
                self._path(
                    [h.ring for h in levels[level]], fill=fill_of(self.picture, level),
                    stroke=self.theme.ground, stroke_width=self.text * 0.04,
                )  # fmt: skip
        for mark in sorted(marked):
            if mark in KINDS:
                fill = hatched(self.picture, mark, "none", self.theme.ink)
                self._path([h.ring for h in marked[mark]], fill=fill)
            else:
                self._letters(mark, [h.ring for h in marked[mark]])

    def borders(self, regions: Sequence[Region]) -> None:
        """Draw the sectors' borders, those in focus last."""
        plain = [ring for region in regions for ring in region.rings if not region.strong]
        strong = [ring for region in regions for ring in region.rings if region.strong]
        wide = self.text * 0.07
        self._path(
            plain, fill="none", stroke=self.theme.edge, stroke_width=wide, stroke_linejoin="round"
        )
        for colour, width in ((self.theme.ground, wide * 5), (self.theme.accent, wide * 3)):
            self._path(
                strong, fill="none", stroke=colour, stroke_width=width, stroke_linejoin="round"
            )
        for region in regions:
            if region.title:
                self._path(region.rings, title=region.title, fill="none", pointer_events="all")

    def furniture(self, corners: Sequence[Sequence[float]]) -> None:
        """Draw the scale bar where the fewest borders are."""
        busy = [self.projection.place(*corner[:2]) for corner in corners]
        box = furniture_box(self.picture, busy)
        self.room.take(draw_furniture(self.picture, self.projection, box))

    def labels(self, regions: Sequence[Region]) -> None:
        """Write the sectors' names; one that would lie on another gives way to it."""
        for region in sorted(regions, key=lambda r: (not r.strong, r.faded)):
            lines = [line for line in region.label.split("\n") if line]
            if not lines or not all(map(math.isfinite, region.at)):
                continue
            x, y = self.projection.place(*region.at)
            width = max(self.picture.wide(line, self.text) for line in lines)
            height = len(lines) * self.text * 1.1
            box = Box.around(x, y, width + self.text * 0.3, height)
            if self.room.free(box):
                self.room.take(box)
                self._label(lines, (x, box.y), region)

    def _label(self, lines: list[str], at: tuple[float, float], region: Region) -> None:
        theme, text = self.theme, self.text
        for row, line in enumerate(lines):
            self.picture.write(
                line, (at[0], at[1] + text * (0.88 + row * 1.1)), size=text * (1 if row == 0 else 0.9),
                text_anchor="middle", font_weight="600" if row == 0 else None,
                fill=theme.quiet if region.faded else theme.ink,
                stroke=theme.ground, stroke_width=text * 0.28, stroke_linejoin="round",
                paint_order="stroke",
            )  # fmt: skip

    def marks(self, marks: Sequence[Mark]) -> tuple[int, int]:
        """Draw the incidents; returns how many, and how many beside their place."""
        side = self.text * 1.1
        reach = math.hypot(*self.picture.size)
        placed: list[tuple[Mark, Box, tuple[float, float], bool]] = []
        for mark in marks:
            if not (math.isfinite(mark.lng) and math.isfinite(mark.lat)):
                continue
            x, y = self.projection.place(mark.lng, mark.lat)
            if not (0 <= x <= self.picture.width and 0 <= y <= self.picture.height):
                continue
            box = Box.around(x, y, *badge_size(side, mark.letter, self.picture))
            found = self.room.place(box, reach)
            if found is not None:
                placed.append((mark, found, (x, y), found.x != box.x or found.y != box.y))
        self._leaders([(box, at) for _, box, at, moved in placed if moved])
        for mark, box, _, _ in placed:
            draw_badge(
                self.picture, mark.code, mark.letter, (box.x, box.y), side=side, title=mark.title
            )
        return len(placed), sum(moved for *_, moved in placed)

    def _leaders(self, moved: list[tuple[Box, tuple[float, float]]]) -> None:
        for box, at in moved:
            middle = (box.x + box.width / 2, box.y + box.height / 2)
            for colour, wide in ((self.theme.ground, 0.16), (self.theme.ink, 0.06)):
                self.picture.line(middle, at, stroke=colour, stroke_width=self.text * wide)
        for at in sorted({at for _, at in moved}):
            self.picture.draw(
                "circle", cx=at[0], cy=at[1], r=self.text * 0.14, fill=self.theme.ink,
                stroke=self.theme.ground, stroke_width=self.text * 0.06,
            )  # fmt: skip

    def _letters(self, mark: str, rings: Iterable[Sequence[Sequence[float]]]) -> None:
        for ring in rings:
            x, y = self.projection.place(
                sum(c[0] for c in ring) / len(ring), sum(c[1] for c in ring) / len(ring)
            )
            self.picture.write(
                mark, (x, y + self.text * 0.3), size=self.text * 0.85, text_anchor="middle",
                font_weight="600", stroke=self.theme.ground, stroke_width=self.text * 0.2,
                paint_order="stroke",
            )  # fmt: skip

    def _path(
        self,
        rings: Iterable[Sequence[Sequence[float]]],
        *,
        closed: bool = True,
        title: str = "",
        **attributes: str | float | None,
    ) -> None:
        data = "".join(self._data(ring, closed) for ring in rings)
        if data:
            self.picture.shape(data, title=title, **attributes)

    def _data(self, ring: Sequence[Sequence[float]], closed: bool) -> str:
        place, fine = self.projection.place, self.fine
        kept: list[tuple[float, float]] = []
        for corner in ring:
            x, y = place(corner[0], corner[1])
            if not kept or abs(x - kept[-1][0]) > fine or abs(y - kept[-1][1]) > fine:
                kept.append((x, y))
        return (
            "M" + "L".join([f"{x} {y}" for x, y in kept]) + ("Z" if closed else "") if kept else ""
        )
