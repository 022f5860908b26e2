"""Slides of the wall: their numbers against plain pandas, their words, what they never show."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import UTC, datetime, time
from urllib.parse import parse_qsl

import numpy as np
import pandas as pd
import pytest

from tests.oracle import DATA, Oracle, State, read_sectors
from ypo_dash.figures.theme import DARK, LIGHT
from ypo_dash.i18n import number
from ypo_dash.model.briefings import Clock, clock_of
from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.model.rotation import Rotation, SlideSpec
from ypo_dash.people.walls import Notice
from ypo_dash.views import slide_hours, slide_places, slide_spans, slides
from ypo_dash.views.slide import MOST_WORDS, Slide, Wall
from ypo_dash.views.slide_words import short_place, verdict_words
from ypo_dash.views.tables import table
from ypo_dash.views.usual_days import NORMAL, Usual

ZONE = "Europe/Copenhagen"
THREE = (time(6, 45), time(14, 45), time(22, 45))
NOTICE = Notice(
    key="a1",
    version=1,
    words="Cykelløb på Nørrebrogade: vejen er spærret.",
    since="2012-11-25T06:00",
    until="2012-11-26T15:00",
    author="Vagtleder",
)


@pytest.fixture(scope="module")
def oracle(demo):
    """The last ten weeks of the simulated incidents, counted by pandas alone."""
    listed = table(demo, "incidents", Filters.from_query("from=2012-09-17&to=2012-11-25", demo))
    given = pd.DataFrame(listed.records())
    start = pd.to_datetime(given["time_from"], utc=True, format="ISO8601")
    end = pd.to_datetime(given["time_to"].replace("", None), utc=True, format="ISO8601")
    rows = given[["incident_id", "type", "scene", "lat", "lon"]].assign(
        start=seconds(start), end=seconds(end), area=None
    )
    rows[["lat", "lon"]] = rows[["lat", "lon"]].apply(pd.to_numeric)
    names = {"code": "sector_id", "name": "name", "station": "station", "population": "population"}
    return Oracle(rows, read_sectors(DATA / "sectors.geojson", **names), ZONE)


def seconds(moments):
    whole = moments.astype("datetime64[s, UTC]")
    return whole.astype("int64").astype("Int64").mask(whole.isna())


def wall_of(demo, *, lang="en", rotation=None, now=None, theme=DARK, notices=()):
    rotation = rotation or Rotation()
    moment = now or datetime(2026, 11, 27, 12, tzinfo=UTC)
    clock = clock_of(moment, demo.district.zone, demo.span[1], rotation.briefings)
    return Wall(
        snapshot=demo, clock=clock, rotation=rotation, lang=lang, theme=theme, notices=notices
    )


def made(wall, query) -> Slide:
    given = dict(parse_qsl(query))
    state = query.partition("&")[2] if given["kind"] == "state" else ""
    found = slides.build(wall, given["kind"], given, state)
    assert found is not None
    return found


def value(slide, at=0):
    return slide.numbers[at].value


# Numbers


def random_states(n):
    dice = random.Random(6)
    dates = ["", "from=2012-10-01&to=2012-10-28", "from=2012-11-23&to=2012-11-25", "to=2012-11-11"]
    parts = ["types=BURGLARY,VIOLENCE", "types=PROPERTY", "hours=22-6", "hours=7-23", "days=5,6", "sectors=3,14", "station=F", "scenes=FLAT,STREET"]  # fmt: skip
    for _ in range(n):
        chosen = {part.split("=")[0]: part for part in dice.sample(parts, dice.randint(0, 3))}
        yield "&".join(part for part in (dice.choice(dates), *chosen.values()) if part)


@pytest.mark.parametrize("query", sorted(set(random_states(40))))
def test_a_state_has_explores_numbers(demo, oracle, query):
    slide = made(wall_of(demo), f"kind=state&{query}")
    state = State.read(query)
    masked = bool(state.hours or state.days)
    total = oracle.total(state)
    mapped = float(oracle.by_sector(state).sum())

    def shown(n):
        return number(round(n, 6), "en", 1 if masked else 0)

    assert value(slide) == shown(total)
    if state.sectors or state.station:
        assert len(slide.numbers) == 1  # of a place it is not known what is not on the map
    else:
        assert value(slide, 1) == shown(total - mapped)
    weights = pd.Series(oracle.weights(state)).groupby(oracle.rows["type"]).sum()
    exported = {
        row[0]: row[1] for row in table(demo, "types", Filters.from_query(query, demo)).rows
    }
    names = {o.name("en"): o.code for o in demo.taxonomy.offences}
    assert {names[name] for name, _ in slide.rows} == (set(state.types) or set(names.values()))
    for name, text in slide.rows:
        assert text == shown(weights.get(names[name], 0.0))
        assert text == shown(exported[names[name]])


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ("2012-11-25T06:50", "from=2012-11-24&to=2012-11-24&hours=22-7"),
        ("2012-11-24T15:00", "from=2012-11-24&to=2012-11-24&hours=6-15"),
        ("2012-10-28T06:50", "from=2012-10-27&to=2012-10-27&hours=22-7"),
        ("2012-11-23T20:10", "from=2012-11-23&to=2012-11-23&hours=14-21"),
    ],
)
def test_the_briefing_counts_its_window(demo, oracle, now, state):
    wall = wall_of(demo, rotation=Rotation(briefings=THREE))
    wall = replace(
        wall, clock=Clock(datetime.fromisoformat(now).replace(tzinfo=demo.district.zone), True)
    )
    slide = made(wall, "kind=briefing")
    assert slide.footer.query == state
    assert value(slide) == number(oracle.total(State.read(state)), "en", 1)
    assert "since the last briefing" in slide.sentence


def test_one_briefing_a_day_counts_the_last_day_of_data(demo, oracle):
    slide = made(wall_of(demo), "kind=briefing")
    assert slide.footer.query == "from=2012-11-25&to=2012-11-25"
    assert value(slide) == number(oracle.total(State.read(slide.footer.query)), "en")
    assert slide.sentence.startswith(f"{value(slide)} incidents on Sunday 25/11: ")
    assert slide.footer.period == "Sun 25/11/2012"


def test_places_and_hours_count_their_states(demo, oracle):
    wall = wall_of(demo)
    station = made(wall, "kind=station&station=NE")
    assert value(station) == number(oracle.total(State.read(station.footer.query)), "en")
    assert station.footer.query == "from=2012-11-19&to=2012-11-25&station=NE"
    nights = made(wall, "kind=nights")
    assert nights.footer.query == "from=2012-11-23&to=2012-11-24&hours=22-6"
    assert value(nights) == number(oracle.total(State.read(nights.footer.query)), "en", 1)
    shift = made(wall, "kind=shift")
    assert shift.footer.query == "from=2012-10-29&to=2012-11-25&hours=7-15"
    total = oracle.total(State.read(shift.footer.query))
    assert value(shift) == number(total / 28, "en", 1)
    hours = oracle.by_hour(State.read("from=2012-10-29&to=2012-11-25"))
    outside = sum(n for i, n in enumerate(hours) if not 7 <= i % 24 < 23) / hours.sum()
    assert value(shift, 2) == f"{100 * outside:.0f} %"
    assert f"{100 * outside:.0f} % outside" in nights.lines[-1]
    sector = made(wall, "kind=sector&sector=14")
    assert value(sector) == number(oracle.total(State.read(sector.footer.query)), "en")


def test_each_finding_has_its_slide_and_the_count_is_the_weeks(demo, oracle):
    wall = wall_of(demo)
    refs = [ref for ref in slides.expand(wall) if ref.key.startswith("unusual")]
    assert refs
    for ref in refs:
        slide = made(wall, ref.query)
        total = oracle.total(State.read(slide.footer.query))
        assert value(slide) == number(total, "en")
        low, high = (float(part) for part in value(slide, 1).split("–"))
        assert not low <= total <= high
    assert slides.build(wall, "unusual", {"finding": "FIRE@nowhere"}) is None


# What they say


@pytest.mark.parametrize("lang", ["da", "en"])
def test_one_finding_in_twelve_words_and_three_numbers(demo, lang):
    rotation = Rotation(slides=(*Rotation().slides, SlideSpec(kind="state", state="hours=22-6")))
    wall = wall_of(demo, lang=lang, rotation=rotation, theme=LIGHT, notices=(NOTICE,))
    refs = slides.expand(wall)
    assert len({ref.key for ref in refs}) == len(refs) >= 12
    for ref in refs:
        slide = made(wall, ref.query)
        assert slide.sentence[-1] == "."
        assert len(slide.sentence.split()) <= MOST_WORDS, slide.sentence
        assert len(slide.numbers) <= 3
        assert slide.place
        assert slide.key == ref.key or ref.key in ("sector", f"state-{rotation.slides[-1].state}")
        if slide.picture:
            assert slide.picture.count("<svg") == slide.picture.count("</svg>") >= 1
            assert f"<title>{slide.place}" in slide.picture or "<title>" in slide.picture


def test_no_incident_is_ever_drawn(demo):
    """Neither as a point nor by its id: a symbol of a type is on no slide."""
    listed = table(demo, "incidents", Filters.from_query("from=2012-11-19", demo))
    ids = {str(row[0]) for row in listed.rows}
    wall = wall_of(demo)
    for ref in slides.expand(wall):
        slide = made(wall, ref.query)
        words = set(re.findall(r"[\w-]+", f"{slide.picture} {slide}"))
        assert not ids & words
        assert "<circle" not in slide.picture or ref.key.startswith(("unusual", "safety"))


def test_a_night_that_the_data_cut_off_says_so(demo):
    slide = made(wall_of(demo, rotation=Rotation(briefings=THREE)), "kind=briefing")
    assert slide.footer.query == "from=2012-11-25&to=2012-11-25&hours=22-7"
    assert "The data end at midnight; what came later is missing." in slide.lines


def test_a_window_without_data_has_no_number(demo):
    now = datetime(2012, 11, 27, 6, 50, tzinfo=demo.district.zone)
    wall = wall_of(demo, rotation=Rotation(briefings=THREE), now=now)
    assert wall.clock.is_live
    slide = made(wall, "kind=briefing")
    assert slide.sentence == "No data yet since the last briefing."
    assert slide.lines == ("The data end on Sunday 25/11.",)
    assert slide.numbers == ()
    assert slide.picture == ""


def test_registers_dated_by_the_month_have_months_and_no_hours(demo, monkeypatch):
    for module in (slides, slide_hours, slide_places, slide_spans):
        monkeypatch.setattr(module, "is_coarse", lambda _snapshot: True)
    wall = wall_of(demo)
    assert made(wall, "kind=briefing").footer.query == "from=2012-10-01&to=2012-10-31"
    station = made(wall, "kind=station&station=F")
    assert station.footer.query == "from=2012-10-01&to=2012-10-31&station=F"
    assert " in the month" in station.sentence
    assert made(wall, "kind=sectors").footer.query == "from=2012-10-01&to=2012-10-31"
    assert not {"shift", "nights"} & {ref.key for ref in slides.expand(wall)}
    assert "no hours" in made(wall, "kind=shift").sentence
    assert made(wall, "kind=nights").numbers == ()
    assert not {"unusual", "shift", "nights"} & {ref.key for ref in slides.expand(wall)}
    station = made(wall, "kind=station&station=NE")
    assert station.footer.query == "from=2012-10-01&to=2012-10-31&station=NE"
    assert " in the month" in station.sentence


def test_where_nothing_can_be_compared_the_slide_says_why(demo):
    narrow = replace(wall_of(demo))
    first = demo.span[0]
    demo_span = (first, first.replace(day=first.day))
    snapshot = Shortened(demo, demo_span)
    slide = made(replace(narrow, snapshot=snapshot), "kind=sectors")
    assert slide.sentence == "Nothing can be compared here."
    assert slide.lines[0].startswith("the data begin on")


class Shortened:
    """A snapshot whose data ended on another day."""

    def __init__(self, snapshot, span):
        self._snapshot, self.span, self.revision = snapshot, span, "shortened"

    def __getattr__(self, name):
        return getattr(self._snapshot, name)


def test_without_incidents_there_is_still_a_slide(demo):
    wall = replace(wall_of(demo), snapshot=Shortened(demo, None))
    (ref,) = slides.expand(wall)
    assert made(wall, ref.query).lines == ("There are no incidents yet.",)
    told = replace(wall, notices=(NOTICE,))
    assert [ref.key for ref in slides.expand(told)] == ["notice-a1"]


# What they refuse, and what is left out


@pytest.mark.parametrize(
    ("kind", "given", "state", "parameter"),
    [
        ("map", {}, "", "kind"),
        ("briefing", {}, "types=FIRE", "types"),
        ("station", {"station": "XX"}, "", "station"),
        ("sector", {"sector": "99"}, "", "sector"),
        ("state", {}, "tier=partner", "tier"),
        ("state", {}, "types=NOPE", "types"),
        ("state", {}, "colour=red", "colour"),
    ],
)
def test_what_is_impossible_is_named(demo, kind, given, state, parameter):
    with pytest.raises(FilterError) as caught:
        slides.build(wall_of(demo), kind, given, state)
    assert caught.value.parameter == parameter


def test_what_is_off_or_empty_is_left_out(demo):
    rotation = Rotation(
        shifts=(),
        slides=(
            SlideSpec(kind="nights", on=False),
            SlideSpec(kind="shift"),
            SlideSpec(kind="notice"),
            SlideSpec(kind="station", station="F", seconds=9, every=2),
            SlideSpec(kind="station"),
        ),
    )
    refs = slides.expand(wall_of(demo, rotation=rotation))
    assert [ref.key for ref in refs] == ["station-F", "station-NE", "station-NW"]
    assert [(ref.seconds, ref.every) for ref in refs[:2]] == [(9, 2), (20, 1)]


def test_notices_hold_by_the_clock():
    def shown(now):
        return slides.shown_notices((NOTICE,), datetime.fromisoformat(now))

    assert shown("2012-11-25T05:59") == ()
    assert shown("2012-11-25T06:00") == (NOTICE,)
    assert shown("2012-11-26T14:59") == (NOTICE,)
    assert shown("2012-11-26T15:00") == ()


def test_a_notice_is_said_as_it_was_written(demo):
    slide = made(wall_of(demo, lang="da", notices=(NOTICE,)), "kind=notice&notice=a1")
    assert slide.sentence == NOTICE.words
    assert slide.footer.caption == "Opslag til mandag 26/11/2012 15:00"
    assert "Vagtleder" not in repr(slide)  # no names on the wall
    assert slides.build(wall_of(demo), "notice", {"notice": "gone"}) is None


def test_names_that_fit_a_line():
    assert short_place("14", "Brønshøj & Husum") == "14 Brønshøj"
    assert short_place("18", "Frederiksberg Centrum") == "18 Frederiksberg"
    assert short_place("2401", "") == "2401"
    assert short_place("14", "14") == "14"
    assert np.char.str_len(short_place("7", "A" * 40)) == 42


def test_a_count_outside_its_range_is_not_called_within_it():
    usual = Usual(7.0, 23.0, NORMAL)
    assert verdict_words(usual, "en", 23) == "within the normal"
    assert verdict_words(usual, "en", 24) == "outside the normal, may be chance"
    assert verdict_words(usual, "en", 6) == "outside the normal, may be chance"
