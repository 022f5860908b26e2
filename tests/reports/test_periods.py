"""The periods that one chooses a print's dates from."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

import pytest

from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.reports.kinds import KINDS, dated
from ypo_dash.reports.periods import latest_periods


def test_the_latest_weekends(demo):
    found = latest_periods(demo, "weekend", Filters(), most=4)
    assert found[0] == (date(2012, 11, 23), date(2012, 11, 25))
    for (first, last), (later, _) in zip(found[1:], found, strict=False):
        assert later - first == timedelta(days=7)
        assert (first.isoweekday(), last.isoweekday()) == (5, 7)


@pytest.mark.parametrize("tier", ["internal", "partner"])
@pytest.mark.parametrize("kind", KINDS)
def test_each_is_what_the_kind_itself_would_take(demo, kind, tier):
    state = Filters(tier=tier, sectors=("5",))
    try:
        newest = dated(demo, kind, state)
    except FilterError:
        assert latest_periods(demo, kind, state) == []
        return
    found = latest_periods(demo, kind, state)
    assert found[0] == (newest.date_from, newest.date_to)
    assert found == sorted(set(found), reverse=True)
    assert len(found) > 3
    assert all(demo.span[0] <= first <= last <= demo.span[1] for first, last in found)


def test_no_data_no_periods():
    class Empty:
        span = None

    assert latest_periods(Empty(), "weekend", Filters()) == []


def test_periods_end_with_the_data():
    class Short:
        span = (date(2012, 11, 15), date(2012, 11, 25))
        revision = "short"
        totals: ClassVar = {"incidents": 1}

        def partitions(self, _res: int) -> tuple[()]:
            return ()

    found = latest_periods(Short(), "weekend", Filters())
    assert [first for first, _ in found] == [date(2012, 11, 23), date(2012, 11, 16)]


@pytest.mark.parametrize("tier", ["internal", "partner"])
def test_one_date_of_a_weekend_alone_has_its_other_one(demo, tier):
    last = demo.span[1]
    since = dated(demo, "weekend", Filters.from_query(f"tier={tier}&from=2012-11-23", demo))
    assert (since.date_from, since.date_to) == (date(2012, 11, 23), last)
    until = dated(demo, "weekend", Filters.from_query(f"tier={tier}&to=2012-11-18", demo))
    assert (until.date_from, until.date_to) == (date(2012, 10, 22), date(2012, 11, 18))
    with pytest.raises(FilterError, match="after the last date"):
        dated(demo, "weekend", Filters.from_query(f"tier={tier}&from=2013-11-23", demo))
