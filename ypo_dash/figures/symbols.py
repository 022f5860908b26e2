"""The symbols of the incident types: a shape and a letter, never a colour alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
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
# The number is smaller than the letter, so that the two are not read as one.
_COUNT = 0.85


@lru_cache(maxsize=1)
def shapes() -> dict[str, str]:
    """Return the path data of each type's symbol, drawn in 16 by 16; holes are even-odd."""
    found = {}
    for file in sorted(FOLDER.glob("*.svg")):
        paths = re.findall(r'<path[^>]*?\sd="([^"]+)"', file.read_text(encoding="utf-8"))
        found[file.stem] = "".join(paths)
    return found


@dataclass(frozen=True, slots=True)
class Badge:
    """What stands on a plate: the symbol of a type, its letter, and a number above one."""

    code: str
    letter: str
    title: str = ""
    sector: str = ""
    count: int = 1


def badge_size(badge: Badge, side: float, picture: Picture) -> tuple[float, float]:
    """Return width and height of the badge whose symbol is ``side`` high."""
    lettered = picture.wide(badge.letter, _letter(side)) if badge.letter else 0.0
    counted = picture.wide(_number(badge), _letter(side) * _COUNT)
    return side * 1.3 + lettered + counted, side * 1.25


def draw_badge(picture: Picture, badge: Badge, at: tuple[float, float], side: float) -> None:
    """Draw a badge, its upper left corner at ``at``."""
    theme = picture.theme
    width, height = badge_size(badge, side, picture)
    (x, y), base = at, at[1] + height / 2 + _letter(side) * 0.35
    inner = f"<title>{escaped(badge.title)}</title>" if badge.title else ""
    inner += element(
        "rect", x=x, y=y, width=width, height=height, rx=side * 0.2,
        fill=theme.ground, stroke=theme.edge, stroke_width=side * 0.06,
    )  # fmt: skip
    place = (x + side * 0.13, y + height / 2 - side * 0.47)
    inner += _shape(picture, badge.code, place, side * 0.94)
    if badge.letter:
        inner += element(
            "text", escaped(badge.letter), x=x + side * 1.13, y=base, font_size=_letter(side),
            font_weight="600", fill=theme.ink,
        )  # fmt: skip
    if badge.count > 1:
        inner += element(
            "text", _number(badge), x=x + width - side * 0.13, y=base, fill=theme.ink,
            font_size=_letter(side) * _COUNT, text_anchor="end",
        )  # fmt: skip
    picture.draw("g", inner)


def _number(badge: Badge) -> str:
    return f"×{badge.count}" if badge.count > 1 else ""


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
