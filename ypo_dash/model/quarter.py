"""A calendar quarter: its name, its days, and the ones before it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlencode

from ypo_dash.model.errors import FilterError

_NAME = re.compile(r"([0-9]{4})-Q([1-4])")
_EARLIEST, _LATEST = 1990, 2199


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """The ``n``-th quarter (1-4) of a year; written ``2012-Q3``."""

    year: int
    n: int

    @classmethod
    def parse(cls, given: str, parameter: str = "quarter") -> Quarter:
        """Read ``2012-Q3``.

        Raises
        ------
        FilterError
            It is none; ``parameter`` is the name it was given by.
        """
        found = _NAME.fullmatch(given.strip().upper())
        if found is None or not _EARLIEST <= int(found[1]) <= _LATEST:
            raise FilterError(parameter, "'{value}' is no quarter; write for instance 2012-Q3", value=given[:40])  # fmt: skip
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Quarter:
        """Return the quarter of a day."""
        return cls(day.year, (day.month + 2) // 3)

    def __str__(self) -> str:
        return f"{self.year}-Q{self.n}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.n - 2, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.moved(1).first - timedelta(days=1)

    @property
    def months(self) -> tuple[str, str, str]:
        """Its months as ``2012-07``."""
        first, second, third = (f"{self.year}-{3 * self.n - k:02}" for k in (2, 1, 0))
        return first, second, third

    def moved(self, by: int) -> Quarter:
        """Return the quarter so many later; earlier where negative."""
        whole = 4 * self.year + self.n - 1 + by
        return Quarter(whole // 4, whole % 4 + 1)


def quarters_between(first: date, last: date) -> list[Quarter]:
    """Return the quarters that a span of days touches, newest first."""
    found, one = [], Quarter.of(last)
    while one.last >= first:
        found.append(one)
        one = one.moved(-1)
    return found


def with_dates(query: str) -> str:
    """Return a query whose ``quarter`` is written as *from* and *to*; any other as it is.

    Raises
    ------
    FilterError
        It is no quarter, or dates are given beside it.
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    names = [name for name, _ in pairs]
    if "quarter" not in names:
        return query
    if {"from", "to"} & set(names) or names.count("quarter") > 1:
        raise FilterError("quarter", "give a quarter, or dates")
    found = Quarter.parse(dict(pairs)["quarter"])
    kept = [(name, value) for name, value in pairs if name != "quarter"]
    return urlencode([*kept, ("from", str(found.first)), ("to", str(found.last))], safe=",:")
