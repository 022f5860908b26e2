"""What an effort covers: whole sectors, or H3 cells of one resolution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import h3

from ypo_dash.model.cells import is_cell
from ypo_dash.model.filters import RESOLUTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Extent:
    """Codes told apart: ``cells`` are H3 cells, ``sectors`` all others, each once, as given."""

    sectors: tuple[str, ...]
    cells: tuple[str, ...]

    @classmethod
    def of(cls, codes: Iterable[str]) -> Extent:
        """Tell codes apart; empty ones are left out."""
        given = dict.fromkeys(code for code in codes if code)
        cells = tuple(code for code in given if is_cell(code))
        return cls(tuple(code for code in given if code not in cells), cells)

    @classmethod
    def read(cls, saved: str) -> Extent:
        """Read what an entry holds: codes behind semicolons."""
        return cls.of(saved.split(";"))

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes."""
        return self.sectors + self.cells

    @property
    def is_mixed(self) -> bool:
        """Whether it is neither sectors alone nor cells of one resolution that is counted at."""
        resolutions = {h3.get_resolution(cell) for cell in self.cells}
        both = bool(self.sectors and self.cells)
        return both or len(resolutions) > 1 or bool(resolutions - {*RESOLUTIONS})
