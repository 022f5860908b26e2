"""Did an effort change anything? The weighted displacement difference of counts before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from scipy.special import ndtri


class Pair(NamedTuple):
    """Counts of one area before and after; both are divided by ``weight`` (see `wdd`)."""

    before: float
    after: float
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """A difference of differences with its standard error, interval and z (NaN where nothing happened)."""

    value: float
    error: float
    low: float
    high: float
    z: float


@dataclass(frozen=True, slots=True)
class Displacement:
    """``local``: the place against its comparison; ``around``: where it may have gone; ``total``: both."""

    local: Estimate
    around: Estimate
    total: Estimate


NOTHING = Pair(0, 0)


def wdd(
    treated: Pair,
    control: Pair,
    around: Pair = NOTHING,
    around_control: Pair = NOTHING,
    *,
    exposure: float = 1.0,
    level: float = 0.95,
) -> Displacement:
    """Return the weighted displacement difference.

    (change of the place - change of the comparison) + (the same of the areas around); its variance is
    the sum of the counts, each over its weight squared, as Poisson counts have.

    Parameters
    ----------
    treated, control, around, around_control
        Counts before and after. A weight of 10 counts ten incidents of that area as one, for an
        area ten times as large.
    exposure
        Length of the period after over that of the one before, whose counts are scaled by it: the
        result is in incidents of the period after.

    Raises
    ------
    ValueError
        A count is negative, or a weight or ``exposure`` not positive.

    References
    ----------
    Wheeler, Ratcliffe (2018), doi:10.1186/s40163-018-0085-5.
    """
    pairs = (treated, control, around, around_control)
    if exposure <= 0 or any(p.before < 0 or p.after < 0 or p.weight <= 0 for p in pairs):
        raise ValueError(f"{pairs}, exposure={exposure}: need counts >= 0 and weights > 0")
    changes = [(p.after - p.before * exposure) / p.weight for p in pairs]
    spread = [(p.after + p.before * exposure**2) / p.weight**2 for p in pairs]
    local = changes[0] - changes[1], spread[0] + spread[1]
    beside = changes[2] - changes[3], spread[2] + spread[3]
    return Displacement(
        _estimate(*local, level),
        _estimate(*beside, level),
        _estimate(local[0] + beside[0], local[1] + beside[1], level),
    )


def in_proportion(treated: Pair, control: Pair, level: float = 0.95) -> Estimate | None:
    """Return the place's count less what it would be, had it changed in proportion as the comparison did.

    It is the local difference with the comparison weighted to the size that the place had before:
    T1 - T0 C1/C0. A comparison that is larger than the place changes by more incidents where both
    change alike; unweighted, that reads as an effect. The variance is that of the delta method and
    takes in that the weight is itself an estimate.

    A count of the place below 1 has the variance of 1, so that no incident is not no doubt. The
    lengths of the periods cancel out.

    Returns
    -------
    None where the comparison had nothing before.
    """
    if control.before <= 0:
        return None
    change = control.after / control.before
    value = treated.after - treated.before * change
    before, after = max(1.0, treated.before), max(1.0, treated.after)
    variance = (
        after + before * change**2 + (before / control.before) ** 2 * control.after * (1 + change)
    )
    return _estimate(value, variance, level)


def _estimate(value: float, variance: float, level: float) -> Estimate:
    error = variance**0.5
    half = float(ndtri(0.5 + level / 2)) * error
    z = value / error if error > 0 else float("nan")
    return Estimate(value, error, value - half, value + half, z)
