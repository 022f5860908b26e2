"""Concentration: PAI, PEI and RRI of other software, Gini from its definition, and what chance gives."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.reference_data import reference
from ypo_dash.stats.concentration import accuracy, by_chance, focus, generalised_gini, gini, within
from ypo_dash.stats.intervals import wilson


@pytest.mark.reference
def test_accuracy_is_that_of_ptools():
    known = json.loads(reference("methods/pai_ptools_expected.json").read_text("utf-8"))
    found = accuracy(*(np.array(known[k], float) for k in ("obs", "pred", "area")))
    assert found.pai == pytest.approx(known["PAI"])
    assert found.pei == pytest.approx(known["PEI"])
    assert found.rri == pytest.approx(known["RRI"])


def test_ties_are_taken_in_the_worst_order():
    counts, scores, areas = np.array([9.0, 0, 4, 1]), np.array([2.0, 2, 2, 0]), np.ones(4)
    found = accuracy(counts, scores, areas)
    assert found.order.tolist() == [1, 2, 0, 3]
    assert found.count.tolist() == [0, 4, 13, 14]
    assert found.pai[1] == pytest.approx((4 / 14) / (2 / 4))
    assert found.pei[1] == pytest.approx(4 / 13)
    assert np.isinf(found.rri[0])


def test_focus_by_hand():
    """Ten whole cells and a sliver of a tenth, which its one incident makes the densest."""
    counts = np.array([5.0, 3, 2, 0, 0, 0, 0, 0, 0, 0, 1])
    scores = np.array([0.0, 7, 6, 1, 0, 0, 0, 0, 0, 0, 2])
    parts = np.array([*[1.0] * 10, 0.1])
    (found,) = focus(
        counts, scores, (parts, 2 * parts), (0.25,)
    )  # 5.05 km2: the sliver and two cells
    assert (found.cells, found.area, found.count) == (3, pytest.approx(4.2), 6)
    assert (found.share, found.low, found.high) == (6 / 11, *wilson(6, 11))
    assert found.pai == pytest.approx((6 / 11) / (4.2 / 20.2))
    assert found.best == pytest.approx(9 / 11)
    assert found.pei == pytest.approx(6 / 9)
    assert found.rri == pytest.approx(15 / 6)
    assert found.even == 6 / 11  # nothing is equal at the cut
    three = np.array([3.0, 0, 0, 1])
    (tied,) = focus(three, np.array([1.0, 1, 1, 0]), (np.ones(4), np.ones(4)), (0.5,))
    assert (tied.share, tied.even) == (0, pytest.approx(2 / 3 * 3 / 4))
    assert focus(counts, counts, (parts, parts), (0.001,)) == []  # not even the sliver fits


def test_within_takes_what_fits_exactly():
    assert within(np.ones(10), 0.3) == 3
    assert within(np.full(7, 0.1), 3 / 7) == 3
    assert within(np.ones(10), 0.05) == 0


@pytest.mark.parametrize("crimes", [12, 50, 900])
def test_generalised_gini_is_its_published_formula(crimes):
    """G' = max(1/c, 1/n)(2 sum i y_i - n - 1) - max(n/c, 1) + 1 with shares y ascending."""
    n = 60
    counts = np.random.default_rng(crimes).multinomial(
        crimes, np.arange(1, n + 1) / (n * (n + 1) / 2)
    )
    y = np.sort(counts) / crimes
    ranked = 2 * (np.arange(1, n + 1) * y).sum() - n - 1
    expected = max(1 / crimes, 1 / n) * ranked - max(n / crimes, 1) + 1
    assert generalised_gini(counts.astype(float), np.ones(n)) == pytest.approx(expected)
    assert gini(counts.astype(float), np.ones(n)) == pytest.approx(ranked / n)


def test_one_incident_in_each_of_few_cells_is_not_concentrated():
    counts = np.zeros(100)
    counts[:10] = 1
    assert gini(counts, np.ones(100)) == pytest.approx(0.9)
    assert generalised_gini(counts, np.ones(100)) == pytest.approx(0)


def test_chance_agrees_with_incidents_that_fell_by_chance():
    areas = np.random.default_rng(1).uniform(0.2, 1, 400)
    tops, even = by_chance(300, areas, (0.05,))
    counts = np.random.default_rng(2).multinomial(300, areas / areas.sum(), 200).astype(float)
    theirs = [focus(c, c, (areas, areas), (0.05,))[0].share for c in counts]
    assert tops[0] == pytest.approx(np.mean(theirs), abs=0.01)
    assert even == pytest.approx(np.mean([generalised_gini(c, areas) for c in counts]), abs=0.01)
    assert tops[0] > 0.1  # 5 % of the area looks like a hot spot by chance alone


def test_nothing_has_no_concentration():
    with pytest.raises(ValueError, match="at least one"):
        focus(np.zeros(3), np.ones(3), (np.ones(3), np.ones(3)), (0.5,))
    with pytest.raises(ValueError, match="at least one"):
        generalised_gini(np.zeros(3), np.ones(3))
