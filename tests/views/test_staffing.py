"""Staffing: need, shares and proposals by hand; plans; what can't be shared out."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from ypo_dash.model.errors import FilterError
from ypo_dash.model.plan import ProposalRules, SetFactor
from ypo_dash.people.plans import NOTHING_EDITED
from ypo_dash.stats.position import position
from ypo_dash.views.proposal import INPUTS, Figures, propose
from ypo_dash.views.rates import Rate
from ypo_dash.views.staffing import Staffing, need_of, staffing_state
from ypo_dash.views.workbench import problem_texts, workbench_table


def staffing(snapshot, query="", edited=NOTHING_EDITED):
    filters, plan, _ = staffing_state(query, snapshot, edited.scenarios)
    return Staffing(snapshot, filters, plan, edited)


def test_the_founding_texts_arithmetic(demo):
    """Factor 5 everywhere asks for 76 officers; 42 are there. The two never become one number."""
    five = ",".join(f"{s.id}:5" for s in demo.sectors)
    found = staffing(demo, f"factors={five}").totals()
    assert round(found.need) == 76
    assert found.posts == 42
    assert found.gap == pytest.approx(42 - found.need)
    assert need_of(18_100, 1) == 18.1
    assert need_of(None, 3) is None
    assert need_of(10_000, None) is None


@pytest.mark.parametrize("seed", range(25))
def test_shares_sum_to_the_posts_for_any_plan(demo, seed):
    rng = random.Random(seed)
    posts = {s: rng.randint(8, 30) for s in ("NE", "NW", "F")}
    factors = {s.id: rng.randint(1, 5) for s in rng.sample(demo.sectors, 6)}
    query = "&".join(
        [
            f"pool={rng.choice(['station', 'district'])}",
            f"minimum={rng.randint(0, 1)}",
            "posts=" + ",".join(f"{k}:{v}" for k, v in posts.items()),
            "factors=" + ",".join(f"{k}:{v}" for k, v in factors.items()),
        ]
    )
    found = staffing(demo, query)
    assert found.problems == []
    assert sum(row.allocation for row in found.rows) == sum(posts.values())
    if found.plan.pool == "station":
        for station, sectors in demo.station_sectors.items():
            mine = [row.allocation for row in found.rows if row.sector.id in sectors]
            assert sum(mine) == posts[station]


def test_by_hand_is_kept_and_the_others_share_the_rest(demo):
    found = staffing(demo, "hand=1:4,16:0")
    assert (found.row("1").allocation, found.row("16").allocation) == (4, 0)
    assert found.row("1").hand
    assert not found.row("2").hand
    assert sum(row.allocation for row in found.rows) == 42


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("minimum=3", "North-East: 18 posts can't give each of 8 sectors 3"),
        ("posts=F:5", "Frederiksberg: 5 posts can't give each of 6 sectors 1"),
        ("pool=district&posts=NE:6,NW:7,F:7", "20 posts can't give each of 21 sectors 1"),
        ("hand=1:19", "North-East: 19 posts are set by hand, 18 are there"),
    ],
)
def test_what_can_not_be_shared_out_is_said(demo, query, says):
    found = staffing(demo, query)
    assert problem_texts(found, "en")[0].startswith(says)
    assert all(row.allocation is None for row in found.rows if row.sector.station == "NE") or "F:5" in query or "hand" in query  # fmt: skip
    with pytest.raises(FilterError, match="posts"):
        workbench_table(demo, "staffing", query, NOTHING_EDITED)


def test_a_missing_factor_makes_no_share_up(demo):
    """Without a need for one sector its station's posts are not shared; the others' are."""
    found = staffing(demo)
    found.held.pop("5")
    rows = {row.sector.id: row for row in found._rows()}
    assert (rows["5"].factor, rows["5"].need, rows["5"].gap) == (None, None, None)
    assert rows["1"].allocation is None
    assert rows["9"].allocation is not None
    assert "no need for 1 sectors" in problem_texts(found, "en")[0]
    assert found.totals(list(rows.values())).need is None


def test_a_factor_set_here_stands_over_the_files(demo):
    here = SetFactor(factor=4, reason="set here", version=3)
    asked = SetFactor(factor=0, version=1, wanted={"factor": 1})
    edited = replace(NOTHING_EDITED, factors={"5": here, "6": asked, "gone": here})
    found = staffing(demo, "", edited)
    assert found.row("5").factor == 4
    assert found.row("5").need == pytest.approx(14050 / 4000)
    assert found.row("6").factor == 2  # only asked for: what the file says stands
    assert found.row("6").held.wanted == {"factor": 1}


@pytest.mark.parametrize("query", ["types=BURGLARY", "hours=22-6", "sector=77", "scenario=x", "tier=partner", "colour=red"])  # fmt: skip
def test_what_staffing_does_not_depend_on_is_refused(demo, query):
    with pytest.raises(FilterError):
        staffing_state(query, demo)


# Proposals


DISTRICT = Figures(crime=Rate(1, 60.0, 59, 61), designated=0.04, infrastructure=None, parts={})


def sector(rate=60.0, designated=0.02, infrastructure=40.0, spread=1.0):
    crime = Rate(1, rate, rate - spread, rate + spread)
    return Figures(crime=crime, designated=designated, infrastructure=infrastructure, parts={})


def test_a_proposal_by_hand():
    found = propose(sector(rate=90, designated=0.06, infrastructure=60), DISTRICT, ProposalRules())
    assert [part.place for part in found.parts] == [75, 75, 60]
    assert found.score == pytest.approx(70)
    assert sum(part.points for part in found.parts) == pytest.approx(found.score)
    assert (found.factor, found.smallest, found.largest) == (1, 1, 1)
    heavier = propose(
        sector(rate=90, designated=0.0, infrastructure=0), DISTRICT, ProposalRules(crime=4)
    )
    assert heavier.score == pytest.approx(75 * 4 / 6)


@pytest.mark.parametrize("seed", range(40))
def test_what_would_change_it_changes_it(seed):
    """Put the value in that is said to change the factor: just there it does, just before it does not."""
    rng = random.Random(seed)
    figures = sector(rng.uniform(10, 120), rng.uniform(0, 0.08), rng.uniform(0, 100))
    rules = ProposalRules(crime=rng.randint(1, 3), infrastructure=rng.randint(0, 2))
    found = propose(figures, DISTRICT, rules)
    for part in found.parts:
        for value, step in ((part.more, -1), (part.less, 1)):
            if value is None:
                continue
            just = {
                side: with_value(figures, part.name, value * (1 + side * 1e-6)) for side in (-1, 1)
            }
            factors = {side: propose(f, DISTRICT, rules).factor for side, f in just.items()}
            assert factors == {-step: found.factor + step, step: found.factor}


def with_value(figures, name, value):
    if name == "crime":
        return replace(figures, crime=Rate(1, value, value, value))
    return replace(figures, **{name: value})


def test_chance_in_the_crime_figures_widens_the_proposal():
    narrow = propose(sector(rate=64, spread=0.1), DISTRICT, ProposalRules())
    wide = propose(sector(rate=64, spread=30), DISTRICT, ProposalRules())
    assert (narrow.smallest, narrow.largest) == (narrow.factor, narrow.factor)
    assert wide.smallest < wide.largest


def test_what_is_not_known_is_left_out_and_said():
    found = propose(replace(sector(), designated=None), DISTRICT, ProposalRules())
    assert found.missing == ("designated",)
    assert found.score == pytest.approx((50 + 40) / 2)
    nothing = Figures(crime=None, designated=None, infrastructure=None, parts={})
    assert propose(nothing, DISTRICT, ProposalRules()) is None
    only = replace(nothing, infrastructure=80.0)
    assert propose(only, DISTRICT, ProposalRules()).parts[0].without is None


def test_the_districts_proposals(demo):
    found = staffing(demo)
    proposals = {s.id: found.proposal(s.id) for s in demo.sectors}
    assert all(p.missing == () for p in proposals.values())
    # They are near what the simulated leadership has set, and never overwrite it.
    off = [abs(p.factor - found.row(s).factor) for s, p in proposals.items()]
    assert max(off) <= 2
    assert sum(off) / len(off) < 0.8
    infrastructure = found.infrastructure["8"]
    people = found.row("8").sector.population
    places = [position(10_000 * infrastructure[k] / people, found.per_10000[k]) for k in infrastructure]  # fmt: skip
    assert found.figures("8").infrastructure == pytest.approx(sum(places) / len(places))
    assert found.designated["5"] == pytest.approx(1900 / 14050, rel=0.02)
    assert found.designated["1"] == 0


def test_bands_hold_what_they_say(demo):
    """Every share of a single change lies in its sector's band."""
    found = staffing(demo)
    for query in ("factors=8:2", "factors=5:1", "factors=15:4", "factors=1:4"):
        moved = staffing(demo, query)
        for row in moved.rows:
            band = found.bands[row.sector.id]
            assert band.low <= row.allocation <= band.high, (query, row.sector.id)
    for row in found.rows:
        band = found.bands[row.sector.id]
        assert band.low <= row.allocation <= band.high
        assert set(band.by) <= {"own factor", "other factor", "own population", "other population", "weights"}  # fmt: skip


def test_the_band_of_a_population_five_per_cent_otherwise(demo):
    found = staffing(demo, "pool=district&posts=NE:60,NW:50,F:40")
    needs = {row.sector.id: row.need for row in found.rows}
    moved = 0
    for row in found.rows:
        s = row.sector.id
        shares = [found.share_out({**needs, s: needs[s] * share})[s] for share in (0.95, 1.05)]
        assert found.bands[s].by["own population"] == (min(shares), max(shares))
        moved += shares[0] != shares[1]
    assert moved > 3


def test_without_weights_of_crime_the_other_scores_decide(demo):
    rules = ProposalRules(crime=0, designated=1, infrastructure=0)
    found = staffing(demo, "", replace(NOTHING_EDITED, proposal=rules))
    proposal = found.proposal("5")
    assert proposal.score == 100
    assert {p.name: p.points for p in proposal.parts} == {"crime": 0, "designated": 100, "infrastructure": 0}  # fmt: skip
    assert set(INPUTS) == {p.name for p in proposal.parts}
