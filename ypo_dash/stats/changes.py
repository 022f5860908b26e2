"""Did a share change? Interval first, then a test that counts how many comparisons were made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scipy.special import ndtr, ndtri

from ypo_dash.stats.intervals import wilson

if TYPE_CHECKING:
    from collections.abc import Sequence

ADJUSTMENTS = ("holm", "bh")


def share_difference(
    now: tuple[float, float], before: tuple[float, float], level: float = 0.95
) -> tuple[float, float, float]:
    """Return the difference of two independent shares, and its interval (Newcombe's hybrid score).

    Parameters
    ----------
    now, before
        Each a share 0-1 and its number of answers; an effective number need not be whole.

    References
    ----------
    Newcombe (1998), doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I, method 10.
    """
    (p, n), (q, m) = now, before
    p_low, p_high = wilson(p * n, n, level)
    q_low, q_high = wilson(q * m, m, level)
    down = ((p - p_low) ** 2 + (q_high - q) ** 2) ** 0.5
    up = ((p_high - p) ** 2 + (q - q_low) ** 2) ** 0.5
    return p - q, p - q - down, p - q + up


def share_test(now: tuple[float, float], before: tuple[float, float]) -> float:
    """Return the two-sided p of equal shares: z with the pooled share; 1 where both are 0 or both 1."""
    (p, n), (q, m) = now, before
    pooled = (p * n + q * m) / (n + m)
    variance = pooled * (1 - pooled) * (1 / n + 1 / m)
    if variance <= 0:
        return 1.0
    return float(2 * ndtr(-abs(p - q) / variance**0.5))


def smallest_shown(share: float, n: float, m: float, level: float = 0.95) -> float:
    """Return the smallest change from ``share`` that two years of n and m answers would show alone."""
    z = float(ndtri(0.5 + level / 2))
    return float(z * (share * (1 - share) * (1 / n + 1 / m)) ** 0.5)


def adjust(values: Sequence[float], method: str) -> list[float]:
    """Return p values adjusted for their number.

    ``holm`` keeps the chance of any false finding below the level (Holm 1979), ``bh`` the expected
    share of false ones among the findings (Benjamini, Hochberg 1995).

    Raises
    ------
    ValueError
        ``method`` is neither.
    """
    if method not in ADJUSTMENTS:
        raise ValueError(f"method={method!r}: use one of {', '.join(ADJUSTMENTS)}")
    count = len(values)
    order = sorted(range(count), key=lambda i: values[i], reverse=method == "bh")
    found = [0.0] * count
    running = 1.0 if method == "bh" else 0.0
    for step, i in enumerate(order):
        if method == "holm":
            running = max(running, (count - step) * values[i])
        else:
            running = min(running, count / (count - step) * values[i])
        found[i] = min(1.0, running)
    return found
