from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from ypo_dash.sources.clock import DAY, HOUR, MINUTE, MONTH, NO_OFFSET, layout_of, parse_clock


def one(text: str, *formats: str) -> tuple[str, int, int]:
    clock = parse_clock(pa.array([text]), formats)
    return str(clock.wall[0]), int(clock.offset[0]), int(clock.unit[0])


@pytest.mark.parametrize(
    ("text", "fmt", "wall", "unit"),
    [
        ("2012-11-05 22:15", "iso", "2012-11-05T22:15:00", MINUTE),
        ("2012-11-05T22:15:59", "iso", "2012-11-05T22:15:59", MINUTE),
        ("2012-11-05T22:15:59.123", "iso", "2012-11-05T22:15:59", MINUTE),
        ("2012-11-05 22", "iso", "2012-11-05T22:00:00", HOUR),
        ("2012-11-05", "iso", "2012-11-05T00:00:00", DAY),
        ("20121105", "iso", "2012-11-05T00:00:00", DAY),
        ("2012-11", "iso", "2012-11-01T00:00:00", MONTH),
        ("2012-02-29", "iso", "2012-02-29T00:00:00", DAY),
        ("05-11-2012 22:15", "%d-%m-%Y %H:%M", "2012-11-05T22:15:00", MINUTE),
        ("5-1-2012 7:05", "%d-%m-%Y %H:%M", "2012-01-05T07:05:00", MINUTE),
        ("05-11-2012  22:15", "%d-%m-%Y %H:%M", "2012-11-05T22:15:00", MINUTE),
        ("11/05/2012 12:00:00 AM", "%m/%d/%Y %I:%M:%S %p", "2012-11-05T00:00:00", MINUTE),
        ("11/05/2012 12:00:00 PM", "%m/%d/%Y %I:%M:%S %p", "2012-11-05T12:00:00", MINUTE),
        ("11/05/2012 01:30:00 p.m.", "%m/%d/%Y %I:%M:%S %p", "2012-11-05T13:30:00", MINUTE),
        ("5. okt 2012 kl. 09.14", "%d. %b %Y kl. %H.%M", "2012-10-05T09:14:00", MINUTE),
        ("12 May 99", "%d %B %y", "1999-05-12T00:00:00", DAY),
        ("12 maj 12", "%d %b %y", "2012-05-12T00:00:00", DAY),
        ("2012 3", "%Y %m", "2012-03-01T00:00:00", MONTH),
        ("2012 3 4 5", "%Y %m %d %H", "2012-03-04T05:00:00", HOUR),
        ("12%2012", "%m%%%Y", "2012-12-01T00:00:00", MONTH),
    ],
)
def test_formats(text: str, fmt: str, wall: str, unit: int) -> None:
    assert one(text, fmt) == (wall, NO_OFFSET, unit)


@pytest.mark.parametrize(
    "text",
    [
        "2012-02-30",
        "2013-02-29 10:00",
        "2012-13-01",
        "2012-00-10",
        "2012-01-00",
        "2012-11-05 24:00",
        "2012-11-05 22:60",
        "2012-11-05 22:15:60",
        "2012-11-05 22:15 later",
        "x2012-11-05",
        "tomorrow",
        "2012/11/05",
        "２０１２-11-05",
    ],
)
def test_impossible_times(text: str) -> None:
    assert one(text, "iso")[0] == "NaT"


@pytest.mark.parametrize(
    ("text", "fmt", "offset"),
    [
        ("2012-11-05T22:15Z", "iso", 0),
        ("2012-11-05T22:15:00Z", "iso", 0),
        ("2012-11-05 22:15:00+01:00", "iso", 3600),
        ("2012-11-05T22:15:00.5-0530", "iso", -19800),
        ("2012-11-05 22:15+01", "iso", 3600),
        ("11/05/2012 10:15:00 PM -0500", "%m/%d/%Y %I:%M:%S %p %z", -18000),
        ("2012-11-05 22:15", "iso", NO_OFFSET),
    ],
)
def test_offsets(text: str, fmt: str, offset: int) -> None:
    wall, found, _ = one(text, fmt)
    assert wall.startswith("2012-11-05T22:15")
    assert found == offset


def test_the_first_format_that_fits_wins_for_each_text() -> None:
    texts = pa.array(["05-11-2012 07:30", "06-11-2012", "2012-11-07", "13/13/2012"])
    clock = parse_clock(texts, ("%d-%m-%Y %H:%M", "%d-%m-%Y", "iso"))
    assert [str(w)[:10] for w in clock.wall] == ["2012-11-05", "2012-11-06", "2012-11-07", "NaT"]
    assert clock.unit.tolist() == [MINUTE, DAY, DAY, MINUTE]


def test_slices_of_arrays_are_read_from_where_they_begin() -> None:
    texts = pa.array(["2011-01-01 00:00", "2012-01-01 00:00", "2013-01-01 00:00"]).slice(1, 1)
    assert parse_clock(texts, ("iso",)).wall.tolist() == [np.datetime64("2012-01-01", "s").item()]


@pytest.mark.parametrize(
    ("fmt", "problem"),
    [
        ("%d-%m-%Q", "unknown directive %Q"),
        ("%d-%m", "at least a year"),
        ("%Y", "at least a year"),
        ("today", "at least a year"),
        ("%Y-%m-%d %Y", "twice"),
        ("%Y-%m-%d %I:%M", "%p"),
        ("%Y-%m-%d %H:%M %p", "%p"),
        ("%Y-%m-%", "at least|unknown|%"),
    ],
)
def test_impossible_formats(fmt: str, problem: str) -> None:
    if fmt == "%Y-%m-%":
        assert layout_of(fmt).tokens[-1] == "%"
        return
    with pytest.raises(ValueError, match=problem):
        layout_of(fmt)
