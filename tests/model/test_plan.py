"""A staffing plan in a query: there and back, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ypo_dash.model.errors import FilterError, InputError
from ypo_dash.model.plan import IndexRules, Plan, ProposalRules, iso_date, take_parameters

SECTORS = tuple(str(n) for n in range(1, 22))
STATIONS = ("NE", "NW", "F")
HALVES = st.integers(0, 80).map(lambda n: n / 2)
PLANS = st.builds(
    Plan,
    pool=st.sampled_from(["station", "district"]),
    minimum=st.integers(0, 99),
    posts=st.dictionaries(st.sampled_from(STATIONS), HALVES).map(
        lambda d: tuple((k, d[k]) for k in STATIONS if k in d)
    ),
    factors=st.dictionaries(st.sampled_from(SECTORS), st.integers(1, 5).map(float)).map(
        lambda d: tuple((k, d[k]) for k in SECTORS if k in d)
    ),
    hand=st.dictionaries(st.sampled_from(SECTORS), HALVES).map(
        lambda d: tuple((k, d[k]) for k in SECTORS if k in d)
    ),
)


@settings(max_examples=150, deadline=None)
@given(PLANS)
def test_there_and_back(plan):
    own, rest = take_parameters(plan.to_query(), ("pool", "minimum", "posts", "factors", "hand"))
    assert rest == ""
    assert Plan.of(own, SECTORS, STATIONS) == plan
    assert plan.is_today == (plan.to_query() == "")


@pytest.mark.parametrize(
    ("given_", "parameter"),
    [
        ({"pool": "city"}, "pool"),
        ({"minimum": "-1"}, "minimum"),
        ({"minimum": "1.5"}, "minimum"),
        ({"minimum": "²"}, "minimum"),
        ({"posts": "NE"}, "posts"),
        ({"posts": "XX:3"}, "posts"),
        ({"posts": "NE:-1"}, "posts"),
        ({"posts": "NE:nan"}, "posts"),
        ({"posts": "NE:1,NE:2"}, "posts"),
        ({"factors": "5:6"}, "factors"),
        ({"factors": "5:0"}, "factors"),
        ({"factors": "99:3"}, "factors"),
        ({"hand": "5:inf"}, "hand"),
    ],
)
def test_impossible_values_name_their_parameter(given_, parameter):
    with pytest.raises(FilterError) as raised:
        Plan.of(given_, SECTORS, STATIONS)
    assert raised.value.parameter == parameter


def test_a_parameter_that_stands_twice_is_refused():
    with pytest.raises(FilterError, match="stands twice"):
        take_parameters("pool=station&pool=district", ("pool",))


def test_rules_there_and_back_and_refused():
    for rules in (ProposalRules(crime=2, cuts=(10, 20, 30, 100)), ProposalRules()):
        assert ProposalRules.of(rules.content(), 3).content() == rules.content()
        assert ProposalRules.of(rules.content(), 3).edition == 3
    assert IndexRules.of(IndexRules(markant=9).content(), 1).markant == 9
    for wrong in ({"crime": -1}, {"crime": 0, "designated": 0, "infrastructure": 0}, {"cuts": [1, 3, 2, 4]}, {"cuts": [1, 2, 3]}, {"cuts": [0, 1, 2, 3]}):  # fmt: skip
        with pytest.raises(InputError):
            ProposalRules.of(wrong, 1)
    for wrong in ({"exposed": 101}, {"markant": 50, "intensiveret": 40}, {"ordinary": 101}, {"exposed": 0, "problem": 0, "reports": 0}):  # fmt: skip
        with pytest.raises(InputError):
            IndexRules.of(wrong, 1)


def test_dates():
    assert iso_date(" 2012-11-25 ") == "2012-11-25"
    with pytest.raises(InputError, match="2011-09-01"):
        iso_date("25/11/2012")
