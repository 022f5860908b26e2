"""Organisation, contact card, search for a sector and desk files, for those who may and those who may not."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from html import unescape

import pytest

from tests.people.conftest import House, form_token
from ypo_dash.model.desk import Contact, Cover, Group, LogEntry
from ypo_dash.people import desk
from ypo_dash.people.desk import Writing


@pytest.fixture(scope="module")
def house(desk_home, tmp_path_factory):
    """A house whose sector manager has the sectors 3 and 7."""
    return House(shutil.copytree(desk_home, tmp_path_factory.mktemp("org") / "workspace"))


def post(client, path, form):
    return client.post(path, data={"csrf_token": form_token(client, "/password"), **form})


def entries(house, kind, **which):
    return [e for e in desk.entries(house.access, kind) if all(getattr(e, k) == v for k, v in which.items())]  # fmt: skip


def test_the_page_has_every_sum(house):
    page = house.client("viewer").get("/organisation?lang=en").text
    assert ">68 posts<" in page
    assert [int(n) for n in re.findall(r'<td class="number">(\d+)</td>', page[page.index("All posts") :])[:4]] == [28, 20, 20, 68]  # fmt: skip
    assert "agree." in page
    assert "<form" not in page[page.index("<main") :]


def test_a_leader_changes_posts_and_what_differs_is_said(house):
    leader, (group,) = house.client("leader"), entries(house, Group, station="F", group="your_police_officer")  # fmt: skip
    assert "Change the group" in leader.get(f"/organisation?group={group.key}&lang=en").text
    for role in ("viewer", "officer", "sector_manager", "analyst"):
        for key in (group.key, "new"):
            assert 'name="posts"' not in house.client(role).get(f"/organisation?group={key}").text
    form = {"key": group.key, "seen": group.version, "station": "F", "group": group.group, "posts": "11", "do": "save", "query": "lang=en"}  # fmt: skip
    before = len(house.entries())
    assert post(leader, "/organisation/group", form).status_code == 303
    assert [e["object"] for e in house.entries()[before:]] == [f"group changed: {group.key}"]
    page = unescape(leader.get("/organisation?lang=en").text)
    assert "Frederiksberg: 11 posts of Your Police Officer here, 12 in staffing." in page
    second = post(leader, "/organisation/group", form | {"posts": "10"})  # on the version before
    assert second.status_code == 409
    assert 'value="10"' in second.text  # what was written is not lost
    assert "somebody" in second.text or "saved at" in second.text
    assert entries(house, Group, key=group.key)[0].posts == "11"
    assert post(leader, "/organisation/group", form | {"seen": "2", "posts": "12"}).status_code == 303  # fmt: skip
    doubled = post(leader, "/organisation/group", {"station": "F", "group": "special", "posts": "1", "query": "lang=en"})  # fmt: skip
    assert doubled.status_code == 400
    assert "there is one like this already" in doubled.text
    recorded = len(house.entries())
    moved = post(leader, "/organisation/group", form | {"seen": "3", "group": "special"})
    assert moved.status_code == 400
    # What is refused is no change in the record: that has only the look at the page again.
    assert {e["action"] for e in house.entries()[recorded:]} == {"consultation"}


def test_a_new_groups_form_sent_again_is_the_same_group(house):
    leader, (group,) = house.client("leader"), entries(house, Group, station="F", group="special")
    writing = Writing(by="leader", seen=group.version)
    desk.remove(house.access.database, group, writing)
    form = {"station": "F", "group": "special", "posts": "4", "do": "save", "once": "a" * 24, "query": "lang=en"}  # fmt: skip
    for _ in range(2):
        assert post(leader, "/organisation/group", form).status_code == 303
    assert len(entries(house, Group, station="F", group="special")) == 1


def test_who_covers_a_sector_is_for_those_who_write_there(house):
    manager, mine = house.client("sector_manager"), entries(house, Cover, station="NE", sectors="3")[0]  # fmt: skip
    other = entries(house, Cover, station="NE", sectors="5")[0]
    both = {"station": "NE", "group": "your_police_officer", "post": "Extra", "do": "save"}
    for form in (
        both | {"sectors": "5"}, both | {"sectors": "3;5"}, both | {"key": other.key, "seen": "1", "sectors": "3"},
        {"key": other.key, "seen": "1", "do": "remove"}, both | {"key": mine.key, "seen": "1", "sectors": "3 , 5"},
    ):  # fmt: skip
        assert post(manager, "/organisation/cover", form).status_code == 403, form
    assert not entries(house, Cover, post="Extra")
    assert post(manager, "/organisation/cover", both | {"sectors": "3;7"}).status_code == 303
    (made,) = entries(house, Cover, post="Extra")
    assert "Change the cover" in manager.get(f"/organisation?cover={made.key}&lang=en").text
    assert "Change the cover" not in manager.get(f"/organisation?cover={other.key}&lang=en").text
    assert post(manager, "/organisation/cover", {"key": made.key, "seen": "1", "do": "remove"}).status_code == 303  # fmt: skip
    assert not entries(house, Cover, post="Extra")
    refused = post(manager, "/organisation/cover", both | {"sectors": "3", "since": "never", "query": "lang=en"})  # fmt: skip
    assert refused.status_code == 400
    assert 'value="Extra"' in refused.text


def test_contacts_are_changed_by_those_who_write_in_the_sector(house):
    manager = house.client("sector_manager")
    (mine,) = entries(house, Contact, sector="3", role="manager")
    (other,) = entries(house, Contact, sector="5", role="manager")
    form = {"do": "save", "role": "manager", "name": "New name", "phone": "35 21 00 00", "key": mine.key, "seen": "1"}  # fmt: skip
    assert post(house.client("officer"), "/sector/3/contact", form).status_code == 403
    assert post(manager, "/sector/5/contact", form | {"key": other.key}).status_code == 403
    assert post(manager, "/sector/3/contact", form | {"key": other.key}).status_code == 400
    removing = {"do": "remove", "key": other.key, "seen": "1"}
    assert post(manager, "/sector/3/contact", removing).status_code == 400
    assert entries(house, Contact, key=other.key) == [other]
    assert post(manager, "/sector/3/contact", form).status_code == 303
    assert entries(house, Contact, key=mine.key)[0].name == "New name"
    late = post(manager, "/sector/3/contact", form | {"name": "Another one"})
    assert late.status_code == 409
    assert 'value="Another one"' in late.text
    page = manager.get("/sector/3?part=contact&lang=en").text
    assert "New name" in page
    assert mine.name in page  # who it was, in its history
    for role in ("viewer", "officer", "leader", "analyst"):
        read = house.client(role).get("/sector/3?part=contact&lang=en").text
        assert "New name" in read
        assert mine.name not in read  # what was mended is for those who mend it
        assert "entry-form" not in read


def test_who_begins_today_is_no_longer_to_come(house):
    manager = house.client("sector_manager")
    form = {"do": "save", "role": "deputy", "name": "Begins today", "since": "2012-11-26"}
    assert post(manager, "/sector/3/contact", form).status_code == 303
    page = manager.get("/sector/3?part=contact&lang=en").text
    assert page.count("<b>Begins today</b>") == 2  # on the card, and once in the list
    assert "to come" not in page
    cover = {"station": "NE", "group": "special", "post": "From today", "sectors": "3", "do": "save"}  # fmt: skip
    for since, later in (("2012-11-26", False), ("2012-11-27", True)):
        assert post(manager, "/organisation/cover", cover | {"since": since}).status_code == 303
        (made,) = entries(house, Cover, post="From today")
        page = house.client("viewer").get("/organisation?lang=en").text
        assert ("To come:" in page) == later
        assert post(manager, "/organisation/cover", {"key": made.key, "seen": "1", "do": "remove"}).status_code == 303  # fmt: skip


def test_a_new_manager_through_the_page(house):
    manager = house.client("sector_manager")
    (mine,) = entries(house, Contact, sector="7", role="manager")
    page = manager.get("/sector/7?part=contact&lang=en").text
    seen = dict(re.findall(r'name="(seen\.[^"]+)" value="(\d+)"', page))
    assert seen == {f"seen.{mine.key}": "1"}
    form = {"do": "succeed", "name": "Next one", "phone": "35 21 00 09", "since": "2012-12-03", **seen}  # fmt: skip
    assert post(manager, "/sector/7/contact", form).status_code == 303
    page = manager.get("/sector/7?part=contact&lang=en").text
    assert "Next one" in page
    assert "to come" in page
    card = page[page.index('class="card contact-card"') : page.index("</article>")]
    assert mine.name in card
    assert "Next one" not in card
    again = post(manager, "/sector/7/contact", form | {"since": "2013-01-01"})
    assert again.status_code == 409  # the manager who was seen has changed


def test_cpr_numbers_have_no_place_in_a_contact(house):
    form = {"do": "save", "role": "deputy", "name": "010190-1235"}
    refused = post(house.client("sector_manager"), "/sector/3/contact", form)
    assert refused.status_code == 400
    assert not entries(house, Contact, name="010190-1235")


def test_texts_stay_texts(house):
    form = {"do": "save", "role": "deputy", "name": "<script>alert(1)</script>"}
    assert post(house.client("sector_manager"), "/sector/3/contact", form).status_code == 303
    for path in ("/sector/3?part=contact", "/sector/find?q=<script>alert(1)</script>", "/organisation?cover=<script>alert(1)", "/sector/find?lat=<script>"):  # fmt: skip
        assert "<script>alert" not in house.client("sector_manager").get(path).text


# Which sector is this?


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("q=55,7038+12,5421", 200, "Sector 5 Mimersgade"), ("lat=55.7038&lon=12.5421", 200, "Sector 5 Mimersgade"),
        ("q=56.0+12.0", 200, "outside all sectors"), ("q=95+190", 400, "can't be read"), ("lat=x&lon=1", 400, "are degrees"),
        ("map.x=0&map.y=0", 400, "needs a pointer"), ("q=Mimersgade", 400, "No addresses were imported"), ("", 200, "once a place is chosen"),
    ],
)  # fmt: skip
def test_a_point_is_answered(house, query, status, said):
    answer = house.client("viewer").get(f"/sector/find?lang=en&{query}")
    assert answer.status_code == status
    assert said in unescape(answer.text)


def test_a_click_leads_to_its_place(house, demo):
    from ypo_dash.figures.outline import Projection
    from ypo_dash.pages.sector_find import SIZE, TEXT

    x, y = Projection.within(demo.bounds, SIZE, TEXT * 0.5).place(12.5421, 55.7038)
    answer = house.client("viewer").get(f"/sector/find?map.x={x:.0f}&map.y={y:.0f}&lang=da")
    assert answer.status_code == 302
    place = dict(pair.split("=") for pair in answer.location.partition("?")[2].split("&"))
    assert float(place["lat"]) == pytest.approx(55.7038, abs=3e-4)
    assert float(place["lon"]) == pytest.approx(12.5421, abs=3e-4)
    assert "Sektor 5 Mimersgade" in house.client("viewer").get(answer.location).text


def test_who_answers_is_said_with_phone_and_mail(house):
    (manager,) = entries(house, Contact, sector="5", role="manager")
    page = house.client("officer").get("/sector/find?lat=55.7038&lon=12.5421&lang=en").text
    assert manager.name in page
    assert f'href="mailto:{manager.email}"' in page
    assert f"tel:{manager.phone.replace(' ', '')}" in page
    assert "Mjølnerparken" in page
    assert house.entries()[-1]["object"] == "sector of a place"
    assert house.entries()[-1]["filter"] == "sectors=5"  # not the address of whoever it was about


# Desk entries as files


def rows(answer):
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_a_file_of_every_kind(house):
    from ypo_dash.model.desk import KINDS

    client = house.client("analyst")
    for name, kind in KINDS.items():
        answer = client.get(f"/export/desk/{name}.csv?reason=Inspection")
        assert answer.status_code == 200, name
        held = [e for e in entries(house, kind) if not getattr(e, "personal", "")]
        assert [row["key"] for row in rows(answer)] == [e.key for e in held]
        found = json.loads(client.get(f"/export/desk/{name}.json?reason=Inspection").text)
        assert (found["kind"], len(found["entries"])) == (name, len(held))
    assert house.entries()[-1]["reason"] == "Inspection"
    assert house.entries()[-1]["object"].startswith("export desk ")


def test_a_file_needs_its_reason_and_its_right(house):
    refused = house.client("analyst").get("/export/desk/cover.csv")
    assert refused.status_code == 400
    assert refused.json["parameter"] == "reason"
    assert house.client("sector_manager").get("/export/desk/cover.csv?reason=x").status_code == 403
    assert house.client("analyst").get("/export/desk/accounts.csv?reason=x").status_code == 404
    assert house.client("analyst").get("/export/desk/log.csv?reason=x&personal=1").status_code == 400  # fmt: skip


def test_log_entries_leave_by_sector_and_personal_ones_only_where_he_writes(house, monkeypatch):
    from ypo_dash.model import rights

    given = {"date": "2012-11-20", "kind": "meeting", "words": "About somebody", "author": "x", "personal": "yes"}  # fmt: skip
    words = desk.known(house.app.server.extensions["ypo"].snapshot())
    for sector in ("3", "5"):
        desk.add(house.access.database, LogEntry, given | {"sector": sector}, words, desk.Writing(by="x"))  # fmt: skip
    analyst = house.client("analyst")
    for more in ("", "&personal=yes"):  # reads every log, and writes in none
        assert not [r for r in rows(analyst.get(f"/export/desk/log.csv?reason=x{more}")) if r["personal"]]  # fmt: skip
    both = {**rights.ROLES, "sector_manager": rights.ROLES["sector_manager"] | {rights.Right.EXPORT}}  # fmt: skip
    monkeypatch.setattr(rights, "ROLES", both)
    manager = house.client("sector_manager")
    found = rows(manager.get("/export/desk/log.csv?reason=x"))
    assert {r["sector"] for r in found} == {"3", "7"}
    assert not [r for r in found if r["personal"]]
    found = rows(manager.get("/export/desk/log.csv?reason=x&personal=yes"))
    assert {r["sector"] for r in found if r["personal"]} >= {"3"}
    assert {r["sector"] for r in found} == {"3", "7"}
    assert {r["sector"] for r in rows(manager.get("/export/desk/visit.csv?reason=x"))} <= {"3", "7"}
