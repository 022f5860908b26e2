"""Figures kept with a review: they come back as they were, and hold nothing else."""

from __future__ import annotations

import json
from datetime import date

import pytest

from ypo_dash.model.desk import Effort
from ypo_dash.model.entries import Known, checked
from ypo_dash.model.errors import InputError
from ypo_dash.model.evaluated import Evaluated

ONE = Evaluated(
    snapshot="78d160d69cb4", verdict="fewer", period=(date(2011, 9, 1), date(2012, 11, 25)),
    before=(date(2009, 9, 1), date(2010, 11, 25)), expected=260.5,
    counts={"place": (307, 182), "against": (183.25, 155)},
    estimates={"local": (-97, -153.1, -40.9), "in_proportion": (-78, -146, -10)},
)  # fmt: skip
KNOWN = Known(sectors=("7",), stations=(), areas=(), types=("VIOLENCE",), scenes=())
GIVEN = {
    "sector": "7", "title": "t", "problem_words": "p", "place": "7", "measures": "m", "lead": "l",
    "start": "2012-01-01", "review": "2012-02-01", "end": "2012-03-01",
}  # fmt: skip


@pytest.mark.parametrize(
    "one", [ONE, Evaluated(snapshot="ab12", why="no_comparison", counts={}, estimates={})]
)
def test_they_come_back(one):
    assert Evaluated.read(one.text()) == one
    assert checked(Effort, {**GIVEN, "evaluated": one.text()}, KNOWN)["evaluated"] == one.text()


def changed(**more):
    return json.dumps({**json.loads(ONE.text()), **more})


@pytest.mark.parametrize(
    "stored",
    [
        "", "7", "[]", "{}", "no json", "[" * 3000,
        changed(snapshot="Anna And"), changed(why="010190-1234"), changed(verdict=5),
        changed(counts={"010190-1234": [1, 2]}), changed(counts={"place": ["010190-1234", 2]}),
        changed(counts={"place": [1]}), changed(counts={"place": [1, True]}), changed(counts=[1]),
        changed(estimates={"local": [1, 2, float("nan")]}), changed(expected=1e300),
        changed(period=["2012-01-01"]), changed(period=["1", "2"]), changed(before=7),
        changed(counts={f"a{'b' * n}": [1, 2] for n in range(21)}),
    ],
)  # fmt: skip
def test_nothing_else_gets_in(stored):
    with pytest.raises(ValueError):  # noqa: PT011 - any of them
        Evaluated.read(stored)
    if stored:
        with pytest.raises(InputError, match="no figures of an evaluation"):
            checked(Effort, {**GIVEN, "evaluated": stored}, KNOWN)


def test_other_values_in_the_json_are_dropped():
    assert (
        "secret"
        not in checked(Effort, {**GIVEN, "evaluated": changed(secret="x")}, KNOWN)["evaluated"]
    )
