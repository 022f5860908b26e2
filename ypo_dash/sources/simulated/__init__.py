"""A simulated police district: invented incidents on a generalised map.

Levels, falls and shapes follow published figures where there are any; ``data/README.md`` says
what is true and what is invented. No incident, address or person here is real.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.sources.simulated.city import build_city
from ypo_dash.sources.simulated.days import build_days
from ypo_dash.sources.simulated.draw import draw_incidents
from ypo_dash.sources.simulated.frame import build_frame
from ypo_dash.sources.simulated.inputs import read_inputs
from ypo_dash.sources.simulated.intensity import add_chance, build_intensity
from ypo_dash.sources.simulated.times import draw_times

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

DEFAULT_SEED = 20121125


def generate(
    data_dir: Path,
    *,
    seed: int = DEFAULT_SEED,
    incidents: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> pd.DataFrame:
    """Return the simulated incidents of the district described in ``data_dir``.

    Parameters
    ----------
    data_dir
        The folder with the district's inputs.
    seed
        The same seed gives the same incidents; the addresses do not depend on it.
    incidents
        How many, exactly; default the number that the yearly levels add up to.
    progress
        Called with the share done, 0 to 1.

    Returns
    -------
    DataFrame
        ``incident_id``, ``type``, ``scene``, ``time_from``, ``time_to``, ``reported_at`` (local
        clock, ISO to the minute, missing where not known), ``lat``, ``lon`` (WGS84, NaN where not
        known), in order of ``reported_at``.

    Raises
    ------
    InputError
        An input of the simulation is missing or contradicts another.
    ValueError
        ``incidents`` is less than 1.
    """
    if incidents is not None and incidents < 1:
        raise ValueError(f"incidents={incidents!r}: a simulated district needs at least 1")
    tell = progress or (lambda _: None)
    tell(0.0)
    inputs = read_inputs(data_dir)
    city = build_city(inputs)
    days = build_days(inputs)
    intensity = build_intensity(inputs, city, days)
    tell(0.15)
    # One generator per step: a change in one leaves the others' numbers as they were.
    chance, draws, clocks, points = (np.random.default_rng([seed, step]) for step in range(4))
    expected = add_chance(inputs, city, days, intensity, chance)
    number = round(float(intensity.expected.sum())) if incidents is None else incidents
    drawn = draw_incidents(inputs, city, intensity, expected, number, draws)
    tell(0.45)
    times = draw_times(inputs, days, drawn, clocks)
    tell(0.75)
    frame = build_frame(inputs, city, days, drawn, times, points)
    tell(1.0)
    return frame
