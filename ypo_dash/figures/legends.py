"""What the classes of a map mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from ypo_dash.figures.hatches import fill_of, hidden_fill
from ypo_dash.figures.svg import Look, Picture

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
    each = picture.width / len(levels)
    need = max(picture.wide(label) for _, label in levels) + text * 0.5
    size = text * min(1.0, max(0.75, each / need))
    high = min(picture.height - size * 1.3, text * 1.1)
    line = text * 0.05
    for index, (level, label) in enumerate(levels):
        fill = hidden_fill(picture) if level == HIDDEN else fill_of(picture, level)
        picture.rect(
            (index * each + line, line), (each - text * 0.15, high - 2 * line), fill=fill,
            stroke=theme.edge, stroke_width=line,
        )  # fmt: skip
        picture.fitted(
            label, (index * each + line, high + size * 1.0), each - size * 0.3, size=size
        )
    return picture.svg()
