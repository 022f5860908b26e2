"""Names of H3 cells, as they come in from outside."""

from __future__ import annotations

import re

import h3

_CELL = re.compile(r"[0-9a-f]{15}")


def is_cell(code: str) -> bool:
    """Whether text is the name of an H3 cell, of whatever resolution."""
    return bool(_CELL.fullmatch(code)) and h3.is_valid_cell(code)


def cell_in(words: str) -> str | None:
    """Return the first name of an H3 cell in text, such as a page's address; None for none."""
    return next((found for found in _CELL.findall(words.lower()) if is_cell(found)), None)
