"""Quarters: names, days, the ones before; and how a query that names one becomes dates."""

from __future__ import annotations

from datetime import date

import pytest

from ypo_dash.model.errors import FilterError
from ypo_dash.model.quarter import Quarter, quarters_between, with_dates


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2012-Q1", date(2012, 1, 1), date(2012, 3, 31)),
        ("2012-Q2", date(2012, 4, 1), date(2012, 6, 30)),
        ("2012-Q3", date(2012, 7, 1), date(2012, 9, 30)),
        ("2012-q4", date(2012, 10, 1), date(2012, 12, 31)),
    ],
)
def test_days(name, first, last):
    found = Quarter.parse(name)
    assert (found.first, found.last, str(found)) == (first, last, name.upper())
    assert found.months == tuple(f"{first.year}-{first.month + k:02}" for k in range(3))
    assert Quarter.of(first) == Quarter.of(last) == found


def test_over_year_ends():
    found = Quarter.parse("2012-Q1")
    assert [str(found.moved(-k)) for k in range(6)] == ["2012-Q1", "2011-Q4", "2011-Q3", "2011-Q2", "2011-Q1", "2010-Q4"]  # fmt: skip
    assert str(found.moved(4)) == "2013-Q1"
    between = quarters_between(date(2011, 12, 31), date(2012, 4, 1))
    assert [str(q) for q in between] == ["2012-Q2", "2012-Q1", "2011-Q4"]


@pytest.mark.parametrize(
    "given", ["", "2012", "2012-Q5", "2012Q1", "1800-Q1", "9999-Q1", "2012-Q1;"]
)
def test_what_is_none_is_refused(given):
    with pytest.raises(FilterError, match="quarter"):
        Quarter.parse(given)


def test_a_query_with_a_quarter_has_its_dates():
    assert with_dates("tier=partner&quarter=2012-Q3") == "tier=partner&from=2012-07-01&to=2012-09-30"  # fmt: skip
    assert with_dates("from=2012-07-01&sectors=3,7") == "from=2012-07-01&sectors=3,7"
    for both in ("quarter=2012-Q3&from=2012-07-01", "quarter=2012-Q3&quarter=2012-Q2"):
        with pytest.raises(FilterError, match="give a quarter, or dates"):
            with_dates(both)
