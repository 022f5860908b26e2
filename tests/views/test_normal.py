"""Normal for this week: counts by pandas, the family of tests, sentences, the band, what is left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely
from click.testing import CliRunner
from jinja2 import Environment, FileSystemLoader
from scipy.stats import false_discovery_control

from app import create_app
from tests.conftest import DATA
from tests.views.test_staffing_safety_oracle import polygons
from ypo_dash.cli import main
from ypo_dash.i18n import number, text
from ypo_dash.model.district import District
from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.stats.normal_range import FLAGS
from ypo_dash.store.inputs import polygons_from
from ypo_dash.store.query import summarise
from ypo_dash.store.reader import open_snapshot
from ypo_dash.store.workspace import Workspace, sector_layers
from ypo_dash.views import judged as judging
from ypo_dash.views.judged import judge
from ypo_dash.views.normal import COLUMNS, completeness, normal, normal_table
from ypo_dash.views.usual import BAND_WEEKS, band, latest_week

LAST_FOUR = ["2012-10-29", "2012-11-05", "2012-11-12", "2012-11-19"]


def rows_of(demo, state):
    table = normal_table(demo, Filters.from_query(state, demo))
    assert table.header == COLUMNS
    return table.rows


def test_counts_equal_pandas_over_the_raw_file(demo, incidents):
    rows = rows_of(demo, "")
    assert len(rows) == 4 * 22 * 15
    assert sorted({row[2] for row in rows}) == LAST_FOUR
    day = pd.to_datetime(incidents["time_from"]).dt.normalize()
    monday = (day - pd.to_timedelta(day.dt.day_of_week, unit="D")).dt.strftime("%Y-%m-%d")
    shapes = {str(s.sector_id): s.shape for s in polygons("sectors.geojson").itertuples()}
    for week in LAST_FOUR:
        here = incidents[monday == week]
        counts = {("all", "ALL"): len(here)}
        counts |= {("all", kind): n for kind, n in here["type"].value_counts().items()}
        for sector, shape in shapes.items():
            inside = here[shapely.contains_xy(shape, here["lon"], here["lat"])]
            counts |= {(sector, kind): n for kind, n in inside["type"].value_counts().items()}
            counts[sector, "ALL"] = len(inside)
        found = {(row[0], row[1]): row[3] for row in rows if row[2] == week}
        assert found == {key: counts.get(key, 0) for key in found}


def test_what_a_row_says(demo):
    for _, _, _, count, expected, low, high, q, flag in rows_of(demo, ""):
        assert flag in FLAGS
        assert low <= expected <= high or expected < 1
        assert (q == "") == (flag in ("few", "history"))
        if flag in ("more", "fewer"):
            assert q < 0.05
            assert count > high if flag == "more" else count < low
        if flag == "none":
            assert q >= 0.05


def test_the_burglaries_before_christmas_are_found(demo):
    """P01: three times as many burglaries in sector 14 from 2/11/2012 on."""
    flags = {row[2]: row[8] for row in rows_of(demo, "types=BURGLARY&sectors=14")}
    assert flags == dict(zip(LAST_FOUR, ["none", "more", "more", "more"], strict=True))
    nothing = rows_of(demo, "sectors=20&from=2012-10-01")
    assert {row[8] for row in nothing} <= {"none", "few"}


def test_the_family_is_all_series_whatever_is_shown(demo):
    every = {row[:3]: row for row in rows_of(demo, "")}
    for state in ("types=BURGLARY", "sectors=14", "station=NW&types=FIRE,VANDALISM"):
        some = rows_of(demo, state)
        assert some == [every[row[:3]] for row in some]
        assert len(some) < len(every)
    only = rows_of(demo, "types=BURGLARY,FIRE&sectors=14,20")
    assert {row[0] for row in only} == {"14", "20"}  # no "all": the state leaves not all of them
    assert {row[1] for row in only} == {"BURGLARY", "FIRE"}


def test_q_is_over_all_sectors_and_types_of_a_week(demo):
    counts, found = judge(demo, Filters(), [168])
    of = found[168]
    again = judging.ranges(
        judging.with_totals(counts.counts, 21),
        judging.design_of(demo, counts, judging.breaks_of(demo)),
        judging.concerns_of(demo, judging.breaks_of(demo)),
        [168],
    ).p[0]
    tested = 0
    for small in (False, True):  # by what was expected before the week
        family = (4 * of.expected[:-1, :-1] < 5) == small
        expected = false_discovery_control(again[:-1, :-1][family])
        assert of.q[:-1, :-1][family] == pytest.approx(expected)
        tested += len(expected)
    assert tested == 21 * 14
    totals = np.concatenate([again[:-1, -1], again[-1, :]])
    expected = false_discovery_control(totals)
    assert np.concatenate([of.q[:-1, -1], of.q[-1, :]]) == pytest.approx(expected)


def test_few_is_under_five_in_four_weeks(demo):
    of = {row[:3]: row for row in rows_of(demo, "from=2012-09-01")}
    weeks = sorted({key[2] for key in of})
    checked = 0
    for sector, kind in {key[:2] for key in of}:
        last = [of[sector, kind, week] for week in weeks[-4:]]
        row = last[-1]
        small = sum(r[3] for r in last) < 5 and 4 * row[4] < 5
        assert (row[8] == "few") == small
        checked += small
    assert checked > 100


def test_only_whole_weeks_within_the_period(demo):
    assert {r[2] for r in rows_of(demo, "from=2012-11-06&to=2012-11-24")} == {"2012-11-12"}
    assert rows_of(demo, "from=2012-11-20&to=2012-12-31") == []
    assert {r[2] for r in rows_of(demo, "from=2012-11-12&to=2013-01-31")} == {"2012-11-12", "2012-11-19"}  # fmt: skip
    # Sunday's night ends on Monday 26/11, of which there are no data.
    assert {r[2] for r in rows_of(demo, "from=2012-11-12&hours=22-6")} == {"2012-11-12"}


def test_the_first_weeks_have_too_little_history(demo):
    rows = rows_of(demo, "from=2009-09-01&to=2010-04-11&types=BURGLARY&sectors=14")
    assert [row[8] for row in rows[:-1]] == ["history"] * 30
    assert rows[0][2:] == ("2009-09-07", rows[0][3], "", "", "", "", "history")
    assert rows[-1][2] == "2010-04-05"
    assert rows[-1][8] in ("none", "few")


def test_hours_and_scenes_make_a_family_of_their_own(demo):
    day, night = (
        {row[:3]: row for row in rows_of(demo, f"from=2012-11-12&to=2012-11-18{hours}")}
        for hours in ("", "&hours=22-6")
    )
    both = [key for key in day if day[key][3]]
    assert any(night[key][3] < day[key][3] for key in both)
    total = night["all", "ALL", "2012-11-12"]
    assert total[3] != int(total[3])  # a sum of weights
    state = Filters.from_query("from=2012-11-12&to=2012-11-18&hours=22-6", demo)
    assert total[3] == pytest.approx(summarise(demo, state).total, abs=1e-5)
    assert total[5] < total[4] < total[6]


def test_what_is_said_of_the_latest_week(demo):
    found = normal(demo, Filters(), "en")
    assert (found.week, found.tested, found.history) == (date(2012, 11, 19), 330, 0)
    rows = {row[:2]: row for row in rows_of(demo, "from=2012-11-19")}
    assert found.few == sum(row[8] == "few" for row in rows.values())
    flagged = [row for row in rows.values() if row[8] in ("more", "fewer")]
    assert {(f.sector, f.type) for f in found.findings} == {row[:2] for row in flagged}
    burglary = next(f for f in found.findings if (f.sector, f.type) == ("14", "BURGLARY"))
    row = rows["14", "BURGLARY"]
    assert burglary.sentence == (
        f"Burglary in sector 14: {row[3]} in the week of 19/11, {row[5]}–{row[6]} would be normal."
    )
    danish = normal(demo, Filters(), "da")
    assert f"Indbrud i sektor 14: {row[3]} i ugen fra 19/11" in danish.findings[0].sentence
    quiet = normal(demo, Filters.from_query("sectors=20", demo), "en")
    assert quiet.findings == ()
    assert quiet.sentences[0] == "Nothing stands out."
    assert quiet.tested == 330
    assert not any("holidays are known" in said for said in found.sentences)


def test_a_week_whose_reports_are_still_coming_is_provisional(demo, monkeypatch):
    latest = normal(demo, Filters(), "en")
    assert latest.provisional
    assert 0.7 < latest.complete < 0.95
    assert any("provisional" in said for said in latest.sentences)
    old = normal(demo, Filters.from_query("from=2012-06-01&to=2012-07-01", demo), "en")
    assert not old.provisional
    assert old.complete > 0.98
    assert completeness(demo, date(2012, 11, 12)) > completeness(demo, date(2012, 11, 19))
    # Where reports have no date, a week that ended less than 7 days before the data do.
    monkeypatch.setattr("ypo_dash.views.normal.report_share", lambda _: None)
    assert normal(demo, Filters(), "en").provisional
    before = normal(demo, Filters.from_query("to=2012-11-18", demo), "en")
    assert (before.week, before.provisional, before.complete) == (date(2012, 11, 12), False, None)


def test_what_police_find_is_labelled(demo, monkeypatch):
    types = list(demo.taxonomy.offence)

    def flagged(snapshot, filters, weeks):
        counts, found = judge(snapshot, filters, weeks)
        of = found[weeks[0]]
        flag, q = of.flag.copy(), of.q.copy()
        flag[4, types.index("WEAPONS")] = FLAGS.index("fewer")
        q[4, types.index("WEAPONS")] = 0.001
        return counts, {weeks[0]: replace(of, flag=flag, q=q)}

    monkeypatch.setattr("ypo_dash.views.normal.judge", flagged)
    found = normal(demo, Filters(), "en")
    assert [f.police for f in found.findings if f.type == "WEAPONS"] == [True]
    assert "What the police find themselves shows where they looked." in found.sentences
    assert "Fewer may only mean that reports are still to come." in found.sentences


@pytest.mark.parametrize(
    "state", ["", "types=BURGLARY&sectors=14", "station=NE&hours=22-6", "types=HARASSMENT"]
)
def test_the_band_is_of_the_states_own_total(demo, state):
    filters = Filters.from_query(state, demo)
    found = band(demo, filters)
    chart = summarise(demo, filters).weeks_context
    assert found.count.tolist() == chart[: len(found.count)].tolist()
    known = ~np.isnan(found.expected)
    assert known.sum() == BAND_WEEKS
    assert (found.low[known] <= found.high[known]).all()
    inside = (found.count >= found.low) & (found.count <= found.high)
    assert inside[known].mean() > 0.85
    assert known[-BAND_WEEKS - 1 :].sum() == BAND_WEEKS  # a week cut short by the data has none


def test_the_band_of_everything_is_the_districts_range(demo):
    found = band(demo, Filters())
    row = next(row for row in rows_of(demo, "from=2012-11-19") if row[:2] == ("all", "ALL"))
    assert found.starts[-1] == date(2012, 11, 19)
    assert found.count[-1] == row[3]
    assert found.expected[-1] == pytest.approx(row[4], rel=1e-3)
    assert (found.low[-1], found.high[-1]) == row[5:7]
    cell = band(demo, Filters.from_query("cell=891f05a6a97ffff", demo))  # a hexagon has a band too
    assert len(cell.count) == len(found.count)


def test_what_is_refused(demo):
    with pytest.raises(FilterError, match="sectors and types"):
        normal_table(demo, Filters.from_query("cell=891f05a6a97ffff", demo))
    for ask in (normal_table, band):
        with pytest.raises(FilterError, match="tier"):
            ask(demo, Filters(tier="partner"))


def test_without_any_incidents(tmp_path):
    layers = {key: (".csv", (DATA / f"{key}.csv").read_bytes()) for key in ("offences", "scenes")}
    layers |= sector_layers(polygons_from(DATA / "sectors.geojson", "sectors", {}))
    space = Workspace.create(tmp_path / "home", District.read(DATA / "district.toml"), layers)
    empty = open_snapshot(space)
    assert normal_table(empty, Filters()).rows == []
    assert normal(empty, Filters(), "en").week is None
    assert len(band(empty, Filters()).count) == 0


def test_command_line_and_export_say_the_same(demo, demo_home):
    state = "from=2012-11-12&sectors=14&types=BURGLARY"
    result = CliRunner().invoke(main, ["query", "normal", state], env={"YPO_HOME": str(demo_home)})
    table = normal_table(demo, Filters.from_query(state, demo)).csv()
    assert result.stdout == table
    assert "Burglary in sector 14: " in result.stderr
    answer = create_app(demo_home).server.test_client().get(f"/export/normal.csv?{state}")
    assert answer.status_code == 200
    assert answer.text == table
    assert answer.headers["X-Snapshot"] == demo.id


@pytest.mark.parametrize("lang", ["en", "da"])
def test_its_part_of_a_page(demo, lang):
    folder = DATA.parent / "ypo_dash/pages/templates"
    pages = Environment(loader=FileSystemLoader(folder), autoescape=True)
    words = {
        "t": lambda said, **values: text(lang, said, **values),
        "n": lambda value, decimals=None: number(value, lang, decimals),
        "lang": lang,
    }
    found = normal(demo, Filters(), lang)
    shown = pages.get_template("analysis_normal.html").render(normal=found, **words)
    for finding in found.findings:
        assert finding.sentence in shown
    assert all(said in shown for said in found.sentences)
    none = normal(demo, Filters.from_query("from=2012-11-20", demo), lang)
    assert none.sentences[0] in pages.get_template("analysis_normal.html").render(
        normal=none, **words
    )


def test_the_latest_week_in_a_sentence(demo):
    found = normal(demo, Filters(), "en")
    said = latest_week(demo, Filters(), "en")
    assert said.startswith(found.findings[0].sentence)
    assert (said == found.findings[0].sentence) == (len(found.findings) == 1)
    quiet = Filters.from_query("sectors=20&types=FIRE", demo)
    assert latest_week(demo, quiet, "en") == "The week of 19/11: nothing beyond the normal."
    assert latest_week(demo, Filters.from_query("cell=891f05a6a97ffff", demo), "en") == ""
