"""Rows with a name on the left and a number on the right; what is drawn stands between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ypo_dash.figures.lettering import wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ypo_dash.figures.svg import Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Where rows are: font size, row height, first row's top, and the middle column."""

    picture: Picture
    size: float
    high: float
    top: float
    left: float
    right: float

    @classmethod
    def of(
        cls,
        picture: Picture,
        labels: Sequence[str],
        numbers: Sequence[str],
        *,
        top: float = 0.0,
        bottom: float = 0.0,
    ) -> Rows:
        """Share the height between ``top`` and ``bottom``; names may take up to half of the width."""
        text = picture.text
        high = min((picture.height - top - bottom) / max(len(labels), 1), text * 2.4)
        size = min(text, high * 0.85)
        name = max((picture.wide(label, size) for label in labels), default=0.0)
        number = max((picture.wide(figure, size) for figure in numbers), default=0.0)
        left = min(name + size * 0.7, picture.width * 0.5)
        right = picture.width - (number + size * 0.6 if number else size * 0.3)
        return cls(
            picture=picture, size=size, high=high, top=top, left=left, right=max(right, left + 1e-3)
        )

    def middle(self, row: int) -> float:
        """Return the height of a row's middle."""
        return self.top + (row + 0.5) * self.high

    def base(self, row: int) -> float:
        """Return the base line of a row's texts."""
        return self.middle(row) + self.size * 0.35

    def label(self, row: int, label: str, *, strong: bool = False) -> None:
        """Write a row's name, in two lines where it is too long for one and there is room."""
        room, weight = self.left - self.size * 0.6, "600" if strong else None
        small = min(self.size * 0.9, self.high * 0.46)
        lines = wrapped(label, small, room, self.picture.theme)
        readable = len(lines) == 2 and small >= self.size * 0.7
        if self.picture.wide(label, self.size) > room and readable:
            for line, down in zip(lines, (-0.15, 0.87), strict=True):
                at = (0, self.middle(row) + small * down)
                self.picture.write(line, at, size=small, font_weight=weight)
        else:
            size = min(
                self.size, max(self.size * 0.85, room / (self.picture.wide(label, 1.0) or 1.0))
            )
            self.picture.fitted(label, (0, self.base(row)), room, size=size, font_weight=weight)

    def number(self, row: int, number: str, *, strong: bool = False) -> None:
        """Write a row's number at the right edge, its digits below the others'."""
        self.picture.write(
            number, (self.picture.width, self.base(row)), size=self.size, text_anchor="end",
            font_weight="600" if strong else None,
        )  # fmt: skip
