"""Efforts of the desk: how far each is, what is told of it and why not, and figures that were kept."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import h3
import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from tests.desk_entries import OTHERS, effort
from tests.oracle import State
from tests.reference.cities import _kept_open
from ypo_dash.model.evaluated import Evaluated
from ypo_dash.model.filters import Filters
from ypo_dash.stats.wdd import Pair, in_proportion
from ypo_dash.store.workspace import Workspace
from ypo_dash.views.desk_efforts import (
    ENDED,
    PLANNED,
    REVIEW,
    RUNNING,
    by_state,
    fields_of,
    is_on,
    kept_words,
    outcome,
    reviewed,
    state_of,
)
from ypo_dash.views.desk_series import series
from ypo_dash.views.effort import evaluate, sentence
from ypo_dash.views.effort_layer import chosen_sector, effort_features, effort_section, new_address

DAY = date(2012, 11, 26)


@pytest.mark.parametrize(
    ("dates", "day", "state"),
    [
        ({"start": "2012-11-27"}, DAY, PLANNED),
        ({"start": "2012-11-26"}, DAY, RUNNING),
        ({"review": "2012-11-27"}, DAY, RUNNING),
        ({"review": "2012-11-26"}, DAY, REVIEW),
        ({"review": "2012-11-26", "reviewed": "2012-11-26", "result": "r"}, DAY, RUNNING),
        ({"end": "2012-11-26", "review": "2012-12-10"}, DAY, RUNNING),
        ({"end": "2012-11-25", "review": "2012-12-10"}, DAY, REVIEW),  # nobody said what came of it
        ({"end": "2012-11-25", "reviewed": "2012-11-25", "result": "r"}, DAY, ENDED),
        ({"review": "2013-01-01", "end": "2013-01-01"}, date(2012, 12, 31), RUNNING),
        ({"review": "2013-01-01", "end": "2013-01-01"}, date(2013, 1, 1), REVIEW),
        ({"review": "2012-10-28", "end": "2012-12-01"}, date(2012, 10, 28), REVIEW),  # a day of 25 hours
        ({"review": "2012-10-28", "end": "2012-12-01"}, date(2012, 10, 27), RUNNING),
    ],
)  # fmt: skip
def test_how_far_an_effort_is(dates, day, state):
    one = effort(**dates)
    assert state_of(one, day) == state
    assert [s for s, group in by_state([one], day).items() if group] == [state]
    assert is_on(one, day) == (one.start <= str(day) <= one.end)


def test_what_waits_longest_comes_first():
    old, new = effort(key="7/b", review="2012-01-01"), effort(key="7/a", review="2012-02-01")
    assert [e.key for e in by_state([new, old], DAY)[REVIEW]] == ["7/b", "7/a"]


def test_of_ended_ones_the_last_comes_first():
    seen = {"reviewed": "2012-10-01", "result": "r"}
    old = effort(key="7/a", end="2012-03-31", review="2012-03-01", **seen)
    new = effort(key="7/b", end="2012-08-31", review="2012-08-01", **seen)
    assert [e.key for e in by_state([old, new], DAY)[ENDED]] == ["7/b", "7/a"]


def test_without_another_word_it_is_compared_with_the_days_before(demo):
    assert fields_of(effort(before=""), demo.span[1])["before"] == "previous"


def test_its_first_day_is_enough_to_count(demo):
    told = outcome(demo, effort(start="2012-11-25", before="previous"), "en")
    assert (told.why, told.found.effort.period) == ("", (date(2012, 11, 25), date(2012, 11, 25)))


def test_the_numbers_are_the_analysis_and_the_finding_has_its_interval(demo):
    one = effort()
    told = outcome(demo, one, "en")
    given = {"place": "7,8", "against": OTHERS.replace(";", ","), "start": "2011-09-01", "end": "2012-11-25", "before": "year"}  # fmt: skip
    assert fields_of(one, demo.span[1]) == given
    found = evaluate(demo, Filters(types=("VIOLENCE",)), given)
    assert told.found.table() == found.table()
    assert told.words == sentence(found, "en")
    assert (found.verdict, found.scaled.high < 0) == ("fewer", True)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"hours": "22-6"},
        {"types": "", "place": "5", "against": "4;6", "near": "11", "near_against": "12", "start": "2012-03-01", "end": "2012-08-31"},
        {"types": "BURGLARY;VANDALISM", "hours": "7-23", "before": "previous", "start": "2012-06-01"},
    ],
)  # fmt: skip
def test_the_counts_are_pandas_over_the_raw_rows(district, more):
    snapshot = _kept_open(Workspace(district.workspace.home))
    one = effort(**more)
    found = outcome(snapshot, one, "en").found
    assert found is not None
    for part, codes in (("place", one.place), ("against", one.against), ("near", one.near), ("near_against", one.near_against)):  # fmt: skip
        if not codes:
            assert part not in found.counts
            continue
        for period, n in zip((found.effort.before, found.effort.period), found.counts[part][:2], strict=True):  # fmt: skip
            query = f"from={period[0]}&to={period[1]}&sectors={codes.replace(';', ',')}"
            query += f"&types={one.types.replace(';', ',')}" if one.types else ""
            query += f"&hours={one.hours}" if one.hours else ""
            assert n == pytest.approx(district.oracle.total(State.read(query)), abs=1e-6), part
    counts = [Pair(*found.counts[part][:2]) for part in ("place", "against")]
    assert found.scaled == in_proportion(*counts)


def test_hexagons_too(district):
    snapshot = _kept_open(Workspace(district.workspace.home))
    cells = h3.grid_disk("891f0582607ffff", 1)
    against = [
        c for c in h3.grid_disk("891f0582607ffff", 4) if c not in h3.grid_disk("891f0582607ffff", 2)
    ]
    one = effort(
        place=";".join(cells),
        against=";".join(against),
        types="",
        start="2012-01-01",
        before="previous",
    )
    found = outcome(snapshot, one, "en").found
    for codes, pair in ((cells, found.counts["place"]), (against, found.counts["against"])):
        for period, n in zip((found.effort.before, found.effort.period), pair[:2], strict=True):
            counts = district.oracle.by_cell(State.read(f"from={period[0]}&to={period[1]}"))
            assert n == counts.reindex(codes, fill_value=0).sum() > 0


def test_the_command_line_has_the_same_table(district):
    snapshot = _kept_open(Workspace(district.workspace.home))
    one = effort(hours="22-6")
    told = outcome(snapshot, one, "en")
    options = [part for name, value in fields_of(one, snapshot.span[1]).items() for part in (f"--{name.replace('_', '-')}", value)]  # fmt: skip
    printed = district.workspace.ask("query", "effort", "types=VIOLENCE&hours=22-6", *options)
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert [{k: str(v) for k, v in row.items()} for row in told.found.table().records()] == rows


@pytest.mark.parametrize(
    ("more", "why", "words"),
    [
        ({"start": "2012-11-26", "review": "2012-12-01"}, "not_begun", "it begins on 26/11/2012, the data end on 25/11/2012"),
        ({"start": "2013-01-10"}, "not_begun", "it begins on 10/1/2013"),
        ({"against": ""}, "no_comparison", "No comparison is given"),
        ({"start": "2010-01-01", "before": "previous"}, "out_of_reach", "the data begin on 1/9/2009"),
        ({"against": "8;9"}, "out_of_reach", "overlaps"),
    ],
)  # fmt: skip
def test_before_there_is_enough_it_says_why_not(demo, more, why, words):
    told = outcome(demo, effort(**more), "en")
    assert (told.found, told.why) == (None, why)
    assert words in told.words
    kept = told.kept(demo.id)
    assert (kept.why, kept.counts) == (why, {})
    assert kept_words(kept, "en")
    assert "that" not in kept_words(kept, "da")


def test_too_few_is_an_answer(demo):
    told = outcome(demo, effort(place="20", against="19", types="ROBBERY", start="2012-11-12", before="previous"), "en")  # fmt: skip
    assert told.found.verdict == "few"
    assert "too few" in told.words


def test_kept_figures_say_what_was_said_then(demo):
    one = effort()
    told = outcome(demo, one, "da")
    kept = effort(evaluated=told.kept(demo.id).text())
    then = reviewed(demo, kept, "da")
    assert (then.words, then.snapshot, then.moved) == (told.words, demo.id, False)
    assert reviewed(demo, one, "da") is None


def test_another_register_does_not_rewrite_them(demo):
    told = outcome(demo, effort(), "en")
    figures = told.kept("0000aaaa0000")
    before, after = figures.counts["place"]
    other = Evaluated.read(figures.text().replace(f"[{before},{after}]", f"[{before},{after + 3}]"))
    then = reviewed(demo, effort(evaluated=other.text()), "en")
    assert then.moved
    assert then.snapshot == "0000aaaa0000"
    assert then.words.startswith(f"{after + 3} incidents")


def test_figures_that_could_not_be_told_today_have_moved(demo):
    """As where sectors were drawn anew since."""
    kept = outcome(demo, effort(), "en").kept(demo.id)
    assert reviewed(demo, effort(against="8;9", evaluated=kept.text()), "en").moved


def test_days_that_came_since_are_no_move(demo):
    """The review was of the days until summer; what was counted of them is still the same."""
    then = effort(end="2012-06-30", review="2012-06-30")
    kept = outcome(demo, then, "en").kept(demo.id)
    assert not reviewed(demo, effort(evaluated=kept.text()), "en").moved


# The weeks


def test_the_weeks_are_pandas_and_the_marks_are_the_efforts(district):
    snapshot = _kept_open(Workspace(district.workspace.home))
    one = effort(start="2012-03-01", types="THEFT_PERSON;VANDALISM", hours="22-6")
    other = effort(key="7/bb", title="Planned", start="2012-12-03", review="2012-12-20", end="2012-12-24")  # fmt: skip
    found = series(snapshot, one, [one, other], DAY)
    weeks = district.oracle.by_week(State.read("from=2009-01-01&to=2012-11-25&sectors=7&types=THEFT_PERSON,VANDALISM&hours=22-6"))  # fmt: skip
    known = [(s, n) for s, n in zip(found.starts, found.counts, strict=True) if not np.isnan(n)]
    assert len(known) > 40
    assert all(n == pytest.approx(weeks.get(str(s), 0.0), abs=1e-6) for s, n in known)
    assert found.starts[0].weekday() == 0
    chosen, planned = found.marks
    assert found.starts[0] + timedelta(days=7 * chosen.begin) == date(2012, 3, 1)
    assert (chosen.name, chosen.strong, chosen.open) == (one.title, True, False)
    assert round((planned.end - planned.begin) * 7) == 22  # both days count
    assert (planned.strong, planned.open) == (False, True)
    assert found.starts[-1] >= date(2012, 12, 24)  # they are drawn beyond the data, which end there
    assert np.isnan(found.counts[-1])


# The map


def test_the_layer_has_what_runs_and_is_planned(demo):
    cell = "891f0582607ffff"
    ones = [
        effort(), effort(key="3/b", sector="3", place=cell, title="Cell"),
        effort(key="7/c", start="2012-12-01"), effort(key="7/d", end="2012-01-01", reviewed="2012-01-02", result="r"),
    ]  # fmt: skip
    found = effort_features(demo, ones, DAY, "da")["features"]
    by_key = {f["properties"]["key"]: f for f in found}
    assert set(by_key) == {"7/aa", "3/b", "7/c"}
    assert by_key["7/c"]["properties"]["state"] == PLANNED
    drawn = shape(by_key["3/b"]["geometry"])
    ring = shapely.Polygon([(lng, lat) for lat, lng in h3.cell_to_boundary(cell)])
    assert drawn.symmetric_difference(ring).area < 1e-3 * ring.area
    polygons = dict(zip(demo.sector_names, demo.polygons(), strict=True))
    whole = shapely.union_all([polygons["7"], polygons["8"]])
    inside = shape(by_key["7/aa"]["geometry"])
    assert whole.contains(inside)  # its line is told from the border's
    assert inside.area > 0.7 * whole.area
    lat, lng = by_key["3/b"]["properties"]["at"]
    assert drawn.contains(shapely.Point(lng, lat))
    assert (
        by_key["3/b"]["properties"]["href"]
        == "/sector/3?part=efforts&lang=da&effort=3%2Fb#effort-b"
    )


def test_the_side_panel_offers_a_new_one_to_who_may_write(demo):
    filters = Filters.from_query("sectors=7&types=VIOLENCE&hours=22-6&lang=en", demo)
    section = effort_section(demo, filters, [effort()], (DAY, "en", frozenset({"7"})))
    assert [(f.label, f.value) for f in section.facts] == [
        ("Nights in 7 and 8", "until 31/12/2012")
    ]
    assert section.link == ("Start an effort here", "/sector/7?part=efforts&lang=en&new=1&place=7&types=VIOLENCE&hours=22-6#effort-form")  # fmt: skip
    other = effort_section(demo, filters, [effort()], (DAY, "en", frozenset({"8"})))
    assert other.link == ("To the sector's efforts", "/sector/7?part=efforts&lang=en")
    assert effort_section(demo, filters, [], (DAY, "en", frozenset())) is None
    into = effort_section(demo, Filters(sectors=("8",)), [effort()], (DAY, "en", frozenset()))
    assert [f.label for f in into.facts] == ["Nights in 7 and 8"]
    assert into.link == ("To the sector's efforts", "/sector/7?part=efforts")
    assert (
        effort_section(demo, Filters(sectors=("9",)), [effort()], (DAY, "en", frozenset())) is None
    )
    assert effort_section(demo, Filters(), [effort()], (DAY, "en", frozenset({"7"}))) is None


def test_a_hexagon_belongs_to_the_sector_of_its_middle(demo):
    for s, polygon in zip(demo.sector_names, demo.polygons(), strict=True):
        at = polygon.representative_point()
        cell = h3.latlng_to_cell(at.y, at.x, 11)
        lat, lng = h3.cell_to_latlng(cell)
        if polygon.contains(shapely.Point(lng, lat)):
            assert chosen_sector(demo, Filters(cell=cell)) == s
            assert f"place={cell}" in new_address(Filters(cell=cell), s)
