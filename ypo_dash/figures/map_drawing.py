"""A map in the making: layer upon layer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise, product
from typing import TYPE_CHECKING

from ypo_dash.figures.furniture import draw_furniture, furniture_box
from ypo_dash.figures.hatches import KINDS, Paint, fill, hidden_paint, paint_of
from ypo_dash.figures.placing import Box, Room
from ypo_dash.figures.svg import number
from ypo_dash.figures.theme import ink_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ypo_dash.figures.map_parts import Ground, Hexagon, Region
    from ypo_dash.figures.outline import Projection
    from ypo_dash.figures.svg import Picture


_AROUND = tuple((dx, dy) for dx, dy in product((0, -1, 1), repeat=2) if dx or dy)


@dataclass(frozen=True, slots=True)
class Name:
    """A sector's lines and the box they got."""

    region: Region
    lines: list[str]
    box: Box


class MapDrawing:
    """Draws a map's layers in the order in which its methods are called."""

    def __init__(self, picture: Picture, projection: Projection) -> None:
        self.picture, self.projection, self.theme = picture, projection, picture.theme
        self.text = picture.text
        self.room = Room(
            picture.width, picture.height, picture.text * 2, margin=picture.text * 0.08
        )
        # Corners nearer to each other than this can't be told apart.
        self.fine = max(picture.size) / 2500
        self.sight = projection.sight(picture.size, picture.text)
        self.paths: dict[str, str] = {}
        self.furniture: Box | None = None

    def in_sight(self, regions: Sequence[Region]) -> list[Region]:
        """Return the sectors that reach into the picture: the others are weight without a sight."""
        return [r for r in regions if not r.rings or any(map(self._is_seen, r.rings))]

    def ground(self, regions: Sequence[Region], ground: Ground) -> None:
        """Draw what lies below everything."""
        theme, thin = self.theme, self.text * 0.1
        for region in regions:
            self.paths[region.id] = self._data(region.rings)
        fill(self.picture, self._data(ground.land), Paint(theme.ground))
        fill(self.picture, "".join(self.paths.values()), Paint(theme.land), fill_rule="evenodd")
        fill(self.picture, self._data(ground.parks), Paint(theme.park), fill_rule="evenodd")
        fill(self.picture, self._data(ground.water), Paint(theme.water), fill_rule="evenodd")
        streets, rail = (self._data(lines, closed=False) for lines in (ground.streets, ground.rail))
        if streets:
            self.picture.shape(streets, fill="none", stroke=theme.faint, stroke_width=thin)
        if rail:
            self.picture.shape(
                rail, fill="none", stroke=theme.edge, stroke_opacity=0.6, stroke_width=thin * 0.7,
                stroke_dasharray=f"{number(thin * 5)} {number(thin * 3)}",
            )  # fmt: skip

    def fills(self, regions: Sequence[Region]) -> None:
        """Fill the sectors that have a class."""
        for region in regions:
            if region.hidden or region.level:
                paint = (
                    hidden_paint(self.theme)
                    if region.hidden
                    else paint_of(self.theme, region.level)
                )
                fill(
                    self.picture, self.paths[region.id], paint, faded=region.faded,
                    fill_rule="evenodd", clip_rule="evenodd",
                )  # fmt: skip

    def hexagons(self, hexagons: Sequence[Hexagon]) -> None:
        """Draw the cells, each class as one path; then what is marked on them."""
        levels: dict[int, list[Sequence[Sequence[float]]]] = {}
        marked: dict[str, list[Sequence[Sequence[float]]]] = {}
        for hexagon in hexagons:
            if hexagon.level >= 1:
                levels.setdefault(hexagon.level, []).append(hexagon.ring)
            if hexagon.mark:
                marked.setdefault(hexagon.mark, []).append(hexagon.ring)
        for level in sorted(levels):
            fill(
                self.picture, self._data(levels[level]), paint_of(self.theme, level),
                stroke=self.theme.ground, stroke_width=self.text * 0.04,
            )  # fmt: skip
        for mark in sorted(marked):
            if mark in KINDS:
                fill(self.picture, self._data(marked[mark]), Paint(None, mark, self.theme.ink))
            else:
                self._letters(mark, marked[mark])

    def borders(self, regions: Sequence[Region]) -> None:
        """Draw the sectors' borders, those in focus last; a border says its sector's title."""
        thin = self.text * 0.07
        for region in regions:
            self.picture.shape(
                self.paths[region.id], title=region.title, fill="none", stroke=self.theme.edge,
                stroke_width=thin, stroke_linejoin="round",
                pointer_events="all" if region.title else None,
            )  # fmt: skip
        strong = "".join(self.paths[region.id] for region in regions if region.strong)
        for colour, wide in ((self.theme.ground, 5.5), (self.theme.accent, 3)):
            if strong:
                self.picture.shape(
                    strong, fill="none", stroke=colour, stroke_width=thin * wide,
                    stroke_linejoin="round", pointer_events="none",
                )  # fmt: skip
        busy = [
            self.projection.place(corner[0], corner[1])
            for region in regions for ring in region.rings for corner in ring
        ]  # fmt: skip
        self.furniture = furniture_box(self.picture, self.projection, busy)
        self.room.take(self.furniture)

    def scale(self) -> None:
        """Draw the scale bar and north."""
        if self.furniture is not None:
            draw_furniture(self.picture, self.projection, self.furniture)

    def place_labels(self, regions: Sequence[Region]) -> list[Name]:
        """Find room for the sectors' names, first for those in focus; one without gives way."""
        names = []
        for region in sorted(regions, key=lambda r: (not r.strong, r.faded)):
            lines = [line for line in region.label.split("\n") if line]
            if not lines or not all(map(math.isfinite, region.at)):
                continue
            width = max(self.picture.wide(line, self.text) for line in lines) + self.text * 0.3
            size = (width, len(lines) * self.text * 1.1)
            box = next(filter(self.room.free, self._label_boxes(region, size)), None)
            if box is not None:
                self.room.take(box)
                names.append(Name(region, lines, box))
        return names

    def _label_boxes(self, region: Region, size: tuple[float, float]) -> Iterator[Box]:
        """Yield where a name may stand: at its place, else near it with its middle in the region."""
        x, y = self.projection.place(*region.at)
        yield Box.around(x, y, *size)
        rings = [list(self.projection.places(ring)) for ring in region.rings]
        for step, (dx, dy) in product((0.35, 0.7, 1.1), _AROUND):
            at = (x + dx * step * self.text, y + dy * step * self.text)
            if _is_within(at, rings):
                yield Box.around(*at, *size)

    def labels(self, names: Sequence[Name], *, over_cells: bool) -> None:
        """Write the names, each in what can be read on its sector."""
        theme, text = self.theme, self.text
        for name in names:
            region = name.region
            plain = over_cells or not region.level or region.faded or region.hidden
            halo = theme.ground if plain else paint_of(theme, region.level).colour or theme.ground
            for row, line in enumerate(name.lines):
                self.picture.write(
                    line, (name.box.x + name.box.width / 2, name.box.y + text * (0.88 + row * 1.1)),
                    size=text * (1 if row == 0 else 0.95), text_anchor="middle",
                    font_weight="600" if row == 0 else None,
                    fill=theme.quiet if region.faded else ink_on(theme, halo),
                    stroke=halo, stroke_width=text * 0.28, stroke_linejoin="round",
                    paint_order="stroke", pointer_events="none",
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

    def _data(self, rings: Iterable[Sequence[Sequence[float]]], *, closed: bool = True) -> str:
        """Return rings or lines as path data, without corners that can't be told apart."""
        fine, end, written = self.fine, "Z" if closed else "", []
        for ring in filter(self._is_seen, rings):
            kept: list[str] = []
            last_x = last_y = math.inf
            for x, y in self.projection.places(ring):
                if abs(x - last_x) > fine or abs(y - last_y) > fine:
                    last_x, last_y = x, y
                    kept.append(f"{x} {y}")
            if kept:
                written.append(f"M{'L'.join(kept)}{end}")
        return "".join(written)

    def _is_seen(self, ring: Sequence[Sequence[float]]) -> bool:
        """Whether the box around a ring reaches into the picture; with unknown corners it may."""
        if not ring:
            return False
        west, south, east, north = self.sight
        lngs, lats = [corner[0] for corner in ring], [corner[1] for corner in ring]
        beside = min(lngs) > east or max(lngs) < west or min(lats) > north or max(lats) < south
        return not beside


def _is_within(at: tuple[float, float], rings: Sequence[Sequence[tuple[float, float]]]) -> bool:
    """Whether a point lies in rings by the even-odd rule."""
    (x, y), inside = at, False
    for ring in rings:
        for (x1, y1), (x2, y2) in pairwise(ring):
            if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
                inside = not inside
    return inside
