"""Does a part of the inhabitants have its part of the incidents? The exact test of two Poisson rates."""

from __future__ import annotations

from scipy.special import bdtr, bdtrc


def share_test(here: int, total: int, share: float) -> float:
    """Return the two-sided p of ``here`` of ``total`` incidents in a part with ``share`` of the inhabitants.

    Given the total, the part's count is binomial where the rates are equal, whatever they are. So
    the test holds for very unequal parts too, where the E-test does not.

    Raises
    ------
    ValueError
        ``here`` is not between 0 and ``total``, or ``share`` not between 0 and 1.

    References
    ----------
    Przyborowski, Wilenski (1940), doi:10.1093/biomet/31.3-4.313: twice the smaller tail.
    """
    if not 0 <= here <= total or not 0 < share < 1:
        raise ValueError(f"here={here}, total={total}, share={share}: need 0 <= here <= total and 0 < share < 1")  # fmt: skip
    if total == 0:
        return 1.0
    at_most = float(bdtr(here, total, share))
    at_least = float(bdtrc(here - 1, total, share)) if here else 1.0
    return min(1.0, 2 * min(at_most, at_least))
