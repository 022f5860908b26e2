"""Since the last briefing: dates and hours, over clock changes, midnight and the turn of the year."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from ypo_dash.model.briefings import clock_of, coming_shift, parse_time, since_briefing, window
from ypo_dash.model.hours import Hours

ZONE = ZoneInfo("Europe/Copenhagen")
ONE = (time(6, 45),)
THREE = (time(6, 45), time(14, 45), time(22, 45))


def local(text, fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE, fold=fold)


def told(now, briefings):
    found = since_briefing(now, briefings)
    hours = str(found.hours) if found.hours else "-"
    return f"{found.first} {found.last} {hours}"


@pytest.mark.parametrize(
    ("now", "briefings", "expected"),
    [
        # One a day: a day or more is whole dates, both that it touches.
        ("2012-11-26T06:45", ONE, "2012-11-25 2012-11-26 -"),
        ("2012-11-26T07:44", ONE, "2012-11-25 2012-11-26 -"),
        ("2012-11-26T07:45", ONE, "2012-11-26 2012-11-26 6-8"),
        ("2012-11-26T23:10", ONE, "2012-11-26 2012-11-26 6-24"),
        ("2012-11-27T05:10", ONE, "2012-11-26 2012-11-27 -"),
        ("2012-11-27T04:00", ONE, "2012-11-26 2012-11-26 6-4"),
        # Three a day: the hour after a briefing began is still about the one before.
        ("2012-11-26T06:50", THREE, "2012-11-25 2012-11-25 22-7"),
        ("2012-11-26T08:00", THREE, "2012-11-26 2012-11-26 6-8"),
        ("2012-11-26T15:30", THREE, "2012-11-26 2012-11-26 6-15"),
        ("2012-11-26T23:00", THREE, "2012-11-26 2012-11-26 14-23"),
        ("2012-11-27T00:00", THREE, "2012-11-26 2012-11-26 22-24"),
        ("2012-11-27T00:20", THREE, "2012-11-26 2012-11-26 22-1"),
        # The turn of the year.
        ("2013-01-01T06:50", THREE, "2012-12-31 2012-12-31 22-7"),
        ("2013-01-01T06:50", ONE, "2012-12-31 2013-01-01 -"),
        # Both nights of the clock changes: hours are those of the clock on the wall.
        ("2012-03-25T06:50", THREE, "2012-03-24 2012-03-24 22-7"),
        ("2012-03-25T06:50", ONE, "2012-03-24 2012-03-25 -"),
        ("2012-10-28T06:50", THREE, "2012-10-27 2012-10-27 22-7"),
        ("2012-10-28T06:50", ONE, "2012-10-27 2012-10-28 -"),
    ],
)
def test_since_the_last_briefing(now, briefings, expected):
    assert told(local(now), briefings) == expected


def test_a_briefing_in_the_hour_that_comes_twice_begins_once():
    briefings = (time(2, 30), time(14, 0))
    assert told(local("2012-10-28T02:35"), briefings) == "2012-10-27 2012-10-27 14-3"
    # 35 minutes later the clock shows 02:10 once more; the briefing is on.
    assert told(local("2012-10-28T02:10", fold=1), briefings) == "2012-10-27 2012-10-27 14-3"
    assert told(local("2012-10-28T04:00"), briefings) == "2012-10-28 2012-10-28 2-4"


def test_a_briefing_in_the_hour_that_is_left_out_is_not_lost():
    briefings = (time(2, 30), time(14, 0))
    assert told(local("2012-03-25T04:35"), briefings) == "2012-03-25 2012-03-25 2-5"


@pytest.mark.parametrize("start", ["2012-11-25T06:45", "2012-03-24T22:45", "2012-10-27T00:00"])
@pytest.mark.parametrize("hours", [1, 7, 13, 23, 24, 25, 60])
def test_a_window_leaves_nothing_out(start, hours):
    begin = local(start)
    end = datetime.fromtimestamp(begin.timestamp() + 3600 * hours, ZONE)
    found = window(begin, end)
    for k in range(hours * 4):
        moment = datetime.fromtimestamp(begin.timestamp() + 900 * k, ZONE)
        day = moment.date()
        if found.hours is not None and found.hours.wraps and moment.hour < found.hours.end:
            day = date.fromordinal(day.toordinal() - 1)
        assert found.first <= day <= found.last
        if found.hours is not None:
            inside = {h % 24 for h in range(found.hours.start, found.hours.start + length(found))}
            assert moment.hour in inside


def length(found):
    return (found.hours.end - found.hours.start) % 24 or 24


def test_the_clock_is_the_real_one_while_data_come():
    now = datetime(2012, 11, 28, 12, 0, tzinfo=UTC)
    live = clock_of(now, ZONE, date(2012, 11, 25), ONE)
    assert (live.now, live.is_live) == (local("2012-11-28T13:00"), True)
    late = clock_of(datetime(2012, 11, 29, 12, tzinfo=UTC), ZONE, date(2012, 11, 25), THREE)
    assert (late.now, late.is_live) == (local("2012-11-26T06:45"), False)
    assert clock_of(now, ZONE, None, ONE).is_live


@pytest.mark.parametrize(
    ("now", "expected"),
    [("06:45", "7-15"), ("07:59", "7-15"), ("08:01", "15-23"), ("22:50", "23-7"), ("00:10", "7-15")],
)  # fmt: skip
def test_the_coming_shift(now, expected):
    shifts = (Hours(7, 15), Hours(15, 23), Hours(23, 7))
    assert str(coming_shift(local(f"2012-11-26T{now}"), shifts)) == expected
    assert coming_shift(local("2012-11-26T08:00"), ()) is None


def test_times():
    assert parse_time("6:45") == time(6, 45)
    assert [parse_time(t) for t in ("24:00", "06:60", "6", "", "06:45x")] == [None] * 5
