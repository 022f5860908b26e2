"""The simulated safety survey: counts of answers by area and year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from ypo_dash.sources.simulated.inputs import Inputs


def draw_survey(inputs: Inputs) -> pd.DataFrame:
    """Return ``area_id``, ``year``, ``n``, ``unsafe``, ``unsafe_night`` (numbers of answers).

    Each area's share is the city's level of the year times the factors of its city district and
    of itself, scaled so that the areas together, weighted by population, have the city's level.
    Areas in a municipality without an index get no rows.
    """
    settings = inputs.settings["survey"]
    areas = pd.DataFrame([properties for properties, _ in inputs.layers["safety_areas"]])
    areas = areas[~areas["bydel"].isin(settings["without_index"])].sort_values("area_id")
    rng = np.random.default_rng(settings["seed"])
    spread = settings["answers_spread"]
    rows = []
    for city in inputs.rows("survey_levels", level="city"):
        answers = settings["answers_per_area"] * rng.normal(1, spread, len(areas))
        found = pd.DataFrame({"area_id": areas["area_id"], "year": int(city.year)})
        found["n"] = np.round(answers).astype(int)
        for measure in ("unsafe", "unsafe_night"):
            factor = _factors(areas, inputs.rows("survey_levels"), measure)
            mean = np.average(factor, weights=areas["population"])
            share = getattr(city, measure) / 100 * factor / mean
            found[measure] = rng.binomial(found["n"], np.minimum(share, 1))
        rows.append(found)
    return pd.concat(rows, ignore_index=True)


def _factors(areas: pd.DataFrame, rows: list[Any], measure: str) -> pd.Series[float]:
    of = {(row.level, str(row.unit)): getattr(row, measure) for row in rows}
    district = areas["bydel"].map(lambda name: of.get(("bydel", name), 1.0))
    own = areas["area_id"].map(lambda number: of.get(("area", str(number)), 1.0))
    return district * own
