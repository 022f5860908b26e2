"""A map's incidents: each at its place or with a line to it; alike neighbours as one where it is crowded."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ypo_dash.figures.placing import Box, Room
from ypo_dash.figures.symbols import Badge, badge_size, draw_badge

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ypo_dash.figures.map_parts import Mark
    from ypo_dash.figures.outline import Projection
    from ypo_dash.figures.svg import Picture

# Height of a symbol beside the base font size: a plate of 3.4 mm where texts are 9 pt.
_SYMBOL = 0.88
# How near to each other, in widths of a plate, incidents of a type become one symbol, at each try.
_REACHES = (0.0, 0.5, 0.8, 1.2, 1.7)
# Symbols further from their places than this many widths, on average, can't be followed by eye.
_FAR = 0.6


@dataclass(frozen=True, slots=True)
class Placed:
    """A badge, the box it got, the place it is meant for, and whether that lies elsewhere."""

    badge: Badge
    box: Box
    at: tuple[float, float]
    moved: bool


def badges_of(
    marks: Iterable[Mark], projection: Projection, size: tuple[float, float]
) -> list[tuple[Badge, tuple[float, float]]]:
    """Return the marks that lie within the frame, and where."""
    found = []
    for mark in marks:
        if math.isfinite(mark.lng) and math.isfinite(mark.lat):
            x, y = projection.place(mark.lng, mark.lat)
            if 0 <= x <= size[0] and 0 <= y <= size[1]:
                found.append((Badge(mark.code, mark.letter, mark.title, mark.sector), (x, y)))
    return found


def placed_badges(
    badges: Sequence[tuple[Badge, tuple[float, float]]], room: Room, picture: Picture
) -> list[Placed]:
    """Find room for all, near enough to their places to be followed by eye.

    Where too many are crowded, neighbours of one type become one symbol with their number: first
    those that nearly cover each other, then those a little further away.
    """
    side = picture.text * _SYMBOL
    wide = badge_size(Badge("", "B"), side, picture)[0]
    for reach in _REACHES:
        joined = _joined(badges, reach * wide)
        last = reach == _REACHES[-1]
        far = math.inf if last else _FAR * wide * len(joined)
        placed = _placed(joined, room.copy(), picture, far)
        if placed is not None:
            return placed
    return []


def _joined(
    badges: Sequence[tuple[Badge, tuple[float, float]]], reach: float
) -> list[tuple[Badge, tuple[float, float]]]:
    """Return badges of one type within ``reach`` of the first of them as one, in their middle."""
    if reach <= 0:
        return list(badges)
    groups: dict[tuple[str, ...], list[list[tuple[Badge, tuple[float, float]]]]] = {}
    order = []
    for badge, at in badges:
        alike = groups.setdefault((badge.code, badge.letter, badge.sector), [])
        near = next((group for group in alike if math.dist(group[0][1], at) <= reach), None)
        if near is None:
            near = []
            alike.append(near)
            order.append(near)
        near.append((badge, at))
    return [_one(group) for group in order]


def _one(group: list[tuple[Badge, tuple[float, float]]]) -> tuple[Badge, tuple[float, float]]:
    count = len(group)
    title = "\n".join(badge.title for badge, _ in group if badge.title)
    x, y = (sum(at[axis] for _, at in group) / count for axis in (0, 1))
    return replace(group[0][0], title=title, count=count), (round(x, 2), round(y, 2))


def _placed(
    badges: Sequence[tuple[Badge, tuple[float, float]]], room: Room, picture: Picture, far: float
) -> list[Placed] | None:
    """Place all badges, together at most ``far`` from where they belong; None where that can't be.

    Without a limit those that find no room are left out.
    """
    reach, side = math.hypot(*picture.size), picture.text * _SYMBOL
    placed, gone = [], 0.0
    for badge, at in badges:
        box = Box.around(*at, *badge_size(badge, side, picture))
        found = room.place(box, min(reach, far))
        if found is not None:
            gone += math.dist((box.x, box.y), (found.x, found.y))
            placed.append(Placed(badge, found, at, found is not box))
        if far < math.inf and (found is None or gone > far):
            return None
    return placed


def draw_leaders(picture: Picture, placed: Sequence[Placed], names: Sequence[Box]) -> None:
    """Draw a line from each badge that was moved to its place, with a dot there.

    A dot beside a name would be read as part of it: there the line alone has to do.
    """
    theme, text = picture.theme, picture.text
    close = [Box(b.x - b.height / 3, b.y, b.width + b.height * 2 / 3, b.height) for b in names]
    moved = [one for one in placed if one.moved]
    for one in moved:
        for colour, wide in ((theme.ground, 0.16), (theme.ink, 0.06)):
            picture.line(_middle(one.box), one.at, stroke=colour, stroke_width=text * wide)
    for x, y in sorted({one.at for one in moved}):
        if not any(box.holds(x, y) for box in close):
            picture.draw(
                "circle", cx=x, cy=y, r=text * 0.14, fill=theme.ink, stroke=theme.ground,
                stroke_width=text * 0.06,
            )  # fmt: skip


def draw_badges(picture: Picture, placed: Sequence[Placed]) -> None:
    """Draw the symbols."""
    for one in placed:
        draw_badge(picture, one.badge, (one.box.x, one.box.y), picture.text * _SYMBOL)


def _middle(box: Box) -> tuple[float, float]:
    return box.x + box.width / 2, box.y + box.height / 2
