"""A map's scale bar and north arrow."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ypo_dash.figures.placing import Box
from ypo_dash.figures.svg import number, path_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ypo_dash.figures.outline import Projection
    from ypo_dash.figures.svg import Picture

_SMALL = 0.98  # of the base size: on a wall the smallest that is read


def furniture_box(
    picture: Picture, projection: Projection, busy: Sequence[tuple[float, float]]
) -> Box:
    """Return the corner of the picture with the fewest ``busy`` points, as large as the scale needs."""
    small = picture.text * _SMALL
    long, name = _bar(picture, projection)
    width = max(long, picture.wide(name, small)) + small * 2.2
    height = small * 2.2
    right, bottom = picture.width - width, picture.height - height
    corners = [Box(x, y, width, height) for y in (bottom, 0.0) for x in (right, 0.0)]
    return min(corners, key=lambda box: sum(box.holds(*point) for point in busy))


def draw_furniture(picture: Picture, projection: Projection, box: Box) -> None:
    """Draw scale bar and north arrow into ``box``."""
    theme, small = picture.theme, picture.text * _SMALL
    long, name = _bar(picture, projection)
    halo = {"stroke": theme.ground, "paint_order": "stroke", "stroke_linejoin": "round"}
    x, y = box.x + small * 0.4, box.y + box.height - small * 0.45
    half, high = small * 0.45, small * 1.15
    picture.draw(
        "path", d=path_of([(x + half, y - high), (x + 2 * half, y), (x + half, y - high * 0.25), (x, y)]),
        fill=theme.ink, stroke_width=small * 0.3, **halo,
    )  # fmt: skip
    start, up = x + small * 1.4, y - small * 0.35
    bar = path_of([(start, up), (start, y), (start + long, y), (start + long, up)], closed=False)
    for colour, wide in ((theme.ground, 0.35), (theme.ink, 0.1)):
        picture.shape(bar, fill="none", stroke=colour, stroke_width=small * wide)
    picture.write(name, (start, y - small * 0.55), size=small, stroke_width=small * 0.25, **halo)


def _bar(picture: Picture, projection: Projection) -> tuple[float, str]:
    """Return length and name of the longest easy distance that fits."""
    metres = _round_down(min(picture.width * 0.22, picture.text * 9) / projection.metre)
    name = f"{number(metres / 1000)} km" if metres >= 1000 else f"{number(metres)} m"
    return metres * projection.metre, name


def _round_down(metres: float) -> float:
    """Return the longest easy length: 1, 2 or 5 with zeros."""
    if metres <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(metres))
    return max(step * power for step in (1.0, 2.0, 5.0) if step * power <= metres * (1 + 1e-9))
