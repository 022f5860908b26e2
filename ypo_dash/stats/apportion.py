"""Whole posts in proportion to need: largest remainder (Hamilton), with a minimum for everyone."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class TooFewPostsError(ValueError):
    """There are fewer posts than the minimum asks for; ``posts``, ``claims``, ``minimum`` say which."""

    def __init__(self, posts: float, claims: int, minimum: int) -> None:
        self.posts, self.claims, self.minimum = posts, claims, minimum
        super().__init__(f"{posts:g} posts can't give each of {claims} at least {minimum}")


def apportion(posts: float, needs: Sequence[float], minimum: int = 0) -> list[float]:
    """Return how many posts each claim gets; they sum to ``posts`` exactly.

    Who would get less than ``minimum`` gets it, and the others share what is left in proportion to
    their needs: whole parts first, then one more to the largest remainders. Equal remainders go to
    the larger need, then to the earlier claim. A fraction of a post that is available goes undivided
    to the next in that order. Without any need all claims are equal.

    Parameters
    ----------
    posts
        What is available (>= 0); may end in a fraction.
    needs
        Needs in any unit (>= 0), one per claim.
    minimum
        Whole posts that everyone gets at least, also where the need is smaller.

    Raises
    ------
    TooFewPostsError
        ``minimum`` for everyone is more than there is.
    ValueError
        A number is negative or not finite.

    References
    ----------
    Balinski, Young: Fair Representation (1982), Hamilton's method.
    """
    if minimum < 0 or not all(0 <= v < float("inf") for v in (posts, *needs)):
        raise ValueError(
            f"posts={posts}, needs={list(needs)}, minimum={minimum}: need numbers >= 0"
        )
    if minimum * len(needs) > posts:
        raise TooFewPostsError(posts, len(needs), minimum)
    if not needs:
        return []
    # Exact arithmetic: remainders that are equal must be equal, or rounding would break ties.
    claims, total = [Fraction(need) for need in needs], Fraction(posts)
    quota = _quotas(total, claims, minimum)
    given = [Fraction(q.numerator // q.denominator) for q in quota]
    left = total - sum(given)
    queue = sorted(range(len(claims)), key=lambda i: (given[i] - quota[i], -claims[i], i))
    for i in queue:
        if left <= 0:
            break
        step = min(Fraction(1), left)
        given[i] += step
        left -= step
    return [float(g) for g in given]


def _quotas(total: Fraction, claims: list[Fraction], minimum: int) -> list[Fraction]:
    """Return exact shares, none below ``minimum``."""
    held: set[int] = set()
    while True:
        free = [i for i in range(len(claims)) if i not in held]
        rest = total - minimum * len(held)
        wanted = sum((claims[i] for i in free), Fraction(0))
        quota = [Fraction(minimum)] * len(claims)
        for i in free:
            quota[i] = rest * claims[i] / wanted if wanted else rest / len(free)
        low = {i for i in free if quota[i] < minimum}
        if not low:
            return quota
        held |= low
