"""The log of a sector's desk over HTTP: who reads and writes it, what is refused, and what is never lost."""

from __future__ import annotations

import re
import shutil
from html import unescape
from urllib.parse import quote

import pytest

from tests.people.conftest import House, form_token
from tests.postgres import on_postgres
from ypo_dash.model.desk import LogEntry, Partner
from ypo_dash.people import desk
from ypo_dash.people.desk import Writing
from ypo_dash.store.reader import Store
from ypo_dash.store.workspace import Workspace

LOG = "/sector/3?part=log"
CPR = "Talte med 010190-1234 i gården"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def here(request, demo_home, tmp_path_factory):
    """A house with people, its records on SQLite or on PostgreSQL."""
    home = shutil.copytree(demo_home, tmp_path_factory.mktemp("log") / "workspace")
    if request.param == "postgresql":
        on_postgres(home, request.getfixturevalue("postgres"))
    return House(home)


@pytest.fixture(scope="module")
def words(here):
    return desk.known(Store(Workspace(here.home)).snapshot())


@pytest.fixture
def add(here, words):
    """Put an entry into the store; what it made is taken away afterwards."""
    made = []

    def do(text="Lys i gården", sector="3", **more):
        given = {"sector": sector, "date": "2012-11-20", "kind": "agreement", "words": text, "author": "A", **more}  # fmt: skip
        made.append(desk.add(here.access.database, LogEntry, given, words, Writing(by="test")))
        return made[-1]

    yield do
    for entry in made:
        desk.erase(here.access.database, entry)


@pytest.fixture(autouse=True)
def emptied(here):
    yield
    for entry in desk.entries(here.access, LogEntry):
        desk.erase(here.access.database, entry)


def post(client, path="/sector/3/log", **fields):
    token = form_token(client, LOG)
    return client.post(path, data={"csrf_token": token, "query": "lang=en", "do": "save", **fields})


def entry(text="Aftalt at lamperne skiftes", **more):
    return {"date": "2012-11-24", "kind": "agreement", "words": text, **more}


def shown(answer):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def logs(here, sector=None):
    return desk.entries(here.access, LogEntry, sector)


def test_an_entry_is_written_shown_and_recorded_without_its_words(here):
    manager = here.client("sector_manager")
    answer = post(manager, **entry("Lamperne i gården skiftes", place="scene:FLAT", follow_up="2012-12-01", author="Somebody else"))  # fmt: skip
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        "/sector/3?part=log&lang=en#saved",
    )
    (saved,) = logs(here)
    assert (saved.author, saved.sector, saved.version) == ("sector_manager", "3", 1)
    page = shown(manager.get(f"{LOG}&lang=en"))
    assert "24/11/2012 Agreement Lamperne i gården skiftes" in page
    assert "kept until 24/11/2016" in page
    assert "Follow up on 1/12/2012" in page
    changed = [e for e in here.entries() if e["object"].startswith("log added")]
    assert changed[-1]["action"] == "alteration"
    assert "Lamperne" not in str(here.entries())


def test_a_civil_registration_number_is_refused_beside_its_field_and_nothing_is_lost(here):
    manager = here.client("sector_manager")
    before = len(
        [e for e in here.entries() if e["object"].startswith("log added") and e["result"] == "done"]
    )
    answer = post(manager, **entry(CPR, place="area:Mjølnerparken", follow_up="2012-12-03", personal="yes"))  # fmt: skip
    assert answer.status_code == 400
    assert logs(here) == []
    assert not [e for e in here.entries() if e["object"].startswith("log added") and e["result"] == "done"][before:]  # fmt: skip
    form = answer.text[answer.text.index('id="new" open') :]
    field = re.search(r'<textarea name="words"[^>]*>([^<]*)</textarea>\s*<span[^>]*>([^<]*)', form)
    assert unescape(field[1]) == CPR
    assert "aria-invalid" in field[0]
    assert "civil registration number" in field[2]
    assert re.search(r'value="area:Mjølnerparken" selected', form)
    assert 'name="follow_up" value="2012-12-03"' in form
    assert re.search(r'name="personal" value="yes" checked', form)
    danish = post(manager, query="lang=da", **entry(CPR))
    assert "CPR" in shown(danish)
    assert "civil registration" not in shown(danish)


@pytest.mark.parametrize(
    ("more", "column", "why"),
    [
        ({"date": "2012-11-27"}, "date", "yet to come"),
        ({"date": "i går"}, "date", "not a date"),
        ({"words": " "}, "words", "missing"),
        ({"kind": "gossip"}, "kind", "not known here"),
        ({"partner": "5/nobody"}, "partner", "no partner of the sector"),
        ({"cell": "891f05831dbffffx"[:14]}, "cell", "no hexagon"),
        ({"cell": "8fffffffffffffff"[:15]}, "cell", "no hexagon"),
        ({"place": "somewhere"}, "place", "no place"),
        ({"follow_up": "2012-11-01"}, "follow_up", "before the one it must follow"),
    ],
)
def test_what_is_impossible_is_said_beside_its_field(here, more, column, why):
    answer = post(here.client("sector_manager"), **{**entry(), **more})
    assert answer.status_code == 400
    assert logs(here) == []
    assert why in re.search(r'id="field-problem">([^<]*)', answer.text)[1]
    wrong = re.search(r'name="(\w+)"[^>]*aria-invalid', answer.text)
    assert wrong[1] == column


def test_a_hexagon_is_taken_from_the_address_of_the_map(here):
    manager = here.client("sector_manager")
    at = "http://127.0.0.1/?cell=891f05831dbffff&from=2012-11-01"
    assert post(manager, **entry(cell=at)).status_code == 303
    assert logs(here)[0].place == "cell:891f05831dbffff"
    assert 'href="/?cell=891f05831dbffff&amp;lang=en"' in manager.get(f"{LOG}&lang=en").text


READERS = {
    "viewer": (403, 403), "officer": (200, 403), "sector_manager": (200, 403),
    "analyst": (200, 200), "leader": (200, 403), "administrator": (403, 403),
}  # fmt: skip


@pytest.mark.parametrize("part", ["log", "partners"])
@pytest.mark.parametrize("role", READERS)
def test_who_reads_the_log_and_the_partners(here, role, part):
    client = here.client(role)
    found = tuple(client.get(f"/sector/{n}?part={part}").status_code for n in ("3", "5"))
    assert found == READERS[role]


def test_who_may_not_read_it_is_not_told_of_it(here):
    page = here.client("viewer").get("/sector/3").text
    assert "part=log" not in page
    assert "part=partners" not in page
    assert "part=log" in here.client("officer").get("/sector/3").text


@pytest.mark.parametrize("role", ["viewer", "officer", "analyst", "leader", "administrator"])
def test_only_who_writes_in_the_sector_writes(here, role):
    client = here.client(role)
    token = form_token(client, "/record/me")
    sent = {"csrf_token": token, "do": "save", **entry()}
    assert client.post("/sector/3/log", data=sent).status_code == 403
    assert logs(here) == []
    if READERS[role][0] == 200:
        assert "entry-form" not in client.get(LOG).text


def test_a_manager_writes_in_no_other_sector_by_no_form(here, add):
    manager, other = here.client("sector_manager"), add("Ikke min", sector="5")
    assert post(manager, "/sector/5/log", **entry()).status_code == 403
    for do in ("save", "done", "remove"):
        answer = post(manager, **entry("Overtaget"), key=other.key, seen="1", **{"do": do})
        assert answer.status_code == 400
    (still,) = logs(here, "5")
    assert (still.words, still.version) == ("Ikke min", 1)
    assert "Ikke min" not in manager.get(f"{LOG}&edit={quote(other.key)}").text


def test_search_finds_all_words_whatever_their_case_and_marks_them(here, add):
    add("Bænk ved Åen fjernes")
    add("Café ved søen", kind="meeting")
    manager = here.client("sector_manager")

    def found(query):
        page = manager.get(f"{LOG}&lang=en&{query}").text
        return re.findall(r"<mark>([^<]*)</mark>", page), shown(manager.get(f"{LOG}&lang=en&{query}"))  # fmt: skip

    assert found("q=åen BÆNK")[0] == ["Bænk", "Åen"]
    assert found("q=cafe")[0] == ["Café"]
    assert found("q=aen")[0] == []  # å is a letter of its own
    assert "1 of 2 entries" in found("q=ved søen")[1]
    assert "No entry has all of this" in found("q=bænk søen")[1]
    assert "Café ved søen" in found("kind=meeting")[1]
    assert "Bænk" not in found("kind=meeting")[1]
    assert manager.get(f"{LOG}&kind=gossip").status_code == 400
    assert manager.get(f"{LOG}&page=0").status_code == 400


def test_search_never_leaks_across_sectors(here, add):
    add("hemmelig hexe i tre", sector="3")
    add("hemmelig hexe i syv", sector="7")
    add("hemmelig hexe i fem", sector="5")
    for role, there in {"officer": ("tre", "syv"), "sector_manager": ("tre", "syv"), "leader": ("tre", "syv"), "analyst": ("tre", "syv", "fem")}.items():  # fmt: skip
        client = here.client(role)
        alone = shown(client.get(f"{LOG}&q=hexe"))
        everywhere = shown(client.get(f"{LOG}&q=hexe&everywhere=yes"))
        assert [w for w in ("tre", "syv", "fem") if f"hexe i {w}" in alone] == ["tre"]
        assert {w for w in ("tre", "syv", "fem") if f"hexe i {w}" in everywhere} == set(there), role
    for role in ("viewer", "administrator"):
        assert here.client(role).get(f"{LOG}&q=hexe&everywhere=yes").status_code == 403


def test_personal_data_are_seen_by_those_who_write_there_alone(here, add):
    private = add("Om en beboer", personal="yes", follow_up="2012-11-30")
    for role, sees in (("sector_manager", True), ("officer", False), ("leader", False), ("analyst", False)):  # fmt: skip
        for query in ("", "&q=beboer", "&q=beboer&everywhere=yes", "&open=yes"):
            page = here.client(role).get(f"{LOG}{query}&lang=en").text
            assert ("Om en " in page) == sees, (role, query)
    page = here.client("sector_manager").get(f"{LOG}&lang=en").text
    assert "log-entry personal" in page
    assert "kept until 21/5/2013" in page  # 182 days
    assert post(here.client("sector_manager"), **entry("Om gården"), key=private.key, seen="1").status_code == 303  # fmt: skip
    read = here.client("officer").get(f"{LOG}&lang=en").text
    assert "Om gården" in read
    assert "Om en beboer" not in read  # nor as an earlier version
    assert (
        "kept until 25/5/2013" in read
    )  # its earlier text is kept with it, so the short time stays
    assert "Om en beboer" in here.client("sector_manager").get(LOG).text


def test_the_overview_tells_what_is_due_to_those_who_read_the_log(here, add):
    add("Om en beboer", personal="yes", follow_up="2012-11-30")
    add("Lampen skiftes", follow_up="2012-11-20")
    roles = {"sector_manager": (True, True), "officer": (True, False), "leader": (True, False), "analyst": (True, False), "viewer": (False, False)}  # fmt: skip
    for role, sees in roles.items():
        page = here.client(role).get("/sector/3?lang=en").text
        assert ("Lampen skiftes" in page, "Om en beboer" in page) == sees, role


def test_the_list_counts_what_is_due_in_sectors_whose_log_one_reads(here, add):
    add("Om en beboer", personal="yes", follow_up="2012-11-20")
    add("Lampen skiftes", follow_up="2012-11-20")
    add("Hegnet lukkes", follow_up="2012-12-20")
    add("I sektor fem", sector="5", follow_up="2012-12-01")
    for role, counts in {"officer": ("2 , 1 of them past", ""), "sector_manager": ("2 , 1 of them past", ""), "analyst": ("2 , 1 of them past", "1"), "viewer": ("", "")}.items():  # fmt: skip
        rows = here.client(role).get("/sector?lang=en").text.split("<tr>")
        due = {r.split('class="id">')[1].split("<")[0]: r.rpartition('<td class="number">')[2] for r in rows if 'class="id"' in r}  # fmt: skip
        found = [" ".join(re.sub(r"<[^>]+>", " ", due[n].partition("</td>")[0]).split()) for n in ("3", "5")]  # fmt: skip
        assert tuple(found) == counts, role


def test_every_look_is_recorded_with_what_was_looked_for(here, demo):
    here.client("officer").get(f"{LOG}&q=kælder&kind=place")
    last = here.entries()[-1]
    assert (last["object"], last["person"], last["action"]) == ("sector desk log", "officer", "consultation")  # fmt: skip
    assert last["filter"] == "sectors=3&part=log&q=k%C3%A6lder&kind=place"
    assert last["snapshot"] == demo.id


def test_of_two_who_change_an_entry_the_second_is_told_and_nothing_is_lost(here, add):
    one, two = here.client("sector_manager"), here.client("sector_manager")
    held = add("Først")
    page = two.get(f"{LOG}&edit={quote(held.key)}&lang=en").text
    assert re.search(r'name="seen" value="1"', page)
    assert (
        post(one, **entry("Den førstes", kind="meeting"), key=held.key, seen="1").status_code == 303
    )
    refused = post(two, **entry("Den andens\nto linjer", date="2012-11-23"), key=held.key, seen="1")
    assert refused.status_code == 409
    said = shown(refused)
    assert "sector_manager saved at" in said
    assert "What stands now: Den førstes" in said
    assert "differ from yours: Date: 24/11/2012 · Kind: Meeting" in said
    form = refused.text[refused.text.index('id="edit"') :]
    assert "Den andens\nto linjer</textarea>" in unescape(form).replace("\r", "")
    seen = re.search(r'name="seen" value="(\d+)"', form)[1]
    assert logs(here)[0].words == "Den førstes"
    assert post(two, **entry("Den andens"), key=held.key, seen=seen).status_code == 303
    page = shown(two.get(f"{LOG}&lang=en"))
    assert "Earlier versions (2)" in page
    for text in ("Den andens", "Den førstes", "Først"):
        assert text in page
    assert any(e["result"].startswith("refused: somebody else") for e in here.entries()[-8:])


def test_what_is_written_on_an_entry_that_is_gone_meanwhile_is_not_lost(here, add):
    held, manager = add("Først"), here.client("sector_manager")
    post(manager, key=held.key, seen="1", do="remove")
    refused = post(manager, **entry("Møjsommeligt skrevet"), key=held.key, seen="1")
    assert refused.status_code == 400
    assert "not there any more" in shown(refused)
    form = refused.text[refused.text.index('id="new" open') :]
    assert "Møjsommeligt skrevet</textarea>" in form
    assert 'name="key"' not in form[: form.index("</form>")]


def test_a_follow_up_is_done_with_one_button(here, add):
    held = add(follow_up="2012-11-22")
    manager = here.client("sector_manager")
    assert "Follow up on 22/11/2012, 4 days ago" in shown(manager.get(f"{LOG}&lang=en"))
    assert "1 open follow-up , 1 past their day" in shown(manager.get(f"{LOG}&lang=en"))
    answer = post(manager, key=held.key, seen="1", do="done")
    assert answer.headers["Location"].endswith(f"#entry-{held.key.replace('/', '-')}")
    (now,) = logs(here)
    assert (now.done, now.words, now.author) == ("2012-11-26", held.words, "A")
    assert "Followed up on 26/11/2012" in shown(manager.get(f"{LOG}&lang=en"))
    assert "No entry has all of this" in shown(manager.get(f"{LOG}&open=yes&lang=en"))
    assert post(manager, key=held.key, seen="1", do="done").status_code == 409


def test_the_author_stays_whoever_mends_an_entry(here, add):
    held = add()
    post(here.client("sector_manager"), **entry("Rettet", author="Me"), key=held.key, seen="1")
    assert logs(here)[0].author == "A"


def test_the_same_form_sent_again_makes_no_second_entry(here):
    manager, once = here.client("sector_manager"), "ab" * 12
    for _ in range(3):
        assert post(manager, **entry(), once=once).status_code == 303
    (saved,) = logs(here)
    added = [e for e in here.entries() if e["object"] == "log added: 3"]
    post(manager, **entry("Andre ord"), once=once)  # other words with the same token are not lost
    assert {e.words for e in logs(here)} == {saved.words, "Andre ord"}
    post(manager, key=saved.key, seen="1", do="remove")
    refused = post(manager, **entry(), once=once)
    assert refused.status_code == 400
    assert "taken away since" in shown(refused)
    assert len([e for e in here.entries() if e["object"] == "log added: 3"]) == len(added) + 1
    page = manager.get(LOG).text
    assert len(set(re.findall(r'name="once" value="([0-9a-f]{24})"', page + manager.get(LOG).text))) == 2  # fmt: skip


@pytest.mark.parametrize(
    ("address", "new"),
    [
        ("/sector/3?part=log", 1), ("/sector/3?part=partners", 1), ("/sector/3?part=efforts&new=1", 1),
        ("/sector/3?part=contact", 2), ("/organisation?cover=new", 1),
    ],
)  # fmt: skip
def test_every_form_for_a_new_entry_has_its_own_token(here, address, new):
    page = here.client("sector_manager").get(address).text
    forms = [form.split("</form>")[0] for form in page.split('class="entry-form"')[1:]]
    tokens = [re.findall(r'name="once" value="([0-9a-f]{24})"', form) for form in forms if 'name="key"' not in form]  # fmt: skip
    assert [len(own) for own in tokens] == [1] * new
    assert len({own[0] for own in tokens}) == new


def test_an_entry_that_was_taken_away_is_not_shown_and_its_history_stays(here, add):
    held = add("Skrevet forkert")
    manager = here.client("sector_manager")
    assert post(manager, key=held.key, seen="1", do="remove").status_code == 303
    assert "Skrevet forkert" not in manager.get(LOG).text
    assert post(manager, key=held.key, seen="2", do="remove").status_code == 400
    from ypo_dash.people import documents

    with here.access.database.session() as session:
        assert [c.version for c in documents.history(session, "log", held.key)] == [2, 1]


def test_pages_of_fifty(here, add):
    for n in range(53):
        add(f"Notat nummer {n:02}")
    manager = here.client("sector_manager")
    first, second = shown(manager.get(f"{LOG}&lang=en")), shown(manager.get(f"{LOG}&page=2&lang=en"))  # fmt: skip
    assert first.count("Notat nummer") >= 50
    assert "page 1 of 2" in first
    assert "Notat nummer 52" in first
    assert "Notat nummer 00" not in first
    assert "Notat nummer 00" in second
    assert "page 2 of 2" in shown(manager.get(f"{LOG}&page=9&lang=en"))


def test_words_are_never_markup(here, add):
    add("<script>alert(1)</script> <b>fed</b>")
    page = here.client("sector_manager").get(f"{LOG}&q=<b>").text
    assert "<script>alert" not in page
    assert "<mark>&lt;b&gt;</mark>" in page


def test_a_partner_that_is_gone_is_said_to_be(here, add, words):
    given = {"sector": "3", "name": "Skolen", "kind": "school"}
    partner = desk.add(here.access.database, Partner, given, words, Writing(by="test"))
    held = add(partner=partner.key)
    manager = here.client("sector_manager")
    page = manager.get(f"{LOG}&lang=en").text
    anchor = f"/sector/3?part=partners&amp;lang=en#entry-{partner.key.replace('/', '-')}"
    assert f'<a href="{anchor}">Skolen</a>' in page
    desk.erase(here.access.database, partner)
    assert "a partner that is not there any more" in shown(manager.get(f"{LOG}&lang=en"))
    again = post(manager, **entry(partner=partner.key), key=held.key, seen="1")
    assert again.status_code == 303  # what it named before may stay


def test_impossible_settings_of_the_retention_are_said(here, add):
    add()
    path = here.home / "desk.toml"
    path.write_text("[retention]\npersonal_days = 0\n")
    try:
        answer = here.client("sector_manager").get(f"{LOG}&lang=en")
        assert answer.status_code == 200
        assert "How long entries are kept can't be read" in shown(answer)
        assert "kept until" not in shown(answer)
        path.write_text("[retention]\nordinary_days = 365\n")
        assert "kept until 20/11/2013" in shown(here.client("sector_manager").get(f"{LOG}&lang=en"))
    finally:
        path.unlink()
