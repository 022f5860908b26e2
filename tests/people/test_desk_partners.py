"""Partners of a sector over HTTP: visits planned and made, sectors that share a partner, who may write."""

from __future__ import annotations

import re
import shutil
from urllib.parse import quote

import pytest

from tests.people.conftest import House
from tests.people.test_desk_log import post as send
from tests.people.test_desk_log import shown
from ypo_dash.model.desk import Partner, Visit
from ypo_dash.people import desk
from ypo_dash.people.desk import Writing
from ypo_dash.store.reader import Store
from ypo_dash.store.workspace import Workspace

PARTNERS = "/sector/3?part=partners&lang=en"


@pytest.fixture(scope="module")
def here(demo_home, tmp_path_factory):
    return House(shutil.copytree(demo_home, tmp_path_factory.mktemp("partners") / "workspace"))


@pytest.fixture
def school(here):
    """A partner of sector 3, seen on 20/10/2012, every 28 days; the store is empty afterwards."""
    words = desk.known(Store(Workspace(here.home)).snapshot())
    given = {"sector": "3", "name": "Skolen", "kind": "school", "interval": "28", "contact": "Kontoret", "phone": "00 00 12 34"}  # fmt: skip
    made = desk.add(here.access.database, Partner, given, words, Writing(by="test"))
    visit = {"sector": "3", "partner": made.key, "date": "2012-10-20", "kind": "meeting", "done": "yes", "words": "Om cykler"}  # fmt: skip
    desk.add(here.access.database, Visit, visit, words, Writing(by="test"))
    yield made
    for kind in (Partner, Visit):
        for entry in desk.entries(here.access, kind):
            desk.erase(here.access.database, entry)


def post(client, sector="3", **fields):
    return send(client, f"/sector/{sector}/partners", **fields)


def row(client, name="Skolen", path=PARTNERS):
    page = client.get(path).text
    found = next(part for part in page.split("<article")[1:] if f"<h4>{name}</h4>" in part)
    return " ".join(re.sub(r"<[^>]+>", " ", found.split("</article>")[0]).split())


def visits(here):
    return sorted((v.date, v.done, v.sector) for v in desk.entries(here.access, Visit))


@pytest.mark.usefixtures("school")
def test_an_overdue_visit_is_said_in_words(here):
    client = here.client("officer")
    said = row(client)
    assert "every 28 days" in said
    assert "Last visit 20/10/2012" in said
    assert "Next visit 17/11/2012, 9 days ago" in said
    assert "Om cykler" in said
    due = shown(client.get(PARTNERS)).split("Visits due")[-1]
    assert "Skolen 17/11/2012, 9 days ago" in due


def test_a_visit_is_planned_moved_and_made_with_words(here, school):
    manager = here.client("sector_manager")
    planned = {"do": "visit", "partner": school.key, "kind": "visit", "date": "2012-11-30"}
    answer = post(manager, **planned)
    assert answer.headers["Location"] == f"/sector/3?part=partners&lang=en#entry-{school.key.replace('/', '-')}"  # fmt: skip
    assert "Next visit 30/11/2012 planned" in row(manager)
    (plan,) = [v for v in desk.entries(here.access, Visit) if not v.done]
    form = manager.get(f"{PARTNERS}&made={quote(plan.key)}").text
    assert 'name="date" value="2012-11-30"' in form
    assert 'name="done" value="yes"' in form
    made = {**planned, "key": plan.key, "seen": "1", "done": "yes"}
    early = post(manager, **made)
    assert early.status_code == 400
    assert "made on its day or later" in shown(early)
    assert post(manager, **{**made, "date": "2012-11-25", "words": "Gik godt", "by": "A"}).status_code == 303  # fmt: skip
    assert visits(here) == [("2012-10-20", "yes", "3"), ("2012-11-25", "yes", "3")]
    said = row(manager)
    assert "Last visit 25/11/2012" in said
    assert "Next visit 23/12/2012" in said
    assert "Gik godt" in said


def test_a_visit_that_nobody_planned_is_written_down_once(here, school):
    manager = here.client("sector_manager")
    form = manager.get(f"{PARTNERS}&made={quote(school.key)}").text
    once = re.search(r'name="once" value="(\w+)"', form)[1]
    assert 'name="date" value="2012-11-26"' in form
    for _ in range(2):
        post(manager, do="visit", partner=school.key, kind="phone", date="2012-11-26", done="yes", once=once)  # fmt: skip
    assert visits(here) == [("2012-10-20", "yes", "3"), ("2012-11-26", "yes", "3")]


def test_a_planned_visit_is_called_off(here, school):
    manager = here.client("sector_manager")
    post(manager, do="visit", partner=school.key, kind="visit", date="2012-11-30")
    (plan,) = [v for v in desk.entries(here.access, Visit) if not v.done]
    assert "Call this visit off" in manager.get(f"{PARTNERS}&made={quote(plan.key)}").text
    assert post(manager, do="call-off", key=plan.key, seen="1").status_code == 303
    assert visits(here) == [("2012-10-20", "yes", "3")]


def test_a_partner_that_several_sectors_share(here, school):
    manager = here.client("sector_manager")
    seen = {"key": school.key, "seen": "1", "do": "partner", "name": "Skolen", "kind": "school", "interval": "28"}  # fmt: skip
    assert post(manager, **seen, also="7").status_code == 303
    elsewhere = "/sector/7?part=partners&lang=en"
    said = row(manager, path=elsewhere)
    assert "also in sector 3" in said
    assert "17/11/2012, 9 days ago" in said
    assert "Edit" not in said  # it is sector 3's to change
    (visit,) = desk.entries(here.access, Visit)
    # Nor is there a form that would be refused.
    for more in (f"edit={quote(school.key)}", f"made={quote(visit.key)}"):
        assert 'name="key"' not in manager.get(f"{elsewhere}&{more}").text
        assert 'name="key"' in manager.get(f"{PARTNERS}&{more}").text
    taken = post(manager, "7", **{**seen, "seen": "2", "name": "Vores nu"})
    assert taken.status_code == 400
    assert post(manager, "7", do="visit", partner=school.key, kind="visit", date="2012-11-24", done="yes").status_code == 303  # fmt: skip
    assert visits(here)[-1] == ("2012-11-24", "yes", "7")
    assert "Last visit 24/11/2012" in row(manager)
    assert "sector 7" in row(manager)
    assert desk.find(here.access, Partner, school.key).name == "Skolen"


def test_a_visit_to_another_sectors_partner_is_refused(here, school):
    refused = post(here.client("sector_manager"), "7", do="visit", partner=school.key, kind="visit", date="2012-11-24")  # fmt: skip
    assert refused.status_code == 400
    assert "no partner of the sector" in shown(refused)
    assert len(visits(here)) == 1


@pytest.mark.usefixtures("school")
def test_a_new_partner_and_what_is_refused_of_it(here):
    manager = here.client("sector_manager")
    given = {"do": "partner", "name": "Boligforeningen", "kind": "housing", "email": "no address", "note": "Mange ord"}  # fmt: skip
    refused = post(manager, **given)
    assert refused.status_code == 400
    assert re.search(r'name="email"[^>]*aria-invalid', refused.text)
    assert "Mange ord</textarea>" in refused.text
    assert post(manager, **{**given, "email": "kontor@bolig.example", "interval": "90"}).status_code == 303  # fmt: skip
    said = row(manager, "Boligforeningen")
    assert "kontor@bolig.example" in said
    assert "Next visit to be planned" in said  # there is no day to count from
    assert post(manager, do="partner", name="010190-1234", kind="shop").status_code == 400
    assert post(manager, do="dance").status_code == 400


def test_what_was_written_on_a_partner_that_changed_meanwhile_is_not_lost(here, school):
    manager = here.client("sector_manager")
    given = {"key": school.key, "seen": "1", "do": "partner", "name": "Skolen", "kind": "school"}
    assert post(manager, **given, note="Først").status_code == 303
    refused = post(manager, **given, note="Bagefter")
    assert refused.status_code == 409
    assert "Bagefter</textarea>" in refused.text
    assert 'name="seen" value="2"' in refused.text
    assert desk.find(here.access, Partner, school.key).note == "Først"


@pytest.mark.parametrize("role", ["officer", "analyst", "leader"])
def test_who_only_reads_has_no_forms(here, school, role):
    client = here.client(role)
    for more in ("", f"&edit={quote(school.key)}", f"&plan={quote(school.key)}"):
        page = client.get(PARTNERS + more).text
        assert "entry-form" not in page
        assert "Skolen" in page
