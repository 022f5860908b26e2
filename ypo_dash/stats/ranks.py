"""Rank intervals: which ranks an area may have, all areas together at the level."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def joint_level(areas: int, level: float = 0.95) -> float:
    """Return the level of each area's interval so that all hold together (Sidak)."""
    return float(level ** (1 / areas)) if areas else level


def rank_intervals(intervals: Sequence[tuple[float, float]]) -> list[tuple[int, int]]:
    """Return first and last rank that each value may have; rank 1 is the largest value.

    Parameters
    ----------
    intervals
        Low and high of each value, at `joint_level`, so that the ranks hold jointly.

    References
    ----------
    Klein, Wright, Wieczorek (2020), doi:10.1111/rssa.12512.
    """
    return [
        (
            1 + sum(other_low > high for other_low, _ in intervals),
            len(intervals) - sum(other_high < low for _, other_high in intervals),
        )
        for low, high in intervals
    ]
