"""The figures of the threat assessment against pandas and shapely over the raw incidents; lists by date."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.stats import chi2

from tests.conftest import DATA
from ypo_dash.model.desk import Effort, GangIncident, Listing
from ypo_dash.model.errors import FilterError
from ypo_dash.model.quarter import Quarter
from ypo_dash.stats.etest import can_tell, e_test
from ypo_dash.store.designated import estates_of
from ypo_dash.views.threat import quarters_of_data, threat
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
            assert f.last == count(raw, quarter.moved(-1), kind, "area", area.name)
    resident = raw["type"].isin(KINDS[ALL]) & raw["day"].between(str(quarter.first), str(found.until))  # fmt: skip
    assert found.pointless == int((resident & raw["lat"].isna()).sum())
    assert found.unmapped == int((resident & (raw["sector"] == "")).sum())
    assert found.reported == int(resident.sum())


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
        tested = sorted((f.p, id(f), f) for _, f in figures if f.p is not None)
        q, least = {}, 1.0
        for rank in range(len(tested), 0, -1):
            p, key, _ = tested[rank - 1]
            least = min(least, p * len(tested) / rank)
            q[key] = least
        for _, key, f in tested:
            assert f.q == pytest.approx(q[key])
            changed = f.verdict in ("more", "fewer")
            assert changed == (f.q <= 0.05)


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
    every += [gang("2012-08-01", area="Bispeparken")]
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


def test_what_changed_is_said_in_words(demo, entries):
    from ypo_dash.model.assessment import Said, Texts

    found = threat(demo, entries, Q3)
    area = found.area("Blågården")
    texts = Texts({"Blågården": Said(level="high", direction="rising", reason="r")})
    said = " ".join(area_changes(area, (texts, {"Blågården": ("low", "steady")}), "en"))
    assert "Level high, was low." in said
    assert f"{area.all.here.count} reported by residents, {area.all.last} in the quarter before." in said  # fmt: skip
    assert "2 gang-related, 0 in the quarter before." in said
    area = replace(area, lists=tuple(replace(one, event="came") for one in area.lists))
    assert "on it since 1/1/2012" in " ".join(area_changes(area, (texts, {}), "en"))


def test_counts_do_not_depend_on_entries(demo, entries):
    one, other = threat(demo, NO_ENTRIES, Q3), threat(demo, entries, Q3)
    assert [a.figures for a in one.areas] == [a.figures for a in other.areas]
    assert np.isfinite([f.here.rate for a in one.areas for f in a.figures]).all()
