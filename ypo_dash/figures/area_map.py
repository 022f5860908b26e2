"""A map of some areas in a district, from paths: what was drawn once is drawn again as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from ypo_dash.figures.svg import Look, Picture

if TYPE_CHECKING:
    from collections.abc import Mapping


def area_map(content: Mapping[str, Any], **look: Unpack[Look]) -> str:
    """Draw sectors and areas, each area with its number in a ring.

    Parameters
    ----------
    content
        ``width`` and ``height`` of the paths' own picture, ``sectors`` as paths, ``areas`` with
        ``name``, ``path`` and ``at``.
    """
    picture = Picture(**look)
    if not content["areas"]:
        return picture.nothing()
    theme, text = picture.theme, picture.text
    wide, high = float(content["width"]), float(content["height"]) or 1.0
    scale = min((picture.width - 1) / wide, (picture.height - 1) / high)
    left = (picture.width - wide * scale) / 2
    moved = f"translate({left:.3f} 0.5) scale({scale:.5f})"
    for path in content["sectors"]:
        picture.shape(path, transform=moved, fill=theme.land, stroke=theme.edge, stroke_width=0.9)
    for area in content["areas"]:
        picture.shape(area["path"], transform=moved, fill=theme.ink, title=area["name"])
    for number, area in enumerate(content["areas"], 1):
        x, y = left + area["at"][0] * scale, 0.5 + area["at"][1] * scale
        picture.draw(
            "circle", cx=x, cy=y, r=text * 0.75, fill=theme.ground, stroke=theme.ink,
            stroke_width=text * 0.09,
        )  # fmt: skip
        picture.write(str(number), (x, y + text * 0.33), size=text * 0.95, text_anchor="middle", font_weight="600")  # fmt: skip
    return picture.svg()
