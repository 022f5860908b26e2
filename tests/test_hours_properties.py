"""Hours, nights and from-to times against a clock that is read minute by minute."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.oracle import State
from ypo_dash.model.errors import FilterError
from ypo_dash.model.hours import WEEK_HOURS, Hours, night_end, week_mask
from ypo_dash.store.weights import hour_weights, mask_weight

COPENHAGEN = "Europe/Copenhagen"
# Half-hour switches, switches at midnight, the southern summer, odd offsets, and none at all.
ZONES = (
    COPENHAGEN,
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Havana",
    "Asia/Kathmandu",
    "UTC",
)
WEEK = timedelta(days=7)


@cache
def hour_of_week(minute: int, zone: str) -> int:
    """Read the clock of ``zone`` at a minute since 1970 UTC."""
    local = datetime.fromtimestamp(minute * 60, UTC).astimezone(ZoneInfo(zone))
    return local.weekday() * 24 + local.hour


def minute_by_minute(start: datetime, end: datetime | None, zone: str) -> np.ndarray:
    """Share of a span in each hour of the week; the start alone where no end is known."""
    first = int(start.replace(tzinfo=UTC).timestamp()) // 60
    last = first if end is None else int(end.replace(tzinfo=UTC).timestamp()) // 60
    if last - first > WEEK_HOURS * 60:
        return np.full(WEEK_HOURS, 1 / WEEK_HOURS)
    minutes = range(first, max(last, first + 1))
    count = np.bincount([hour_of_week(m, zone) for m in minutes], minlength=WEEK_HOURS)
    return count / len(minutes)


def switches(zone: str) -> list[datetime]:
    """UTC hours of 2012 and 2013 in which the clock is moved."""
    hours = [datetime(2012, 1, 1, tzinfo=UTC) + timedelta(hours=h) for h in range(2 * 8784)]
    offset = [h.astimezone(ZoneInfo(zone)).utcoffset() for h in hours]
    moved = [h for h, a, b in zip(hours, offset, offset[1:], strict=False) if a != b]
    return [h.replace(tzinfo=None) for h in moved] or [datetime(2012, 6, 1)]


SWITCHES = {zone: switches(zone) for zone in ZONES}


@st.composite
def spans(draw: st.DrawFn) -> tuple[datetime, datetime | None, str]:
    """Spans in UTC, half of them around a switch of the clock; up to nine days long, or open."""
    zone = draw(st.sampled_from(ZONES))
    start = draw(
        st.one_of(
            st.datetimes(datetime(2011, 1, 1), datetime(2013, 12, 31)),
            st.builds(
                lambda switch, minutes: switch + timedelta(minutes=minutes),
                st.sampled_from(SWITCHES[zone]),
                st.integers(-9 * 1440, 1440),
            ),
        )
    ).replace(microsecond=0)
    minutes = draw(
        st.one_of(
            st.none(),
            st.integers(0, 180),
            st.integers(0, 9 * 1440),
            st.sampled_from([10079, 10080, 10081]),
        )
    )
    return start, None if minutes is None else start + timedelta(minutes=minutes), zone


hours_strategy = st.one_of(
    st.none(),
    st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(lambda h: h[0] != h[1]),
)
days_strategy = st.sets(st.integers(1, 7), max_size=6).map(lambda days: tuple(sorted(days)))


def make_hours(bounds: tuple[int, int] | None) -> Hours | None:
    return None if bounds is None else Hours.parse(f"{bounds[0]}-{bounds[1]}")


@given(spans())
@settings(max_examples=250, deadline=None)
@example((datetime(2012, 10, 27, 22), datetime(2012, 10, 28, 23), COPENHAGEN))
@example((datetime(2012, 3, 24, 23), datetime(2012, 3, 25, 22), COPENHAGEN))
@example((datetime(2012, 10, 21, 1), datetime(2012, 10, 28, 1), COPENHAGEN))
def test_a_span_spreads_as_the_clock_reads(span: tuple[datetime, datetime | None, str]) -> None:
    weights = hour_weights(*span)
    assert weights.shape == (WEEK_HOURS,)
    assert weights.sum() == pytest.approx(1, abs=1e-9)
    assert weights.min() >= -1e-12
    np.testing.assert_allclose(weights, minute_by_minute(*span), atol=1e-9)


@given(spans(), hours_strategy, days_strategy)
@settings(max_examples=250, deadline=None)
def test_a_mask_counts_its_share_of_the_span(
    span: tuple[datetime, datetime | None, str],
    hours: tuple[int, int] | None,
    days: tuple[int, ...],
) -> None:
    query = {"hours": f"{hours[0]}-{hours[1]}"} if hours else {}
    query |= {"days": ",".join(map(str, days))} if days else {}
    wanted = State.read("&".join(f"{k}={v}" for k, v in query.items())).mask()
    weight = mask_weight(*span, week_mask(make_hours(hours), days))
    assert weight == pytest.approx(minute_by_minute(*span) @ wanted, abs=1e-9)


@given(
    spans(),
    st.tuples(st.integers(0, 23), st.integers(1, 23)).filter(lambda h: h[0] != h[1]),
    days_strategy,
)
@settings(max_examples=150, deadline=None)
def test_hours_and_their_complement_partition_the_total(
    span: tuple[datetime, datetime | None, str], bounds: tuple[int, int], days: tuple[int, ...]
) -> None:
    start, end = bounds
    inside = mask_weight(*span, week_mask(Hours.parse(f"{start}-{end}"), ()))
    outside = mask_weight(*span, week_mask(Hours.parse(f"{end}-{start}"), ()))
    assert inside + outside == pytest.approx(1, abs=1e-9)
    others = tuple(d for d in range(1, 8) if d not in days)
    if days and others:
        parts = [mask_weight(*span, week_mask(Hours(start, end), d)) for d in (days, others)]
        assert sum(parts) == pytest.approx(inside, abs=1e-9)


@given(hours_strategy, days_strategy)
def test_the_mask_is_the_nights_that_start_on_the_days(
    bounds: tuple[int, int] | None, days: tuple[int, ...]
) -> None:
    hours = make_hours(bounds)
    mask = week_mask(hours, days)
    query = (f"hours={bounds[0]}-{bounds[1]}&" if bounds else "") + (
        f"days={','.join(map(str, days))}" if days else ""
    )
    wanted = State.read(query.rstrip("&"))
    np.testing.assert_array_equal(np.ones(WEEK_HOURS) if mask is None else mask, wanted.mask())
    assert night_end(hours) == wanted.night_end


@given(hours_strategy.filter(bool))
def test_hours_read_back_as_written(bounds: tuple[int, int]) -> None:
    hours = make_hours(bounds)
    assert bounds == (0, 24) if hours is None else Hours.parse(str(hours)) == hours


@given(st.text(max_size=8))
@example("-1-6")
@example("22–6")
@example("22-6\n")
def test_what_is_not_two_numbers_is_refused_by_name(text: str) -> None:
    if re.fullmatch(r"\d{1,2}-\d{1,2}", text.strip()) is None:
        with pytest.raises(FilterError, match=r"^hours: "):
            Hours.parse(text)


@pytest.mark.parametrize("text", ["22-22", "0-0", "24-6", "25-26", "6-25", "99-99"])
def test_impossible_hours_are_refused(text: str) -> None:
    with pytest.raises(FilterError, match=r"^hours: "):
        Hours.parse(text)


@pytest.mark.parametrize("zone", [z for z in ZONES if z != "UTC"])
@pytest.mark.parametrize("seconds", [0, 1, 59])
def test_seconds_are_dropped(zone: str, seconds: int) -> None:
    start = datetime(2012, 11, 23, 21, 59, seconds)
    end = datetime(2012, 11, 23, 22, 1, 59 - seconds)
    np.testing.assert_allclose(hour_weights(start, end, zone), minute_by_minute(start, end, zone))


def test_an_end_before_the_start_leaves_the_start() -> None:
    start = datetime(2012, 11, 23, 21, 30)
    weights = hour_weights(start, start - timedelta(hours=3), COPENHAGEN)
    assert weights[4 * 24 + 22] == 1
    assert weights.sum() == pytest.approx(1)


def test_days_of_23_and_25_hours() -> None:
    spring = hour_weights(datetime(2012, 3, 24, 23), datetime(2012, 3, 25, 22), COPENHAGEN)
    autumn = hour_weights(datetime(2012, 10, 27, 22), datetime(2012, 10, 28, 23), COPENHAGEN)
    sunday = slice(6 * 24, 7 * 24)
    wanted = np.full(24, 1 / 23)
    wanted[2] = 0
    np.testing.assert_allclose(spring[sunday], wanted, atol=1e-12)
    wanted = np.full(24, 1 / 25)
    wanted[2] = 2 / 25
    np.testing.assert_allclose(autumn[sunday], wanted, atol=1e-12)


def test_three_whole_nights_end_on_monday_morning() -> None:
    """The contract's example: 23/11 to 25/11 2012, 22-6, ends on Monday at six."""
    mask = week_mask(Hours.parse("22-6"), (5, 6, 7))
    assert mask is not None
    named = [(date(2012, 11, 23), range(22, 24)), (date(2012, 11, 26), range(6))]
    for day, hours in named:
        assert all(mask[day.weekday() * 24 + h] for h in hours)
    assert mask.sum() == 3 * 8
    assert not mask[0 * 24 + 6]
