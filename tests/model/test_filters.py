"""The state of a view: in from the URL, out to the URL, and in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import DATA
from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.model.hours import Hours
from ypo_dash.model.taxonomy import Taxonomy

TAXONOMY = Taxonomy.read(DATA / "offences.csv", DATA / "scenes.csv")


@dataclass
class Words:
    taxonomy: Taxonomy = TAXONOMY
    sector_names: dict = field(default_factory=lambda: {"1": "One", "2": "Two", "10": "Ten"})
    station_sectors: dict = field(default_factory=lambda: {"NE": ("1", "2"), "F": ("10",)})
    station_names: dict = field(
        default_factory=lambda: {
            "NE": {"da": "Nordøst", "en": "North-East"},
            "F": {"da": "Frb", "en": "Frb"},
        }
    )
    span: tuple = (date(2009, 9, 1), date(2012, 11, 25))


WORDS = Words()
CELL = "891f0591bcfffff"


def read(query: str) -> Filters:
    return Filters.from_query(query, WORDS)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "from=2012-11-05&to=2012-11-18",
        "types=BURGLARY,THEFT_CAR&hours=22-6&days=5,6",
        "scenes=FLAT,CELLAR&sectors=1,10&station=NE",
        f"cell={CELL}&res=10&measure=rate&compare=year&lang=da",
        "measure=change&compare=year",
        "measure=hotspot&compare=year&baseline=gistar&lang=da",
    ],
)
def test_a_canonical_query_comes_back_as_it_went_in(query):
    assert read(query).to_query() == query


def test_order_repeats_groups_and_defaults_are_made_canonical():
    messy = read("?days=6,5,6&types=THEFT_CAR,BURGLARY&res=9&measure=count&sectors=10,1&hours=0-24")
    assert messy.to_query() == "types=BURGLARY,THEFT_CAR&days=5,6&sectors=1,10"
    assert read("types=PROPERTY").types == TAXONOMY.groups["PROPERTY"]
    assert read("days=1,2,3,4,5,6,7").days == ()
    assert read("measure=hotspot&baseline=area").to_query() == "measure=hotspot"
    assert hash(read("types=FIRE")) == hash(read("types=FIRE&lang=da"))


@given(
    types=st.sets(st.sampled_from(list(TAXONOMY.offence)), max_size=5),
    days=st.sets(st.integers(1, 7), max_size=6),
    hours=st.one_of(
        st.none(),
        st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(
            lambda h: h[0] != h[1] and h != (0, 24)
        ),
    ),
    start=st.dates(date(2009, 1, 1), date(2012, 6, 1)),
    length=st.integers(0, 200),
    res=st.integers(8, 11),
)
@settings(max_examples=150, deadline=None)
def test_any_state_survives_the_url(types, days, hours, start, length, res):
    state = Filters(
        date_from=start,
        date_to=date.fromordinal(start.toordinal() + length),
        types=tuple(c for c in TAXONOMY.offence if c in types),
        days=tuple(sorted(days)),
        hours=Hours(*hours) if hours else None,
        res=res,
    )
    assert read(state.to_query()) == state


@pytest.mark.parametrize(
    ("query", "parameter", "says"),
    [
        ("typs=BURGLARY", "typs", "did you mean 'types'"),
        ("types=BURGLAR", "types", "did you mean 'BURGLARY'"),
        ("types=BURGLARY,,FIRE", "types", "empty entry"),
        ("types=FIRE&types=ROBBERY", "types", "stands twice"),
        ("from=2012-02-30", "from", "not a date"),
        ("from=20121105", "from", "not a date"),
        ("from=2012-11-18&to=2012-11-05", "from", "is after"),
        ("hours=25-3", "hours", "not a span of hours"),
        ("hours=6-6", "hours", "is empty"),
        ("hours=night", "hours", "not a span of hours"),
        ("days=0", "days", "not ISO weekdays"),
        ("days=x", "days", "not a whole number"),
        ("days=²", "days", "not a whole number"),
        ("scenes=HOME", "scenes", "is unknown"),
        ("sectors=99", "sectors", "is unknown"),
        ("station=X", "station", "is unknown"),
        ("cell=891f0591bc", "cell", "not an H3 cell"),
        ("res=12", "res", "is unknown; use 8, 9, 10, 11"),
        ("baseline=people", "baseline", "is unknown; use area, residents, streets, gistar"),
        ("measure=heat", "measure", "is unknown"),
        ("compare=last", "compare", "is unknown"),
        ("lang=sv", "lang", "is unknown"),
    ],
)
def test_an_impossible_value_is_refused_by_name(query, parameter, says):
    with pytest.raises(FilterError, match=says) as caught:
        read(query)
    assert caught.value.parameter == parameter


def test_the_period_is_the_last_28_days_of_data():
    assert read("").period(WORDS.span) == (date(2012, 10, 29), date(2012, 11, 25))
    assert read("to=2012-01-28").period(WORDS.span) == (date(2012, 1, 1), date(2012, 1, 28))
    with pytest.raises(FilterError, match="give 'to' as well"):
        read("from=2013-01-01").period(WORDS.span)


def test_sectors_and_station_narrow_each_other():
    assert read("").place_sectors(WORDS) is None
    assert read("station=NE").place_sectors(WORDS) == ("1", "2")
    assert read("station=NE&sectors=2,10").place_sectors(WORDS) == ("2",)


@pytest.mark.parametrize(
    ("query", "english", "danish"),
    [
        ("", "All types, 29/10–25/11/2012", "Alle typer, 29/10–25/11/2012"),
        (
            "types=BURGLARY&days=5,6,7&hours=22-6",
            "Burglary, nights Friday–Sunday 22-06, 29/10–25/11/2012",
            "Indbrud, nætter fredag–søndag 22-06, 29/10–25/11/2012",
        ),
        (
            "types=PROPERTY&sectors=2",
            "Burglary and theft, sector 2 Two, 29/10–25/11/2012",
            "Indbrud og tyveri, sektor 2 Two, 29/10–25/11/2012",
        ),
        (
            "hours=7-23&from=2011-12-30&to=2012-01-02",
            "All types, at 07-23, 30/12/2011–2/1/2012",
            "Alle typer, kl. 07-23, 30/12/2011–2/1/2012",
        ),
        (
            "days=2&station=NE",
            "All types, Tuesday, local station North-East, 29/10–25/11/2012",
            "Alle typer, tirsdag, lokalstation Nordøst, 29/10–25/11/2012",
        ),
        (
            "scenes=FLAT,CELLAR",
            "All types, scene flat and cellar, loft or storage room, 29/10–25/11/2012",
            None,
        ),
        (f"cell={CELL}", f"All types, hexagon {CELL}, 29/10–25/11/2012", None),
    ],
)
def test_a_state_describes_itself(query, english, danish):
    assert read(query).describe(WORDS, "en") == english
    if danish:
        assert read(query).describe(WORDS, "da") == danish
