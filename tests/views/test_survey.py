"""The survey: weights, what is hidden, index, changes; by hand on small surveys and on the district."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ypo_dash.model.errors import FilterError
from ypo_dash.model.plan import IndexRules
from ypo_dash.people.plans import NOTHING_EDITED
from ypo_dash.sources.survey import KEYS, SUMS
from ypo_dash.stats.small_area import fay_herriot
from ypo_dash.stats.strata import weighted_share
from ypo_dash.views.safety import change_sentence, safety_section, share_text
from ypo_dash.views.survey import COLUMNS, Survey, level_at, survey_of
from ypo_dash.views.workbench import workbench_table


@pytest.fixture(scope="module")
def survey(demo):
    return survey_of(demo, IndexRules())


class Small(Survey):
    """The district's areas with a survey and a population of our own."""

    def __init__(self, demo, rows, people=(), rules=None):
        super().__init__(demo, rules or IndexRules())
        self.sums = pd.DataFrame(rows, columns=[*KEYS, *SUMS])
        self.years = tuple(sorted({int(y) for y in self.sums["year"]}))
        self._people = pd.DataFrame(people, columns=["area_id", "sex", "age", "population"])


def answers(area, n, hits, year="2012", measure="unsafe", sex="", age=""):
    asked = [(area, year, sex, age, "answers", n, 0, n, n, 0)]
    return [*asked, (area, year, sex, age, measure, n, hits, n, n, hits)]


def test_few_answers_are_hidden_and_some_uncertain(demo):
    found = Small(demo, [*answers("1", 29, 9), *answers("2", 30, 3), *answers("3", 99, 9), *answers("4", 100, 9)])  # fmt: skip
    states = {row.area.id: row.state for row in found.of_year(2012)}
    assert [states[a] for a in "12345"] == ["hidden", "uncertain", "uncertain", "shown", "none"]
    hidden = found.all[("1", 2012)]
    assert (hidden.shares, hidden.index, hidden.n) == ({}, None, 29)
    table = found.table(found.years, found.areas)
    rows = {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in table.rows}
    assert set(rows) == {"1", "2", "3", "4"}  # no survey is no row, never a zero
    assert [rows["1"][c] for c in COLUMNS[5:]] == [""] * 8
    assert rows["2"]["unsafe"] == 0.1


def test_no_total_tells_what_is_hidden(demo):
    """The total of all areas less those that are shown leaves nothing over; nor does a change tell it."""
    rows = [*answers("1", 20, 19), *answers("2", 200, 20), *answers("3", 300, 60)]
    rows += [*answers("2", 200, 20, year="2011"), *answers("3", 300, 60, year="2011"), *answers("4", 400, 300, year="2011")]  # fmt: skip
    found = Small(demo, rows)
    other = Small(demo, [*answers("1", 20, 0), *rows[2:]])
    assert found.city(2012) == other.city(2012)
    assert found.city(2012)["unsafe"].n == 500
    # A change is of areas that both years have; area 4 was surveyed in 2011 alone.
    change = found.city_change(2012, 2011, "unsafe")
    assert change.difference == pytest.approx(0)
    assert (change.now.n, change.before.n) == (500, 500)


def test_few_answers_to_one_question_hide_that_question(demo):
    rows = [*answers("1", 200, 20), ("1", "2012", "", "", "unsafe_night", 12, 6, 12, 12, 6)]
    found = Small(demo, rows).all[("1", 2012)]
    assert set(found.shares) == {"unsafe"}


def test_weights_by_sex_and_age(demo):
    people = [("1", "f", "16-29", 600), ("1", "f", "30+", 200), ("1", "m", "16-29", 100), ("1", "m", "30+", 100)]  # fmt: skip
    rows = [
        *answers("1", 20, 10, sex="f", age="16-29"),
        *answers("1", 60, 6, sex="f", age="30+"),
        *answers("1", 20, 2, sex="m", age="16-29"),
        *answers("1", 50, 0, sex="m", age="30+"),
    ]
    found = Small(demo, rows, people).all[("1", 2012)]
    assert found.weighted
    assert found.shares["unsafe"].share == pytest.approx(0.6 * 0.5 + 0.2 * 0.1 + 0.1 * 0.1)
    weights = np.repeat([600 / 20, 200 / 60, 100 / 20, 100 / 50], [20, 60, 20, 50])
    assert found.n_eff == pytest.approx(weights.sum() ** 2 / (weights**2).sum())
    assert found.n == 150


def test_other_age_groups_or_none_are_not_weighted_and_say_so(demo):
    people = [("1", "f", "16-29", 600), ("1", "m", "16-29", 400)]
    for sex, age in (("f", "18-24"), ("", ""), ("f", "")):
        found = Small(demo, answers("1", 100, 10, sex=sex, age=age), people).all[("1", 2012)]
        assert not found.weighted
        assert found.shares["unsafe"].share == pytest.approx(0.1)


def test_few_who_told_no_age_count_like_the_average(demo):
    people = [("1", "f", "16-29", 900), ("1", "m", "16-29", 100)]
    rows = [
        *answers("1", 50, 50, sex="f", age="16-29"),
        *answers("1", 50, 0, sex="m", age="16-29"),
        *answers("1", 10, 10),
    ]
    found = Small(demo, rows, people).all[("1", 2012)]
    # Strata weigh 18 and 2 a head, who told nothing 10: (18*50 + 10*10) / 1100.
    assert found.weighted
    assert found.shares["unsafe"].share == pytest.approx((900 + 100) / 1100)


def test_index_by_hand(demo, survey):
    year, base = survey.base
    assert year == 2010  # the register begins in September 2009
    assert all(row.index is None for row in survey.of_year(2009))
    row = survey.all[("12", 2012)]
    reports = survey.reports(row.area, 2012).rate
    values = {"exposed": row.shares["exposed"].share, "problem": row.shares["problem"].share, "reports": reports}  # fmt: skip
    parts = {name: 100 - min(100, 50 * values[name] / base[name]) for name in base}
    assert row.index.parts == pytest.approx(parts)
    assert row.index.value == pytest.approx(sum(parts.values()) / 3)
    assert row.index.low < row.index.value < row.index.high
    assert row.index.lowest <= row.index.value <= row.index.highest
    uneven = Survey(demo, IndexRules(exposed=3, problem=1, reports=0, base_year=2011))
    assert uneven.base[0] == 2011
    found = uneven.all[("12", 2012)].index
    assert found.value == pytest.approx((3 * found.parts["exposed"] + found.parts["problem"]) / 4)


def test_the_base_year_stands_in_the_middle(survey):
    year, base = survey.base
    people = np.array([row.area.population for row in survey.of_year(year) if row.index])
    exposed = np.array([row.shares["exposed"].share for row in survey.of_year(year) if row.index])
    assert np.average(exposed, weights=people) == pytest.approx(base["exposed"])


def test_levels():
    rules = IndexRules(markant=20, intensiveret=40, ordinary=60)
    assert [level_at(v, rules) for v in (0, 19.9, 20, 39.9, 40, 60, 100)] == [
        "markant", "markant", "intensiveret", "intensiveret", "almindelig", "ingen", "ingen",
    ]  # fmt: skip


def test_an_index_needs_all_three_parts(demo):
    found = Small(demo, answers("12", 200, 20))
    assert found.base is None
    assert found.all[("12", 2012)].index is None


def test_the_interval_of_the_index_is_about_right(survey):
    """Answers and reports drawn anew 4,000 times: the index lies in the interval about 95 times of 100."""
    rng = np.random.default_rng(3)
    _, base = survey.base
    row = survey.all[("12", 2012)]
    rate = survey.reports(row.area, 2012)
    drawn = []
    for name in ("exposed", "problem"):
        share = row.shares[name]
        answers_ = rng.binomial(round(share.n_eff), share.share, 4000) / round(share.n_eff)
        drawn.append(100 - np.minimum(100, 50 * answers_ / base[name]))
    counts = rng.poisson(rate.count, 4000) * rate.rate / rate.count
    drawn.append(100 - np.minimum(100, 50 * counts / base["reports"]))
    index = np.mean(drawn, axis=0)
    inside = ((index >= row.index.low) & (index <= row.index.high)).mean()
    assert 0.93 <= inside <= 0.97


def test_changes_are_counted_over_all_comparisons(survey):
    holm = survey.changes(2012, 2011, "holm")
    assert len(holm) == 29 * 4
    assert all(c.adjusted >= c.p for c in holm)
    assert not any(c.is_shown for c in holm)
    small = [c for c in holm if c.p < 0.05]
    assert small  # alone they would pass
    assert "among all comparisons" in change_sentence(small[0], (2012, 2011), "en")
    quiet = next(c for c in holm if c.p > 0.5)
    assert "about" in change_sentence(quiet, (2012, 2011), "en")
    bh = survey.changes(2012, 2009, "bh")
    assert sum(c.is_shown for c in bh) >= sum(
        c.is_shown for c in survey.changes(2012, 2009, "holm")
    )


def test_a_large_change_is_shown(demo):
    rows = [*answers("1", 230, 80), *answers("1", 230, 30, year="2011")]
    change = Small(demo, rows).changes(2012, 2011, "holm")[0]
    assert change.is_shown
    assert change.low > 0
    assert change_sentence(change, (2012, 2011), "en") == "Higher than in 2011, beyond chance."
    back = Small(demo, rows).changes(2011, 2012, "holm")[0]
    assert change_sentence(back, (2011, 2012), "en") == "Lower than in 2012, beyond chance."


def test_the_city_fell(survey):
    """22 to 17.5 % over the years is beyond chance, as the published series says."""
    change = survey.city_change(2012, 2009, "unsafe_night")
    assert change.is_shown
    assert change.difference == pytest.approx(0.186 - 0.22, abs=0.02)
    assert survey.city_change(2012, 2011, "nothing") is None


def test_model_steadies_towards_the_reports(survey):
    model, rows = survey.model(2012, "unsafe"), survey.of_year(2012)
    direct = {row.area.id: row.shares["unsafe"] for row in rows if row.shares}
    assert set(model) == set(direct)
    width = [(m.high - m.low) / (direct[a].high - direct[a].low) for a, m in model.items()]
    assert max(width) < 1.02
    assert np.mean(width) < 0.95
    spread = [np.std([s.share for s in of.values()]) for of in (model, direct)]
    assert spread[0] < spread[1]
    assert survey.model(2009, "unsafe") == {}  # the register has no year then


def test_the_models_intervals_hold():
    """In 300 simulated surveys of 29 areas the 95 % intervals of the model cover 93-97 %."""
    rng = np.random.default_rng(11)
    hit = []
    for _ in range(300):
        reports = rng.normal(size=29)
        truth = np.sin(np.clip(0.34 + 0.07 * reports + rng.normal(0, 0.03, 29), 0.05, 1.2)) ** 2
        n = rng.integers(150, 250, 29)
        share = rng.binomial(n, truth) / n
        fitted = fay_herriot(
            np.arcsin(share**0.5), 1 / (4 * n), np.column_stack([np.ones(29), reports])
        )
        half = 1.959964 * np.sqrt(fitted.mse)
        low, high = (
            np.sin(np.clip(fitted.estimate + s * half, 0, np.pi / 2)) ** 2 for s in (-1, 1)
        )
        hit.append((low <= truth) & (truth <= high))
    assert 0.93 <= np.mean(hit) <= 0.97


def test_areas_of_sectors_never_a_score_of_the_sector(demo, survey):
    five = next(s for s in demo.sectors if s.id == "5")
    section = safety_section(survey, [five], False, "en")
    assert [fact.label.split(" (")[0] for fact in section.facts] == ["Mimersgade", "Haraldsgade", "Stefansgade & Lundtoftegade"]  # fmt: skip
    assert "no score of the sector" in section.notes[0]
    sixteen = next(s for s in demo.sectors if s.id == "16")
    none = safety_section(survey, [sixteen], False, "en")
    assert none.facts == ()
    assert "No index" in none.notes[0]


def test_table_by_state(demo):
    table, problems = workbench_table(demo, "safety", "year=2012&station=F", NOTHING_EDITED)
    assert problems == []
    assert table.header == COLUMNS
    assert len(table.rows) <= 3  # Frederiksberg has no survey; neighbours may touch its sectors
    everything, _ = workbench_table(demo, "safety", "", NOTHING_EDITED)
    assert len(everything.rows) == 29 * 4


@pytest.mark.parametrize("query", ["year=1999", "types=BURGLARY", "from=2012-01-01", "tier=public", "colour=red", "adjust=none", "year=2012&year=2011"])  # fmt: skip
def test_impossible_states(demo, query):
    with pytest.raises(FilterError):
        workbench_table(demo, "safety", query, NOTHING_EDITED)


def test_share_in_words():
    share = weighted_share(229, 229, 229, 27)
    assert share_text(share, "en") == "12 % (8–17 %)"
    assert share_text(share, "da") == "12 % (8–17 %)"
