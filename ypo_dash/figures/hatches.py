"""What a class is filled with: its colour, and on paper a hatch that a photocopier keeps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ypo_dash.figures.svg import element, number

if TYPE_CHECKING:
    from ypo_dash.figures.svg import Picture
    from ypo_dash.figures.theme import Theme

# Every other class is plain, so that neighbours differ by more than their tone.
OF_LEVEL = {1: "dots", 3: "lines", 5: "cut"}
KINDS = ("dots", "lines", "back", "cross", "cut", "bars")


@dataclass(frozen=True, slots=True)
class Paint:
    """A colour (None: what lies below is seen), and a hatch of `KINDS` in another one."""

    colour: str | None
    kind: str | None = None
    ink: str = ""


def paint_of(theme: Theme, level: int | None) -> Paint:
    """Return the paint of class 1 to 6; the land's for zero and for none."""
    if not level or level < 1:
        return Paint(theme.land)
    step = min(level, len(theme.ramp))
    colour, kind = theme.ramp[step - 1], OF_LEVEL.get(step)
    if theme.hatch is None or kind is None:
        return Paint(colour)
    return Paint(colour, kind, theme.ground if kind == "cut" else theme.hatch)


def hidden_paint(theme: Theme) -> Paint:
    """Return the paint of a number that is not shown: a grey hatch on the land."""
    return Paint(theme.land, "back", theme.edge)


def fill(
    picture: Picture,
    data: str,
    paint: Paint,
    *,
    faded: bool = False,
    **attributes: str | float | None,
) -> None:
    """Fill the path ``data``; hatches run through from one shape to the next.

    A hatch is drawn as lines cut out by the shape: patterns show seams in many readers of PDF.
    """
    if not data:
        return
    dim = 0.35 if faded else None
    if paint.kind is None:
        picture.draw("path", d=data, fill=paint.colour or "none", fill_opacity=dim, **attributes)
        return
    shape = picture.own_id("shape")
    picture.draw(
        "path", id=shape, d=data, fill=paint.colour or "none", fill_opacity=dim, **attributes
    )
    clip = picture.define(
        f"clip-{shape}", element("clipPath", element("use", href=f"#{shape}"), id="{id}")
    )
    lines = picture.define(f"{paint.kind}-{paint.ink.strip('#')}", _hatch(picture, paint))
    picture.draw(
        "g", element("use", href=f"#{lines}"), clip_path=f"url(#{clip})", opacity=dim
    )  # fmt: skip


def _hatch(picture: Picture, paint: Paint) -> str:
    """Return the hatch as lines across the whole picture."""
    step, (width, height) = picture.text * 0.5, picture.size
    if paint.kind == "dots":
        return _dots(picture, paint.ink)
    across = width if paint.kind == "bars" else width + height
    # Diagonals stand apart by less than they are at the edges.
    each = step if paint.kind == "bars" else step * math.sqrt(2)
    lines = []
    for index in range(1, int(across / each) + 1):
        c = index * each
        if paint.kind == "bars":
            lines.append(f"M{number(c)} 0V{number(height)}")
        if paint.kind in ("lines", "cut", "cross"):
            lines.append(f"M{number(c)} 0L{number(c - height)} {number(height)}")
        if paint.kind in ("back", "cross"):
            lines.append(f"M{number(c - height)} 0L{number(c)} {number(height)}")
    thick = picture.text * (0.11 if paint.kind == "cut" else 0.06)
    return element(
        "path", id="{id}", d="".join(lines), stroke=paint.ink, stroke_width=thick, fill="none"
    )


def _dots(picture: Picture, ink: str) -> str:
    """Return rows of dots: dashes of no length with round ends, every other row between."""
    step, (width, height) = picture.text * 0.56, picture.size
    rows = []
    for index in range(int(height / (step / 2)) + 1):
        y = (index + 0.5) * step / 2
        rows.append(f"M{number(step * (0.25 + 0.5 * (index % 2)))} {number(y)}H{number(width)}")
    return element(
        "path", id="{id}", d="".join(rows), stroke=ink, stroke_width=picture.text * 0.11, fill="none",
        stroke_linecap="round", stroke_dasharray=f"0 {number(step)}",
    )  # fmt: skip
