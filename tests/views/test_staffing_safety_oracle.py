"""Staffing and safety recomputed from the raw files alone, and compared with what ``ypo query`` prints."""

from __future__ import annotations

import io
import json
import random
import shutil
from datetime import date
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import shapely
from click.testing import CliRunner
from scipy.stats import chi2, norm

from tests.conftest import DATA
from ypo_dash.cli import main
from ypo_dash.model.filters import Filters
from ypo_dash.model.plan import Plan
from ypo_dash.people.plans import NOTHING_EDITED
from ypo_dash.views.staffing import Staffing

AGES, SEXES, STATIONS = ("16-29", "30-49", "50-64", "65+"), ("f", "m"), ("NE", "NW", "F")
LEVELS = ("markant", "intensiveret", "almindelig", "ingen")
CELLS = [(sex, age) for sex in SEXES for age in range(4)]
SECTOR = ["sector_id", "name", "station", "population"]
Z = norm.ppf(0.975)


def ypo(home, *args):
    result = CliRunner().invoke(main, [*args], env={"YPO_HOME": str(home)})
    assert result.exit_code == 0, result.output
    return result.stdout


def assert_printed(home, what, state, expected):
    """Text alike, numbers alike to 1e-4 of the printed value, and empty where expected empty."""
    got = pd.read_csv(io.StringIO(ypo(home, "query", what, state)))
    assert list(got.columns) == list(expected.columns)
    assert len(got) == len(expected)
    for column, wanted in expected.items():
        if pd.api.types.is_numeric_dtype(wanted):
            np.testing.assert_allclose(got[column], wanted, rtol=1e-4, atol=1e-6, err_msg=column)
        else:
            assert got[column].fillna("").tolist() == wanted.fillna("").tolist(), column


def polygons(name):
    features = json.loads((DATA / name).read_text(encoding="utf-8"))["features"]
    shapes = [shapely.from_geojson(json.dumps(f["geometry"])) for f in features]
    return pd.DataFrame([f["properties"] for f in features]).assign(shape=shapes)


def shared_out(posts, needs, minimum):
    """Largest remainder; who would get less than the minimum gets it and leaves the sharing."""
    given, free = {}, dict(needs)
    while True:
        left = Fraction(posts - sum(given.values()))
        quota = {s: left * need / sum(free.values()) for s, need in free.items()}
        low = [s for s in free if quota[s] < minimum]
        if not low:
            break
        given |= dict.fromkeys(low, minimum)
        free = {s: need for s, need in free.items() if s not in low}
    whole = {s: int(q) for s, q in quota.items()}
    # The largest remainder first, of equal ones the larger need, then the earlier sector.
    order = sorted(free, key=lambda s: (whole[s] - quota[s], -free[s]))
    for sector in order[: int(left) - sum(whole.values())]:
        whole[sector] += 1
    return given | whole


def expected_staffing(plan):
    table = polygons("sectors.geojson").merge(pd.read_csv(DATA / "posts.csv"), on="sector_id")
    table["factor"] = table["sector_id"].map(plan.get("factors", {})).fillna(table["factor"])
    rows = list(table.itertuples())
    needs = {r.sector_id: Fraction(r.population, 1000 * int(r.factor)) for r in rows}
    total = table.groupby("station")["posts"].sum().to_dict() | plan.get("posts", {})
    pools = {st: (total[st], [r.sector_id for r in rows if r.station == st]) for st in STATIONS}
    if plan.get("pool") == "district":
        pools = {"": (sum(total.values()), list(needs))}
    allocation = dict(plan.get("hand", {}))
    for posts, sectors in pools.values():
        free = {s: needs[s] for s in sectors if s not in plan.get("hand", {})}
        left = int(posts) - sum(allocation[s] for s in sectors if s not in free)
        allocation |= shared_out(left, free, plan.get("minimum", 1))
        assert sum(allocation[s] for s in sectors) == posts
    table["need"] = table["population"] / (1000 * table["factor"])
    table["allocation"] = table["sector_id"].map(allocation)
    table["gap"] = table["posts"] - table["need"]
    return table[[*SECTOR, "factor", "need", "posts", "allocation", "gap"]]


def random_plan(seed):
    draw = random.Random(seed)
    sectors = range(1, 22)
    return {
        "pool": draw.choice(["station", "district"]),
        "minimum": draw.randint(0, 2),
        "posts": {station: draw.randint(22, 40) for station in STATIONS},
        "factors": {s: draw.randint(1, 5) for s in draw.sample(sectors, draw.randint(1, 8))},
        "hand": {s: draw.randint(0, 3) for s in draw.sample(sectors, draw.randint(1, 3))},
    }


def query_of(plan):
    """Return ``{"posts": {"NE": 16}}`` as ``posts=NE:16``."""
    return "&".join(f"{k}={v}" for k, v in plan.items()).translate(str.maketrans("", "", "{}' "))


PLANS = [{}, {"minimum": 0}, {"pool": "district"}, {"posts": {"NE": 16}, "hand": {8: 4}}]


@pytest.mark.parametrize("plan", [*PLANS, *map(random_plan, range(10))], ids=query_of)
def test_staffing(demo_home, plan):
    assert_printed(demo_home, "staffing", query_of(plan), expected_staffing(plan))


def merged(counts):
    """Return the stratum (a set of cells) of each (sex, age): each has 5 answers if it can."""
    strata = {cell: {cell} for cell in CELLS}
    for sex, age in CELLS:  # by age within a sex: the nearest, the younger of two
        mine = strata[sex, age]
        others = [a for a in range(4) if (sex, a) not in mine]
        if others and sum(counts[cell] for cell in mine) < 5:
            near = min(others, key=lambda a: (abs(a - age), a))
            mine = mine | strata[sex, near]
            strata |= dict.fromkeys(mine, mine)
    answers = {s: sum(counts[s, a] for a in range(4)) for s in SEXES}
    most, fewest = sorted(SEXES, key=lambda s: -answers[s])
    if answers[fewest] < 5:  # that sex stands in the other's strata of the same ages
        for age in range(4):
            both = {(sex, a) for _, a in strata[most, age] for sex in SEXES}
            strata[most, age] = strata[fewest, age] = both
    return strata


def post_stratified(answers, people):
    """Return each answer's weight, so that its (merged) stratum weighs as much as its inhabitants."""
    of = [(sex, AGES.index(age)) for sex, age in answers[["sex", "age"]].to_numpy()]
    strata = merged({cell: of.count(cell) for cell in CELLS})
    held = {cell: answers["weight"][[c == cell for c in of]].sum() for cell in CELLS}
    inhabitants = {(sex, age): people[sex, AGES[age]] for sex, age in CELLS}
    factor = [sum(inhabitants[c] for c in strata[o]) / sum(held[c] for c in strata[o]) for o in of]
    return answers["weight"] * factor


def report_rates(areas, incidents):
    """Reports per 1,000 inhabitants and year by (area, year), of years known to 90 % of their days."""
    kinds = pd.read_csv(DATA / "offences.csv").set_index("code")
    counted = kinds.query("index_type != 'none' and detection != 'police_initiated'").index
    day = pd.to_datetime(incidents["time_from"]).dt.date
    found = {}
    for year in range(day.min().year, day.max().year + 1):
        first, last = date(year, 1, 1), date(year, 12, 31)
        length = (last - first).days + 1
        known = (min(last, day.max()) - max(first, day.min())).days + 1
        if known >= 0.9 * length:
            here = incidents[incidents["type"].isin(counted) & day.between(first, last)]
            for area in areas.itertuples():
                n = shapely.contains_xy(area.shape, here["lon"], here["lat"]).sum()
                found[area.area_id, year] = 1000 * n / area.population * length / known
    return found


def expected_safety(survey, incidents):
    areas = polygons("safety_areas.geojson").set_index("area_id", drop=False)
    people = pd.read_csv(DATA / "area_population.csv").set_index(["area_id", "sex", "age"])
    rates, rows = report_rates(areas, incidents), []
    for (year, area), answers in survey.groupby(["year", "area_id"]):
        w = post_stratified(answers, people.loc[area, "population"])
        n = w.sum() ** 2 / (w**2).sum()
        row = [area, areas["name"][area], year, len(answers), n]
        for p in (np.average(answers[name], weights=w) for name in ("unsafe", "unsafe_night")):
            half = Z * np.sqrt(p * (1 - p) / n + Z**2 / (4 * n * n))
            row += [p, *((p + Z**2 / (2 * n) + side) / (1 + Z**2 / n) for side in (-half, half))]
        row += [np.average(answers[name], weights=w) for name in ("exposed", "problem")]
        rows.append([*row, rates.get((area, year), np.nan)])
    shares = [
        f"{name}{end}" for name in ("unsafe", "unsafe_night") for end in ("", "_low", "_high")
    ]
    head = ["area_id", "name", "year", "n", "n_eff", *shares]
    table = pd.DataFrame(rows, columns=[*head, "exposed", "problem", "reports"])
    parts = table[["exposed", "problem", "reports"]]
    # Hidden areas are in no total, else the total less the others would tell of them.
    base = (table["year"] == min(year for _, year in rates)) & (table["n"] >= 30)
    inhabitants = areas["population"].loc[table.loc[base, "area_id"]]
    city = np.average(parts[base], axis=0, weights=inhabitants)
    table["index"] = (100 - (50 * parts / city).clip(upper=100)).mean(axis=1, skipna=False)
    level = pd.cut(table["index"], [-1, 25, 38, 60, 101], right=False, labels=LEVELS)
    table["level"] = level.astype(object)
    # Of fewer than 30 answers only their number (and effective number) is said.
    table.loc[table["n"] < 30, [*shares, "index", "level"]] = np.nan
    return table[[*head, "index", "level"]]


def test_safety(demo_home, incidents):
    survey = pd.read_csv(DATA / "survey.csv").assign(weight=1.0)
    assert_printed(demo_home, "safety", "", expected_safety(survey, incidents))


def test_safety_of_a_small_weighted_survey(demo_home, incidents, tmp_path):
    """Few answers with weights of their own: strata merge, sexes too, and some areas are hidden."""
    draw = np.random.default_rng(7)
    survey = pd.read_csv(DATA / "survey.csv")
    share = 0.1 + 0.02 * survey["area_id"]
    share[survey["area_id"].isin([9, 20]) & (survey["sex"] == "m")] *= 0.1
    survey = survey[draw.random(len(survey)) < share]
    survey = survey.assign(weight=draw.uniform(0.3, 3, len(survey)).round(2))
    survey.to_csv(tmp_path / "small.csv", index=False)
    home = shutil.copytree(demo_home, tmp_path / "workspace")
    ypo(home, "import", "survey", str(tmp_path / "small.csv"))
    assert_printed(home, "safety", "", expected_safety(survey, incidents))


def rate_per_1000(incidents, kinds, sectors, days):
    """Incidents per 1,000 inhabitants and year by sector, and of all; with the exact interval."""
    here = incidents[incidents["type"].isin(kinds)]
    counts = {s.sector_id: int(shapely.contains_xy(s.shape, here["lon"], here["lat"]).sum()) for s in sectors.itertuples()}  # fmt: skip
    people = sectors.set_index("sector_id")["population"]
    pairs = {s: (n, people[s]) for s, n in counts.items()}
    pairs["all"] = (sum(counts.values()), people.sum())
    per = 1000 * 365.25 / days
    return {
        s: tuple(
            v * per / n for v in (c, chi2.ppf(0.025, 2 * c) / 2, chi2.ppf(0.975, 2 * c + 2) / 2)
        )
        for s, (c, n) in pairs.items()
    }


def test_figures_and_proposed_factors(demo, incidents):
    """What a proposal is made of, from the raw files: reports, designated share, infrastructure, factor."""
    offences = pd.read_csv(DATA / "offences.csv").query("level == 'core'").set_index("code")
    by_police = offences.index[offences["detection"] == "police_initiated"]
    reported = [code for code in offences.index if code not in by_police and code != "OTHER"]
    day = pd.to_datetime(incidents["time_from"]).dt.date
    year = incidents[day > day.max() - pd.Timedelta(days=365)]
    sectors = polygons("sectors.geojson")
    rates = rate_per_1000(year, reported, sectors, 365)
    found = rate_per_1000(year, by_police, sectors, 365)
    estates = polygons("designated_areas.geojson")
    people = sectors.set_index("sector_id")["population"]
    designated = {
        s.sector_id: sum(e.population_estimate * e.shape.intersection(s.shape).area / e.shape.area for e in estates.itertuples()) / s.population
        for s in sectors.itertuples()
    }  # fmt: skip
    counted = pd.read_csv(DATA / "infrastructure.csv").set_index("sector_id")
    places = (50 * counted.div(people, axis=0) / (counted.sum() / people.sum())).clip(upper=100)
    staffing = Staffing(demo, Filters(), Plan(), NOTHING_EDITED)
    of_all = sum(designated[s] * people[s] for s in people.index) / people.sum()
    for s in people.index:
        mine = staffing.reported[str(s)]
        assert (mine.rate, mine.low, mine.high) == pytest.approx(rates[s])
        assert staffing.found[str(s)].rate == pytest.approx(found[s][0])
        assert staffing.designated[str(s)] == pytest.approx(designated[s])
        score = np.mean(
            [min(100, 50 * rates[s][0] / rates["all"][0]), min(100, 50 * designated[s] / of_all), places.loc[s].mean()]
        )  # fmt: skip
        proposal = staffing.proposal(str(s))
        assert proposal.score == pytest.approx(score)
        assert proposal.factor == 5 - np.searchsorted([30, 42, 54, 66], score, side="right")
