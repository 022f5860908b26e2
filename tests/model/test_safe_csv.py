"""Text that a spreadsheet would run is marked as text; numbers and plain words are left alone."""

from __future__ import annotations

import pytest

from ypo_dash.model.safe_csv import neutralise, to_csv


@pytest.mark.parametrize(
    "value",
    ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "  =1+1", "x;=1+1", "x\n=1+1", "＝1+1",
     "\u00a0=1+1", "\u200b=1+1", "a\t@b", "\tx"],
)  # fmt: skip
def test_what_runs_is_marked(value):
    assert neutralise(value) == "'" + value


@pytest.mark.parametrize(
    "value", ["", "-12.5", "+3", "1e5", "a=b", "Nørrebro; Østerbro", "5-7", "a - b", "x@y"]
)
def test_what_does_not_run_is_left(value):
    assert neutralise(value) == value


def test_whole_numbers_have_no_decimals():
    assert to_csv(("a", "b", "c"), [(2.0, 0.5, None)]) == "a,b,c\n2,0.5,\n"
