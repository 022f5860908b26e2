from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from tests.sources.loading import load, profile, times, write
from ypo_dash.sources.profile import TimeOptions
from ypo_dash.sources.times import AMBIGUOUS, LATE, NONEXISTENT, ClockRules, localise, read_moments

if TYPE_CHECKING:
    from pathlib import Path

CPH = 'timezone = "Europe/Copenhagen"'


def span(loaded: object, row: int = 0) -> tuple[str, str]:
    """Start and end in UTC."""
    found = loaded.rows.iloc[row]
    return str(found["start_utc"]), str(found["end_utc"])


@pytest.mark.parametrize(
    ("zone", "wall", "utc", "flag"),
    [
        ("Europe/Copenhagen", "2012-03-25T01:59", "2012-03-25T00:59", 0),
        ("Europe/Copenhagen", "2012-03-25T02:30", "2012-03-25T01:00", NONEXISTENT),
        ("Europe/Copenhagen", "2012-03-25T03:00", "2012-03-25T01:00", 0),
        ("Europe/Copenhagen", "2012-10-28T01:59", "2012-10-27T23:59", 0),
        ("Europe/Copenhagen", "2012-10-28T02:30", "2012-10-28T00:30", AMBIGUOUS),
        ("Europe/Copenhagen", "2012-10-28T03:00", "2012-10-28T02:00", 0),
        ("America/Chicago", "2016-03-13T02:30", "2016-03-13T08:00", NONEXISTENT),
        ("America/Chicago", "2016-11-06T01:30", "2016-11-06T06:30", AMBIGUOUS),
        ("America/Chicago", "2016-11-06T02:00", "2016-11-06T08:00", 0),
        ("Europe/London", "2012-10-28T01:30", "2012-10-28T00:30", AMBIGUOUS),
    ],
)
def test_changes_of_the_clock(zone: str, wall: str, utc: str, flag: int) -> None:
    found, flags = localise(np.array([wall], dtype="datetime64[s]"), ZoneInfo(zone))
    assert found[0] == np.datetime64(utc, "s")
    assert flags[0] == flag


@pytest.mark.parametrize("zone", ["Europe/Copenhagen", "America/Sao_Paulo", "Australia/Lord_Howe"])
def test_every_quarter_of_an_hour_of_decades_is_localised_as_pandas_does(zone: str) -> None:
    wall = np.arange("1975-01-01", "2020-01-01", 15, dtype="datetime64[m]").astype("datetime64[s]")
    wall[5] = np.datetime64("NaT")
    utc, flags = localise(wall, ZoneInfo(zone))
    index = pd.DatetimeIndex(wall)
    first = index.tz_localize(zone, ambiguous=np.ones(len(wall), bool), nonexistent="shift_forward")
    wanted = first.tz_convert("UTC").tz_localize(None)
    assert (np.isnat(utc) == wanted.isna()).all()
    assert (utc[~np.isnat(utc)] == wanted[~wanted.isna()]).all()
    plain = index.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    assert ((flags > 0) == (plain.isna() & ~index.isna())).all()


def test_clock_changes_are_counted_for_starts_and_ends_of_rows_that_stand(tmp_path: Path) -> None:
    spans = [
        ("2012-03-25 02:30", ""),
        ("2012-10-28 02:30", "2012-10-28 02:45"),
        ("2012-10-28 02:30", "nonsense"),
    ]
    found = times(tmp_path, spans, CPH)
    assert (found.counts.times_nonexistent, found.counts.times_ambiguous) == (1, 2)
    assert span(found) == ("2012-03-25 01:00:00", "NaT")
    assert span(found, 1) == ("2012-10-28 00:30:00", "2012-10-28 00:45:00")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("2012-11-05 22:15", ""), ("2012-11-05 21:15:00", "NaT")),
        (("2012-11-05 22:15", "NULL"), ("2012-11-05 21:15:00", "NaT")),
        (("2012-11-05 22:15", "2012-11-05 22:15"), ("2012-11-05 21:15:00", "2012-11-05 21:15:00")),
        (("2012-11-05 22:15", "2012-11-06 07:00"), ("2012-11-05 21:15:00", "2012-11-06 06:00:00")),
        (("2012-11-05 22:15", "2012-11-05 22:14"), ("2012-11-05 21:15:00", "NaT")),
        # Clocks run back between the two: the end is later all the same.
        (("2012-10-28 01:50", "2012-10-28 03:10"), ("2012-10-27 23:50:00", "2012-10-28 02:10:00")),
        # A date alone is a whole day, also as an end.
        (("2012-11-05", ""), ("2012-11-04 23:00:00", "2012-11-05 23:00:00")),
        (("2012-11-05 22:15", "2012-11-06"), ("2012-11-05 21:15:00", "2012-11-06 23:00:00")),
        (("2012-11-05 22:15", "2012-11-05"), ("2012-11-05 21:15:00", "2012-11-05 23:00:00")),
        (("2012-11-05 22:15", "2012-11-04"), ("2012-11-05 21:15:00", "NaT")),
    ],
)
def test_to_the_minute(tmp_path: Path, given: tuple[str, str], expected: tuple[str, str]) -> None:
    assert span(times(tmp_path, [given], CPH)) == expected


@pytest.mark.parametrize(
    ("precision", "given", "expected"),
    [
        (
            "hour",
            ("2012-11-05 16:40", "2012-11-05 19:05"),
            ("2012-11-05 15:00", "2012-11-05 19:00"),
        ),
        ("hour", ("2012-11-05 16", ""), ("2012-11-05 15:00", "2012-11-05 16:00")),
        ("hour", ("2012-11-05 16", "2012-11-05 16"), ("2012-11-05 15:00", "2012-11-05 16:00")),
        # An end before the start: the hour of the start is what is known.
        ("hour", ("2012-11-05 16", "2012-11-05 15"), ("2012-11-05 15:00", "2012-11-05 16:00")),
        # The hour that comes twice is the first; the one that never comes moves on whole.
        ("hour", ("2012-10-28 02", ""), ("2012-10-28 00:00", "2012-10-28 01:00")),
        ("hour", ("2012-10-28 01", ""), ("2012-10-27 23:00", "2012-10-28 00:00")),
        ("hour", ("2012-03-25 02", ""), ("2012-03-25 01:00", "2012-03-25 02:00")),
        ("day", ("2012-11-05 16:40", ""), ("2012-11-04 23:00", "2012-11-05 23:00")),
        ("day", ("2012-03-25", ""), ("2012-03-24 23:00", "2012-03-25 22:00")),  # 23 hours
        ("day", ("2012-10-28", ""), ("2012-10-27 22:00", "2012-10-28 23:00")),  # 25 hours
        ("day", ("2012-11-05", "2012-11-07"), ("2012-11-04 23:00", "2012-11-07 23:00")),
        ("day", ("2012-11-05", "2012-11-04"), ("2012-11-04 23:00", "2012-11-05 23:00")),
        ("month", ("2012-10-01", ""), ("2012-09-30 22:00", "2012-10-31 23:00")),
        ("month", ("2012-02", "2012-03"), ("2012-01-31 23:00", "2012-03-31 22:00")),
    ],
)
def test_coarser_precision(
    tmp_path: Path, precision: str, given: tuple[str, str], expected: tuple[str, str]
) -> None:
    found = times(tmp_path, [given], f'{CPH}\nprecision = "{precision}"')
    assert span(found) == tuple(f"{t}:00" for t in expected)


def test_ends_before_the_start_are_counted(tmp_path: Path) -> None:
    spans = [("2012-11-05", "2012-11-04"), ("2012-11-05", "2012-11-05"), ("2012-11-05", "")]
    assert times(tmp_path, spans, f'{CPH}\nprecision = "day"').counts.ends_before_start == 1


@pytest.mark.parametrize(
    ("zone", "text", "utc"),
    [
        # A named zone is what the clock shows, whatever offset is written behind it.
        ('timezone = "America/New_York"', "2015-04-07 21:14+00:00", "2015-04-08 01:14"),
        ('timezone = "trust-offset"', "2015-04-07 21:14+00:00", "2015-04-07 21:14"),
        ('timezone = "trust-offset"', "2015-04-07 21:14-05:00", "2015-04-08 02:14"),
        # Without an offset, the district's zone.
        ('timezone = "trust-offset"', "2015-04-07 21:14", "2015-04-07 19:14"),
        ("", "2015-04-07 21:14Z", "2015-04-07 21:14"),
        ("", "2015-04-07 21:14", "2015-04-07 19:14"),
    ],
)
def test_time_zones_and_offsets(tmp_path: Path, zone: str, text: str, utc: str) -> None:
    assert span(times(tmp_path, [(text, "")], zone))[0] == f"{utc}:00"


def test_coarse_units_of_offset_times_are_those_of_the_local_clock(tmp_path: Path) -> None:
    found = times(
        tmp_path, [("2012-11-05 23:30Z", "")], 'timezone = "trust-offset"\nprecision = "day"'
    )
    assert span(found) == ("2012-11-05 23:00:00", "2012-11-06 23:00:00")


def test_offset_times_are_never_ambiguous(tmp_path: Path) -> None:
    spans = [("2012-10-28 02:30+02:00", "2012-10-28 02:30+01:00")]
    found = times(tmp_path, spans, 'timezone = "trust-offset"')
    assert span(found) == ("2012-10-28 00:30:00", "2012-10-28 01:30:00")
    assert found.counts.times_ambiguous == 0


def test_joined_columns_may_be_empty_from_the_end_on(tmp_path: Path) -> None:
    path = write(
        tmp_path / "split.csv",
        "id,type,Y,m,d,H,M,lat,lon\n"
        "1,FIRE,2012,1,5,7,30,55.69,12.5\n"
        "2,FIRE,2012,1,5,7,,55.69,12.5\n"
        "3,FIRE,2012,1,5,,,55.69,12.5\n"
        "4,FIRE,2012,1,5,,30,55.69,12.5\n"
        "5,FIRE,2012,1,,,,55.69,12.5\n"
        "6,FIRE,,,,,,55.69,12.5\n",
    )
    toml = profile().replace('"from"', '["Y", "m", "d", "H", "M"]')
    found = load(path, toml.replace("[time]", '[time]\nformat = "%Y %m %d %H %M"'))
    assert found.rows["incident_id"].tolist() == ["1", "2", "3"]
    hours = (found.rows["end_utc"] - found.rows["start_utc"]) / pd.Timedelta(hours=1)
    assert hours.fillna(0).tolist() == [0, 1, 24]
    assert [line for line, *_ in found.reasons] == [5, 6, 7]
    assert found.reasons[2][2] == "the row has no time"
    assert found.rejects["value"][0] == "2012 1 5 ? 30"


def test_tomorrow_is_the_last_day() -> None:
    now = pd.Timestamp.now(tz="Europe/Copenhagen").normalize()
    texts = [f"{now + pd.Timedelta(days=n):%Y-%m-%d} 12:00" for n in (0, 1, 2)]
    rules = ClockRules.of(TimeOptions(), "Europe/Copenhagen", columns=1, typed=False, instant=False)
    late = read_moments(pa.array(texts), rules).has(LATE)
    assert late.tolist() == [False, False, True]


def test_many_like_times_are_read_as_few_distinct_ones_are() -> None:
    rules = ClockRules.of(TimeOptions(), "Europe/Copenhagen", columns=1, typed=False, instant=False)
    days = [f"2012-11-{1 + i % 28:02d} 10:00" for i in range(5000)]
    found = read_moments(pa.array(days), rules)
    assert (
        found.start == read_moments(pa.array(days[:28]), rules).start[np.arange(5000) % 28]
    ).all()
