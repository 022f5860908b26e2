"""What partners get of weekends and weeks: the counts are true, and nothing small comes back."""

from __future__ import annotations

import random
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from tests.views.partner_attack import Attack, District
from ypo_dash.model.errors import FilterError
from ypo_dash.model.tiers import Range
from ypo_dash.store.segments import read_truth
from ypo_dash.views import partner_period as rule
from ypo_dash.views.disclosure import month_leaves
from ypo_dash.views.partner_period import Bounds, partner_months, partner_period

DAY, WEEK = timedelta(days=1), timedelta(days=7)
FEBRUARY = date(2010, 2, 1), date(2010, 2, 28)  # four whole weeks
AUTUMN = date(2012, 9, 24), date(2012, 11, 4)  # a week in two months at either end


@pytest.fixture(scope="module")
def truth(demo):
    """The raw incidents: local day of the start, sector (empty: not mapped) and type."""
    parts = [read_truth(demo.files, s).to_pandas() for s in demo.manifest.segments]
    frame = pd.concat(parts, ignore_index=True)
    local = pd.to_datetime(frame["start_utc"], utc=True).dt.tz_convert("Europe/Copenhagen")
    return pd.DataFrame(
        {
            "day": local.dt.tz_localize(None).dt.normalize(),
            "sector": frame["sector"].astype(object).where(frame["sector"].notna(), ""),
            "type": frame["type"].astype(str),
        }
    )


def mondays(demo):
    """All Mondays of weeks that lie wholly in the data."""
    first, last = demo.span
    start = first + DAY * (-first.weekday() % 7)
    return [start + WEEK * n for n in range(((last - start).days + 1) // 7)]


def all_periods(demo):
    for monday in mondays(demo):
        yield monday + 4 * DAY, monday + 6 * DAY
        yield monday, monday + 6 * DAY
        if monday + 13 * DAY <= demo.span[1]:
            yield monday, monday + 13 * DAY


def everything(demo):
    """Every text of every period of a year."""
    year = [p for p in all_periods(demo) if p[0] >= date(2011, 11, 21)]
    found = [partner_period(demo, *period, (), "da") for period in year]
    return repr(found)


def by_hand(truth, monday, half, code):
    """The rule once more, in words of pandas: counted, leaves left out, whether all is known."""
    days = [monday + n * DAY for n in ((0, 1, 2, 3), (4, 5, 6))[half]]
    counted, left, known = 0, 0, True
    for month in sorted({(d.year, d.month) for d in days}):
        sunday = pd.Timestamp(monday + 6 * DAY)
        own = truth[truth["type"] == code]
        own = own[(own["day"].dt.year == month[0]) & (own["day"].dt.month == month[1])]
        so_far = own[own["day"] <= sunday].groupby("sector").size()
        safe = so_far[so_far >= 3].index
        enough = len(safe) >= 5 and so_far[safe].mean() >= 4
        known &= enough
        left += 22 - len(safe)
        if enough:
            counted += int((own["day"].isin(pd.to_datetime(days)) & own["sector"].isin(safe)).sum())
    return counted, left, known


@pytest.mark.parametrize("monday", [date(2012, 11, 19), date(2012, 10, 29), date(2009, 12, 28)])
def test_counts_equal_a_count_of_the_raw_rows(demo, truth, monday):
    weekend = partner_period(demo, monday + 4 * DAY, monday + 6 * DAY, (), "en")
    week = partner_period(demo, monday, monday + 6 * DAY, (), "en")
    for row, whole in zip(weekend.rows, week.rows, strict=True):
        counted, left, known = by_hand(truth, monday, 1, row.code)
        low = counted // 4 * 4
        assert row.count == Bounds(low, low + 3 + 2 * left if known else None), row
        before, _, _ = by_hand(truth, monday, 0, row.code)
        assert whole.count.low == low + before // 4 * 4
    assert any(row.count.high is not None for row in weekend.rows)
    assert weekend.total.low == sum(row.count.low for row in weekend.rows)


def test_the_true_count_lies_in_every_range(demo, truth):
    table = truth.groupby(["day", "type"]).size().unstack(fill_value=0)
    ranges = 0
    for first, last in all_periods(demo):
        true = table.loc[str(first) : str(last)].sum()
        found = partner_period(demo, first, last, (), "en")
        for row in found.rows:
            ranges += row.count.high is not None
            assert row.count.low <= true[row.code], (first, last, row)
            assert row.count.high is None or true[row.code] <= row.count.high, (first, last, row)
    assert ranges > 2000


def test_days_add_up_to_the_months_leaves(demo):
    for month in (date(2009, 9, 1), date(2012, 2, 1), date(2012, 11, 1)):
        assert (rule.day_leaves(demo, month).sum(axis=0) == month_leaves(demo, month)).all()


def test_small_leaves_change_no_character(demo, monkeypatch):
    """1, 2 or none, on whichever days, in whichever of the sectors: all periods stay the same."""
    before, real = everything(demo), rule.day_leaves

    def other(snapshot, month):
        days = real(snapshot, month).copy()
        rng = np.random.default_rng(month.toordinal())
        small = days.sum(axis=0) < 3
        days[:, small] = 0
        for sector, kind in np.argwhere(small & (rng.random(small.shape) < 0.6)):
            for _ in range(rng.integers(1, 3)):
                days[rng.integers(0, 25), sector, kind] += 1
        return days

    monkeypatch.setattr(rule, "day_leaves", other)
    assert (other(demo, date(2012, 10, 1)) != real(demo, date(2012, 10, 1))).sum() > 100
    assert everything(demo) == before


def test_a_period_says_the_same_when_its_month_is_over(demo, monkeypatch):
    """What is known later, such as that a sector has passed three since, is not in it."""
    real = rule.day_leaves
    chosen = [m for m in mondays(demo) if m >= date(2011, 6, 1)]
    later = [repr(partner_period(demo, m, m + 6 * DAY, (), "en")) for m in chosen]
    for monday, found in zip(chosen, later, strict=True):

        def known(snapshot, month, end=monday + 6 * DAY):
            days = real(snapshot, month).copy()
            if month == end.replace(day=1):
                days[end.day :] = 0
            return days

        monkeypatch.setattr(rule, "day_leaves", known)
        assert repr(partner_period(demo, monday, monday + 6 * DAY, (), "en")) == found


def random_district(rng, span, sectors):
    """Few incidents, in clumps: such districts are the easiest to see through."""
    district = District(*span)
    x = np.zeros((rng.integers(*sectors), len(district.cells)), np.int64)
    for row in x:
        clumps = rng.dirichlet(np.full(len(row), rng.choice([0.1, 0.3, 1.0])))
        np.add.at(
            row, rng.choice(len(row), rng.integers(1, 9 * len(district.months) + 1), p=clumps), 1
        )
    return district.fill(x)


@pytest.mark.parametrize(("span", "seed", "n"), [(FEBRUARY, 1, 18), (AUTUMN, 2, 6)])
def test_integer_programming_over_everything_finds_nothing(monkeypatch, span, seed, n):
    rng = np.random.default_rng(seed)
    leaves = parts = districts = 0
    while districts < n:
        district = random_district(rng, span, (6, 9))
        monkeypatch.setattr(rule, "day_leaves", district.day_leaves)
        attack = Attack(district)
        if not attack.counted:
            continue  # nothing is shown of it
        districts += 1
        tried, found = attack.months()
        leaves += tried
        assert not found
        tried, found = attack.parts(rng, share=0.5)
        parts += tried
        assert not found
    assert leaves > 8
    assert parts > 50


def test_the_attack_finds_small_leaves_behind_exact_totals(monkeypatch):
    rng, found = np.random.default_rng(3), 0
    for _ in range(8):
        district = random_district(rng, FEBRUARY, (6, 9))
        monkeypatch.setattr(rule, "day_leaves", district.day_leaves)
        found += len(Attack(district, exact=True).months()[1])
    assert found > 3


def test_the_attack_finds_parts_where_two_sectors_and_single_steps_are_shown(monkeypatch):
    """The rule with its two guards off: a part of 1 follows, though no leaf is small."""
    monkeypatch.setattr(rule, "LEAST_SECTORS", 2)
    monkeypatch.setattr(rule, "LEAST_MEAN", 0)
    monkeypatch.setattr(rule, "STEP", 1)
    district = District(*FEBRUARY).fill(
        np.array([[0, 0, 0, 0, 2, 1, 0, 0], [0, 0, 0, 0, 0, 4, 1, 0]])
    )
    monkeypatch.setattr(rule, "day_leaves", district.day_leaves)
    _, found = Attack(district).parts(np.random.default_rng(0))
    assert (1, district.cells[6], 1) in found


def test_five_sectors_are_asked_to_have_four_on_average(monkeypatch):
    """Three each, and four later in one half-week: each must then have had its three before."""
    x = np.array([[3, 0, 0, 1, 0, 0, 0, 0]] * 4 + [[3, 0, 0, 0, 0, 0, 0, 0]])
    district = District(*FEBRUARY).fill(x)
    monkeypatch.setattr(rule, "day_leaves", district.day_leaves)
    assert not Attack(district).parts(np.random.default_rng(0))[1]
    monkeypatch.setattr(rule, "LEAST_MEAN", 0)
    assert len(Attack(district).parts(np.random.default_rng(0))[1]) == 4


def test_every_part_of_the_simulated_district_could_be_another(demo, monkeypatch):
    """A part of 1 or 2 changes places with another sector's, and no period and no month differs."""
    rng = random.Random(4)
    cases = other_worlds = 0
    for month in (date(2011, 2, 1), date(2012, 10, 1), date(2012, 11, 1)):
        real = rule.day_leaves(demo, month)
        weeks = [m for m in mondays(demo) if m + 6 * DAY >= month and m < month + 31 * DAY]
        for code in ("BURGLARY", "VIOLENCE", "HARASSMENT", "DRUG_ACT_SALE", "VANDALISM"):
            kind = list(demo.taxonomy.offence).index(code)
            for _ in range(8):
                monday = rng.choice(weeks)
                sector, part = pick(real[:, :, kind], month, monday, rng)
                if part is None:
                    continue
                cases += 1
                other_worlds += has_another(demo, monkeypatch, (month, kind), weeks, sector, part)
    assert cases > 60
    assert other_worlds == cases


def pick(days, month, monday, rng):
    """Return a sector and the days of a half-week of its that has one or two."""
    half = rng.choice((0, 1))
    for own, first, last in rule.half_week(monday, half):
        if own == month:
            at = slice(first.day - 1, last.day)
            small = [i for i, n in enumerate(days[at].sum(axis=0)) if 1 <= n <= 2]
            if small:
                return rng.choice(small), at
    return None, None


def has_another(demo, monkeypatch, where, weeks, sector, part):
    month, kind = where
    real = rule.day_leaves(demo, month)
    with monkeypatch.context() as patch:
        before = shown(demo, weeks, kind)
        mine = np.flatnonzero(real[part, sector, kind])[0] + part.start
        inside = set(range(part.start, part.stop))
        for other in range(real.shape[1]):
            for day in np.flatnonzero(real[:, other, kind]):
                if other == sector or day in inside:
                    continue
                days = real.copy()
                days[mine, sector, kind] -= 1
                days[day, sector, kind] += 1
                days[day, other, kind] -= 1
                days[mine, other, kind] += 1
                patch.setattr(rule, "day_leaves", patched(rule.day_leaves, month, days))
                same = shown(demo, weeks, kind) == before
                patch.undo()
                if same:
                    return True
    return False


def patched(real, month, days):
    return lambda snapshot, asked: days if asked == month else real(snapshot, asked)


def shown(demo, weeks, kind):
    found = []
    for monday in weeks:
        found += [rule._bounds(demo, [monday], halves)[kind] for halves in ((1,), (0, 1))]
        found += [rule._bounds(demo, [monday, monday + WEEK], (0, 1))[kind]]
    return found


@pytest.mark.parametrize(
    ("first", "last", "parameter"),
    [
        ("2012-11-22", "2012-11-25", "from"),  # from Thursday
        ("2012-11-24", "2012-11-25", "from"),
        ("2012-11-23", "2012-11-24", "to"),
        ("2012-11-16", "2012-11-25", "to"),  # from a Friday, but more than a weekend
        ("2012-11-19", "2012-11-22", "to"),  # Monday to Thursday
        ("2012-11-05", "2012-11-25", "to"),  # three weeks
        ("2012-11-01", "2012-11-30", "from"),
        ("2012-11-19", "2012-12-02", "to"),  # beyond the data
        ("2009-08-31", "2009-09-06", "from"),  # before them
        ("2009-09-04", "2009-09-06", "from"),  # a weekend of that week
    ],
)
def test_other_periods_are_refused(demo, first, last, parameter):
    with pytest.raises(FilterError) as raised:
        partner_period(demo, date.fromisoformat(first), date.fromisoformat(last), (), "en")
    assert raised.value.parameter == parameter
    assert raised.value.problem("da") != raised.value.problem("en")


def test_types_and_groups_are_sums(demo):
    period = date(2012, 11, 19), date(2012, 11, 25)
    all_types = partner_period(demo, *period, (), "en")
    some = partner_period(demo, *period, ("BURGLARY", "ROBBERY"), "en")
    assert [row.code for row in some.rows] == ["BURGLARY", "ROBBERY"]
    assert all(row in all_types.rows for row in some.rows)
    assert some.total == some.rows[0].count + some.rows[1].count
    assert sum((g.count for g in all_types.groups), Bounds(0, 0)) == all_types.total
    assert all_types.kind == "week"
    assert all_types.snapshot == demo.id


def test_bounds_in_words_and_files():
    cases = [
        (Bounds(44, 47), "44–47", "44-47"),
        (Bounds(0, 3), "0–3", "0-3"),
        (Bounds(8, 27), "at least 8", "8+"),
        (Bounds(0, 40), "–", ""),
        (Bounds(0, None), "–", ""),
        (Bounds(1204, None), "at least 1,204", "1204+"),
    ]
    for bounds, words, plain in cases:
        assert bounds.text("en") == words
        assert bounds.plain() == plain
    assert Bounds(1204, None).text("da") == "mindst 1.204"
    assert Bounds(4, 7) + Bounds(4, None) == Bounds(8, None)


def test_months_for_a_sectors_page(demo):
    found = partner_months(demo, date(2012, 11, 25), ("7", "3"), "en")
    assert found.period == (date(2012, 10, 1), date(2012, 10, 31))
    assert [row.id for row in found.rows if row.kind == "sector"] == ["3", "7"]
    assert partner_months(demo, date(2012, 10, 31), ("3",), "en").period == found.period
    assert partner_months(demo, date(2012, 10, 30), ("3",), "en").period[1] == date(2012, 9, 30)
    assert all(isinstance(value, Range) for value in found.rows[0].values)
    with pytest.raises(FilterError, match="no calendar month"):
        partner_months(demo, date(2009, 9, 29), ("3",), "en")
