"""The briefing card: for which shift, what is on it, and what must never be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import h3
import pytest

from tests.desk_entries import effort, log_entry
from tests.views.test_slides import wall_of
from ypo_dash.model.filters import Filters
from ypo_dash.model.hours import Hours
from ypo_dash.model.rotation import Rotation, SlideSpec
from ypo_dash.views import briefing_card, slides
from ypo_dash.views.briefing_card import Shift, card, cut, next_shift, runs, summary_words
from ypo_dash.views.briefing_held import Held
from ypo_dash.views.extents import sectors_of
from ypo_dash.views.normal import normal
from ypo_dash.views.slide import MOST_WORDS
from ypo_dash.views.slide_briefing import _week

ZONE = ZoneInfo("Europe/Copenhagen")
SHIFTS = (Hours(7, 15), Hours(15, 23), Hours(23, 7))
MORNING = Shift(date(2012, 11, 26), Hours(7, 15))
WEEK = "from=2012-11-19&to=2012-11-25&sectors="


@pytest.mark.parametrize(
    ("now", "day", "hours"),
    [
        ("2012-11-26T06:45", "2012-11-26", (7, 15)),
        ("2012-11-26T07:59", "2012-11-26", (7, 15)),
        ("2012-11-26T08:01", "2012-11-26", (15, 23)),
        ("2012-11-26T22:45", "2012-11-26", (23, 7)),
        ("2012-11-26T23:59", "2012-11-26", (23, 7)),
        ("2012-11-27T00:00", "2012-11-26", (23, 7)),  # it began within the hour
        ("2012-11-27T00:01", "2012-11-27", (7, 15)),
        ("2012-12-31T22:45", "2012-12-31", (23, 7)),
        ("2013-01-01T00:30", "2013-01-01", (7, 15)),
        ("2012-03-25T00:30", "2012-03-25", (7, 15)),  # the clock is put forward in this night
        ("2012-10-28T02:30", "2012-10-28", (7, 15)),  # and back in this
    ],
)
def test_the_shift_is_the_next_one(now, day, hours):
    moment = datetime.fromisoformat(now).replace(tzinfo=ZONE)
    assert next_shift(moment, SHIFTS) == Shift(date.fromisoformat(day), Hours(*hours))


def test_one_shift_a_day_and_none():
    late = datetime(2012, 11, 26, 12, tzinfo=ZONE)
    assert next_shift(late, (Hours(7, 15),)) == Shift(date(2012, 11, 27), Hours(7, 15))
    assert next_shift(late, ()) == Shift(date(2012, 11, 26), None)


@pytest.mark.parametrize(
    ("hours", "shift", "met"),
    [("", (7, 15), True), ("14-22", (7, 15), True), ("15-22", (7, 15), False), ("22-6", (23, 7), True), ("22-6", (6, 14), False), ("7-8", None, True)],
)  # fmt: skip
def test_which_efforts_are_of_a_shift(hours, shift, met):
    day = Shift(date(2012, 11, 26), Hours(*shift) if shift else None)
    assert runs(effort(hours=hours), day) is met


@pytest.mark.parametrize(
    ("hours", "start", "end", "shift", "on"),
    [
        # The night shift that begins the evening before its first day has its first hours.
        ("0-5", "2012-11-27", "2012-12-31", (23, 7), True),
        ("", "2012-11-27", "2012-12-31", (23, 7), True),
        ("0-5", "2012-11-28", "2012-12-31", (23, 7), False),
        ("0-5", "2012-11-01", "2012-11-26", (23, 7), False),  # its last night ended that morning
        # A night belongs to the day on which it starts.
        ("22-6", "2012-11-01", "2012-11-26", (23, 7), True),
        ("22-6", "2012-11-27", "2012-12-31", (23, 7), False),
        ("22-6", "2012-11-26", "2012-12-31", (5, 13), False),
        ("22-6", "2012-11-01", "2012-11-25", (5, 13), True),
        ("7-23", "2012-11-01", "2012-11-26", (15, 24), True),
    ],
)  # fmt: skip
def test_a_shift_past_midnight_has_the_hours_of_both_days(hours, start, end, shift, on):
    one = effort(hours=hours, start=start, end=end, review=end)
    assert runs(one, Shift(date(2012, 11, 26), Hours(*shift))) is on


def made(demo, held, sector="7", shift=MORNING):
    return card(demo, held, Filters.from_query(WEEK + sector, demo), shift, "en")


def test_a_night_shifts_card_has_what_begins_past_midnight(demo):
    held = Held(efforts=(effort(hours="0-5", start="2012-11-27"),))
    for day, tasks in ((26, [True]), (25, [])):
        found = made(demo, held, shift=Shift(date(2012, 11, day), Hours(23, 7)))
        assert [t.now for t in found.tasks] == tasks


def test_running_efforts_of_the_sector_and_day_are_on_it(demo):
    ones = (
        effort(hours="22-6", key="7/night", title="Night"),
        effort(key="7/day"),
        effort(key="7/over", end="2012-11-25"),
        effort(key="7/then", start="2012-11-27"),
        effort(key="8/x", sector="8", place="8"),
    )
    found = made(demo, Held(efforts=ones))
    assert [(t.entry.key, t.now) for t in found.tasks] == [("7/day", True), ("7/night", False)]
    first = found.tasks[0]
    assert first.where.startswith("Sectors 7 Assistens")
    assert (first.when, first.why, first.what) == ("all day, until 31/12/2012", "Violence around the bars.", "Patrol on foot.")  # fmt: skip
    assert found.tasks[1].when == "22–6, until 31/12/2012"
    assert summary_words(found, "en").startswith("2 efforts run; ")


def test_only_what_is_demonstrable_is_unusual(demo):
    planted = made(demo, Held(), "14")
    wanted = normal(demo, Filters.from_query(WEEK + "14", demo), "en").findings
    assert planted.unusual == tuple(f.sentence for f in wanted)
    assert "Burglary in sector 14" in planted.unusual[0]
    quiet = made(demo, Held(), "20")
    assert quiet.unusual == ()
    assert quiet.is_empty
    assert "nothing beyond the normal" in summary_words(quiet, "en")


def test_where_dates_are_months_nothing_is_called_unusual(demo, monkeypatch):
    assert made(demo, Held(), "14").unusual
    monkeypatch.setattr(briefing_card, "is_coarse", lambda _snapshot: True)
    assert made(demo, Held(), "14").unusual == ()


@pytest.mark.parametrize("last", range(18, 26))
def test_the_week_that_is_judged_is_whole_whatever_day_the_data_end_on(demo, last):
    end = date(2012, 11, last)
    some = SimpleNamespace(snapshot=SimpleNamespace(span=(demo.span[0], end)))
    week = normal(demo, _week(some, "14"), "en").week
    assert week.weekday() == 0
    assert 0 <= (end - week).days - 6 < 7


def test_an_effort_that_reaches_into_a_sector_is_on_its_card(demo):
    whole = effort(key="8/x", sector="8", place="8;7", title="Of 8, into 7")
    middle = {s.id: demo.polygons()[i].representative_point() for i, s in enumerate(demo.sectors)}
    cells = [h3.latlng_to_cell(middle[s].y, middle[s].x, 11) for s in ("8", "7")]
    small = effort(key="8/y", sector="8", place=";".join(cells))
    away = effort(key="8/z", sector="8", place=cells[0])
    held = Held(efforts=(whole, small, away))
    assert [t.entry.key for t in made(demo, held).tasks] == ["8/x", "8/y"]
    assert cards(wall(demo, held)) == ["card-7", "card-8"]
    assert sectors_of(demo, small) == ("8", "7")
    assert slides.build(wall(demo, held), "card", {"sector": "7"}) is not None


def test_open_follow_ups_due_within_a_week(demo):
    day = MORNING.day
    log = tuple(
        log_entry(key=f"7/{n}", date="2012-10-01", follow_up=str(day + timedelta(days=n)))
        for n in (-3, 0, 7, 8)
    )
    found = made(demo, Held(log=(*log, log_entry(key="8/l", sector="8"))))
    assert [(f.entry.key, f.overdue) for f in found.follow_ups] == [("7/-3", 3), ("7/0", 0), ("7/7", 0)]  # fmt: skip


def test_long_words_end_at_a_word():
    assert cut("a  b\nc", 9) == "a b c"
    assert cut("one two three", 9) == "one two …"


# On the wall


def wall(demo, held, *, lang="en", rotation=None):
    from dataclasses import replace

    return replace(wall_of(demo, lang=lang, rotation=rotation or Rotation(), now=datetime(2012, 11, 26, 5, 45, tzinfo=UTC)), held=held)  # fmt: skip


def cards(wall_):
    return [r.key for r in slides.expand(wall_) if r.key.startswith("card")]


def test_nothing_to_tell_no_slide(demo):
    assert cards(wall(demo, Held())) == []
    log = (log_entry(),)
    assert cards(wall(demo, Held(log=log, efforts=(effort(hours="22-6"),)))) == []
    assert slides.build(wall(demo, Held()), "card", {"sector": "7"}) is None


def test_a_slide_for_each_sector_with_an_effort_in_the_shift(demo):
    held = Held(efforts=(effort(place="7"), effort(key="3/a", sector="3", place="891f0582607ffff")))
    assert cards(wall(demo, held)) == ["card-3", "card-7"]
    one = Rotation(slides=(SlideSpec(kind="card", sector="7"),))
    assert cards(wall(demo, held, rotation=one)) == ["card-7"]
    west = Rotation(slides=(SlideSpec(kind="card", station="NW"),))
    assert cards(wall(demo, held, rotation=west)) == []


@pytest.mark.parametrize("lang", ["en", "da"])
def test_a_slide_says_where_when_what_why_and_who_and_nothing_of_the_log(demo, lang):
    held = Held(efforts=(effort(),), log=(log_entry(), log_entry(key="7/l2", words="Lamp two")))
    slide = slides.build(wall(demo, held, lang=lang), "card", {"sector": "7"})
    said = " ".join((slide.sentence, *slide.lines, slide.footer.caption, slide.footer.period))
    assert len(slide.sentence.split()) <= MOST_WORDS
    for words in ("Nights in 7 and 8", "Patrol on foot.", "Violence around the bars.", "Sector manager 7", "26/11/2012"):  # fmt: skip
        assert words in said
    assert slide.numbers[0].value == "2"
    assert "Lamp" not in said + slide.picture
    assert "<circle" not in slide.picture  # no points
    assert "<svg" in slide.picture


def test_a_slide_is_of_what_is_on_in_its_shift(demo):
    other = (
        effort(key="7/n", title="At night", hours="22-6", lead="Night lead"),
        effort(key="7/o", title="Over", end="2012-11-25", lead="Earlier lead"),
        effort(key="7/p", title="To come", start="2012-11-27", lead="Later lead"),
    )
    assert cards(wall(demo, Held(efforts=other))) == []
    mine = (effort(title="By day", lead="A"), effort(key="7/b", title="Too", lead="B; C"))
    slide = slides.build(wall(demo, Held(efforts=(*other, *mine))), "card", {"sector": "7"})
    said = " ".join((slide.sentence, *slide.lines, slide.footer.caption, slide.picture))
    assert "By day, and 1 more effort." in said
    assert slide.footer.caption == "In charge: A; B; C"
    for words in ("At night", "Over", "To come", "lead"):
        assert words not in said


def test_many_long_efforts_are_cut(demo):
    ones = tuple(
        effort(key=f"7/{n}", title="A title that goes on and on " * 4, measures="Do this and that. " * 60)
        for n in range(5)
    )  # fmt: skip
    slide = slides.build(wall(demo, Held(efforts=ones)), "card", {"sector": "7"})
    assert len(slide.lines) <= 4
    assert all(len(line) < 260 for line in slide.lines)
    assert "4 more efforts" in slide.sentence
