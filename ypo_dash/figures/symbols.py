"""The symbols of the incident types: a shape and a letter, never a colour alone."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ypo_dash.figures.svg import element, escaped

if TYPE_CHECKING:
    from ypo_dash.figures.svg import Picture

# The same files that the browser fetches: beside `app.py`, like all assets.
FOLDER = Path(__file__).resolve().parents[2] / "assets" / "symbols"
OTHER = "OTHER"
_SIDE = 16.0


@lru_cache(maxsize=1)
def shapes() -> dict[str, str]:
    """Return the path data of each type's symbol, drawn in 16 by 16; holes are even-odd."""
    found = {}
    for file in sorted(FOLDER.glob("*.svg")):
        paths = re.findall(r'<path[^>]*?\sd="([^"]+)"', file.read_text(encoding="utf-8"))
        found[file.stem] = "".join(paths)
    return found


def badge_size(side: float, letter: str, picture: Picture) -> tuple[float, float]:
    """Return width and height of the badge whose symbol is ``side`` high."""
    lettered = picture.wide(letter, _letter(side)) if letter else 0.0
    return side * 1.3 + lettered, side * 1.25


def draw_badge(
    picture: Picture,
    code: str,
    letter: str,
    at: tuple[float, float],
    *,
    side: float,
    title: str = "",
) -> None:
    """Draw a symbol with its letter on a plate, its upper left corner at ``at``."""
    theme = picture.theme
    width, height = badge_size(side, letter, picture)
    x, y = at
    inner = f"<title>{escaped(title)}</title>" if title else ""
    inner += element(
        "rect", x=x, y=y, width=width, height=height, rx=side * 0.2,
        fill=theme.ground, stroke=theme.edge, stroke_width=side * 0.06,
    )  # fmt: skip
    inner += _shape(picture, code, (x + side * 0.13, y + height / 2 - side * 0.47), side * 0.94)
    if letter:
        inner += element(
            "text", escaped(letter), x=x + side * 1.13, y=y + height / 2 + _letter(side) * 0.35,
            font_size=_letter(side), font_weight="600", fill=theme.ink,
        )  # fmt: skip
    picture.draw("g", inner)


def draw_symbol(picture: Picture, code: str, at: tuple[float, float], side: float) -> None:
    """Draw a symbol alone, its upper left corner at ``at``, ``side`` wide."""
    picture.parts.append(_shape(picture, code, at, side))


def _shape(picture: Picture, code: str, at: tuple[float, float], side: float) -> str:
    known = shapes()
    name = code if code in known else OTHER
    path = element("path", d=known[name], fill_rule="evenodd", id="{id}")
    scale = f"translate({at[0]:.2f} {at[1]:.2f}) scale({side / _SIDE:.4f})"
    return element(
        "use", href=f"#{picture.define(f's-{name}', path)}", transform=scale, fill=picture.theme.ink
    )


def _letter(side: float) -> float:
    return side * 0.95
