"""An organisation chart: the district, its local stations, and each station's groups with their posts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Unpack

from ypo_dash.figures.svg import Look, Picture

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_ACROSS = 4
_HEAD, _BOX, _GAP, _APART, _KEY, _EDGE = 3.2, 3.2, 0.6, 2.2, 2.4, 0.1  # in font sizes


@dataclass(frozen=True, slots=True)
class GroupBox:
    """A group: its name, its posts in words, and its sort, which the key names."""

    name: str
    posts: str
    sort: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Branch:
    """A local station: its name, the sum of its posts in words, its groups."""

    name: str
    total: str
    boxes: tuple[GroupBox, ...]


def chart_height(branches: Sequence[Branch], text: float) -> float:
    """Return how high a chart must be to hold the stations at a font size."""
    return text * (_EDGE + _HEAD + _KEY + sum(_APART + _row(row) for row in _rows(branches)))


def org_chart(
    head: tuple[str, str],
    branches: Sequence[Branch],
    *,
    tints: Mapping[str, str],
    key: Mapping[str, str],
    **look: Unpack[Look],
) -> str:
    """Draw the chart as SVG text.

    Parameters
    ----------
    head
        The district's name, and its posts in words.
    tints
        Fill by sort of group.
    key
        Words by sort of group, in order.
    **look
        As `ypo_dash.figures.svg.Look`; `chart_height` says how high it must be.
    """
    picture = Picture(**look)
    if not branches:
        return picture.nothing()
    em, middle = picture.text, picture.width / 2
    wide = min(picture.width, em * 26)
    _box(picture, (middle - wide / 2, em * _EDGE), (wide, em * _HEAD), head, strong=True)
    top = em * (_EDGE + _HEAD)
    for row in _rows(branches):
        _branches(picture, row, top, tints)
        top += em * (_APART + _row(row))
    _legend(picture, top + em * _KEY * 0.7, tints, key)
    return picture.svg()


def _rows(branches: Sequence[Branch]) -> list[Sequence[Branch]]:
    """Return the stations in rows of about equal length."""
    rows = -(-len(branches) // MOST_ACROSS)
    across = -(-len(branches) // max(rows, 1))
    return [branches[i : i + across] for i in range(0, len(branches), max(across, 1))]


def _row(row: Sequence[Branch]) -> float:
    return _HEAD + max(len(one.boxes) for one in row) * (_BOX + _GAP)


def _branches(
    picture: Picture, row: Sequence[Branch], top: float, tints: Mapping[str, str]
) -> None:
    em, theme = picture.text, picture.theme
    gap, edge = em * 1.6, em * _EDGE
    wide = (picture.width - 2 * edge - gap * (len(row) - 1)) / len(row)
    line: dict[str, str | float | None] = {"stroke": theme.edge, "stroke_width": em * 0.1}
    bend, below = top + em * _APART / 2, top + em * _APART
    centres = [edge + i * (wide + gap) + wide / 2 for i in range(len(row))]
    picture.line((picture.width / 2, top), (picture.width / 2, bend), **line)
    picture.line((min(centres), bend), (max(centres), bend), **line)
    for centre, one in zip(centres, row, strict=True):
        left = centre - wide / 2
        picture.line((centre, bend), (centre, below), **line)
        _box(picture, (left, below), (wide, em * _HEAD), (one.name, one.total), strong=True)
        inset = em * 1.2
        for i, box in enumerate(one.boxes):
            y = below + em * (_HEAD + _GAP + i * (_BOX + _GAP))
            at, size = (left + inset, y), (wide - inset, em * _BOX)
            picture.line((left + inset / 2, y + size[1] / 2), (left + inset, y + size[1] / 2), **line)  # fmt: skip
            _box(picture, at, size, (box.name, box.posts), fill=tints.get(box.sort), note=box.note)
        if one.boxes:
            last = below + em * (_HEAD + _GAP + (len(one.boxes) - 1) * (_BOX + _GAP) + _BOX / 2)
            picture.line((left + inset / 2, below + em * _HEAD), (left + inset / 2, last), **line)


def _box(  # noqa: PLR0913 - where it stands and what is in it
    picture: Picture,
    at: tuple[float, float],
    size: tuple[float, float],
    words: tuple[str, str],
    *,
    fill: str | None = None,
    note: str = "",
    strong: bool = False,
) -> None:
    """Draw a box: a name on the left, its number on the right, a note below the name."""
    em, theme = picture.text, picture.theme
    picture.rect(
        at, size, fill=fill or theme.land, rx=em * 0.3, stroke=theme.ink if strong else theme.edge,
        stroke_width=em * (0.13 if strong else 0.08),
    )  # fmt: skip
    name, count = words
    right, base = at[0] + size[0] - em * 0.7, at[1] + size[1] / 2 + em * 0.35
    taken = picture.wide(count) if count else 0.0
    room = size[0] - em * 2.0 - taken
    up = em * 0.55 if note else 0.0
    picture.fitted(name, (at[0] + em * 0.7, base - up), room, font_weight="600" if strong else None)
    if note:
        small = em * 0.82
        picture.fitted(note, (at[0] + em * 0.7, base + em * 0.65), room, size=small, fill=theme.quiet)  # fmt: skip
    if count:
        picture.write(count, (right, base), text_anchor="end", font_weight="600")


def _legend(
    picture: Picture, base: float, tints: Mapping[str, str], key: Mapping[str, str]
) -> None:
    em = picture.text
    x = em * _EDGE
    small = em * 0.9
    for sort, words in key.items():
        wide = em * 1.9 + picture.wide(words, small)
        if x + wide > picture.width and x:
            break
        picture.rect(
            (x, base - em * 0.85), (em * 1.1, em * 1.1), fill=tints[sort], rx=em * 0.2,
            stroke=picture.theme.edge, stroke_width=em * 0.08,
        )  # fmt: skip
        picture.write(words, (x + em * 1.6, base), size=small, fill=picture.theme.quiet)
        x += wide + em * 1.4
