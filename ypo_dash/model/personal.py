"""What must not be written down: civil registration numbers (CPR)."""

from __future__ import annotations

import re
from datetime import date

_CPR = re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{2})[- ]?\d{4}(?!\d)")


def has_cpr(words: str) -> bool:
    """Whether a text holds a Danish civil registration number: a date as DDMMYY and four digits."""
    return any(_is_date(*map(int, found.groups())) for found in _CPR.finditer(words))


def _is_date(day: int, month: int, year: int) -> bool:
    """Whether these are a date of some century; 29/2 is one in a leap year of either."""
    for century in (1900, 2000):
        try:
            date(century + year, month, day)
        except ValueError:
            continue
        return True
    return False
