"""The figures of the threat assessment against pandas and shapely over the raw incidents; lists by date."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.stats import binom, chi2

from tests.conftest import DATA
from ypo_dash.model.desk import Effort, GangIncident, Listing
from ypo_dash.model.errors import FilterError
from ypo_dash.model.quarter import Quarter
from ypo_dash.stats.etest import can_tell, e_test
from ypo_dash.store.designated import estates_of
from ypo_dash.views.threat import _Quarter, quarters_of_data, threat
from ypo_dash.views.threat_evidence import moved, threat_content, threat_from
from ypo_dash.views.threat_lists import NO_ENTRIES, ThreatEntries, efforts_of, gang_of, lists_of
from ypo_dash.views.threat_model import ALL, TYPES
from ypo_dash.views.threat_partner import partner_areas
from ypo_dash.views.threat_tables import compared
from ypo_dash.views.threat_words import (
    area_changes,
    list_words,
    moved_words,
    notes,
    period_of,
    summary,
)

Q3, Q4 = Quarter.parse("2012-Q3"), Quarter.parse("2012-Q4")
# Our own reading of offences.csv: type of the index by core code, the police's own apart.
KINDS = {
    "violence": {"VIOLENCE", "ROBBERY", "VIOL_OFFICIAL"},
    "burglary": {"BURGLARY"},
    "theft": {"THEFT_CAR", "THEFT_PERSON"},
    "vandalism": {"VANDALISM"},
    "harassment": {"HARASSMENT", "INDECENT"},
    "drugs": {"DRUG_DEAL", "DRUG_ACT_SALE"},
}
KINDS[ALL] = set().union(*(KINDS[k] for k in TYPES if k != "drugs"))


def polygons(name, key):
    features = json.loads((DATA / name).read_text("utf-8"))["features"]
    return {str(f["properties"][key]): (shapely.from_geojson(json.dumps(f["geometry"])), f["properties"]) for f in features}  # fmt: skip


@pytest.fixture(scope="module")
def raw(incidents):
    """The raw file with the local day, the area and the sector of each point."""
    rows = incidents.copy()
    rows["day"] = pd.to_datetime(rows["time_from"].str[:10])
    points = shapely.points(rows["lon"], rows["lat"])
    for column, (name, key) in {"area": ("designated_areas.geojson", "name"), "sector": ("sectors.geojson", "sector_id")}.items():  # fmt: skip
        rows[column] = ""
        for found, (shape, _) in polygons(name, key).items():
            inside = shapely.intersects(shape, points) & (rows[column] == "")
            rows.loc[inside, column] = found
    return rows


def count(raw, quarter, kind, column=None, value=None, until=date(2012, 11, 25)):
    here = raw["day"].between(str(quarter.first), str(min(quarter.last, until)))
    here &= raw["type"].isin(KINDS[kind])
    if column is not None:
        here &= raw[column].isin(value) if isinstance(value, set) else raw[column] == value
    return int(here.sum())


@pytest.mark.parametrize("name", ["2010-Q4", "2012-Q1", "2012-Q3", "2012-Q4"])
def test_counts_and_rates_are_those_of_the_raw_file(demo, raw, name):
    quarter = Quarter.parse(name)
    found = threat(demo, NO_ENTRIES, quarter)
    areas, sectors = polygons("designated_areas.geojson", "name"), polygons("sectors.geojson", "sector_id")  # fmt: skip
    assert [a.name for a in found.areas] == list(areas)
    people = sum(p["population"] for _, p in sectors.values())
    for area in found.areas:
        shape, properties = areas[area.name]
        inside = max(sectors, key=lambda s: shape.intersection(sectors[s][0]).area)
        assert area.sectors == (inside,)
        assert area.population == properties["population_estimate"]
        assert (area.population_date, area.population_source) == ("2012-01-01", "Simuleret")
        for kind in (*TYPES, ALL):
            f = area.figure(kind)
            n = count(raw, quarter, kind, "area", area.name)
            assert f.here.count == n, (area.name, kind)
            per = 1000 / area.population
            assert f.here.rate == pytest.approx(n * per)
            assert f.here.low == pytest.approx((chi2.ppf(0.025, 2 * n) / 2 if n else 0) * per)
            assert f.here.high == pytest.approx(chi2.ppf(0.975, 2 * n + 2) / 2 * per)
            assert f.sector.count == count(raw, quarter, kind, "sector", inside)
            assert f.sector.rate == pytest.approx(1000 * f.sector.count / sectors[inside][1]["population"])  # fmt: skip
            assert f.district.count == count(raw, quarter, kind, "sector", set(sectors))
            assert f.district.rate == pytest.approx(1000 * f.district.count / people)
            before = sum(
                count(raw, quarter.moved(-k), kind, "area", area.name) for k in (1, 2, 3, 4)
            )
            assert f.before_count == before
            days = sum((quarter.moved(-k).last - quarter.moved(-k).first).days + 1 for k in (1, 2, 3, 4))  # fmt: skip
            assert f.before == pytest.approx(before * found.days / days)
            ends = (chi2.ppf(0.025, 2 * before) / 2 if before else 0, chi2.ppf(0.975, 2 * before + 2) / 2)  # fmt: skip
            assert f.before_low == pytest.approx(ends[0] * found.days / days)
            assert f.before_high == pytest.approx(ends[1] * found.days / days)
            assert f.last == count(raw, quarter.moved(-1), kind, "area", area.name)
    resident = raw["type"].isin(KINDS[ALL]) & raw["day"].between(str(quarter.first), str(found.until))  # fmt: skip
    assert found.pointless == int((resident & raw["lat"].isna()).sum())
    assert found.unmapped == int((resident & (raw["sector"] == "")).sum())
    assert found.reported == int(resident.sum())


def test_an_area_of_several_polygons_has_the_counts_of_all(demo):
    quarter = _Quarter(demo, Q3)
    one, other = (a.all for a in quarter.threat(NO_ENTRIES).areas[:2])
    quarter.estates = (replace(quarter.estates[0], rows=(0, 1)),)
    (both,) = quarter.threat(NO_ENTRIES).areas
    assert both.all.here.count == one.here.count + other.here.count > one.here.count > 0
    assert both.all.before_count == one.before_count + other.before_count


def test_what_the_police_find_themselves_is_in_its_own_row_alone():
    from types import SimpleNamespace as Like

    from ypo_dash.views.threat import rows_of

    given = [("vandalism", "reported"), ("vandalism", "police_initiated"), ("drugs", "police_initiated"), ("harassment", "mixed"), ("none", "reported")]  # fmt: skip
    offences = [Like(index_type=kind, detection=how) for kind, how in given]
    found = rows_of(Like(taxonomy=Like(offences=offences)))
    assert (found["vandalism"], found["drugs"], found["harassment"], found[ALL]) == ([0], [2], [3], [0, 3])  # fmt: skip


def test_a_quarter_in_progress_says_on_how_many_days_it_stands(demo):
    found = threat(demo, NO_ENTRIES, Q4)
    assert (found.until, found.days, found.whole) == (date(2012, 11, 25), 56, False)
    assert "56 of 92 days are counted" in period_of(found, "en")
    assert any("Provisional" in words for words in notes(found, "en"))
    assert threat(demo, NO_ENTRIES, Q3).whole


def test_judgements_hold_the_false_discovery_rate_over_all_that_is_shown(demo):
    """Benjamini-Hochberg by hand over every pair that can tell anything; too few is in no test."""
    for quarter in quarters_of_data(demo)[:8]:
        found = threat(demo, NO_ENTRIES, quarter)
        figures = [(a, f) for a in found.areas for f in a.figures]
        share = found.days / sum((quarter.moved(-k).last - quarter.moved(-k).first).days + 1 for k in (1, 2, 3, 4))  # fmt: skip
        broken = {k for b in found.breaks for k in b.types}
        for _, f in figures:
            if f.type in broken:
                assert f.verdict == "break" if f.type != ALL else f.verdict != "break"
                continue
            if not can_tell(f.here.count + f.before_count, share):
                assert (f.verdict, f.p, f.q) == ("few", None, None)
                continue
            assert f.p == pytest.approx(e_test(f.here.count, f.before_count, share))
        tested = [f for _, f in figures if f.p is not None]
        for f, q in zip(tested, held([f.p for f in tested]), strict=True):
            assert f.q == pytest.approx(q)
            changed = f.verdict in ("more", "fewer")
            assert changed == (f.q <= 0.05)


def held(every):
    """Each p with the false discovery rate held: Benjamini-Hochberg by hand."""
    order = sorted(range(len(every)), key=every.__getitem__)
    found, least = [1.0] * len(every), 1.0
    for rank in range(len(every), 0, -1):
        at = order[rank - 1]
        least = found[at] = min(least, every[at] * len(every) / rank)
    return found


@pytest.mark.parametrize(("times", "verdict"), [(3, "more"), (0, "fewer")])
def test_more_is_more_than_the_mean_before_and_fewer_is_less(demo, times, verdict):
    quarter = _Quarter(demo, Quarter.parse("2011-Q4"))
    quarter.now = replace(quarter.now, areas=quarter.now.areas * times)
    found = [f for a in quarter.threat(NO_ENTRIES).areas for f in a.figures]
    changed = [f for f in found if f.verdict in ("more", "fewer")]
    assert [f.verdict for f in changed].count(verdict) > 10
    assert all((f.verdict == "more") == (f.here.count > f.before) for f in changed)
    assert times == 0 or any(f.before < f.here.count < f.before_count for f in changed)


def test_levels_are_the_areas_part_of_the_district_by_inhabitants(demo):
    said = set()
    for quarter in quarters_of_data(demo):
        found = threat(demo, NO_ENTRIES, quarter)
        people = sum(p["population"] for _, p in polygons("sectors.geojson", "sector_id").values())
        figures = [(f, a.population / people) for a in found.areas for f in a.figures if f.district.count]  # fmt: skip
        chances = [
            min(1, 2 * min(binom.cdf(f.here.count, f.district.count, share), binom.sf(f.here.count - 1, f.district.count, share)))
            for f, share in figures
        ]  # fmt: skip
        for (f, share), q in zip(figures, held(chances), strict=True):
            level = "higher" if f.here.count > f.district.count * share else "lower"
            if q > 0.05:
                level = "none" if 2 * (1 - share) ** f.district.count <= 0.05 else "few"
            assert f.level == level, (str(quarter), f.type)
            said.add(level)
        changes = sum(f.p is not None for a in found.areas for f in a.figures)
        assert found.judged == changes + len(figures)
    assert said == {"higher", "lower", "none", "few"}


def test_nothing_is_said_of_days_that_the_data_do_not_cover(demo, monkeypatch):
    monkeypatch.setattr("ypo_dash.views.threat.is_covered", lambda _, days: days[0] != Q3.first)
    found = _Quarter(demo, Q3).threat(NO_ENTRIES)
    assert not found.covered
    assert {f.verdict for a in found.areas for f in a.figures} == {"history"}
    assert all(f.before is not None for a in found.areas for f in a.figures)


def test_a_recording_break_is_not_compared_across_and_the_sum_is_without_it(demo):
    """Restraining orders were recorded otherwise from 1 March 2012."""
    for name, broken in (("2011-Q4", False), ("2012-Q1", True), ("2012-Q4", True)):
        found = threat(demo, NO_ENTRIES, Quarter.parse(name))
        assert bool(found.breaks) == broken
        for area in found.areas:
            assert (area.figure("harassment").verdict == "break") == broken
    found, quarter = threat(demo, NO_ENTRIES, Q3), Q3
    area = found.areas[0]
    kinds = [k for k in TYPES if k not in ("harassment", "drugs")]
    now = sum(area.figure(k).here.count for k in kinds)
    before = sum(area.figure(k).before_count for k in kinds)
    share = 92 / sum((quarter.moved(-k).last - quarter.moved(-k).first).days + 1 for k in (1, 2, 3, 4))  # fmt: skip
    assert area.all.p == pytest.approx(e_test(now, before, share))
    assert any("1/3/2012" in words for words in notes(found, "da"))


def test_without_four_whole_quarters_nothing_is_said(demo):
    found = threat(demo, NO_ENTRIES, Quarter.parse("2010-Q1"))
    assert {f.verdict for a in found.areas for f in a.figures} == {"history"}
    assert all(f.before is None for a in found.areas for f in a.figures)
    with pytest.raises(FilterError, match="does not begin within"):
        threat(demo, NO_ENTRIES, Quarter.parse("2009-Q3"))  # the data begin within it
    with pytest.raises(FilterError, match="does not begin within"):
        threat(demo, NO_ENTRIES, Quarter.parse("2013-Q1"))


def listing(which, since, until="", area="Blågården", source="S"):
    return Listing(area=area, list=which, since=since, until=until, source=source)


def on(demo, listings, name, until=None):
    quarter = Quarter.parse(name)
    estate = next(e for e in estates_of(demo) if e.name == "Blågården")
    found = lists_of(estate, listings, quarter, until or quarter.last)
    return {o.list: (o.on, o.since, o.until, o.event, o.from_layer) for o in found}


def test_two_lists_by_date_over_year_ends(demo):
    """Both days are included: who is on it until 31 December is on it at the quarter's end."""
    both = [listing("police", "2012-01-01", "2012-12-31"), listing("official", "2010-10-01", "2012-09-30")]  # fmt: skip
    assert on(demo, both, "2011-Q4") == {"official": (True, "2010-10-01", "2012-09-30", "", False)}
    first = on(demo, both, "2012-Q1")
    assert first["police"] == (True, "2012-01-01", "2012-12-31", "came", False)
    assert first["official"][0]
    assert on(demo, both, "2012-Q3")["official"] == (True, "2010-10-01", "2012-09-30", "", False)
    assert on(demo, both, "2012-Q4")["official"] == (False, "2010-10-01", "2012-09-30", "left", False)  # fmt: skip
    assert on(demo, both, "2012-Q4")["police"] == (True, "2012-01-01", "2012-12-31", "", False)
    assert on(demo, both, "2013-Q1")["police"] == (False, "2012-01-01", "2012-12-31", "left", False)
    assert on(demo, both, "2013-Q2")["police"] == (False, "2012-01-01", "2012-12-31", "", False)


def test_a_new_list_the_day_after_is_no_coming_and_no_going(demo):
    again = [listing("official", "2010-10-01", "2012-09-30"), listing("official", "2012-10-01")]
    assert on(demo, again, "2012-Q4")["official"] == (True, "2012-10-01", "", "", False)
    gap = [listing("official", "2010-10-01", "2012-09-29"), listing("official", "2012-10-01")]
    assert on(demo, gap, "2012-Q4")["official"][3] == "came"


def test_without_listings_the_layers_own_date_is_taken_and_that_is_said(demo):
    assert on(demo, [], "2012-Q3") == {}
    assert on(demo, [], "2012-Q4") == {"official": (True, "2012-10-01", "", "came", True)}
    assert on(demo, [], "2013-Q1") == {"official": (True, "2012-10-01", "", "", True)}
    other = listing("official", "2010-10-01", area="Bispeparken")
    assert on(demo, [other, replace(other, list="police")], "2012-Q3") == {}
    # An area with an entered listing of that list goes by it alone.
    assert on(demo, [listing("official", "2010-10-01", "2011-01-01")], "2012-Q4")["official"][0] is False  # fmt: skip
    estate = next(e for e in estates_of(demo) if e.name == "Blågården")
    (one,) = lists_of(estate, [], Q4, Q4.last)
    assert "no listing is entered" in list_words(one, "en")
    assert "fra det indlæste lag" in list_words(one, "da")


def gang(day, area="Blågården", **more):
    given = {"kind": "assault", "judged_by": "unit", "judged_on": day, "certainty": "probable", **more}  # fmt: skip
    return GangIncident(date=day, area=area, **given)


def test_gang_incidents_of_the_quarters_days_alone():
    every = [gang(d) for d in ("2012-06-30", "2012-07-01", "2012-09-30", "2012-10-01")]
    every += [gang("2012-08-01", killed="1", injured="2", kind="shots_fired", certainty="certain")]
    every += [gang(d, area="Bispeparken") for d in ("2012-06-01", "2012-08-01")]
    found = gang_of("Blågården", every, Q3, Q3.last)
    assert (found.count, found.last, found.killed, found.injured) == (3, 1, 1, 2)
    assert found.by("kind") == {"assault": 2, "shots_fired": 1}
    assert found.by("certainty") == {"probable": 2, "certain": 1}
    assert gang_of("Blågården", every, Q4, date(2012, 10, 1)).count == 1


def effort(place, start="2012-08-01", end="2012-08-31"):
    return Effort(sector="8", title="T", problem_words="p", place=place, measures="m", lead="l", start=start, review=end, end=end)  # fmt: skip


def test_efforts_in_force_whose_place_touches_the_area(demo):
    import h3

    estate = next(e for e in estates_of(demo) if e.name == "Blågården")
    lat, lng = estate.label
    inside, far = h3.latlng_to_cell(lat, lng, 9), h3.latlng_to_cell(lat + 0.05, lng, 9)
    cases = {
        "8": True, "9": False, "8;9": True, inside: True, far: False, f"{far};{inside}": True,
    }  # fmt: skip
    for place, touches in cases.items():
        assert bool(efforts_of(estate, [effort(place)], Q3, Q3.last)) == touches, place
    for start, end, there in (("2012-06-01", "2012-07-01", True), ("2012-06-01", "2012-06-30", False), ("2012-09-30", "2013-01-01", True), ("2012-10-01", "2013-01-01", False)):  # fmt: skip
        assert bool(efforts_of(estate, [effort("8", start, end)], Q3, Q3.last)) == there


@pytest.fixture(scope="module")
def entries():
    return ThreatEntries(
        gang=(gang("2012-08-01"), gang("2012-09-01", kind="stabbing", injured="1")),
        listings=(listing("police", "2012-01-01"),),
        efforts=(effort("8"),),
    )


def test_evidence_comes_back_from_json_as_it_was(demo, entries):
    for quarter in (Q3, Q4, Quarter.parse("2010-Q1")):
        found = threat(demo, entries, quarter)
        again = threat_from(json.loads(json.dumps(threat_content(found))))
        assert again == found
        for lang in ("da", "en"):
            assert summary(again, lang) == summary(found, lang)


def test_what_moved_is_named_with_both_counts(demo, entries):
    signed = threat(demo, entries, Q3)
    assert not moved(signed, signed)
    content = threat_content(signed)
    content["areas"][1]["figures"][0]["here"]["count"] += 2
    content["areas"][1]["gang"]["lines"] = []
    found = moved(signed, threat_from(content))
    n = signed.areas[1].figures[0].here.count
    assert found.counts == (("Blågården", "violence", n, n + 2),)
    assert found.gang == (("Blågården", 2, 0),)
    assert (found.compared, found.now("Blågården", "violence")) == (49, n + 2)
    other = threat(demo, replace(entries, efforts=(), gang=(*entries.gang, gang("2012-07-07"))), Q3)
    found = moved(signed, other)
    assert (found.counts, found.gang, found.beside) == ((), (("Blågården", 2, 3),), ("Blågården",))
    assert "the register's counts have not" in moved_words(found, "en")
    for more in ({"population": 7.0}, {"population_date": "2013-01-01"}, {"lists": ()}):
        areas = (signed.areas[0], replace(signed.areas[1], **more), *signed.areas[2:])
        assert moved(signed, replace(signed, areas=areas)).beside == ("Blågården",)
    fewer = replace(signed, areas=signed.areas[1:])
    for found in (moved(signed, fewer), moved(fewer, signed)):
        assert (found.areas, found.compared, bool(found)) == ((signed.areas[0].name,), 42, True)


def test_two_quarters_are_compared_over_their_days(demo):
    now, before = threat(demo, NO_ENTRIES, Q3), threat(demo, NO_ENTRIES, Quarter.parse("2012-Q2"))
    rows = compared(now, before)
    assert len(rows) == 49
    assert {r.verdict for r in rows} <= {"more", "fewer", "none", "few", "break"}
    assert not any(r.verdict == "break" for r in rows)  # both lie behind it
    across = compared(now, threat(demo, NO_ENTRIES, Quarter.parse("2011-Q4")))
    assert all((r.verdict == "break") == (r.type in ("harassment", ALL)) for r in across)
    # A count that doubles and more is found, whichever is first.
    content = threat_content(now)
    content["areas"][0]["figures"][1]["here"]["count"] = 60
    more = compared(threat_from(content), before)
    fewer = compared(before, threat_from(content))
    assert (more[1].verdict, fewer[1].verdict) == ("more", "fewer")


def test_compared_quarters_hold_the_false_discovery_rate_over_days_of_unequal_number(demo):
    """56 days against 92, the areas' counts in the former tripled: by hand, as within a quarter."""
    quarter = _Quarter(demo, Q4)
    quarter.now = replace(quarter.now, areas=quarter.now.areas * 3)
    now, before = quarter.threat(NO_ENTRIES), threat(demo, NO_ENTRIES, Q3)
    rows, share = compared(now, before), 56 / 92
    assert {r.verdict for r in rows if not can_tell(r.now.here.count + r.before.here.count, share)} == {"few"}  # fmt: skip
    told = [r for r in rows if can_tell(r.now.here.count + r.before.here.count, share)]
    chances = [e_test(r.now.here.count, r.before.here.count, share) for r in told]
    for row, q in zip(told, held(chances), strict=True):
        more = row.now.here.count > row.before.here.count * share
        assert row.verdict == ("none" if q > 0.05 else "more" if more else "fewer")
    assert any(r.verdict == "more" for r in told)
    assert any(p <= 0.05 < q for p, q in zip(chances, held(chances), strict=True))


def test_partners_get_censored_counts_and_no_small_rest(demo, entries):
    found = threat(demo, entries, Q3)
    rows = partner_areas(found, found.areas)
    for row in rows:
        n = row.area.all.here.count
        assert (row.reported.low, row.reported.high) == ((1, 2) if 1 <= n <= 2 else (n, n))
        assert (row.rate is None) == (n < 10)
    assert next(r for r in rows if r.area.name == "Blågården").gang.text("en") == "<3"
    # Sector 10 holds two areas: had it but two incidents beside them, both are hidden.
    content = json.loads(json.dumps(threat_content(found)))
    two = [a for a in content["areas"] if a["sectors"] == ["10"]]
    assert len(two) == 2
    inside = sum(a["figures"][-1]["here"]["count"] for a in two)
    for a in two:
        assert a["figures"][-1]["type"] == ALL
        a["figures"][-1]["sector"]["count"] = inside + 2
    changed = threat_from(content)
    hidden = {r.area.name for r in partner_areas(changed, changed.areas) if r.reported is None}
    assert hidden == {"Bispeparken", "Degnegården mv."}
    for rest, is_hidden in ((1, True), (-1, True), (0, False), (3, False)):
        for a in two:
            a["figures"][-1]["sector"]["count"] = inside + rest
        changed = threat_from(content)
        rows = {r.area.name: r for r in partner_areas(changed, changed.areas)}
        assert [rows[n].reported is None for n in ("Bispeparken", "Degnegården mv.")] == [is_hidden] * 2  # fmt: skip
    two[0]["sectors"] = ["10", "9"]
    changed = threat_from(content)
    rows = [r for r in partner_areas(changed, changed.areas) if r.reported is None]
    assert {r.area.name for r in rows} == {"Bispeparken", "Degnegården mv."}
    assert {r.rate for r in rows} == {None}


def test_what_changed_is_said_in_words(demo, entries):
    from ypo_dash.model.assessment import Said, Texts

    found = threat(demo, entries, Q3)
    area = found.area("Blågården")
    texts = Texts({"Blågården": Said(level="high", direction="rising", reason="r")})
    said = " ".join(area_changes(area, (texts, {"Blågården": ("low", "steady")}), "en"))
    assert "Level high, was low." in said
    assert f"{area.all.here.count} reported by residents, {area.all.last} in the quarter before." in said  # fmt: skip
    assert "2 gang-related incidents, 0 in the quarter before." in said
    area = replace(area, lists=tuple(replace(one, event="came") for one in area.lists))
    assert "on it since 1/1/2012" in " ".join(area_changes(area, (texts, {}), "en"))


def test_counts_do_not_depend_on_entries(demo, entries):
    one, other = threat(demo, NO_ENTRIES, Q3), threat(demo, entries, Q3)
    assert [a.figures for a in one.areas] == [a.figures for a in other.areas]
    assert np.isfinite([f.here.rate for a in one.areas for f in a.figures]).all()
