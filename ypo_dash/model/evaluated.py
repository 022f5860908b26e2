"""The figures that an effort's review went by, kept with it: later changes of the register leave them be."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

_SNAPSHOT = re.compile(r"[0-9a-f]{4,64}")
_NAME = re.compile(r"[a-z_]{1,30}")
_MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """An evaluation as it was.

    ``why`` says why there was none (then the rest is empty). ``counts`` are before and after by
    part, ``estimates`` value, low and high by name, ``expected`` what the place would have had, had
    it changed as its comparison did.
    """

    snapshot: str
    why: str = ""
    verdict: str = ""
    period: tuple[date, date] | None = None
    before: tuple[date, date] | None = None
    expected: float | None = None
    counts: dict[str, tuple[float, float]]
    estimates: dict[str, tuple[float, float, float]]

    def text(self) -> str:
        """Return it as it is stored."""
        content = {
            "snapshot": self.snapshot,
            "why": self.why,
            "verdict": self.verdict,
            "period": _days(self.period),
            "before": _days(self.before),
            "expected": self.expected,
            "counts": self.counts,
            "estimates": self.estimates,
        }
        return json.dumps(content, separators=(",", ":"))

    @classmethod
    def read(cls, stored: str) -> Evaluated:
        """Read what `text` wrote; it holds names, days and numbers and nothing else.

        Raises
        ------
        ValueError
            It is not that.
        """
        try:
            found = json.loads(stored)
            return cls(
                snapshot=_matching(found["snapshot"], _SNAPSHOT),
                why=_matching(found["why"], _NAME) if found["why"] else "",
                verdict=_matching(found["verdict"], _NAME) if found["verdict"] else "",
                period=_read_days(found["period"]),
                before=_read_days(found["before"]),
                expected=None if found["expected"] is None else _number(found["expected"]),
                counts={_matching(k, _NAME): _pair(v) for k, v in _few(found["counts"])},
                estimates={_matching(k, _NAME): _three(v) for k, v in _few(found["estimates"])},
            )
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(f"something is missing or of another kind: {error}") from error


def _days(period: tuple[date, date] | None) -> list[str] | None:
    return None if period is None else [day.isoformat() for day in period]


def _read_days(found: Any) -> tuple[date, date] | None:
    if found is None:
        return None
    first, last = found
    return date.fromisoformat(first), date.fromisoformat(last)


def _matching(value: Any, pattern: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError(f"{str(value)[:40]!r} can't stand there")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e9:
        raise ValueError(f"{str(value)[:40]!r} is no number of incidents")
    return value


def _few(found: Any) -> list[tuple[Any, Any]]:
    if len(found) > _MOST:
        raise ValueError("these are too many")
    return list(found.items())


def _pair(value: Any) -> tuple[float, float]:
    before, after = value
    return _number(before), _number(after)


def _three(value: Any) -> tuple[float, float, float]:
    middle, low, high = value
    return _number(middle), _number(low), _number(high)
