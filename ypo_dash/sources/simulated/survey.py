"""The simulated safety survey, respondent by respondent, and the population it is weighted to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from ypo_dash.sources.survey import AGE_GROUPS
from ypo_dash.sources.survey_profile import MEASURES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ypo_dash.sources.simulated.inputs import Inputs


def draw_population(inputs: Inputs) -> pd.DataFrame:
    """Return ``area_id``, ``sex``, ``age``, ``population`` (16 years and older).

    Rounded to tens, so that nobody takes it for a count.
    """
    shares = inputs["age_shares"].set_index("bydel")
    rows = []
    for area in _areas(inputs).to_dict("records"):
        of = shares.loc[str(area["bydel"])]
        for sex, part in (("f", of["women"]), ("m", 1 - of["women"])):
            for age in AGE_GROUPS:
                people = area["population"] * of["adults"] * part * of[age]
                rows.append((area["area_id"], sex, age, int(round(people, -1))))
    return pd.DataFrame(rows, columns=["area_id", "sex", "age", "population"])


def draw_survey(inputs: Inputs) -> pd.DataFrame:
    """Return one row per respondent: ``area_id``, ``year``, ``sex``, ``age`` and an answer 0/1 per measure.

    Each area's share is the city's level of the year times the factors of its city district and
    of itself, scaled so that the areas together, weighted by population, have the city's level.
    Within an area the shares differ by sex and age, and so does who answers: unweighted shares are
    off. Answers of one person hang together. Areas in a municipality without an index get no rows.
    """
    settings = inputs.settings["survey"]
    areas = _areas(inputs)
    areas = areas[~areas["bydel"].isin(settings["without_index"])]
    people = draw_population(inputs).set_index(["area_id", "sex", "age"])["population"]
    strata = inputs["survey_strata"]
    keys = list(zip(strata["sex"], strata["age"], strict=True))
    rng = np.random.default_rng(settings["seed"])
    rows = []
    for city in inputs.rows("survey_levels", level="city"):
        answers = settings["answers_per_area"] * rng.normal(
            1, settings["answers_spread"], len(areas)
        )
        levels = {m: _levels(inputs, areas, m, getattr(city, m) / 100) for m in MEASURES}
        for at, area in enumerate(areas["area_id"]):
            inhabitants = people.loc[area].loc[keys].to_numpy(np.float64)
            chance = inhabitants * strata["response"].to_numpy()
            drawn = rng.choice(len(strata), round(answers[at]), p=chance / chance.sum())
            found = strata[["sex", "age"]].iloc[drawn].reset_index(drop=True)
            found.insert(0, "area_id", area)
            found.insert(1, "year", int(city.year))
            shared = rng.normal(size=len(drawn)) * settings["answers_correlation"] ** 0.5
            for measure in MEASURES:
                share = _by_stratum(strata[measure].to_numpy(), inhabitants, levels[measure][at])
                own = rng.normal(size=len(drawn)) * (1 - settings["answers_correlation"]) ** 0.5
                found[measure] = (shared + own < ndtri(share[drawn])).astype(int)
            rows.append(found)
    answers_of_all: pd.DataFrame = pd.concat(rows, ignore_index=True)
    return answers_of_all


def _areas(inputs: Inputs) -> pd.DataFrame:
    areas = pd.DataFrame([properties for properties, _ in inputs.layers["safety_areas"]])
    ordered: pd.DataFrame = areas.sort_values("area_id").reset_index(drop=True)
    return ordered


def _levels(inputs: Inputs, areas: pd.DataFrame, measure: str, city: float) -> NDArray[np.float64]:
    factor = _factors(areas, inputs.rows("survey_levels"), measure)
    mean = np.average(factor, weights=areas["population"])
    shares: NDArray[np.float64] = np.clip((city * factor / mean).to_numpy(np.float64), 0, 0.9)
    return shares


def _by_stratum(
    factor: NDArray[np.float64], people: NDArray[np.float64], share: float
) -> NDArray[np.float64]:
    """Return the share of each stratum, so that all of them have ``share`` together."""
    spread = share * factor / np.average(factor, weights=people)
    return np.clip(spread, 0.001, 0.95)


def _factors(areas: pd.DataFrame, rows: list[Any], measure: str) -> pd.Series[float]:
    of = {(row.level, str(row.unit)): getattr(row, measure) for row in rows}
    district = areas["bydel"].map(lambda name: of.get(("bydel", name), 1.0))
    own = areas["area_id"].map(lambda number: of.get(("area", str(number)), 1.0))
    return district * own
