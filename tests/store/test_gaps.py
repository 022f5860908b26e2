"""Stretches without data: found where they are, and not where a register is only slow or coarse."""

from __future__ import annotations

from datetime import date

import numpy as np

from ypo_dash.store.gaps import gap_between, gaps_of, runs


def test_stretches():
    dice = np.random.default_rng(1)
    days = dice.poisson(5.0, 900).astype(float)
    assert runs(days) == []
    days[200:300] = 0
    days[400:440] = 0  # shorter than a month and a half: may be a coarse date
    assert runs(days) == [(200, 300)]
    rare = np.zeros(900)
    rare[::60] = 1
    assert runs(rare) == []  # sixty days without one are usual here
    months = np.zeros(900)
    months[::30] = 200
    assert runs(months) == []


def test_the_simulated_district_has_none(demo):
    assert gaps_of(demo) == ()
    assert gap_between(demo, date(2010, 1, 1), date(2012, 1, 1)) is None
