"""Whole months: the only periods of a register whose incidents are dated by the month."""

from __future__ import annotations

from datetime import date, timedelta


def is_whole_months(first: date, last: date) -> bool:
    """Whether a period begins with a month and ends with one."""
    return first.day == 1 and (last + timedelta(days=1)).day == 1


def months_in(first: date, last: date) -> int:
    """Return how many months a period of whole months has."""
    return 12 * (last.year - first.year) + last.month - first.month + 1


def months_back(first: date, last: date, back: int) -> tuple[date, date]:
    """Return a period of whole months so many months earlier."""
    months = months_in(first, last)
    return _moved(first, -back), _moved(first, months - back) - timedelta(days=1)


def _moved(first: date, months: int) -> date:
    whole = 12 * first.year + first.month - 1 + months
    return date(whole // 12, whole % 12 + 1, 1)
