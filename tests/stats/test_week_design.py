"""What a week's expected count depends on, and which weeks it is learned from."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from ypo_dash.stats.week_design import after_break, baseline, week_design

MONDAY = date(2009, 9, 7)
LEVEL, TREND, HOLIDAYS, CHRISTMAS, NEW_YEAR, BREAK = 0, 1, 6, 7, 8, 9


def design(weeks=170, holidays=(), breaks=(), gaps=()):
    starts = [MONDAY + timedelta(days=7 * i) for i in range(weeks)]
    whole = np.ones(weeks, bool)
    whole[list(gaps)] = False
    return starts, week_design(starts, whole, holidays, breaks)


def test_columns_of_a_week():
    easter = [date(2012, 4, 5), date(2012, 4, 6), date(2012, 4, 8), date(2012, 4, 9)]
    starts, made = design(
        holidays=[*easter, date(1999, 1, 1), easter[0]], breaks=[date(2012, 3, 1)]
    )
    at = starts.index(date(2012, 4, 2))
    assert made.x[at, HOLIDAYS] == 3  # Thursday, Friday, Sunday; Monday is in the week after
    assert made.x[at + 1, HOLIDAYS] == 1
    assert made.x[:, HOLIDAYS].sum() == 4
    assert (made.x[:, LEVEL] == 1).all()
    assert made.x[52, TREND] - made.x[0, TREND] == pytest.approx(364 / 365.25)
    broken = starts.index(date(2012, 2, 27))
    assert made.broken == (broken,)
    assert made.x[broken, BREAK] == pytest.approx(4 / 7)  # Thursday 1 March to Sunday
    assert set(made.x[:broken, BREAK]) == {0}
    assert set(made.x[broken + 1 :, BREAK]) == {1}


def test_christmas_and_new_year():
    starts, made = design()
    christmas = {starts[i]: v for i, v in enumerate(made.x[:, CHRISTMAS]) if v}
    # 24/12/2009 is a Thursday; 24/12/2010 a Friday; 24/12/2011 a Saturday, the 26th a Monday.
    assert christmas == {
        date(2009, 12, 21): 1, date(2010, 12, 20): 1,
        date(2011, 12, 19): pytest.approx(2 / 3), date(2011, 12, 26): pytest.approx(1 / 3),
    }  # fmt: skip
    assert {starts[i] for i in np.flatnonzero(made.x[:, NEW_YEAR])} == {
        date(2009, 12, 28), date(2010, 12, 27), date(2011, 12, 26),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("week", "learned", "last"),
    [(29, 0, None), (30, 26, 25), (56, 52, 51), (60, 52, 51), (78, 52, 51), (169, 143, 142)],
)
def test_the_weeks_that_are_learned_from(week, learned, last):
    """At least 26; the last 26 before the assessed week are left out as soon as a year is there besides."""
    used = baseline(design()[1], week)
    assert used.sum() == learned
    assert (int(np.flatnonzero(used)[-1]) if learned else None) == last


def test_weeks_without_whole_data_are_not_learned_from():
    used = baseline(design(gaps=[3, 4, 5])[1], 169)
    assert not used[3:6].any()
    assert used.sum() == 140
    assert not baseline(design(gaps=range(10, 30))[1], 40).any()


def test_after_a_gap_of_a_year_history_begins_anew():
    made = design(gaps=range(40, 95))[1]
    assert not baseline(made, 96).any()
    used = baseline(made, 130)  # 35 weeks since, the last 4 left out
    assert np.flatnonzero(used).tolist() == list(range(95, 126))
    assert baseline(design(gaps=range(40, 85))[1], 130)[:40].all()  # 45 weeks: still known


def test_no_more_than_five_years():
    used = baseline(design(weeks=600)[1], 599)
    assert used.sum() == 261
    assert np.flatnonzero(used)[-1] == 599 - 27


def test_after_a_break_the_weeks_since_are_learned_from():
    starts, made = design(breaks=[date(2012, 3, 1)])
    at = starts.index(date(2012, 6, 25))
    since = after_break(made, at, 0)
    assert starts[np.flatnonzero(since)[0]] == date(2012, 2, 27)
    assert starts[np.flatnonzero(since)[-1]] == date(2012, 5, 21)
    assert not after_break(made, 50, 0).any()


def test_a_break_weighs_as_much_as_the_part_it_concerns():
    _, made = design(breaks=[date(2012, 3, 1)])
    precision = made.precision(np.array([[1.0], [0.1], [0.0]]))[:, BREAK]
    assert precision[0] == pytest.approx(1 / 0.5**2)
    assert precision[1] == pytest.approx(1 / 0.05**2)
    assert precision[2] > 1e6  # none: the column is as good as not there
