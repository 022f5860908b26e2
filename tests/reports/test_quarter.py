"""The quarter's numbers on paper: those of ``ypo query``, of the raw files, and of plain pandas."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

import pandas as pd
import pytest

from tests.oracle import State
from tests.printed import poppler, printed, text_of
from tests.reference.test_simulated import random_state
from tests.reports.test_fortnight import near
from tests.test_same_numbers import shown
from tests.views.test_staffing_safety_oracle import expected_safety, expected_staffing
from ypo_dash.i18n import format_date
from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.model.plan import SetFactor
from ypo_dash.model.tiers import Range
from ypo_dash.people.plans import NOTHING_EDITED, Edited
from ypo_dash.reports import staffing_blocks
from ypo_dash.reports.document import Beside, TableBlock
from ypo_dash.reports.kinds import dated, document
from ypo_dash.reports.printing import Printing
from ypo_dash.store.reader import Store
from ypo_dash.store.workspace import Workspace
from ypo_dash.views.disclosure import published
from ypo_dash.views.quarters import quarter_counts
from ypo_dash.views.survey import survey_of
from ypo_dash.views.workbench import workbench_table

NOW = datetime(2012, 11, 26, 6, 45, tzinfo=UTC)
SEEDS = range(12)


@pytest.fixture(scope="module")
def snapshot(district):
    return Store(Workspace(district.workspace.home)).snapshot()


def made(snapshot, query, **more):
    printing = Printing(**{"printed_by": "a test", "now": NOW, "points": frozenset(snapshot.sector_names), **more})  # fmt: skip
    filters = dated(snapshot, "quarter", Filters.from_query(query, snapshot))
    return document(snapshot, "quarter", replace(filters, lang=filters.lang or "en"), printing)


def tables(found):
    """All tables of a document, those side by side too."""

    def inside(blocks):
        for block in blocks:
            if isinstance(block, TableBlock):
                yield block
            elif isinstance(block, Beside):
                yield from inside((*block.left, *block.right))

    return [table for page in found.pages for table in inside(page.blocks)]


def table_with(found, column):
    (table,) = [t for t in tables(found) if column in [c.name for c in t.columns]]
    return table


def dash(value, decimals=0):
    """A number as English pages show it; a minus, and a dash for none."""
    if value == "" or pd.isna(value):
        return "–"
    whole = decimals == 0 and float(value).is_integer()
    text = shown(abs(round(float(value), 6)), masked=not whole)  # files carry six digits
    return ("−" if value < 0 and text.strip("0.") else "") + text


def quarter_state(seed, city):
    """A random state, its dates those of whole quarters."""
    rng = random.Random(3092012 + seed)
    given = dict(pair.split("=", 1) for pair in random_state(rng, city).split("&"))
    given = {k: v.replace("%2C", ",") for k, v in given.items() if k != "station"}
    first = date(rng.choice([2010, 2011, 2012]), rng.choice([1, 4, 7]), 1)
    last = first.replace(month=first.month + 3) - timedelta(days=1)
    return urlencode(given | {"from": first, "to": last}, safe=",")


@pytest.mark.parametrize("seed", SEEDS)
def test_crime_is_that_of_plain_pandas(district, snapshot, seed):
    poppler("pdftotext")
    query = quarter_state(seed, district)
    oracle, state = district.oracle, State.read(query)
    masked = bool(state.hours or state.days)
    found = made(snapshot, query)
    sheet = text_of(printed(found))
    before = replace(state, first=back(state.first, 3), last=state.first - timedelta(days=1))
    ago = replace(state, first=back(state.first, 12), last=end(back(state.first, 12)))
    head = f"Q{(state.first.month + 2) // 3} {state.first.year}"
    crime = [t for t in tables(found) if head in [c.name for c in t.columns]]
    stations = [st for st in ("NE", "NW", "F") if in_state(oracle, state, st)]
    assert len(crime) == (1 + len(stations) if len(stations) > 1 else 1), query
    places = [None, *stations] if len(crime) > 1 else [None]
    for table, station in zip(crime, places, strict=True):
        of = [replace(s, station=station) if station else s for s in (state, before, ago)]
        counts = [oracle.by_type(s) for s in of]
        known = [True, *(oracle.span[0] <= s.first for s in (before, ago))]
        names = {o.name("en"): o.code for o in snapshot.taxonomy.offences}
        for row in table.rows[:-1]:
            for cell, by_type, is_known in zip(row[2:], counts, known, strict=True):
                wanted = near(by_type.get(names[row[1]], 0), masked) if is_known else {"–"}
                assert cell in wanted, (query, station, row)
            line = r"[^\S\n]+".join(re.escape(part) for part in " ".join(row).split())
            assert re.search(line, sheet), (query, row)
        assert table.rows[-1][2] in near(oracle.total(of[0]), masked), (query, station)


def back(first, months):
    whole = 12 * first.year + first.month - 1 - months
    return date(whole // 12, whole % 12 + 1, 1)


def end(first):
    return back(first, -3) - timedelta(days=1)


def in_state(oracle, state, station):
    inside = set(oracle.sectors.loc[oracle.sectors["station"] == station, "id"])
    return not state.sectors or bool(inside & state.sectors)


def test_the_random_states_are_no_empty_exercise(district):
    totals = [district.oracle.total(State.read(quarter_state(seed, district))) for seed in SEEDS]
    assert sum(total > 0 for total in totals) > len(SEEDS) / 2


@pytest.mark.parametrize("place", ["", "station=NW", "sectors=3,5,16"])
def test_staffing_is_that_of_the_files_and_of_query(demo, place):
    table = table_with(made(demo, place), "Reported per 1,000 a year")
    rows = {row[0]: row for row in table.rows if row[0]}
    asked = workbench_table(demo, "staffing", place, NOTHING_EDITED)[0].records()
    by_files = expected_staffing({}).set_index("sector_id")
    assert set(rows) == {row["sector_id"] for row in asked}
    for row in asked:
        cells, mine = rows[row["sector_id"]], by_files.loc[int(row["sector_id"])]
        for source in (row, mine):
            assert cells[1:3] == (source["name"], dash(source["population"]))
            assert cells[4] == dash(source["factor"])
            assert cells[5] == dash(source["need"], 1)
            assert cells[6] == dash(source["posts"])
            assert cells[7] == dash(source["gap"], 1)
            assert cells[8] == dash(source["allocation"])
    sums = {row[1]: row for row in table.rows if not row[0]}
    if not place:
        for station, name in (("NE", "North-East"), ("NW", "North-West"), ("F", "Frederiksberg")):
            of = by_files[by_files["station"] == station].sum(numeric_only=True)
            cells = sums[f"Local station {name}"]
            assert (cells[2], cells[5], cells[6], cells[7]) == (dash(of["population"]), dash(round(of["need"], 6), 1), dash(of["posts"]), dash(round(of["gap"], 6), 1))  # fmt: skip
        assert sums["All"][5] == dash(round(by_files["need"].sum(), 6), 1)
        assert sums["All"][6] == "42"


def test_reports_are_those_of_the_quarter_scaled_to_a_year(demo, incidents):
    day = pd.to_datetime(incidents["time_from"]).dt.date
    kinds = [
        o.code
        for o in demo.taxonomy.offences
        if o.detection != "police_initiated" and o.code != "OTHER"
    ]
    quarter = incidents[day.between(date(2012, 7, 1), date(2012, 9, 30)) & incidents["type"].isin(kinds)]  # fmt: skip
    shape = next(s for s in demo.sectors if s.id == "5")
    polygon = demo.polygons()[[s.id for s in demo.sectors].index("5")]
    inside = sum(polygon.intersects(p) for p in points(quarter))
    rate = 1000 * inside / shape.population * 365.25 / 92
    row = next(r for r in table_with(made(demo, ""), "Reported per 1,000 a year").rows if r[0] == "5")  # fmt: skip
    assert row[3].split(" ")[0] == shown(rate, masked=True)


def points(frame):
    import shapely

    return shapely.points(frame["lon"].to_numpy(), frame["lat"].to_numpy())


def test_safety_is_that_of_the_files_and_of_query(demo, incidents):
    from tests.conftest import DATA

    table = table_with(made(demo, ""), "Evening and night")
    survey = pd.read_csv(DATA / "survey.csv").assign(weight=1.0)
    by_files = expected_safety(survey, incidents).query("year == 2012").set_index("area_id")
    asked = {row["area_id"]: row for row in workbench_table(demo, "safety", "year=2012", NOTHING_EDITED)[0].records()}  # fmt: skip
    assert len(table.rows) == 35
    none = 0
    for row in table.rows:
        if row[0] not in asked:
            assert row[2:5] == ("–", "no survey", "no survey")
            assert row[-1] == "no index"
            none += 1
            continue
        for source in (asked[row[0]], by_files.loc[int(row[0])]):
            assert row[2] == str(source["n"])
            for cell, name in ((row[3], "unsafe"), (row[4], "unsafe_night")):
                value, low, high = (
                    dash(round(100 * source[f"{name}{part}"])) for part in ("", "_low", "_high")
                )
                found = re.fullmatch(r"(\d+) % \((\d+)–(\d+) %\)", cell)
                assert found is not None
                assert found.groups() == (value, low, high), (row[0], cell)
            assert row[-2].split(" ")[0] == dash(round(float(source["index"])))
    assert none == 6


def test_no_change_is_claimed_that_the_test_does_not_show(demo):
    table = table_with(made(demo, ""), "Evening and night")
    at = [c.name for c in table.columns].index("In words")
    changes = {c.area.id: c for c in survey_of(demo, NOTHING_EDITED.index).changes(2012, 2011, "holm") if c.measure == "unsafe"}  # fmt: skip
    for row in table.rows:
        change = changes.get(row[0])
        if change is None:
            assert row[at] == "–"
        elif change.is_shown:
            assert row[at] == ("higher" if change.difference > 0 else "lower")
        else:
            assert row[at] == "not demonstrable"


def test_a_place_without_a_survey_says_so(demo):
    sheet = text_of(printed(made(demo, "sectors=18")))
    assert "No index: the survey does not cover these sectors: 18. That is not zero." in sheet
    assert "feel unsafe" not in sheet


def test_set_factors_stand_with_reason_and_approver_and_what_waits(demo):
    held = SetFactor(factor=1, reason="The square at night", approved_by="B. Boss", date="2012-10-01", version=2, wanted={"factor": 3})  # fmt: skip
    sheet = text_of(printed(made(demo, "station=NE", edited=Edited(factors={"5": held}))))
    assert re.search(r"5\s+Mimersgade & Mjølnerparken\s+1\s+The square at night\s+B\. Boss\s+1/10/2012", sheet)  # fmt: skip
    assert "Sector 5: factor 3 is asked for and waits for approval." in sheet


def test_dates(demo):
    def dates(query):
        found = dated(demo, "quarter", Filters.from_query(query, demo))
        return found.date_from, found.date_to

    third = (date(2012, 7, 1), date(2012, 9, 30))
    assert dates("") == third  # the data end in November
    assert dates("from=2012-07-01") == dates("to=2012-09-30") == third
    assert dates("from=2011-10-01&to=2012-09-30") == (date(2011, 10, 1), date(2012, 9, 30))


@pytest.mark.parametrize(
    ("query", "parameter", "remedy"),
    [
        ("from=2012-07-02", "from", "2012-07-01"),
        ("from=2012-08-01&to=2012-09-30", "from", "2012-07-01"),
        ("from=2012-07-01&to=2012-08-31", "to", "2012-09-30"),
        ("to=2012-12-30", "to", "2012-12-31"),
    ],
)
def test_what_is_no_quarter_is_refused_with_a_remedy(demo, query, parameter, remedy):
    with pytest.raises(FilterError) as error:
        dated(demo, "quarter", Filters.from_query(query, demo))
    assert error.value.parameter == parameter
    assert remedy in error.value.problem()
    day = format_date(date.fromisoformat(remedy), "da")
    assert all(day in error.value.problem(lang) for lang in ("da", "en"))


@pytest.mark.parametrize("lang", ["da", "en"])
def test_every_sheet_stands_alone(demo, lang):
    sheets = text_of(printed(made(demo, f"lang={lang}"))).strip("\f").split("\f")
    assert len(sheets) == 4
    day = {"da": "søndag 30/9/2012", "en": "Sunday 30/9/2012"}[lang]
    for sheet in sheets:
        for words in (demo.district.name, demo.id, day, "a test"):
            assert words in sheet


def test_partners_get_ranges_of_whole_months_and_no_survey(demo):
    found = made(demo, "tier=partner")
    sheet = text_of(printed(found))
    wanted = published(demo, Filters.from_query("tier=partner&from=2012-07-01&to=2012-09-30", demo), "en")  # fmt: skip
    table = table_with(found, "Per 1,000 inhabitants")
    groups = [list(codes) for codes in demo.taxonomy.groups.values()]
    at = {code: i for i, (code, _) in enumerate(wanted.columns)}
    assert len(table.rows) == len(wanted.rows)
    for row, source in zip(table.rows, wanted.rows, strict=True):
        sums = [sum((source.values[at[c]] for c in codes), Range(0, 0)) for codes in groups]
        assert list(row[2:-2]) == [n.text("en") for n in sums]
        assert row[-2] == source.total.text("en")
    assert "For named partners" in sheet
    assert "unsafe" not in sheet.lower()
    assert "Simuleret:" not in sheet  # the reasons of factors
    assert not [t for t in tables(found) if "Reported per 1,000 a year" in [c.name for c in t.columns]]  # fmt: skip


def test_a_quarter_that_the_data_hold_in_part_is_not_compared(demo):
    filters = Filters.from_query("from=2012-10-01&to=2012-12-31", demo)
    found = quarter_counts(demo, filters)
    assert found.all.count > 0
    assert (found.previous, found.year) == (None, None)
    assert {(row.previous, row.year) for row in (*found.rows, found.all)} == {(None, None)}


def test_more_bars_than_a_sheet_has_room_for_are_no_chart(demo, monkeypatch):
    """A block beside another can't break: what is taller than a sheet would be cut off."""

    def beside(found):
        return [block for page in found.pages for block in page.blocks if isinstance(block, Beside)]

    monkeypatch.setattr(staffing_blocks, "_MOST_PAIRS", 2)
    many = made(demo, "from=2012-07-01&to=2012-09-30")
    monkeypatch.setattr(staffing_blocks, "_MOST_PAIRS", 3)
    by_station = made(demo, "from=2012-07-01&to=2012-09-30")
    assert len(beside(by_station)) == len(beside(many)) + 1
    assert "Need by the model and posts available, two bars each." not in str(many)
    assert "Map of the sectors by need beyond the posts" in str(many)
    assert any("Share by need" in str(table.columns) for table in tables(many))
