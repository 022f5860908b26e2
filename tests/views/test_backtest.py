"""The back-test on the simulated district: how often flags come, what is found, and why not."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from click.testing import CliRunner
from jinja2 import Environment, FileSystemLoader

from tests.conftest import DATA
from ypo_dash.cli import main
from ypo_dash.i18n import catalogue, number, text
from ypo_dash.model.filters import Filters
from ypo_dash.views.backtest import backtest
from ypo_dash.views.normal import normal_table
from ypo_dash.views.planted import COLUMNS, REASONS, Change, Past, judge_change


@pytest.fixture(scope="module")
def found(demo):
    return backtest(demo)


def test_flags_are_those_of_the_weekly_tables(demo, found):
    """Computed as they would have come: each week from the weeks before it alone."""
    table = normal_table(demo, Filters.from_query("from=2009-09-01", demo)).rows
    flagged = {(row[2], row[0], row[1], row[8]) for row in table if row[8] in ("more", "fewer")}
    assert {(f.week.isoformat(), f.sector, f.type, f.flag) for f in found.flags} == flagged
    known = {row[2] for row in table if row[8] != "history"}
    assert [week.isoformat() for week in found.weeks] == sorted(known)
    assert found.series == 22 * 15
    assert sum(found.per_week) == len(found.flags)
    assert backtest(demo) is found


def test_less_than_one_flag_a_week_without_a_cause(found):
    assert len(found.weeks) == 138
    assert found.unexplained_a_week < 0.2
    assert found.flags_a_week < 1
    assert max(found.per_week) <= 6


def test_what_was_planted(found):
    by_id = {change.id: change for change in found.planted}
    assert list(by_id) == [f"P{i:02d}" for i in range(1, 11)]
    assert (by_id["P01"].first, by_id["P01"].delay) == (date(2012, 11, 5), 2)
    assert by_id["P06"].is_found
    assert by_id["P06"].delay <= 3
    assert by_id["P08"].is_found
    assert by_id["P08"].delay <= 4
    reasons = {key: change.reason for key, change in by_id.items()}
    assert reasons["P05"] == "break"
    assert by_id["P05"].flagged == 0
    assert reasons["P10"] == "control"
    assert by_id["P10"].flagged <= 1
    # One place, one kind of place, one estate: diluted in their sectors.
    assert {reasons["P02"], reasons["P04"], reasons["P07"]} <= {"part", "found", "comparisons"}
    for change in found.planted:
        assert change.reason in REASONS
        assert (change.reason == "found") <= change.is_found
        if change.is_found:
            assert change.start <= change.first + timedelta(days=6)
            assert change.first <= change.end


def test_causes(found):
    causes = {(f.sector, f.type): f.planted for f in found.flags if f.week == date(2012, 11, 19)}
    assert causes["14", "BURGLARY"] == ("P01",)
    assert all("P05" not in flag.planted and "P10" not in flag.planted for flag in found.flags)
    for flag in found.flags:
        if (flag.sector, flag.type) == ("all", "ALL"):
            assert flag.planted == ()


WEEKS = [date(2012, 1, 2) + timedelta(days=7 * i) for i in range(10)]


def past(count, expected, low, high, flag):
    shape = (10, 2, 2)  # a sector and all, a type and all

    def full(value):
        return np.broadcast_to(np.asarray(value, float).reshape(-1, 1, 1), shape)

    return Past(
        starts=tuple(WEEKS), sectors=("1", "all"), types=("FIRE", "ALL"), names=(("", ""),) * 2,
        count=full(count), expected=full(expected), low=full(low), high=full(high),
        flag=full(flag).astype(np.int8),
    )  # fmt: skip


def change(**values):
    usual = {"id": "X", "what": "", "types": ("FIRE",), "sectors": ("1",), "part": False, "start": WEEKS[2], "end": WEEKS[9], "factor": 2.0}  # fmt: skip
    return Change(**(usual | values))


@pytest.mark.parametrize(
    ("weeks", "values", "breaks", "reason"),
    [
        (past(20, 10, 4, 17, [0] * 4 + [3] * 6), {}, (), "found"),
        (past(20, 10, 4, 17, [4] * 10), {}, (), "comparisons"),  # flagged, in the other direction
        (past(20, 10, 4, 17, [2] * 10), {}, (), "comparisons"),
        (past(20, 10, 4, 21, [2] * 10), {}, (), "range"),
        (past(11, 10, 4, 17, [2] * 10), {"part": True}, (), "part"),
        (past(11, 10, 4, 17, [2] * 10), {}, (), "comparisons"),
        (past(1, 0.5, 0, 2, [1] * 10), {}, (), "few"),
        (past(5, 10, 6, 17, [2] * 10), {"factor": 0.7}, (), "range"),
        (past(20, 10, 4, 17, [3] * 10), {"factor": 1.0}, (), "control"),
        (past(20, 10, 4, 17, [3] * 10), {}, {(WEEKS[2], "FIRE")}, "break"),
        (past(20, 10, 4, 17, [3] * 10), {"start": date(2010, 1, 1), "end": date(2010, 3, 1)}, (), "learning"),
    ],
)  # fmt: skip
def test_reasons(weeks, values, breaks, reason):
    found = judge_change(weeks, change(**values), set(breaks))
    assert found.reason == reason
    for lang in ("en", "da"):
        assert "{" not in found.sentence(lang)
    if reason == "found":
        assert (found.first, found.delay, found.flagged) == (WEEKS[4], 3, 6)


def test_every_reason_has_its_danish():
    assert set(REASONS.values()) <= set(catalogue("da"))


def test_table_and_command_line(demo_home, found):
    table = found.table()
    assert table.header == COLUMNS
    assert [row[7] for row in table.rows].count("yes") == sum(c.is_found for c in found.planted)
    result = CliRunner().invoke(main, ["query", "backtest"], env={"YPO_HOME": str(demo_home)})
    assert result.stdout == table.csv()
    assert "138 past weeks of 330 series" in result.stderr


@pytest.mark.parametrize("lang", ["en", "da"])
def test_its_part_of_a_page(found, lang):
    folder = DATA.parent / "ypo_dash/pages/templates"
    pages = Environment(loader=FileSystemLoader(folder), autoescape=True)
    shown = pages.get_template("analysis_backtest.html").render(
        backtest=found,
        t=lambda said, **values: text(lang, said, **values),
        n=lambda value, decimals=None: number(value, lang, decimals),
        lang=lang,
    )
    assert found.sentence(lang) in shown
    assert all(change.what in shown and change.sentence(lang) in shown for change in found.planted)
