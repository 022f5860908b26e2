"""Incidents drawn from the intensity: type, day, scene and place, with repeats nearby."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ypo_dash.sources.simulated.city import City
    from ypo_dash.sources.simulated.inputs import Inputs
    from ypo_dash.sources.simulated.intensity import Intensity


@dataclass
class Draw:
    """One array per column of incidents: numbers of stratum, day, scene and place."""

    stratum: NDArray[np.int16]
    day: NDArray[np.int16]
    scene: NDArray[np.int8]
    place: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.stratum)


def draw_incidents(
    inputs: Inputs,
    city: City,
    intensity: Intensity,
    expected: NDArray[np.float64],
    number: int,
    rng: np.random.Generator,
) -> Draw:
    """Draw exactly ``number`` incidents in proportion to ``expected`` (rows of ``intensity``)."""
    counts = rng.multinomial(number, expected.ravel() / expected.sum())
    cell = np.repeat(np.arange(expected.size, dtype=np.int32), counts)
    pair, day = np.divmod(cell, np.int32(expected.shape[1]))
    zone = intensity.zone[pair]
    stratum = intensity.stratum[pair]
    scene = _draw_scenes(inputs, city, stratum, zone, rng)
    pool = city.pool[zone, scene]
    index = np.searchsorted(city.pool_cumulative, pool + rng.random(number), side="right")
    place = city.pool_place[np.minimum(index, len(city.pool_place) - 1)]
    drawn = Draw(stratum, day.astype(np.int16), scene, place)
    _repeat_nearby(inputs, city, drawn, rng)
    return drawn


def choose(
    table: NDArray[np.float64], row: NDArray[np.integer], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw a column of ``table`` for each entry of ``row``; a table's rows are weights."""
    share = np.cumsum(table, axis=1)
    share /= share[:, -1:]
    # Rows laid end to end: row r fills (r, r + 1], so one search serves all rows.
    steps = (share + np.arange(len(table))[:, None]).ravel()
    found = np.searchsorted(steps, row + rng.random(len(row)), side="right")
    width = table.shape[1]
    column: NDArray[np.int64] = np.clip(found - row.astype(np.int64) * width, 0, width - 1)
    return column


def _draw_scenes(
    inputs: Inputs,
    city: City,
    stratum: NDArray[np.int16],
    zone: NDArray[np.int16],
    rng: np.random.Generator,
) -> NDArray[np.int8]:
    table = inputs["stratum_scenes"].pivot_table(
        index="scenes", columns="scene", values="share", fill_value=0.0
    )
    table = table.reindex(columns=city.scenes, fill_value=0.0)
    group = table.index.get_indexer(pd.Index(inputs["strata"]["scenes"]))
    scene = choose(table.to_numpy(), group[stratum], rng).astype(np.int8)
    # A churchyard is drawn as a park but is not called one.
    number = {name: position for position, name in enumerate(city.scenes)}
    own = city.zones["scene"].map(lambda name: number.get(name, -1)).to_numpy()[zone]
    return np.where((scene == number["PARK"]) & (own >= 0), own, scene).astype(np.int8)


def _repeat_nearby(inputs: Inputs, city: City, drawn: Draw, rng: np.random.Generator) -> None:
    """Move a share of the home burglaries to soon after, and close to, an earlier one."""
    settings = inputs.settings["near_repeat"]
    flagged = (inputs["strata"]["near_repeat"] == "yes").to_numpy()
    burglary = np.flatnonzero(flagged[drawn.stratum])
    follows = rng.random(len(burglary)) < settings["share"]
    leaders, followers = burglary[~follows], burglary[follows]
    if not len(leaders):
        return
    leader = leaders[rng.integers(len(leaders), size=len(followers))]
    lag = np.ceil(rng.exponential(settings["mean_days"], len(followers)))
    day = drawn.day[leader] + np.minimum(lag, settings["days"]).astype(np.int64)
    last = inputs.settings["period"]["last_day"] - inputs.settings["period"]["first_day"]
    fits = day <= last.days
    leader, followers, day = leader[fits], followers[fits], day[fits]
    column = rng.integers(city.neighbours.shape[1], size=len(leader))
    same = rng.random(len(leader)) < settings["same_place"]
    near = city.neighbours[drawn.place[leader], column]
    drawn.place[followers] = np.where(same, drawn.place[leader], near)
    drawn.day[followers] = day
    drawn.stratum[followers] = drawn.stratum[leader]
    drawn.scene[followers] = drawn.scene[leader]
