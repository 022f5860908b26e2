"""What the classes of a map mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from ypo_dash.figures.hatches import fill, hidden_paint, paint_of
from ypo_dash.figures.svg import Look, Picture, box_path

if TYPE_CHECKING:
    from collections.abc import Sequence

HIDDEN = -1


def level_legend(levels: Sequence[tuple[int, str]], **look: Unpack[Look]) -> str:
    """Draw the classes side by side, each with what it stands for below.

    Parameters
    ----------
    levels
        Class (1 to 6; 0: zero; -1: not shown) and its words.
    """
    picture = Picture(**look)
    if not levels:
        return picture.nothing()
    text, theme = picture.text, picture.theme
    size, widths = _widths(picture, [label for _, label in levels])
    high = min(picture.height - size * 1.3, text * 1.1)
    line = text * 0.05
    x = 0.0
    for (level, label), width in zip(levels, widths, strict=True):
        paint = hidden_paint(theme) if level == HIDDEN else paint_of(theme, level)
        data = box_path((x + line, line), (width - text * 0.15, high - 2 * line))
        fill(picture, data, paint, stroke=theme.edge, stroke_width=line)
        picture.fitted(label, (x + line, high + size), width - size * 0.3, size=size)
        x += width
    return picture.svg()


def _widths(picture: Picture, labels: Sequence[str]) -> tuple[float, list[float]]:
    """Return the labels' font size, and how wide each class is: as its words need, then alike."""
    least = picture.text * 2.2
    for share in (1.0, 0.9, 0.8, 0.75):
        size = picture.text * share
        needs = [max(picture.wide(label, size) + size * 0.6, least) for label in labels]
        spare = picture.width - sum(needs)
        if spare >= 0:
            break
    if spare < 0:
        return size, [need * picture.width / sum(needs) for need in needs]
    even = picture.width / len(labels)
    if max(needs) <= even:
        return size, [even] * len(labels)
    return size, [need + spare / len(labels) for need in needs]
