"""Does the test of hot spots keep what it promises? Maps of pure chance, and spots of known strength.

    python tools/calibrate_hotspots.py [MAPS]

Prints the share of maps of pure chance with any false hot spot (wanted: at most 5 %), how many false
cells Gi* has on the same maps, and how often a spot of seven cells is found.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import h3
import numpy as np
import shapely

from ypo_dash.stats.hot_spots import (
    LEVEL,
    dispersion_over_time,
    false_discovery,
    smallest_factor,
    upper_tail,
)
from ypo_dash.stats.local_g import local_g, upper_p
from ypo_dash.store.exposure import neighbours_of, ring_sums

DATA = Path(__file__).resolve().parents[1] / "data"
MEANS = (0.05, 0.3, 2.0)
FACTORS = (2, 3, 4, 5, 6, 8, 10)
EARLIER = 12
_BATCH = 100


def district_cells(res: int = 9) -> np.ndarray:
    """Return the cells whose centre lies in the real district's sectors (about 500 at 9)."""
    features = json.loads((DATA / "sectors.geojson").read_text("utf-8"))["features"]
    whole = shapely.union_all([shapely.from_geojson(json.dumps(f["geometry"])) for f in features])
    return np.array([h3.str_to_int(c) for c in h3.geo_to_cells(whole, res)], np.uint64)


def round_cells(rings: int = 23) -> np.ndarray:
    """Return a round grid; 23 rings are 1,657 cells."""
    centre = h3.latlng_to_cell(55.69, 12.53, 9)
    return np.array([h3.str_to_int(c) for c in h3.grid_disk(centre, rings)], np.uint64)


def inner_cell(neighbours: np.ndarray) -> int:
    """Return a cell whose first and second ring are all there: the place of a spot."""
    whole = (neighbours < len(neighbours)).all(axis=1)
    return int(np.flatnonzero(whole & whole[np.minimum(neighbours, len(whole) - 1)].all(axis=1))[0])


def hot_maps(
    counts: np.ndarray, neighbours: np.ndarray, dispersion: float | np.ndarray = 0.0
) -> np.ndarray:
    """Return which cells are hot on each map (maps x cells), all cells being exposed alike."""
    exposure = ring_sums(np.full(counts.shape[1], 1 / counts.shape[1]), neighbours)
    expected = counts.sum(axis=1, keepdims=True) * exposure
    sums = ring_sums(counts.astype(float), neighbours)
    if np.ndim(dispersion) == 0:
        p = upper_tail(sums, expected, float(dispersion))
    else:
        p = np.stack([upper_tail(*each) for each in zip(sums, expected, dispersion, strict=True)])
    return false_discovery(p) < LEVEL


def false_maps(
    neighbours: np.ndarray, mean: float, maps: int, seed: int = 1, over_time: float | None = None
) -> tuple[float, float]:
    """Return the share of maps of pure chance with any hot cell, and the dispersion used on average.

    Parameters
    ----------
    over_time
        None: Poisson counts, tested as such. Else the true dispersion of cells over time; it is then
        estimated on each map from 12 earlier ones, as the product does.
    """
    rng = np.random.default_rng(seed)
    n, found, used = len(neighbours), [], []
    for start in range(0, maps, _BATCH):
        size = min(_BATCH, maps - start)
        if over_time is None:
            found.append(hot_maps(rng.poisson(mean, (size, n)), neighbours).any(axis=1))
            used.append(np.zeros(size))
            continue
        alphas, now = [], []
        for _ in range(size):
            level = rng.gamma(1 / over_time, over_time, (EARLIER + 1, n)) if over_time else 1.0
            series = rng.poisson(mean * level, (EARLIER + 1, n)).astype(float)
            alphas.append(dispersion_over_time(ring_sums(series[:-1], neighbours)) or 0.0)
            now.append(series[-1])
        found.append(hot_maps(np.stack(now), neighbours, np.array(alphas)).any(axis=1))
        used.append(np.array(alphas))
    return float(np.concatenate(found).mean()), float(np.concatenate(used).mean())


def gistar_false_cells(neighbours: np.ndarray, mean: float, maps: int, seed: int = 1) -> float:
    """Return how many cells Gi* calls hot on a map of pure chance, on average."""
    counts = np.random.default_rng(seed).poisson(mean, (maps, len(neighbours))).astype(float)
    around = ring_sums(np.ones(len(neighbours)), neighbours)
    p = upper_p(local_g(counts, ring_sums(counts, neighbours), around))
    return float((false_discovery(p) < LEVEL).sum(axis=1).mean())


def found_share(
    neighbours: np.ndarray, mean: float, factor: float, maps: int, seed: int = 2
) -> float:
    """Return how often the middle of a spot of seven cells is hot.

    ``factor`` is against the expected count, which is the spot's share of all incidents, its own
    included, as the power figures have it.
    """
    rng = np.random.default_rng(seed)
    n, middle = len(neighbours), inner_cell(neighbours)
    rate = np.full(n, mean * (n - 7 * factor) / (n - 7))
    rate[neighbours[middle]] = mean * factor
    found = [
        hot_maps(rng.poisson(rate, (min(_BATCH, maps - start), n)), neighbours)[:, middle]
        for start in range(0, maps, _BATCH)
    ]
    return float(np.concatenate(found).mean())


def main(maps: int) -> None:
    grids = {"district": district_cells(), "round": round_cells()}
    for name, cells in grids.items():
        near = neighbours_of(cells)
        print(f"\n{name}, {len(cells)} cells, {maps} maps each")
        print("mean  false maps  estimated (alpha)  alpha 0.3 estimated (alpha)  Gi* false cells")
        for mean in MEANS:
            share, _ = false_maps(near, mean, maps)
            plain, alpha = false_maps(near, mean, maps, over_time=0.0)
            over, alpha_over = false_maps(near, mean, maps, over_time=0.3)
            gi = gistar_false_cells(near, mean, min(maps, 200))
            print(f"{mean:<5} {share:<11.3f} {plain:.3f} ({alpha:.4f})     {over:.3f} ({alpha_over:.4f})               {gi:.1f}")  # fmt: skip
        print("mean  " + "".join(f"x{f:<6}" for f in FACTORS) + "80 % from")
        for mean in MEANS:
            shares = "".join(f"{found_share(near, mean, f, maps):<7.2f}" for f in FACTORS)
            print(f"{mean:<5} {shares}x{smallest_factor(7 * mean, len(cells)):.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
