"""What a map is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A sector.

    Attributes
    ----------
    label
        What is written at ``at``; a line break begins a second, smaller line.
    rings
        Corners as (lng, lat).
    at
        Where the label stands: (lng, lat).
    level
        Class 1 to 6, 0 for zero, None where nothing is said.
    strong, faded, hidden
        In focus; out of focus; its number may not be shown.
    title
        What is said of it on a screen that can be pointed at.
    """

    id: str
    label: str
    rings: Sequence[Sequence[Sequence[float]]]
    at: tuple[float, float]
    level: int | None = None
    strong: bool = False
    faded: bool = False
    hidden: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hexagon:
    """A cell of class ``level`` 1 to 6; ``mark`` is a hatch of `hatches.KINDS` or a letter on it."""

    ring: Sequence[Sequence[float]]
    level: int
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """An incident: the symbol of its type with a letter; only those of one ``sector`` are ever joined."""

    lng: float
    lat: float
    code: str
    letter: str
    title: str = ""
    sector: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What lies below: rings and lines of (lng, lat)."""

    land: Sequence[Sequence[Sequence[float]]] = ()
    water: Sequence[Sequence[Sequence[float]]] = ()
    parks: Sequence[Sequence[Sequence[float]]] = ()
    rail: Sequence[Sequence[Sequence[float]]] = ()
    streets: Sequence[Sequence[Sequence[float]]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPicture:
    """A map, and what must be said of its marks.

    Attributes
    ----------
    shown, moved
        How many are drawn, and how many of these stand beside their place.
    joined
        How many of those drawn share a symbol, which has their number beside it.
    outside
        How many lie beyond the frame or have no place; the rest found no room.
    """

    svg: str
    shown: int
    moved: int
    outside: int = 0
    joined: int = 0
