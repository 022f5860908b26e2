"""Boxes that never overlap: where the labels and symbols of a map go."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_TURNS = 16


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @classmethod
    def around(cls, x: float, y: float, width: float, height: float) -> Box:
        """Return the box with its middle at ``x, y``."""
        return cls(x - width / 2, y - height / 2, width, height)

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in the box."""
        return self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height

    def hits(self, other: Box) -> bool:
        """Whether two boxes share any area."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


@dataclass(slots=True)
class Room:
    """A frame and what stands in it; each new box finds a free place or none.

    Parameters
    ----------
    width, height
        The frame.
    margin
        What stays free along the frame.
    grain
        About the size of the boxes: side of the squares by which neighbours are found.
    """

    width: float
    height: float
    grain: float
    margin: float = 0.0
    taken: dict[tuple[int, int], list[Box]] = field(default_factory=lambda: defaultdict(list))
    tried: dict[tuple[int, int], int] = field(default_factory=dict)
    refused: tuple[float, float] = (math.inf, math.inf)

    def copy(self) -> Room:
        """Return a room with the same boxes, to try something out."""
        taken = defaultdict(list, {key: list(boxes) for key, boxes in self.taken.items()})
        return Room(self.width, self.height, self.grain, self.margin, taken)

    def free(self, box: Box) -> bool:
        """Whether ``box`` lies inside the frame and on nothing."""
        least = self.margin
        if box.x < least or box.y < least:
            return False
        if box.x + box.width > self.width - least or box.y + box.height > self.height - least:
            return False
        return not any(
            box.hits(other) for key in self._keys(box) for other in self.taken.get(key, ())
        )

    def take(self, box: Box) -> None:
        """Let ``box`` stand where it is."""
        for key in self._keys(box):
            self.taken[key].append(box)

    def place(self, box: Box, reach: float) -> Box | None:
        """Take the free place nearest to ``box``, at most ``reach`` away; None where there is none."""
        start = (round(box.x / self.grain * 4), round(box.y / self.grain * 4))
        step = min(box.width, box.height) * 0.4
        # Whoever came to the same spot before has tried the nearer places in vain.
        ring = self.tried.get(start, 1)
        if self.free(box):
            self.take(box)
            return box
        # Where there was no room anywhere there is none now for what is no smaller.
        if box.width >= self.refused[0] and box.height >= self.refused[1]:
            return None
        while ring * step <= reach:
            self.tried[start] = ring
            for x, y in _around(ring, step):
                found = Box(box.x + x, box.y + y, box.width, box.height)
                if self.free(found):
                    self.take(found)
                    return found
            ring += 1
        self.refused = (box.width, box.height)
        return None

    def _keys(self, box: Box) -> Iterator[tuple[int, int]]:
        grain = self.grain
        for column in range(math.floor(box.x / grain), math.floor((box.x + box.width) / grain) + 1):
            for row in range(
                math.floor(box.y / grain), math.floor((box.y + box.height) / grain) + 1
            ):
                yield column, row


def _around(ring: int, step: float) -> Iterator[tuple[float, float]]:
    count = _TURNS if ring < 6 else _TURNS * 2
    for turn in range(count):
        # Up first: a symbol above its place is read as belonging to it.
        angle = 2 * math.pi * (turn / count + (ring % 2) / (2 * count)) - math.pi / 2
        yield math.cos(angle) * ring * step, math.sin(angle) * ring * step
