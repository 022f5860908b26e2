"""What a class is filled with: its colour, and on paper a hatch that a photocopier keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ypo_dash.figures.svg import element, number

if TYPE_CHECKING:
    from ypo_dash.figures.svg import Picture

# Every other class is plain, so that neighbours differ by more than their tone.
OF_LEVEL = {1: "dots", 3: "lines", 5: "cut"}
KINDS = ("dots", "lines", "back", "cross", "cut", "bars")


def fill_of(picture: Picture, level: int | None) -> str:
    """Return the paint of class 1 to 6; the land's for zero and for none."""
    theme = picture.theme
    if not level or level < 1:
        return theme.land
    step = min(level, len(theme.ramp))
    colour = theme.ramp[step - 1]
    kind = OF_LEVEL.get(step)
    if theme.hatch is None or kind is None:
        return colour
    return hatched(picture, kind, colour, theme.ground if kind == "cut" else theme.hatch)


def hidden_fill(picture: Picture) -> str:
    """Return the paint of a number that is not shown: a grey hatch on the land."""
    return hatched(picture, "lines", picture.theme.land, picture.theme.edge)


def hatched(picture: Picture, kind: str, ground: str, ink: str) -> str:
    """Return the paint ``kind`` in ``ink`` on ``ground`` ("none": what lies below is seen)."""
    side = picture.text * (0.55 if kind != "dots" else 0.7)
    name = f"{kind}-{ground.strip('#')}-{ink.strip('#')}"
    back = element("rect", width=side, height=side, fill=ground) if ground != "none" else ""
    # A tile is upright; the turn makes its one upright line a diagonal without seams.
    turn = {"lines": 45, "cut": 45, "cross": 45, "dots": 45, "back": -45, "bars": 0}[kind]
    content = element(
        "pattern",
        back + _strokes(kind, side, ink),
        id="{id}",
        width=side,
        height=side,
        patternUnits="userSpaceOnUse",
        patternTransform=f"rotate({turn})",
    )
    return f"url(#{picture.define(name, content)})"


def _strokes(kind: str, side: float, ink: str) -> str:
    middle, thin = number(side / 2), side * (0.2 if kind == "cut" else 0.13)
    if kind == "dots":
        return element("circle", cx=side / 2, cy=side / 2, r=side * 0.11, fill=ink)
    across = f"M{middle} 0V{number(side)}" + (
        f"M0 {middle}H{number(side)}" if kind == "cross" else ""
    )
    return element("path", d=across, stroke=ink, stroke_width=thin, fill="none")
