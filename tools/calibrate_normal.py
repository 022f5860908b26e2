"""How often the weekly ranges are wrong on pure chance, and how strong a change must be to be found.

``python tools/calibrate_normal.py`` prints a table; ``--rounds N`` simulated registers. Chance is that
of the simulated district without its planted changes: season, school holidays, Christmas, trend,
overdispersion by sector and over all sectors at once.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import nbinom

from ypo_dash.sources.simulated.city import build_city
from ypo_dash.sources.simulated.days import build_days
from ypo_dash.sources.simulated.inputs import read_inputs
from ypo_dash.sources.simulated.intensity import build_intensity
from ypo_dash.stats.normal_range import (
    FEWER,
    MORE,
    adjusted,
    flags,
    negative_binomial,
    ranges,
    with_totals,
)
from ypo_dash.stats.week_design import week_design

DATA = Path(__file__).resolve().parents[1] / "data"
CLASSES = (0, 1, 2, 5, 10, 20, 50, 5000)


class District:
    """Expected weekly counts of the simulated district without planted changes."""

    def __init__(self, data=DATA):
        inputs = read_inputs(data)
        unchanged = inputs["planted_changes"].assign(factor=1.0)
        inputs = replace(inputs, tables={**inputs.tables, "planted_changes": unchanged})
        city, days = build_city(inputs), build_days(inputs)
        intensity = build_intensity(inputs, city, days)
        levels = inputs["levels"]
        self.types = list(levels["type"])
        self.spread = levels["overdispersion"].to_numpy(float)
        self.common = inputs.settings["level"]["common_overdispersion"]
        kinds = inputs["strata"]["type"].map({t: i for i, t in enumerate(self.types)}).to_numpy()
        first = pd.Timestamp(days.dates[0])
        monday = first - pd.Timedelta(days=first.weekday())
        week = ((days.dates - monday).days // 7).to_numpy()
        sector = city.zones["sector"].to_numpy()[intensity.zone]
        self.expected = np.zeros((week[-1] + 1, len(inputs.sector_ids), len(self.types)))
        by_week = np.zeros((len(intensity.stratum), week[-1] + 1))
        np.add.at(by_week.T, week, intensity.expected.T)
        np.add.at(self.expected.transpose(1, 2, 0), (sector, kinds[intensity.stratum]), by_week)
        self.expected.setflags(write=False)
        self.starts = [monday.date() + timedelta(days=7 * i) for i in range(week[-1] + 1)]
        self.whole = np.bincount(week, minlength=len(self.starts)) == 7
        holidays = inputs["holidays"]
        public = holidays[holidays["kind"] == "public"]["date"]
        self.design = week_design(self.starts, self.whole, [date.fromisoformat(d) for d in public])

    def draw(self, rng, expected=None):
        """Return counts by week, sector and type: negative binomial, partly shared by all sectors."""
        mean = self.expected if expected is None else expected
        local, shared = self.spread * (1 - self.common), self.spread * self.common
        noise = rng.gamma(1 / local, local, mean.shape)
        noise = noise * rng.gamma(1 / shared, shared, (len(mean), 1, len(local)))
        return rng.poisson(mean * noise).astype(float)

    def assess(self, counts, weeks):
        """Return the grid with totals, its ranges and flags of ``weeks``."""
        grid = with_totals(counts, counts.shape[1])
        none = np.zeros((0, counts.shape[2]))
        found = ranges(grid, self.design, none, weeks)
        return grid, found, flags(grid, found, adjusted(found.p, found.expected), weeks)


def assessable(district, least=30):
    """Return the whole weeks that have enough history."""
    return [int(w) for w in np.flatnonzero(district.whole) if w > least]


def chance(district, rounds, seed=7, every=1):
    """Return per round the flags of each week, and by family and class of the expected count: how many
    counts lie inside the range, how many would if counts were not discrete, and how many there are.
    """
    rng = np.random.default_rng(seed)
    weeks = assessable(district)[::every]
    flagged = []
    inside, smooth, number = np.zeros((3, 2, len(CLASSES) - 1))
    for _ in range(rounds):
        grid, found, said = district.assess(district.draw(rng), weeks)
        flagged.append(((said == MORE) | (said == FEWER)).sum(axis=(1, 2)))
        counts = grid[weeks]
        hit = (counts >= found.low) & (counts <= found.high)
        place = randomised(counts, found, rng)
        inner = np.zeros(hit.shape, bool)
        inner[:, :-1, :-1] = True
        at = np.digitize(found.expected, CLASSES) - 1
        for kind, family in enumerate((inner, ~inner)):
            for k in range(len(CLASSES) - 1):
                chosen = family & (at == k)
                inside[kind, k] += hit[chosen].sum()
                smooth[kind, k] += (np.abs(place[chosen] - 0.5) <= 0.475).sum()
                number[kind, k] += chosen.sum()
    return np.array(flagged), inside, smooth, number


def randomised(counts, found, rng):
    """Return where counts stand in their distributions, 0 to 1, evenly within a count's own chance."""
    size, chance_of = negative_binomial(found.expected, found.variance)
    below = nbinom.cdf(counts - 1, size, chance_of)
    return below + rng.random(counts.shape) * nbinom.pmf(counts, size, chance_of)


def power(district, mean, factor, weeks_long, rounds=20, seed=11):
    """Return how often a rise of one series of about ``mean`` a week is flagged, by weeks after its start."""
    rng = np.random.default_rng(seed)
    usual = district.expected[-52:].mean(axis=0)
    sector, kind = np.unravel_index(np.abs(usual - mean).argmin(), usual.shape)
    weeks = assessable(district)[-weeks_long:]
    found = np.zeros(weeks_long)
    for _ in range(rounds):
        expected = district.expected.copy()
        expected[weeks, sector, kind] *= factor
        said = district.assess(district.draw(rng, expected), weeks)[2]
        found += np.maximum.accumulate(said[:, sector, kind] == MORE)
    return usual[sector, kind], found / rounds


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    chosen = parser.parse_args()
    started = time.perf_counter()
    district = District()
    flagged, inside, smooth, number = chance(district, chosen.rounds)
    weeks = flagged.size
    print(
        f"Pure chance: {chosen.rounds} simulated registers, {weeks:,} assessed weeks, {district.expected[0].size} sectors x types"
    )
    print(f"  flags a week, mean                    {flagged.mean():.3f}")
    print(f"  weeks with any flag                   {100 * (flagged > 0).mean():.1f} %")
    print(
        "  counts inside the 95 % range, by expected count (in brackets: were counts not discrete)"
    )
    for kind, name in enumerate(("sector x type", "totals")):
        for k in range(len(CLASSES) - 1):
            if number[kind, k] > 200:
                span = f"{CLASSES[k]}-{CLASSES[k + 1]}"
                print(
                    f"    {name:14} {span:>9}  {100 * inside[kind, k] / number[kind, k]:5.1f} % ({100 * smooth[kind, k] / number[kind, k]:.1f} %)  of {number[kind, k]:,.0f}"
                )
    print("Power: a rise of one sector x type flagged within 1, 2, 4 weeks")
    for mean in (2, 5, 10, 20):
        for factor in (1.5, 2, 3):
            usual, found = power(district, mean, factor, 4, max(4, chosen.rounds))
            print(
                f"    {usual:5.1f} a week x {factor:3}   {100 * found[0]:4.0f} % {100 * found[1]:4.0f} % {100 * found[3]:4.0f} %"
            )
    print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
