"""What is due on a day: over clock changes, year ends and leap days, with a set clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.tiny import tiny_access, tiny_snapshot
from ypo_dash.model.desk import Effort, LogEntry, Partner, Visit
from ypo_dash.model.errors import FilterError
from ypo_dash.people import database, desk
from ypo_dash.people.desk import Writing
from ypo_dash.views.due import (
    days_overdue,
    due_by_sector,
    due_in,
    due_words,
    follow_ups,
    partners_in,
    reviews,
    soonest,
    visits_of,
)
from ypo_dash.views.today import desk_day

SCHOOL = Partner(key="3/school", sector="3", name="The school", kind="school", interval="28")


def visit(day, done="", key=""):
    return Visit(key=key or f"3/{day}", sector="3", partner=SCHOOL.key, date=day, kind="visit", done=done)  # fmt: skip


def log(day, follow_up="", done="", **more):
    return LogEntry(key=f"3/{day}{follow_up}", sector="3", date=day, kind="agreement", words="x", follow_up=follow_up, done=done, author="A", **more)  # fmt: skip


def one(visits, day, partner=SCHOOL):
    (found,) = visits_of([partner], visits, date.fromisoformat(day))
    return found


@pytest.mark.parametrize(
    ("due", "day", "days"),
    [
        ("2012-03-24", "2012-03-26", 2),  # over the day of 23 hours
        ("2012-10-27", "2012-10-29", 2),  # over the day of 25 hours
        ("2012-12-31", "2013-01-01", 1),
        ("2012-02-28", "2012-03-01", 2),  # 2012 has a 29 February
        ("2013-02-28", "2013-03-01", 1),
        ("2012-11-26", "2012-11-26", 0),
        ("2012-11-27", "2012-11-26", 0),
    ],
)
def test_days_overdue_are_days_of_the_calendar(due, day, days):
    assert days_overdue(date.fromisoformat(due), date.fromisoformat(day)) == days


@pytest.mark.parametrize(
    ("last", "interval", "expected"),
    [
        ("2012-03-11", "28", "2012-04-08"),  # the clock goes forward on 25/3
        ("2012-10-14", "28", "2012-11-11"),  # and back on 28/10
        ("2012-12-20", "14", "2013-01-03"),
        ("2012-02-01", "28", "2012-02-29"),
        ("2013-02-01", "28", "2013-03-01"),
        ("2012-02-29", "365", "2013-02-28"),
        ("2012-02-29", "366", "2013-03-01"),
    ],
)
def test_the_next_visit_is_the_last_and_the_interval(last, interval, expected):
    partner = replace(SCHOOL, interval=interval)
    found = one([visit(last, "yes")], last, partner)
    assert found.next == date.fromisoformat(expected)
    assert found.last == date.fromisoformat(last)
    day_after = (found.next + timedelta(days=1)).isoformat()
    assert one([visit(last, "yes")], expected, partner).overdue == 0
    assert one([visit(last, "yes")], day_after, partner).overdue == 1


def test_a_planned_visit_goes_before_the_interval():
    found = one([visit("2012-11-01", "yes"), visit("2012-12-20")], "2012-11-26")
    assert (found.next, found.planned.date, found.overdue) == (date(2012, 12, 20), "2012-12-20", 0)
    late = one([visit("2012-11-01", "yes"), visit("2012-11-16")], "2012-11-26")
    assert (late.next, late.overdue) == (date(2012, 11, 16), 10)


def test_a_planned_visit_that_a_later_one_overtook_is_told_apart():
    found = one([visit("2012-11-05"), visit("2012-11-09", "yes")], "2012-11-26")
    assert found.planned is None
    assert [v.date for v in found.missed] == ["2012-11-05"]
    assert found.next == date(2012, 12, 7)
    same = one([visit("2012-11-09"), visit("2012-11-09", "yes", key="3/made")], "2012-11-26")
    assert (same.planned, [v.date for v in same.missed]) == (None, ["2012-11-09"])


def test_visits_stand_soonest_first_and_those_without_a_day_last():
    partners = [replace(SCHOOL, key=f"3/{name}", name=name) for name in "cab"]
    visits = [replace(visit(day), partner=f"3/{name}") for name, day in (("c", "2012-12-20"), ("b", "2012-12-03"))]  # fmt: skip
    found = soonest(visits_of(partners, visits, date(2012, 11, 26)))
    assert [v.partner.name for v in found] == ["b", "c", "a"]


def test_the_soonest_of_several_planned_ones_counts():
    found = one([visit("2012-12-20"), visit("2012-12-03")], "2012-11-26")
    assert found.next == date(2012, 12, 3)


def test_nothing_is_invented_where_there_is_no_day_to_count_from():
    never = one([], "2012-11-26")
    assert (never.next, never.never, never.overdue) == (None, True, 0)
    assert never.is_due(date(2012, 11, 26))
    since = one([], "2012-11-26", replace(SCHOOL, since="2012-11-01"))
    assert (since.next, since.never) == (date(2012, 11, 29), False)
    free = one([visit("2012-01-01", "yes")], "2012-11-26", replace(SCHOOL, interval=""))
    assert (free.next, free.never) == (None, False)
    assert not free.is_due(date(2012, 11, 26))


def test_a_partnership_that_ended_is_not_due():
    ended = replace(SCHOOL, until="2012-11-25")
    found = one([visit("2012-01-01", "yes")], "2012-11-26", ended)
    assert (found.next, found.never, found.overdue) == (None, False, 0)
    assert one([visit("2012-01-01", "yes")], "2012-11-25", ended).overdue > 0  # its last day counts
    assert not one([], "2012-11-26", ended).never


def test_visits_of_other_partners_and_of_days_to_come_are_not_the_last():
    other = replace(visit("2012-11-20", "yes"), partner="3/other")
    found = one([other, visit("2012-11-30", "yes"), visit("2012-11-10", "yes")], "2012-11-26")
    assert [v.date for v in found.made] == ["2012-11-10"]


def test_due_within_the_days_ahead():
    found = one([visit("2012-12-10")], "2012-11-26")
    assert found.is_due(date(2012, 11, 26))
    assert not found.is_due(date(2012, 11, 25))
    assert found.is_due(date(2012, 11, 25), ahead=15)


def test_open_follow_ups_soonest_first():
    entries = [
        log("2012-11-01", "2012-12-01"),
        log("2012-11-01", "2012-11-20"),
        log("2012-11-02", "2012-11-10", "2012-11-11"),
        log("2012-11-03"),
    ]
    found = follow_ups(entries, date(2012, 11, 26))
    assert [(f.day.isoformat(), f.overdue) for f in found] == [("2012-11-20", 6), ("2012-12-01", 0)]


def test_reviews_due_and_not_held():
    def effort(review, reviewed=""):
        return Effort(key=f"3/{review}", sector="3", review=review, reviewed=reviewed)

    given = [effort("2012-12-10"), effort("2012-12-11"), effort("2012-11-20"), effort("2012-11-01", "2012-11-02")]  # fmt: skip
    found = reviews(given, date(2012, 11, 26))
    assert [(r.day.isoformat(), r.overdue) for r in found] == [("2012-11-20", 6), ("2012-12-10", 0)]


def test_partners_that_are_also_in_other_sectors():
    shared = replace(SCHOOL, key="5/x", sector="5", also="3;7")
    assert partners_in([SCHOOL, shared], "3") == [SCHOOL, shared]
    assert partners_in([SCHOOL, shared], "7") == [shared]
    assert partners_in([replace(shared, also="13")], "3") == []


def test_words_are_dates_and_days_never_alarm():
    day = date(2012, 11, 26)
    assert due_words(date(2012, 11, 25), day, "en") == "25/11/2012, 1 day ago"
    assert due_words(date(2012, 11, 16), day, "da") == "16/11/2012, for 10 dage siden"
    assert due_words(day, day, "en") == "26/11/2012, today"
    assert due_words(date(2012, 12, 1), day, "en") == "1/12/2012"


@pytest.mark.parametrize(
    ("now", "day"),
    [
        # The night in which the clock is put back: 00:30 local is already Sunday 28/10.
        (datetime(2012, 10, 27, 22, 30, tzinfo=UTC), "2012-10-28"),
        (datetime(2012, 10, 28, 22, 59, tzinfo=UTC), "2012-10-28"),  # 23:59, an hour later than UTC
        (datetime(2012, 10, 28, 23, 0, tzinfo=UTC), "2012-10-29"),
        (datetime(2012, 3, 24, 23, 30, tzinfo=UTC), "2012-03-25"),  # the day of 23 hours begins
        (datetime(2012, 3, 25, 21, 59, tzinfo=UTC), "2012-03-25"),
        (datetime(2012, 3, 25, 22, 0, tzinfo=UTC), "2012-03-26"),
        (datetime(2012, 12, 31, 22, 59, tzinfo=UTC), "2012-12-31"),
        (datetime(2012, 12, 31, 23, 0, tzinfo=UTC), "2013-01-01"),
        (datetime(2012, 2, 28, 23, 0, tzinfo=UTC), "2012-02-29"),
    ],
)
def test_the_desks_day_turns_at_local_midnight(now, day, monkeypatch):
    monkeypatch.setattr(database, "now", lambda: now)
    today = desk_day(tiny_snapshot(), database.now())
    assert today.isoformat() == day
    assert one([visit(day)], today.isoformat()).overdue == 0
    yesterday = (today - timedelta(days=1)).isoformat()
    assert one([visit(yesterday)], today.isoformat()).overdue == 1


def test_the_sectors_own_are_found_in_the_store(tmp_path):
    snapshot, access = tiny_snapshot(), tiny_access(tmp_path)
    words, store = desk.known(snapshot), access.database
    day = date(2012, 11, 26)

    def add(sort, **given):
        return desk.add(store, sort, given, words, Writing(by="test"))

    shared = add(Partner, sector="5", also="3", name="Housing", kind="housing", interval="28")
    add(Partner, sector="5", name="Shop", kind="shop", interval="28")
    add(Visit, sector="5", partner=shared.key, date="2012-11-01", kind="visit", done="yes")
    wanted = {"sector": "3", "kind": "agreement", "author": "A", "date": "2012-11-01", "follow_up": "2012-11-20"}  # fmt: skip
    add(LogEntry, **wanted, words="lights in the yard", partner=shared.key)
    add(LogEntry, **wanted, words="about somebody", personal="yes")
    add(LogEntry, **{**wanted, "sector": "5"}, words="elsewhere")
    found = due_in(snapshot, access, "3", day)
    assert [f.entry.words for f in found.follow_ups] == ["lights in the yard"]
    assert found.follow_ups[0].partner == "Housing"
    assert [(v.partner.name, v.next) for v in found.visits] == [("Housing", date(2012, 11, 29))]
    assert (found.overdue, found.is_empty) == (1, False)
    assert len(due_in(snapshot, access, "3", day, personal=True).follow_ups) == 2
    assert due_in(snapshot, access, "7", day).is_empty
    effort = {"title": "T", "problem_words": "p", "measures": "m", "lead": "L", "place": "3", "start": "2012-09-01", "end": "2012-12-31"}  # fmt: skip
    for review in ("2012-11-25", "2012-12-11"):
        add(Effort, sector="3", review=review, **effort)
    every = due_by_sector(snapshot, access, {"3", "5"}, day)
    assert every == {sector: due_in(snapshot, access, sector, day) for sector in ("3", "5")}
    assert [f.entry.words for f in every["5"].follow_ups] == ["elsewhere"]
    assert [r.day for r in every["3"].reviews] == [date(2012, 11, 25)]
    assert (every["3"].count, every["3"].overdue) == (3, 2)
    with pytest.raises(FilterError, match="99"):
        due_in(snapshot, access, "99", day)


def test_nothing_is_made_by_asking_a_workspace_without_records(tmp_path):
    assert due_in(tiny_snapshot(), tiny_access(tmp_path), "3", date(2012, 11, 26)).is_empty
    assert list(tmp_path.iterdir()) == []
