"""The fortnight's numbers on paper against plain pandas over the same incidents, and its dates."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

import pandas as pd
import pytest

from tests.figures.samples import SVG, parsed
from tests.oracle import State
from tests.printed import poppler, printed, text_of
from tests.reference.test_simulated import random_state
from tests.test_same_numbers import shown
from ypo_dash.i18n import format_date
from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.model.plan import SetFactor
from ypo_dash.people.plans import Edited
from ypo_dash.reports.document import Heading, TableBlock
from ypo_dash.reports.fortnight import fortnight, with_fortnight
from ypo_dash.reports.printing import Printing
from ypo_dash.reports.sector_blocks import heat_table
from ypo_dash.store.query import summarise
from ypo_dash.store.reader import Store
from ypo_dash.store.workspace import Workspace
from ypo_dash.views.by_day import weeks_by_day
from ypo_dash.views.normal import normal_table

NOW = datetime(2012, 11, 26, 6, 45, tzinfo=UTC)
COUNT = r"(?:\d[\d.,]*|–)"
FOUNDING = "sectors=5&from=2012-11-05&to=2012-11-18"


@pytest.fixture(scope="module")
def snapshot(district):
    return Store(Workspace(district.workspace.home)).snapshot()


def printing(snapshot, **more):
    return Printing(**{"printed_by": "a test", "now": NOW, "points": frozenset(snapshot.sector_names), **more})  # fmt: skip


def made(snapshot, query, **more):
    filters = with_fortnight(snapshot, Filters.from_query(query, snapshot))
    return fortnight(snapshot, filters, filters.lang or "en", printing(snapshot, **more))


def counts_after(sheet, *words):
    """The counts that stand behind words on one line of a print."""
    parts = r"[^\S\n]+".join(re.escape(part) for word in words for part in word.split())
    found = re.search(rf"(?<!\S){parts}((?:[^\S\n]+{COUNT})+)(?!\S)", sheet)
    assert found is not None, (words, sheet)
    return found[1].split()


def table_under(document, heading):
    """The first table below a heading."""
    (page,) = document.pages
    at = [i for i, b in enumerate(page.blocks) if isinstance(b, Heading) and b.text == heading]
    assert len(at) == 1, heading
    return next(b for b in page.blocks[at[0] :] if isinstance(b, TableBlock))


def one_sector(seed, city):
    """A random state of one sector of the busier ones, with both dates."""
    rng = random.Random(8112012 + seed)
    given = dict(pair.split("=", 1) for pair in random_state(rng, city).split("&"))
    given = {k: v.replace("%2C", ",") for k, v in given.items() if k not in ("station", "cell")}
    if "scenes" in given:
        given.pop("types", None)  # both would leave next to nothing of one sector
    busiest = city.oracle.rows["sector"].value_counts().index
    given["sectors"] = rng.choice(list(busiest[:8]))
    # Two weeks, now and then more; every fourth is not wholly in the data, and compared with nothing.
    begin = date(2012, 11, 18 if seed % 4 == 3 else 8) - timedelta(days=7 * rng.randrange(2 if seed % 4 == 3 else 40))  # fmt: skip
    given |= {"from": begin, "to": begin + timedelta(days=rng.choice([13, 13, 27, 41]))}
    return urlencode(given, safe=",")


def moved(state, by):
    return replace(state, first=state.first + by, last=state.last + by)


def is_covered(state, oracle):
    return oracle.span[0] <= state.first and state.last <= oracle.span[1]


def year_before(state):
    if (state.last - state.first).days < 14:
        return moved(state, timedelta(days=-364))
    try:
        return replace(state, first=state.first.replace(year=state.first.year - 1), last=state.last.replace(year=state.last.year - 1))  # fmt: skip
    except ValueError:
        return None


def near(value, masked):
    """What a count may be shown as: the sums of six digits may differ in the last of them."""
    return {shown(round(abs(float(value) + step), 6), masked) for step in (0, 2e-5, -2e-5)}


SEEDS = range(10)


@pytest.mark.parametrize("seed", SEEDS)
def test_numbers_are_those_of_plain_pandas(district, snapshot, seed):
    poppler("pdftotext")
    query = one_sector(seed, district)
    oracle, state = district.oracle, State.read(query)
    masked = bool(state.hours or state.days)
    document = made(snapshot, query)
    sheet = text_of(printed(document))

    length = (state.last - state.first).days + 1
    step = timedelta(days=7 * -(-length // 7))
    before = [moved(state, -step * k) for k in range(1, 5)]
    ago = year_before(state)
    now = oracle.by_type(state)
    whole = is_covered(state, oracle)
    first = oracle.by_type(before[0]) if whole and is_covered(before[0], oracle) else None
    four = [oracle.by_type(s) for s in before] if whole and all(is_covered(s, oracle) for s in before) else None  # fmt: skip
    year = oracle.by_type(ago) if whole and ago and is_covered(ago, oracle) else None
    for offence in snapshot.taxonomy.offences:
        if state.types and offence.code not in state.types:
            continue
        cells = counts_after(sheet, offence.letter, offence.name("en"))
        wanted = [now, first, year]
        for cell, counts in zip([cells[0], cells[1], cells[3]], wanted, strict=True):
            if counts is None:
                assert cell == "–", (query, offence.code)
            else:
                assert cell in near(counts.get(offence.code, 0), masked), (query, offence.code)
        if four is None:
            assert cells[2] == "–"
        else:
            mean = sum(counts.get(offence.code, 0) for counts in four) / 4
            assert cells[2] in near(mean, masked=True), (query, offence.code)
    total = oracle.total(state)
    assert counts_after(sheet, "All")[0] in near(total, masked), query

    rows = oracle.incidents(state)
    if len(rows):
        check_scenes(document, snapshot, oracle.by_scene(state), masked)
        check_hours(sheet, oracle.by_hour(state))
    else:
        assert "By weekday and hour" not in sheet
    check_days(document, oracle, state, masked)
    if 0 < len(rows) <= 240:
        listed = table_under(document, "Incidents").rows
        times = sorted(rows["start"])
        assert len(listed) == len(times), query
        local = pd.to_datetime(times[0], unit="s", utc=True).tz_convert(oracle.zone)
        assert f"{local.day}/{local.month}/{local.year} {local:%H:%M}" in listed[0][1]


def check_scenes(document, snapshot, by_scene, masked):
    (page,) = document.pages
    names = {s.code: s.name("en") for s in snapshot.taxonomy.scenes}
    at = next(i for i, b in enumerate(page.blocks) if isinstance(b, Heading) and b.text == "By scene")  # fmt: skip
    beside = page.blocks[at + 1]
    rows = [*beside.left[0].rows, *beside.right[0].rows]
    wanted = {names[code]: count for code, count in by_scene.items()}
    other = 0
    for name, count in rows[:-1]:
        found = re.fullmatch(r"(\d+) other scenes", name)
        if found:
            other = int(found[1])
            left = sum(wanted.values())
            assert count in near(left, masked)
            assert other == len(wanted)
            wanted = {}
        else:
            assert count in near(wanted.pop(name), masked), name
    assert not wanted
    assert rows[-1][0] == "All"
    assert rows[-1][1] in near(by_scene.sum(), masked)


def check_hours(sheet, by_hour):
    """The numbers of each weekday's line; below 0.05 nothing is written."""
    part = sheet[sheet.index("By weekday and hour") :]
    for day, name in enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")):  # fmt: skip
        line = re.search(rf"^\f?{name}\b(.*)$", part, re.MULTILINE)
        numbers = line[1].split() if line else []
        values = list(by_hour.iloc[day * 24 : day * 24 + 24])
        wanted = [shown(float(v), masked=True) for v in values if v >= 0.05]
        unsure = any(abs(v * 20 - round(v * 20)) < 1e-4 and v < 0.06 for v in values if v > 0)
        if not unsure:
            assert len(numbers) == len(wanted), (name, numbers, wanted)
            for found, value in zip(numbers, [v for v in values if v >= 0.05], strict=True):
                assert found in near(value, masked=True), (name, found, value)


def check_days(document, oracle, state, masked):
    table = table_under(document, "By day")
    weight = pd.Series(oracle.weights(state))
    by_day = weight.groupby(oracle.night_day(state.night_end)).sum()
    monday = state.first - timedelta(days=state.first.weekday())
    for row in table.rows:
        if row[0] == "":
            continue
        assert int(row[0]) == monday.isocalendar().week
        known = 0.0
        for i, cell in enumerate(row[2:9]):
            day = monday + timedelta(days=i)
            count = by_day.get(pd.Timestamp(day), 0.0)
            if state.first <= day <= state.last and oracle.span[0] <= day <= oracle.span[1]:
                assert cell in near(count, masked), (day, cell, count)
                known += count
            else:
                assert cell == "–" or cell in near(count, masked), (day, cell)
        assert row[9] in near(known, masked)
        monday += timedelta(days=7)
    assert monday > state.last


def test_the_random_states_are_no_empty_exercise(district):
    queries = [one_sector(seed, district) for seed in SEEDS]
    totals = [district.oracle.total(State.read(query)) for query in queries]
    assert sum(total > 0 for total in totals) > len(SEEDS) / 2
    assert sum("hours" in query for query in queries) > len(SEEDS) / 4
    assert sum("scenes" in query for query in queries) > 1


@pytest.mark.parametrize("more", ["", "&hours=22-6", "&types=THEFT_PERSON", "&days=5,6,7"])
def test_weeks_stand_beside_the_range_of_query_normal(demo, more):
    filters = with_fortnight(demo, Filters.from_query("sectors=8&from=2012-10-29" + more, demo))
    wanted = {
        row["week_start"]: row
        for row in normal_table(demo, filters).records()
        if row["type"] == (filters.types[0] if filters.types else "ALL")
    }
    weeks = weeks_by_day(demo, filters)
    assert len(weeks) == len(wanted) == 2
    for week in weeks:
        row = wanted[week.start.isoformat()]
        assert week.count == pytest.approx(row["count"], abs=1.1e-6)
        assert week.usual is not None
        assert (week.usual.low, week.usual.high) == (row["low"], row["high"])
        assert week.usual.verdict == {"none": "normal"}.get(row["flag"], row["flag"])


def test_several_types_have_no_range_of_their_own(demo):
    filters = with_fortnight(demo, Filters.from_query("sectors=8&types=BURGLARY,FIRE", demo))
    assert [week.usual for week in weeks_by_day(demo, filters)] == [None, None]


def test_reports_still_to_come_are_said_of_the_newest_week(demo):
    newest = weeks_by_day(demo, with_fortnight(demo, Filters(sectors=("5",))))
    assert newest[-1].provisional
    assert any("*" in cell for cell in table_under(made(demo, "sectors=5"), "By day").rows[1])
    assert not any(week.provisional for week in weeks_by_day(demo, with_fortnight(demo, Filters.from_query("sectors=5&from=2011-11-07", demo))))  # fmt: skip


def test_hours_with_the_same_number_have_the_same_shade(demo):
    """Where cells say 1.0 alike, all are shaded alike, whatever was rounded."""
    filters = with_fortnight(demo, Filters.from_query("sectors=5", demo))
    svg = heat_table(demo, filters, summarise(demo, filters), "en").svg
    shades: dict[str, set[str]] = {}
    for text in parsed(svg).iter(SVG + "text"):
        if re.fullmatch(r"\d\.\d", text.text or ""):
            shades.setdefault(text.text, set()).add(
                text.get("stroke")
            )  # a halo of its cell's colour
    assert len(shades) > 8
    assert all(len(found) == 1 for found in shades.values()), shades


def test_dates(demo):
    def dates(query):
        found = with_fortnight(demo, Filters.from_query(query, demo))
        return found.date_from, found.date_to

    assert demo.span[1] == date(2012, 11, 25)
    assert dates("sectors=5") == (date(2012, 11, 12), date(2012, 11, 25))
    assert dates("sectors=5&from=2012-11-05") == (date(2012, 11, 5), date(2012, 11, 18))
    assert dates("sectors=5&to=2012-11-18") == (date(2012, 11, 5), date(2012, 11, 18))
    assert dates("sectors=5&from=2012-11-07&to=2012-11-09") == (
        date(2012, 11, 7),
        date(2012, 11, 9),
    )


@pytest.mark.parametrize(
    ("query", "parameter", "remedy"),
    [
        ("", "sectors", "sectors=1"),
        ("sectors=5,6", "sectors", "sectors=1"),
        ("station=NE", "sectors", "sectors=1"),
        ("sectors=5&station=NW", "sectors", "sectors=1"),
        ("sectors=5&from=2012-11-07", "from", "2012-11-05"),
        ("sectors=5&to=2012-11-19", "to", "2012-11-18"),
    ],
)
def test_what_is_no_fortnight_is_refused_with_a_remedy(demo, query, parameter, remedy):
    with pytest.raises(FilterError) as error:
        with_fortnight(demo, Filters.from_query(query, demo))
    assert error.value.parameter == parameter
    assert remedy in error.value.problem()
    said = remedy if "=" in remedy else format_date(date.fromisoformat(remedy), "da")
    assert all(said in error.value.problem(lang) for lang in ("da", "en"))


@pytest.mark.parametrize(("lang", "title"), [
    ("en", "Sector 5 Mimersgade & Mjølnerparken, Monday 5/11 – Sunday 18/11/2012"),
    ("da", "Sektor 5 Mimersgade & Mjølnerparken, mandag 5/11 – søndag 18/11/2012"),
])  # fmt: skip
def test_the_founding_texts_example(demo, lang, title):
    document = made(demo, f"{FOUNDING}&lang={lang}")
    assert document.title == title
    sheet = text_of(printed(document))
    sheets = sheet.strip("\f").split("\f")
    assert 2 <= len(sheets) <= 3
    for each in sheets:  # every sheet stands alone
        for words in ("Mimersgade", demo.id, "a test", "2012", "1", title.split(", ")[1].split(" – ")[0]):  # fmt: skip
            assert words in each


def test_who_may_not_see_points_gets_neither_list_nor_symbols(demo):
    document = made(demo, FOUNDING, points=frozenset())
    sheet = text_of(printed(document))
    assert not any(
        isinstance(b, Heading) and b.text == "Incidents" for b in document.pages[0].blocks
    )
    assert sheet.count("Who prints this may not see incidents one by one") >= 2
    assert not re.search(r"\d\d:\d\d–\d\d:\d\d", sheet)


def test_a_factor_that_waits_is_among_the_agreements(demo):
    wanted = {"factor": 1.0, "reason": "More nights at the square", "asked_by": "ann"}
    held = Edited(factors={"5": SetFactor(factor=2, wanted=wanted), "6": SetFactor(factor=2)})
    said = "Waits for approval: factor 1, asked for by ann. Reason: More nights at the square"
    assert said in text_of(printed(made(demo, FOUNDING, edited=held)))
    assert "Waits for approval" not in text_of(printed(made(demo, "sectors=6", edited=held)))
