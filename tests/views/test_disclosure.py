"""What leaves the house: ranges of censored leaves, from which no suppressed count comes back."""

from __future__ import annotations

import random
from calendar import monthrange
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.model.tiers import Range, censor, may_draw_point, periods
from ypo_dash.store.segments import read_truth
from ypo_dash.views import disclosure, explore, panel, pins
from ypo_dash.views.disclosure import month_leaves, published
from ypo_dash.views.tables import OUTSIDE, TABLES, cells_geojson, table


@pytest.fixture(scope="module")
def truth(demo):
    """The raw incidents: local month of the start, sector (empty: not mapped) and type."""
    parts = [read_truth(demo.files, s).to_pandas() for s in demo.manifest.segments]
    frame = pd.concat(parts, ignore_index=True)
    local = pd.to_datetime(frame["start_utc"], utc=True).dt.tz_convert("Europe/Copenhagen")
    return pd.DataFrame(
        {
            "month": local.dt.strftime("%Y-%m"),
            "sector": frame["sector"].astype(object).where(frame["sector"].notna(), ""),
            "type": frame["type"].astype(str),
        }
    )


def state(demo, query):
    return Filters.from_query(query, demo)


def shown(demo, query):
    return published(demo, state(demo, query), "en")


def random_state(demo, rng):
    """A state that a partner (or anybody) may ask for."""
    tier = rng.choice(["partner", "partner", "public"])
    known = periods(tier, demo.span)
    first, last = sorted(rng.choices(range(len(known)), k=2), reverse=True)
    first = min(first, last + 5)
    parts = [f"tier={tier}", f"from={known[first][0]}", f"to={known[last][1]}"]
    groups = list(demo.taxonomy.groups)
    codes = groups if tier == "public" else list(demo.taxonomy.offence)
    if rng.random() < 0.6:
        parts.append("types=" + ",".join(rng.sample(codes, rng.randint(1, len(codes)))))
    place = rng.random()
    if place < 0.5:
        parts.append("sectors=" + ",".join(rng.sample(list(demo.sector_names), rng.randint(1, 20))))
    elif place < 0.65:
        parts.append("station=" + rng.choice(list(demo.station_names)))
    return "&".join(parts)


def leaves_of(demo, filters):
    """Which leaves a state's total is made of: month x (sector or not mapped) x type."""
    first, last = filters.period(demo.span)
    months = [first <= m <= last for m, _ in periods("partner", demo.span)[::-1]]
    places = filters.place_sectors(demo)
    sectors = [places is None or s.id in places for s in demo.sectors] + [not filters.has_place]
    types = [not filters.types or code in filters.types for code in demo.taxonomy.offence]
    return np.array(months)[:, None, None] & np.array(sectors)[:, None] & np.array(types)


def narrower(demo, filters, rng):
    """A view to difference with: the same without one sector, one type or one month."""
    first, last = filters.period(demo.span)
    choice = rng.randrange(3)
    if choice == 0:
        places = filters.place_sectors(demo) or tuple(demo.sector_names)
        rest = tuple(s for s in places if s != rng.choice(places)) or places
        return replace(filters, sectors=rest, station=None)
    if choice == 1 and filters.tier == "partner":
        types = filters.types or tuple(demo.taxonomy.offence)
        dropped = rng.choice(types)
        return replace(filters, types=tuple(t for t in types if t != dropped) or types)
    known = [period for period in periods(filters.tier, demo.span) if first <= period[0] <= last]
    return replace(filters, date_from=known[-1][0], date_to=known[min(1, len(known) - 1)][1])


def test_leaves_equal_a_count_of_the_raw_rows(demo, truth):
    for month in (date(2009, 9, 1), date(2012, 3, 1), date(2012, 10, 1)):
        rows = truth[truth["month"] == f"{month:%Y-%m}"]
        expected = np.zeros((22, 14), int)
        for (sector, kind), n in rows.groupby(["sector", "type"]).size().items():
            at = list(demo.sector_names).index(sector) if sector else 21
            expected[at, list(demo.taxonomy.offence).index(kind)] = n
        assert (month_leaves(demo, month) == expected).all()


def test_what_is_shown_is_the_sum_of_censored_raw_counts(demo, truth):
    found = shown(demo, "tier=partner&from=2012-08-01&to=2012-10-31&types=ROBBERY,VANDALISM")
    rows = truth[
        truth["month"].between("2012-08", "2012-10") & truth["type"].isin(["ROBBERY", "VANDALISM"])
    ]
    by_leaf = rows.groupby(["month", "sector", "type"]).size().reset_index(name="n")
    by_leaf["low"] = by_leaf["n"].where(by_leaf["n"] > 2, 1)
    by_leaf["high"] = by_leaf["n"].where(by_leaf["n"] > 2, 2)
    whole = by_leaf[["low", "high"]].sum()
    assert found.all.total == Range(int(whole["low"]), int(whole["high"]))
    assert not found.all.total.is_exact
    for row in found.rows:
        if row.kind == "sector":
            mine = by_leaf[by_leaf["sector"] == row.id][["low", "high"]].sum()
            assert row.total == Range(int(mine["low"]), int(mine["high"])), row.id
    by_month = by_leaf.groupby("month")[["low", "high"]].sum()
    assert [(f"{m:%Y-%m}", n.low) for m, n in found.months] == list(by_month["low"].items())


def test_the_attack_finds_naive_suppression(demo):
    """The attack below can win: with exact totals beside "<3" it finds counts."""
    found = 0
    for month, _ in periods("partner", demo.span)[:6]:
        leaves = month_leaves(demo, month)
        for sector in leaves:  # the row's exact total is known, as are its counts above 2
            small = sector[(sector > 0) & (sector < 3)]
            found += small.sum() in (len(small), 2 * len(small)) and len(small) > 0
    assert found > 5


def test_ten_thousand_pairs_of_views_recover_nothing(demo):
    """One view minus another: random ones, and ones chosen to leave as little as can be."""
    rng = random.Random(20121125)
    months = [first for first, _ in periods("partner", demo.span)[::-1]]
    counts = np.array([month_leaves(demo, month) for month in months])
    small = (counts == 1) | (counts == 2)
    views = [state(demo, random_state(demo, rng)) for _ in range(150)]
    near = {i: [] for i in range(len(views))}
    for i in list(near):
        for _ in range(4):
            near[i].append(len(views))
            views.append(narrower(demo, views[i], rng))
    totals = [published(demo, view, "en").all.total for view in views]
    leaves = [leaves_of(demo, view) for view in views]
    nested = attacked = recovered = 0
    for _ in range(10_000):
        a = rng.randrange(150)
        b = rng.choice(near[a]) if rng.random() < 0.7 else rng.randrange(len(views))
        if (leaves[b] & ~leaves[a]).any():
            continue
        nested += 1
        left = leaves[a] & ~leaves[b]
        suppressed = int(small[left].sum())
        if suppressed:
            attacked += 1
            exact = int(counts[left & ~small].sum())  # the attacker may even know all the others
            least = totals[a].low - totals[b].high - exact
            most = totals[a].high - totals[b].low - exact
            recovered += least > suppressed or most < 2 * suppressed
    assert nested > 6000
    assert attacked > 4000
    assert recovered == 0


def test_linear_programming_over_all_views_of_a_month_recovers_nothing(demo):
    """Every number of every view of a month as one system: each suppressed leaf stays 1 to 2."""
    month, end = date(2012, 10, 1), "2012-10-31"
    counts = month_leaves(demo, month)
    n_sectors, n_types = counts.shape
    rows, low, high = [], [], []

    def know(sectors, types, known):
        row = np.zeros(counts.shape)
        row[np.ix_(sectors, types)] = 1
        rows.append(row.ravel())
        low.append(known.low)
        high.append(known.high)

    codes = list(demo.taxonomy.offence)
    groups = {g: [codes.index(c) for c in cs] for g, cs in demo.taxonomy.groups.items()}
    columns = [*[([t], f"types={c}") for t, c in enumerate(codes)], (list(range(n_types)), "")]
    columns += [(types, f"types={group}") for group, types in groups.items()]
    for types, part in columns:
        found = shown(demo, f"tier=partner&from={month}&to={end}&{part}")
        for row in found.rows:
            if row.kind == "sector":
                sectors = [list(demo.sector_names).index(row.id)]
            elif row.kind == "station":
                inside = demo.station_sectors[row.id]
                sectors = [i for i, s in enumerate(demo.sectors) if s.id in inside]
            else:
                sectors = [n_sectors - 1] if row.kind == "not_mapped" else list(range(n_sectors))
            know(sectors, types, row.total)
    a = np.vstack([np.array(rows), -np.array(rows)])
    b = np.concatenate([high, -np.array(low)])
    small = np.flatnonzero((counts.ravel() > 0) & (counts.ravel() < 3))
    assert len(small) > 80
    bounds = [(0, None)] * counts.size
    for leaf in random.Random(1).sample(list(small), 25):
        for sign in (1, -1):
            c = np.zeros(counts.size)
            c[leaf] = sign
            best = linprog(c, A_ub=a, b_ub=b, bounds=bounds, method="highs")
            assert best.status == 0
            assert sign * best.fun == pytest.approx(1 if sign == 1 else 2)


def test_suppressed_counts_change_no_character(demo, monkeypatch):
    """1 or 2: every text of every view is the same, whichever it was."""
    rng, real = random.Random(7), month_leaves
    queries = [random_state(demo, rng) for _ in range(40)]

    def everything():
        found = []
        for query in queries:
            view = shown(demo, query)
            found.append((view.caption, view.rows, view.months, view.notes))
            found += [table(demo, name, state(demo, query)).csv() for name in OUTSIDE]
        return repr(found)

    before = everything()

    def flipped(snapshot, month):
        leaves = real(snapshot, month).copy()
        small = (leaves > 0) & (leaves < 3)
        flip = small & (np.random.default_rng(month.toordinal()).random(leaves.shape) < 0.5)
        return np.where(flip, 3 - leaves, leaves)

    monkeypatch.setattr(disclosure, "month_leaves", flipped)
    assert (flipped(demo, date(2012, 10, 1)) != real(demo, date(2012, 10, 1))).any()
    assert everything() == before


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("tier=partner&hours=22-6", "hours"), ("tier=partner&days=1", "days"),
        ("tier=partner&scenes=FLAT", "scenes"), ("tier=partner&cell=891f05a3687ffff", "cell"),
        ("tier=partner&res=10", "res"), ("tier=public&measure=rate", "measure"),
        ("tier=public&measure=hotspot", "measure"), ("tier=partner&baseline=residents", "baseline"),
        ("tier=partner&compare=year", "compare"), ("tier=secret", "tier"),
    ],
)  # fmt: skip
def test_free_filters_are_refused(demo, query, parameter):
    with pytest.raises(FilterError) as raised:
        state(demo, query)
    assert raised.value.parameter == parameter
    assert raised.value.problem("da")


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("tier=partner&from=2012-10-02&to=2012-10-31", "from"),
        ("tier=partner&from=2012-10-01&to=2012-10-30", "to"),
        ("tier=partner&from=2012-11-01&to=2012-11-30", "from"),  # not complete yet
        ("tier=partner&from=2009-08-01&to=2009-09-30", "from"),  # before the data
        ("tier=public&from=2012-10-01&to=2012-10-31", "to"),  # no whole quarter
        ("tier=public&types=ROBBERY", "types"),
        ("tier=internal", "tier"),
    ],
)
def test_other_periods_and_types_are_refused(demo, query, parameter):
    with pytest.raises(FilterError) as raised:
        shown(demo, query)
    assert raised.value.parameter == parameter


def test_default_periods_are_the_last_complete_ones(demo):
    assert shown(demo, "tier=partner").period == (date(2012, 10, 1), date(2012, 10, 31))
    assert shown(demo, "tier=public").period == (date(2012, 7, 1), date(2012, 9, 30))
    for tier, months in (("partner", 1), ("public", 3)):
        for first, last in periods(tier, demo.span):
            assert first.day == 1
            assert last.day == monthrange(last.year, last.month)[1]
            assert (last.year - first.year) * 12 + last.month - first.month == months - 1
        assert len(periods(tier, demo.span)) == (38 if tier == "partner" else 12)


def test_a_tier_is_part_of_the_address(demo):
    filters = state(demo, "tier=partner&types=ROBBERY")
    assert filters.to_query() == "types=ROBBERY&tier=partner"
    assert state(demo, filters.to_query()) == filters
    assert "tier" not in state(demo, "").to_query()


def test_no_rate_under_ten_events(demo):
    rows = shown(demo, "tier=partner&types=ROBBERY").rows
    for row in rows:
        assert (row.rate is None) == (row.total.low < 10 or row.kind == "not_mapped"), row
    assert any(row.rate for row in rows)
    assert any(row.rate is None for row in rows)
    whole = shown(demo, "tier=partner&types=BURGLARY").rows[0]
    people = demo.sectors[0].population
    rates = [n * 1000 / people for n in (whole.total.low, whole.total.high)]
    assert whole.rate == pytest.approx(rates)


def test_nothing_else_shows_a_tier(demo):
    filters = state(demo, "tier=partner")
    for call in (
        lambda: explore.view(demo, filters, "en"), lambda: explore.card(demo, filters, "en"),
        lambda: pins.pins(demo, filters, "en"), lambda: panel.panel(demo, filters, "en"),
        lambda: cells_geojson(demo, filters),
        *(lambda name=name: table(demo, name, filters) for name in set(TABLES) - set(OUTSIDE)),
    ):  # fmt: skip
        with pytest.raises(FilterError, match="tier"):
            call()


def test_points_are_never_drawn_outside(demo):
    words = demo.taxonomy
    pairs = [(o, s) for o in words.offences for s in words.scenes]
    assert not any(may_draw_point(tier, o, s) for tier in ("partner", "public") for o, s in pairs)
    drawn = {(o.code, s.code) for o, s in pairs if may_draw_point("internal", o, s)}
    assert ("VANDALISM", "STREET") in drawn
    assert ("VIOLENCE", "FLAT") not in drawn
    assert not any(code == "INDECENT" for code, _ in drawn)


def test_ranges_in_words_and_files(demo):
    assert [Range(*r).plain() for r in ((0, 0), (1, 2), (2, 4), (1200, 1210))] == [
        "0",
        "<3",
        "2-4",
        "1200-1210",
    ]
    assert Range(1200, 1210).text("da") == "1.200–1.210"
    assert [censor(n).plain() for n in range(4)] == ["0", "<3", "<3", "3"]
    csv = table(demo, "types", state(demo, "tier=public")).csv().splitlines()
    assert csv[0] == "code,count"
    assert [line.split(",")[0] for line in csv[1:]] == list(demo.taxonomy.groups)
    months = table(demo, "months", state(demo, "tier=public")).csv().splitlines()
    assert [line.split(",")[0] for line in months] == ["month", "2012-07", "2012-08", "2012-09"]
