"""The stored survey: sums by area, year, sex, age and measure, and the population they stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ypo_dash.sources.survey import ANSWERS, KEYS, SUMS

if TYPE_CHECKING:
    from ypo_dash.store.snapshot import Snapshot


def survey_sums(rows: list[dict[str, str]]) -> pd.DataFrame:
    """Return the stored rows of a survey as `KEYS` (text) and `SUMS` (numbers).

    Workspaces of earlier versions hold counts by area and year; they are read as such.
    """
    if not rows:
        return pd.DataFrame(columns=[*KEYS, *SUMS])
    frame = pd.DataFrame(rows)
    if "measure" not in frame:
        counts = frame.assign(sex="", age="", **{ANSWERS: "0"})
        frame = counts.melt(
            ["area_id", "year", "sex", "age", "n"],
            [ANSWERS, "unsafe", "unsafe_night"],
            var_name="measure",
            value_name="hits",
        )
        frame = frame.assign(weight=frame["n"], weight2=frame["n"], weight_hits=frame["hits"])
    frame[SUMS] = frame[SUMS].astype(float)
    return frame[[*KEYS, *SUMS]]


def area_population(snapshot: Snapshot) -> pd.DataFrame:
    """Return inhabitants by survey area, sex and age: ``area_id``, ``sex``, ``age``, ``population``."""
    frame = pd.DataFrame(snapshot.table("strata"), columns=["area_id", "sex", "age", "population"])
    frame["population"] = frame["population"].astype(float)
    return frame
