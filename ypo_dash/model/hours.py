"""The mask over the 168 hours of the week, and the rule of the night.

Hour 0 of the week is Monday 00:00-01:00 local time. If the hours wrap past midnight, the hours
before the wrap's end belong to the day before: a night belongs to the day on which it starts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.model.errors import FilterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEEK_HOURS = 168
WEEK_MINUTES = WEEK_HOURS * 60
_PATTERN = re.compile(r"([0-9]{1,2})-([0-9]{1,2})")


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """Local hours, half-open: ``start`` 0-23, ``end`` 1-24; ``start > end`` wraps past midnight."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not (0 <= self.start <= 23 and 1 <= self.end <= 24):
            raise FilterError(
                "hours",
                "'{value}' is not a span of hours; write for instance 22-6 or 7-23",
                value=self,
            )
        if self.start == self.end:
            raise FilterError(
                "hours", "{value} is empty; leave the parameter out for all day", value=self
            )

    def __str__(self) -> str:
        return f"{self.start}-{self.end}"

    @property
    def wraps(self) -> bool:
        """Whether the hours run past midnight."""
        return self.start > self.end

    @classmethod
    def parse(cls, text: str) -> Hours | None:
        """Read ``"22-6"``; all 24 hours are ``None``.

        Raises
        ------
        FilterError
            The text is not two hours, or they are out of range or equal.
        """
        match = _PATTERN.fullmatch(text.strip())
        if match is None:
            raise FilterError(
                "hours",
                "'{value}' is not a span of hours; write for instance 22-6 or 7-23",
                value=text[:40],
            )
        start, end = int(match[1]), int(match[2])
        hours = cls(start, 24 if end == 0 and start > 0 else end)
        return None if (hours.start, hours.end) == (0, 24) else hours


def week_mask(hours: Hours | None, days: tuple[int, ...]) -> NDArray[np.bool_] | None:
    """Return the 168 hours that ``hours`` and ISO weekdays ``days`` select, or None for all.

    A night of day 5 (Friday) 22-6 is Friday 22-24 and Saturday 0-6.
    """
    if hours is None and not days:
        return None
    on_days = np.zeros(7, dtype=bool)
    on_days[[d - 1 for d in days] if days else slice(None)] = True
    mask = np.zeros((7, 24), dtype=bool)
    if hours is None:
        mask[on_days] = True
    elif hours.wraps:
        mask[on_days, hours.start :] = True
        mask[np.roll(on_days, 1), : hours.end] = True
    else:
        mask[on_days, hours.start : hours.end] = True
    flat = mask.ravel()
    return None if flat.all() else flat


def night_end(hours: Hours | None) -> int:
    """Return the hour before which a start belongs to the day before; 0 without a wrap."""
    return hours.end if hours is not None and hours.wraps else 0
