"""Where a value stands against a reference, on one scale for all figures of a score."""

from __future__ import annotations


def position(value: float, reference: float) -> float:
    """Return 50 for the reference itself, 0 for nothing, 100 for twice as much or more.

    This project's own construction: linear, so that everyone can check it in his head.

    Parameters
    ----------
    value, reference
        In the same unit; the reference is above 0.

    Raises
    ------
    ValueError
        ``value`` is negative or ``reference`` not positive.
    """
    if value < 0 or reference <= 0:
        raise ValueError(f"value={value}, reference={reference}: need value >= 0, reference > 0")
    return min(100.0, 50.0 * value / reference)


def value_at(place: float, reference: float) -> float:
    """Return the value that stands at ``place`` (0-100); the inverse of `position` below 100."""
    return place * reference / 50.0
