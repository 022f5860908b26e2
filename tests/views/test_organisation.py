"""The organisation's sums, and where groups, covers and staffing do not agree, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ypo_dash.model.desk import GROUPS, Cover, Group
from ypo_dash.people import desk
from ypo_dash.people.access import Access
from ypo_dash.views.organisation import SORTS, organisation

DAY = date(2012, 11, 26)


@pytest.fixture(scope="module")
def entered(desk_home):
    access = Access(desk_home)
    found = desk.entries(access, Group), desk.entries(access, Cover)
    access.database.engine.dispose()
    return found


def test_the_founding_text_s_posts(demo, entered):
    view = organisation(demo, *entered, DAY, "en")
    assert {one.id: tuple(one.posts[g] for g in GROUPS) for one in view.stations} == {
        "NE": (18, 6, 1, 1, 2), "NW": (12, 4, 1, 1, 2), "F": (12, 4, 1, 1, 2),
    }  # fmt: skip
    assert [one.total for one in view.stations] == [28, 20, 20]
    assert [view.of_group(g) for g in GROUPS] == [42, 14, 3, 3, 6]
    assert view.total == 68
    assert {one.id: one.staffed for one in view.stations} == {"NE": 18, "NW": 12, "F": 12}
    assert sum(len(one.officers) for one in view.sectors) == 42
    assert view.differences == ()


def test_every_group_has_its_tint():
    assert set(SORTS) == set(GROUPS)


def test_what_does_not_agree_is_said(demo, entered):
    groups, covers = entered
    groups = [replace(g, posts="17") if (g.station, g.group) == ("NE", "your_police_officer") else g for g in groups]  # fmt: skip
    less = [c for c in covers if not (c.group == "your_police_officer" and c.sectors in ("5", "12"))]  # fmt: skip
    said = organisation(demo, groups, [*less, cover("12-1", "NW", "12;5"), cover("9-3", "NW", "9")], DAY, "en").differences  # fmt: skip
    assert said == (
        "North-East: 17 posts of Your Police Officer here, 18 in staffing.",
        "North-East: 17 posts of Your Police Officer, 15 of them are written down as covering sectors.",
        "North-West: 12 posts of Your Police Officer, 13 of them are written down as covering sectors.",
        # 5 and 12 are covered by one post that covers two: what it is for each is not known.
        "Sector 9 Bispebjerg, Emdrup & Ryparken: covered by 3 posts, staffing has 2.",
        "12-1 of North-West covers sector 5, which is another station's.",
    )


def cover(post, station, sectors, **more):
    return Cover(key=f"{station}/{post}", station=station, group="your_police_officer", post=post, sectors=sectors, **more)  # fmt: skip


def test_a_post_that_covers_by_two_entries_is_one_post(demo):
    group = Group(key="NE/g", station="NE", group="your_police_officer", posts="1")
    twice = [cover("a", "NE", "3"), cover("a", "NE", "5"), cover("a", "NE", "3", until="2012-12-31")]  # fmt: skip
    found = organisation(demo, [group], twice, DAY, "en")
    assert not [s for s in found.differences if "written down" in s]
    (three,) = [s for s in found.differences if s.startswith("Sector 3 ")]
    assert three.endswith("covered by 1 post, staffing has 2.")


@pytest.mark.parametrize(
    ("since", "until", "covered"),
    [("", "", True), ("2012-11-26", "", True), ("2012-11-27", "", False), ("", "2012-11-26", True), ("", "2012-11-25", False)],
)  # fmt: skip
def test_a_cover_holds_from_its_first_to_its_last_day(demo, since, until, covered):
    found = organisation(demo, [], [cover("a", "NE", "3", since=since, until=until)], DAY, "en")
    said = [s for s in found.differences if s.startswith("Sector 3 ")]
    assert [bool(s) for s in said] == ([] if covered and not said else [True])
    assert bool(next(one for one in found.sectors if one.sector.id == "3").officers) == covered
    assert any("covered by no post" in s for s in said) == (not covered)


def test_groups_of_the_whole_district_stand_last(demo, entered):
    groups, covers = entered
    central = Group(key="-/x", group="crime_prevention", posts="3")
    view = organisation(demo, [*groups, central], covers, DAY, "en")
    assert view.stations[-1].id == ""
    assert (view.total, view.of_group("crime_prevention")) == (71, 9)
    assert view.differences == ()


def test_nothing_entered_is_not_zero(demo):
    view = organisation(demo, [], [], DAY, "da")
    assert all(n is None for one in view.stations for n in one.posts.values())
    assert view.of_group("special") is None
    assert len(view.differences) == len(demo.sectors)
