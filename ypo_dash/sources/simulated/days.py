"""The days of a simulated district: season, holidays, and the hours of each day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ypo_dash.sources.simulated.inputs import HOURS, MONTHS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ypo_dash.sources.simulated.inputs import Inputs

_YEAR_DAYS = 365.25


@dataclass(frozen=True)
class Days:
    """Days and their shapes.

    ``season`` and ``override`` are frames by day with one column per season: a factor, and the
    number of the row of ``hours`` that replaces the profile (-1 none). ``row[profile]`` gives the
    row of ``hours`` for weekday 0-6. ``hours`` has 24 weights per row, ``absence`` marks the
    weeks in which homes stand empty, ``years`` is the time since the middle of the base year.
    """

    dates: pd.DatetimeIndex
    season: pd.DataFrame
    override: pd.DataFrame
    row: dict[str, NDArray[np.int64]]
    hours: NDArray[np.float64]
    absence: NDArray[np.bool_]
    years: NDArray[np.float64]

    @property
    def weekday(self) -> NDArray[np.int64]:
        """Weekday 0-6 of each day."""
        return self.dates.day_of_week.to_numpy()

    def week_shape(self, profile: str) -> NDArray[np.float64]:
        """Weekday factors of a profile, mean 1."""
        total = self.hours[self.row[profile]].sum(axis=1)
        shape: NDArray[np.float64] = total / total.mean()
        return shape


def build_days(inputs: Inputs) -> Days:
    """Lay the season and holiday tables over the period of ``settings.toml``."""
    period = inputs.settings["period"]
    dates = pd.date_range(period["first_day"], period["last_day"])
    hours, row, single = _hours(inputs)
    season = _season(inputs, dates)
    override = pd.DataFrame(-1, index=dates, columns=season.columns)
    holiday = inputs["holidays"]
    for effect in inputs.rows("holiday_effects"):
        hit = _matches(str(effect.day), dates, holiday)
        season.loc[hit, effect.season] *= effect.factor
        if effect.hours:
            override.loc[hit, effect.season] = single[effect.hours]
    weeks = inputs["season_weeks"]
    empty = set(weeks.loc[weeks["absence"] == "yes", "iso_week"])
    absence = dates.isocalendar().week.isin(empty).to_numpy(dtype=bool)
    middle = pd.Timestamp(dt.date(inputs.settings["level"]["base_year"], 7, 2))
    years = (dates - middle).days.to_numpy() / _YEAR_DAYS
    return Days(dates, season, override, row, hours, absence, years)


def _hours(
    inputs: Inputs,
) -> tuple[NDArray[np.float64], dict[str, NDArray[np.int64]], dict[str, int]]:
    table = inputs["hours"]
    row: dict[str, NDArray[np.int64]] = {}
    single: dict[str, int] = {}
    for position, (profile, days) in enumerate(zip(table["profile"], table["days"], strict=True)):
        week = row.setdefault(profile, np.zeros(7, dtype=np.int64))
        week[[int(day) - 1 for day in str(days)]] = position
        single[profile] = position
    return table[HOURS].to_numpy(dtype=np.float64), row, single


def _season(inputs: Inputs, dates: pd.DatetimeIndex) -> pd.DataFrame:
    """Month factors joined by straight lines between mid-months, then the special weeks."""
    middle = (np.arange(12) + 0.5) * _YEAR_DAYS / 12
    factors = {}
    for values in inputs.rows("season"):
        months = np.array([getattr(values, month) for month in MONTHS], dtype=np.float64)
        around = np.interp(dates.day_of_year, middle, months / months.mean(), period=_YEAR_DAYS)
        factors[values.season] = around
    frame = pd.DataFrame(factors, index=dates)
    week = dates.isocalendar().week.to_numpy()
    for special in inputs.rows("season_weeks"):
        frame.loc[week == special.iso_week, special.season] *= special.factor
    return frame


def _matches(day: str, dates: pd.DatetimeIndex, holidays: pd.DataFrame) -> NDArray[np.bool_]:
    """Days named like ``24 December``, or all holidays of a kind."""
    if day[0].isdigit():
        when = dt.datetime.strptime(f"{day} 2012", "%d %B %Y").date()  # noqa: DTZ007
        found = (dates.month == when.month) & (dates.day == when.day)
        return np.asarray(found)
    chosen = pd.to_datetime(holidays.loc[holidays["kind"] == day, "date"])
    return np.asarray(dates.isin(chosen))
