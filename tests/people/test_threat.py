"""Assessments over HTTP: who may, what is frozen, what is found out, and what happens when two write at once."""

from __future__ import annotations

import json
import re
import shutil
from html import unescape

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from tests.conftest import DATA
from tests.people.conftest import PASSWORD, House, form_token
from tests.postgres import on_postgres
from ypo_dash.cli import main
from ypo_dash.model.assessment import Said
from ypo_dash.model.desk import GangIncident
from ypo_dash.model.rights import Person
from ypo_dash.people import accounts, assessing, desk
from ypo_dash.people.assessing import Step
from ypo_dash.people.assessment_check import problems
from ypo_dash.people.assessments import ALTERED, DRAFT, SIGNED, UNCHECKED, assessments, find
from ypo_dash.people.desk import Writing
from ypo_dash.people.passwords import hash_password
from ypo_dash.people.sealing import Sealer, canonical, digest
from ypo_dash.people.tables import Document, DocumentChange
from ypo_dash.store.designated import estates_of
from ypo_dash.store.lru import Lru
from ypo_dash.views import threat as views

QUARTER = "2012-Q3"
WHY = "the police list was entered with a wrong date"


class Station(House):
    """A house that has a leader and a manager of every sector beside those of sectors 3 and 7."""

    def __init__(self, home):
        super().__init__(home)
        with self.access.database.session() as session:
            for name, role in (("chief", "leader"), ("manager", "sector_manager")):
                sectors = ("*",) if role == "leader" else ("8",)
                person = Person(name=name, roles=(role,), sectors=sectors, full_name=name.title())
                accounts.add(session, person)
                found = accounts.find(session, name)
                found.password, found.change_password = hash_password(PASSWORD), False


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def here(request, demo_home, tmp_path_factory):
    """A house with people, its records on SQLite or on PostgreSQL."""
    home = shutil.copytree(demo_home, tmp_path_factory.mktemp("threat") / "workspace")
    if request.param == "postgresql":
        on_postgres(home, request.getfixturevalue("postgres"))
    return Station(home)


@pytest.fixture
def house(demo_home, tmp_path):
    """A house of its own, on SQLite."""
    return Station(shutil.copytree(demo_home, tmp_path / "workspace"))


def post(client, what, quarter=QUARTER, **fields):
    address = f"/threat?quarter={quarter}"
    token = form_token(client, address)
    data = {"csrf_token": token, "query": f"quarter={quarter}&lang=en", "quarter": quarter, **fields}  # fmt: skip
    return client.post(f"/threat/{what}", data=data)


def shown(answer):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def step(by, one):
    return Step(by=by, seen=one.version)


def drafted(house, demo, quarter=QUARTER, text="In words.", levels="raised"):
    """A whole draft, written by the analyst alone."""
    one = assessing.begin(house.access, quarter, Step(by="analyst", seen=0))
    for estate in estates_of(demo):
        said = Said(text=text, level=levels, direction="steady", reason="as figures and log say")
        one = assessing.write(house.access, one, estate.name, said, step("analyst", one))
    return one


def sent(house, demo, quarter=QUARTER, **more):
    one = drafted(house, demo, quarter, **more)
    names = [e.name for e in estates_of(demo)]
    return assessing.send(house.access, one, names, step("analyst", one))


def signed(house, demo, quarter=QUARTER, who="chief", **more):
    """Signed by hand on the page, as the chief does."""
    one = sent(house, demo, quarter, **more)
    client = house.client(who)
    page = client.get(f"/threat?quarter={quarter}&lang=en").text
    basis = re.search(r'name="basis" value="([0-9a-f]{64})"', page)[1]
    answer = post(client, "sign", quarter, number=1, seen=one.version, basis=basis)
    assert answer.status_code == 303, shown(answer)[:500]
    return find(house.access, quarter, 1)


# The way of an assessment


def test_from_draft_to_signature_over_http(here, demo):
    analyst, chief = here.client("analyst"), here.client("chief")
    assert "Not begun" in shown(analyst.get("/threat?lang=en"))
    assert post(analyst, "begin").status_code == 303
    one = find(here.access, QUARTER, 1)
    assert (one.state, one.written_by) == (DRAFT, ())
    fields = {"number": 1, "part": "Blågården", "level": "high", "direction": "rising", "reason": "two shootings in August", "text": "Line one.\nLine <two>."}  # fmt: skip
    answer = post(analyst, "write", seen=one.version, **fields)
    assert answer.headers["Location"] == f"/threat?lang=en&quarter={QUARTER}&version=1#saved"
    page = shown(analyst.get(f"/threat?quarter={QUARTER}&lang=en"))
    assert "Draft: nothing here is signed. Written by analyst." in page
    assert "Line one. Line <two>." in page
    # Not every area has its level: it can't be sent, and the page names those without.
    others = [estate.name for estate in estates_of(demo) if estate.name != "Blågården"]
    assert f"still missing: {', '.join(others)}." in page
    send = '<button class="button"{}>Send to review</button>'
    assert send.format(" disabled") in analyst.get(f"/threat?quarter={QUARTER}&lang=en").text
    one = find(here.access, QUARTER, 1)
    refused = post(analyst, "send", number=1, seen=one.version)
    assert refused.status_code == 400
    assert "Level, direction and reason are missing" in shown(refused)
    assert not any(
        "sent to review" in e["object"] for e in here.entries()
    )  # nor does the record say so
    for estate in estates_of(demo):
        if estate.name != "Blågården":
            one = find(here.access, QUARTER, 1)
            more = {**fields, "part": estate.name, "level": "low", "direction": "steady", "seen": one.version}  # fmt: skip
            assert post(analyst, "write", **more).status_code == 303
    assert send.format("") in analyst.get(f"/threat?quarter={QUARTER}&lang=en").text
    one = find(here.access, QUARTER, 1)
    assert post(analyst, "send", number=1, seen=one.version).status_code == 303
    page = chief.get(f"/threat?quarter={QUARTER}&lang=en").text
    assert "In review: nothing here is signed yet." in shown(chief.get(f"/threat?quarter={QUARTER}&lang=en"))  # fmt: skip
    one, basis = find(here.access, QUARTER, 1), re.search(r'name="basis" value="(\w+)"', page)[1]
    assert post(chief, "sign", number=1, seen=one.version, basis=basis).status_code == 303
    one = find(here.access, QUARTER, 1)
    assert one.is_signed
    evidence = json.loads(one.evidence)
    assert (evidence["signed_by"], evidence["signed_name"], evidence["written_by"]) == ("chief", "Chief", ["analyst"])  # fmt: skip
    assert evidence["snapshot"] == demo.id
    assert evidence["software"]
    assert one.sha256 == digest(one.evidence)
    page = shown(here.client("viewer").get(f"/threat?quarter={QUARTER}&lang=en"))
    assert "Signed by Chief on" in page
    assert one.sha256[:16] in page
    entry = [e for e in here.entries() if e["action"] == "alteration"][-1]
    assert entry["object"] == f"assessment signed: {one.key} sha256 {one.sha256}"
    assert (entry["person"], entry["result"]) == ("chief", "done")
    assert problems(here.access) == []


def test_two_write_of_different_areas_and_both_stay(here, demo):
    one = drafted(here, demo, "2012-Q2")
    first, second = here.client("analyst"), here.client("manager")
    said = {"number": 1, "seen": one.version, "level": "high", "direction": "rising", "reason": "r"}
    assert post(first, "write", "2012-Q2", part="Mjølnerparken", text="from one", **said).status_code == 303  # fmt: skip
    assert post(second, "write", "2012-Q2", part="Blågården", text="from two", **said).status_code == 303  # fmt: skip
    now = find(here.access, "2012-Q2", 1)
    assert now.texts.of("Mjølnerparken").text == "from one"
    assert now.texts.of("Blågården").text == "from two"
    assert now.texts.of("Bispeparken").text == "In words."
    assert now.written_by == ("analyst", "manager")
    assert not now.problem


def test_two_write_of_the_same_area_and_the_second_is_told(here, demo):
    one = drafted(here, demo, "2011-Q4")
    client, other = here.client("analyst"), here.client("manager")
    said = {"number": 1, "seen": one.version, "part": "Blågården", "level": "high", "direction": "rising", "reason": "r"}  # fmt: skip
    assert post(client, "write", "2011-Q4", text="the first one's words", **said).status_code == 303
    late = post(other, "write", "2011-Q4", text="my own <careful> words", **said)
    assert late.status_code == 409
    assert "Not saved: analyst saved at" in shown(late)
    assert "the first one's words" in shown(late)
    assert "my own &lt;careful&gt; words</textarea>" in late.text
    assert find(here.access, "2011-Q4", 1).texts.of("Blågården").text == "the first one's words"
    # Saved again from what he is shown now, his stands.
    form = late.text[late.text.index('value="Blågården"') - 400 :]
    seen = re.search(r'name="seen" value="(\d+)"', form)[1]
    assert int(seen) == find(here.access, "2011-Q4", 1).version
    again = post(other, "write", "2011-Q4", **{**said, "seen": seen, "text": "my own <careful> words"})  # fmt: skip
    assert again.status_code == 303
    assert find(here.access, "2011-Q4", 1).texts.of("Blågården").text == "my own <careful> words"


def test_who_signs_signs_what_he_saw(house, demo):
    one = sent(house, demo)
    chief = house.client("chief")
    page = chief.get(f"/threat?quarter={QUARTER}").text
    basis = re.search(r'name="basis" value="(\w+)"', page)[1]
    # Somebody sends it back and to review again meanwhile: another version.
    back = assessing.send_back(house.access, one, step("analyst", one))
    names = [e.name for e in estates_of(demo)]
    assessing.send(house.access, back, names, step("analyst", back))
    late = post(chief, "sign", number=1, seen=one.version, basis=basis)
    assert late.status_code == 409
    assert problems(house.access) == []  # the record has that it was refused
    # A gang incident is entered meanwhile: other evidence.
    now = find(house.access, QUARTER, 1)
    entered(house, demo)
    late = post(chief, "sign", number=1, seen=now.version, basis=basis)
    assert late.status_code == 400
    assert "The figures have moved since this page was opened" in shown(late)
    assert find(house.access, QUARTER, 1).state == "review"


def test_who_sends_or_sends_back_has_seen_the_newest_version(house, demo):
    one, chief, analyst = drafted(house, demo), house.client("chief"), house.client("analyst")
    said = Said(text="meanwhile", level="low", direction="steady", reason="r")
    now = assessing.write(house.access, one, "Blågården", said, step("manager", one))
    assert post(analyst, "send", number=1, seen=one.version).status_code == 409
    assert find(house.access, QUARTER, 1) == now
    names = [e.name for e in estates_of(demo)]
    first = assessing.send(house.access, now, names, step("analyst", now))
    back = assessing.send_back(house.access, first, step("analyst", first))
    again = assessing.send(house.access, back, names, step("analyst", back))
    assert post(chief, "back", number=1, seen=first.version, reason=WHY).status_code == 409
    assert find(house.access, QUARTER, 1) == again


def entered(house, demo, **more):
    given = {"date": "2012-08-01", "area": "Blågården", "kind": "assault", "judged_by": "unit", "judged_on": "2012-08-02", "certainty": "probable", **more}  # fmt: skip
    return desk.add(
        house.access.database, GangIncident, given, desk.known(demo), Writing(by="analyst")
    )


def test_nobody_signs_what_he_alone_wrote(house, demo):
    one = assessing.begin(house.access, QUARTER, Step(by="chief", seen=0))
    for estate in estates_of(demo):
        said = Said(level="low", direction="steady", reason="calm")
        one = assessing.write(house.access, one, estate.name, said, step("chief", one))
    one = assessing.send(house.access, one, [e.name for e in estates_of(demo)], step("chief", one))
    chief = house.client("chief")
    basis = re.search(r'name="basis" value="(\w+)"', chief.get(f"/threat?quarter={QUARTER}").text)[1]  # fmt: skip
    refused = post(chief, "sign", number=1, seen=one.version, basis=basis)
    assert refused.status_code == 400
    assert "Who wrote an assessment alone does not sign it" in shown(refused)
    assert not find(house.access, QUARTER, 1).is_signed


def test_a_quarter_that_is_not_over_is_not_signed(house, demo):
    one = sent(house, demo, "2012-Q4")
    chief = house.client("chief")
    basis = re.search(r'name="basis" value="(\w+)"', chief.get("/threat?quarter=2012-Q4").text)[1]
    refused = post(chief, "sign", "2012-Q4", number=1, seen=one.version, basis=basis)
    assert refused.status_code == 400
    assert "The quarter is not over" in shown(refused)


def test_a_quarter_that_the_data_do_not_cover_is_not_signed(house, demo, monkeypatch):
    monkeypatch.setattr(views, "_threats", Lru(4))
    monkeypatch.setattr(views, "is_covered", lambda _, days: str(days[0]) != "2012-07-01")
    one, chief = sent(house, demo), house.client("chief")
    basis = re.search(r'name="basis" value="(\w+)"', chief.get(f"/threat?quarter={QUARTER}").text)[1]  # fmt: skip
    refused = post(chief, "sign", number=1, seen=one.version, basis=basis)
    assert refused.status_code == 400
    assert "the data do not cover it whole" in shown(refused)
    assert find(house.access, QUARTER, 1) == one


def test_a_signed_one_is_never_written_again(house, demo):
    one = signed(house, demo)
    analyst = house.client("analyst")
    for what in ("write", "send", "back"):
        fields = {"part": "Blågården", "text": "x", "reason": "long enough a reason", "level": "low", "direction": "steady"}  # fmt: skip
        assert post(analyst, what, number=1, seen=one.version, **fields).status_code == 409
    assert find(house.access, QUARTER, 1) == one
    assert post(house.client("chief"), "sign", number=1, seen=one.version, basis="").status_code in (400, 409)  # fmt: skip
    assert find(house.access, QUARTER, 1) == one


# Correction


def test_a_correction_is_a_new_version_and_the_old_one_stays(house, demo):
    first = signed(house, demo, text="as it was first")
    chief, analyst = house.client("chief"), house.client("analyst")
    assert post(analyst, "correct", reason="short").status_code == 400
    assert post(analyst, "correct", reason=WHY).status_code == 303
    assert post(analyst, "correct", reason=WHY).status_code == 400  # one at a time
    viewer = house.client("viewer")
    assert "as it was first" in shown(viewer.get(f"/threat?quarter={QUARTER}&lang=en"))
    second = find(house.access, QUARTER, 2)
    assert (second.corrects, second.why, second.state) == (1, WHY, DRAFT)
    assert second.texts == first.texts
    said = Said(text="as it is now", level="high", direction="rising", reason="corrected")
    second = assessing.write(house.access, second, "Blågården", said, step("analyst", second))
    names = [e.name for e in estates_of(demo)]
    second = assessing.send(house.access, second, names, step("analyst", second))
    page = chief.get(f"/threat?quarter={QUARTER}&version=2").text
    basis = re.search(r'name="basis" value="(\w+)"', page)[1]
    assert post(chief, "sign", number=2, seen=second.version, basis=basis).status_code == 303
    page = shown(viewer.get(f"/threat?quarter={QUARTER}&lang=en"))
    assert f"Version 2, which corrects version 1: {WHY}" in page
    assert "as it is now" in page
    old = shown(viewer.get(f"/threat?quarter={QUARTER}&version=1&lang=en"))
    assert "as it was first" in old
    assert "as it is now" not in old
    assert first.sha256[:16] in old
    assert find(house.access, QUARTER, 1) == first
    assert problems(house.access) == []


# Altered by hand


def altered(house, change, key=f"{QUARTER}/1"):
    """Change the stored content as somebody with the database would, in the history too."""
    with house.access.database.session() as session:
        row = session.scalars(select(Document).where(Document.kind == "assessment", Document.key == key)).one()  # fmt: skip
        content = json.loads(json.dumps(row.content))
        change(content)
        session.execute(update(Document).where(Document.id == row.id).values(content=content))
        session.execute(
            update(DocumentChange)
            .where(DocumentChange.document_id == row.id, DocumentChange.version == row.version)
            .values(after=content)
        )


def in_evidence(old, new, *, matching=False):
    def change(content):
        assert old in content["evidence"]
        content["evidence"] = content["evidence"].replace(old, new, 1)
        if matching:
            content["sha256"] = digest(content["evidence"])

    return change


def part(name, value):
    def change(content):
        content["parts"]["Blågården"][name] = value

    return change


def outer(name, value):
    def change(content):
        content[name] = value

    return change


TAMPERING = {
    "text": part("text", "never written"),
    "level": part("level", "low"),
    "text in the evidence": in_evidence("In words.", "In other words."),
    "text in the evidence and its digest": in_evidence("In words.", "Other words.", matching=True),
    "a figure": in_evidence('"count":', '"count":1', matching=True),
    "the snapshot": in_evidence('"snapshot":"', '"snapshot":"0', matching=True),
    "the signer": in_evidence('"signed_by":"chief"', '"signed_by":"other"', matching=True),
    "the time": in_evidence('"signed_at":"', '"signed_at":"1', matching=True),
    "the digest": outer("sha256", "0" * 64),
    "the seal": outer("seal", "0" * 64),
    "no seal": outer("seal", ""),
    "the state": outer("state", "draft"),
    "who wrote": outer("written_by", ["somebody"]),
    "no evidence": outer("evidence", ""),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_whatever_is_altered_by_hand_is_found_and_not_shown_as_signed(house, demo, what):
    signed(house, demo)
    altered(house, TAMPERING[what])
    assert find(house.access, QUARTER, 1).problem == ALTERED
    for lang, said in (("en", "was altered in the database after it was written"), ("da", "er ændret i databasen, efter at den blev skrevet")):  # fmt: skip
        page = shown(house.client("viewer").get(f"/threat?quarter={QUARTER}&lang={lang}"))
        assert said in page
        assert "Signed by" not in page
        assert "Underskrevet af" not in page
        assert "never written" not in page
    listed = shown(house.client("viewer").get("/threat?lang=en"))
    assert "Altered" in listed
    assert "version 1 was altered" in listed
    found = problems(house.access)
    assert any("altered in the database" in p for p in found)
    for command in (["threat", "verify"], ["verify"]):
        result = CliRunner().invoke(main, command, env={"YPO_HOME": str(house.home)})
        assert result.exit_code == 1
        assert f"assessment {QUARTER}/1" in result.stderr


def test_the_print_of_an_altered_one_says_so(house, demo):
    from tests.printed import text_of

    signed(house, demo)
    analyst = house.client("analyst")
    address = "/export/report.pdf?kind=threat&from=2012-07-01&to=2012-09-30&lang=en&reason=test"
    good = text_of(analyst.get(address).data)
    assert "Signed by Chief on" in good
    altered(house, TAMPERING["the signer"])
    for tier in ("internal", "partner"):
        bad = text_of(analyst.get(f"{address}&tier={tier}").data)
        assert "Signed" not in bad
        assert all("ALTERED AFTER IT WAS WRITTEN, not signed" in sheet for sheet in bad.split("\f")[:-1])  # fmt: skip


def test_an_altered_one_says_nothing_of_the_quarter_after_it(house, demo):
    signed(house, demo, "2012-Q2", levels="high")
    drafted(house, demo)
    following, said = f"/threat?quarter={QUARTER}&lang=en", "Level raised, was high."
    assert said in shown(house.client("analyst").get(following))
    altered(house, TAMPERING["the signer"], "2012-Q2/1")
    assert said not in shown(house.client("analyst").get(following))


def test_an_earlier_version_put_back_is_found(house, demo):
    """A draft's content with its own seal, in place of what was signed."""
    signed(house, demo)
    with house.access.database.session() as session:
        row = session.scalars(select(Document).where(Document.kind == "assessment")).one()
        draft = session.scalars(select(DocumentChange).where(DocumentChange.document_id == row.id, DocumentChange.version == 3)).one()  # fmt: skip
        session.execute(update(Document).where(Document.id == row.id).values(content=draft.after))
    assert find(house.access, QUARTER, 1).problem == ALTERED
    with house.access.database.session() as session:  # and its version with it
        session.execute(update(Document).values(version=3).where(Document.kind == "assessment"))
    assert find(house.access, QUARTER, 1).problem == ALTERED


def test_what_was_taken_away_whole_the_record_tells(house, demo):
    one = signed(house, demo)
    with house.access.database.session() as session:
        row = session.scalars(select(Document).where(Document.kind == "assessment")).one()
        for change in session.scalars(select(DocumentChange).where(DocumentChange.document_id == row.id)):  # fmt: skip
            session.delete(change)
        session.flush()
        session.delete(row)
    assert assessments(house.access) == []
    assert problems(house.access) == [f"assessment {one.key} was signed, as the record says, and is gone"]  # fmt: skip


def test_a_draft_put_back_with_its_history_the_record_tells(house, demo):
    one = signed(house, demo)
    with house.access.database.session() as session:
        row = session.scalars(select(Document).where(Document.kind == "assessment")).one()
        changes = session.scalars(select(DocumentChange).where(DocumentChange.document_id == row.id)).all()  # fmt: skip
        draft = next(c for c in changes if c.version == one.version - 1)
        session.execute(update(Document).where(Document.id == row.id).values(content=draft.after, version=draft.version))  # fmt: skip
        session.delete(next(c for c in changes if c.version == one.version))
    assert find(house.access, QUARTER, 1).problem == ""  # its own seal fits
    (said,) = problems(house.access)
    assert "was signed, as the record says, and stands here unsigned" in said


def test_what_is_sealed_anew_with_the_key_the_record_tells(house, demo):
    one = signed(house, demo)

    def forge(content):
        in_evidence("In words.", "Other words.", matching=True)(content)
        text = f"assessment/{one.key}/{one.version}\n"
        text += canonical({k: v for k, v in content.items() if k != "seal"})
        content["seal"] = Sealer(house.home).seal(text, first=False)

    altered(house, forge)
    assert find(house.access, QUARTER, 1).problem == ""
    assert problems(house.access) == [f"assessment {one.key} is not the one that the record says was signed"]  # fmt: skip


def test_the_server_dies_between_record_and_save(house, demo, monkeypatch):
    """Nothing is signed, the record says more than was done, that is told, and signing again mends it."""
    one = sent(house, demo)
    chief = house.client("chief")
    basis = re.search(r'name="basis" value="(\w+)"', chief.get(f"/threat?quarter={QUARTER}").text)[1]  # fmt: skip

    def die(*_args, **_more):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(assessing, "put", die)
        with pytest.raises(SystemExit):
            post(chief, "sign", number=1, seen=one.version, basis=basis)
    assert find(house.access, QUARTER, 1) == one
    assert "sign it again" in problems(house.access)[0]
    assert post(chief, "sign", number=1, seen=one.version, basis=basis).status_code == 303
    assert find(house.access, QUARTER, 1).is_signed
    assert problems(house.access) == []


def test_another_quarters_signature_does_not_fit(house, demo):
    one = signed(house, demo)
    other = sent(house, demo, "2012-Q2")
    other = assessing.send_back(house.access, other, step("analyst", other))
    assert other.version == one.version
    with house.access.database.session() as session:
        found = {d.key: d for d in session.scalars(select(Document).where(Document.kind == "assessment"))}  # fmt: skip
        content, version = found[f"{QUARTER}/1"].content, found[f"{QUARTER}/1"].version
        session.execute(update(Document).where(Document.key == "2012-Q2/1").values(content=content, version=version))  # fmt: skip
    assert find(house.access, "2012-Q2", 1).problem == ALTERED
    assert find(house.access, QUARTER, 1).is_signed


def test_without_the_key_nothing_is_shown_as_signed_and_no_new_key_is_made(house, demo):
    signed(house, demo)
    key = house.home / "assessments.key"
    assert key.stat().st_mode & 0o077 == 0
    kept = key.read_bytes()
    key.unlink()
    assert find(house.access, QUARTER, 1).problem == UNCHECKED
    page = shown(house.client("viewer").get(f"/threat?quarter={QUARTER}&lang=en"))
    assert "can't be checked: the workspace's key of assessments is missing" in page
    assert "Signed by" not in page
    # Neither by looking nor by saving: under a new key all that was signed would look altered.
    refused = post(house.client("analyst"), "begin", quarter="2012-Q1")
    assert refused.status_code == 400
    assert "nothing can be saved before it is restored" in shown(refused)
    assert not key.exists()
    key.write_text("no hexadecimal digits")
    assert find(house.access, QUARTER, 1).problem == UNCHECKED
    key.write_bytes(kept)
    assert find(house.access, QUARTER, 1).is_signed


def test_an_altered_one_is_followed_by_a_new_version_without_its_words(house, demo):
    signed(house, demo)
    altered(house, TAMPERING["text"])
    refused = post(house.client("analyst"), "write", number=1, seen=1, part="Blågården", text="x")
    assert refused.status_code == 400
    assert "it can't be worked on" in shown(refused)
    assert post(house.client("analyst"), "correct", reason=WHY).status_code == 303
    second = find(house.access, QUARTER, 2)
    assert (second.corrects, dict(second.texts.parts), second.problem) == (1, {}, "")


# The register moves


def test_a_signed_quarter_shows_its_own_figures_after_the_register_moved(house, demo, incidents, tmp_path):  # fmt: skip
    one = signed(house, demo)
    before = house.client("analyst").get(f"/export/threat.csv?quarter={QUARTER}&reason=test").text
    page_before = shown(house.client("viewer").get(f"/threat?quarter={QUARTER}&lang=en"))
    rows = incidents[incidents["time_from"].between("2012-07-01", "2012-10-01")].copy()
    estate = next(e for e in estates_of(demo) if e.name == "Blågården")
    import shapely

    inside = shapely.intersects_xy(estate.shape, rows["lon"], rows["lat"])
    moved = rows[inside & (rows["type"] == "HARASSMENT")].copy()
    assert len(moved) > 3
    moved["type"] = "BURGLARY"
    moved.to_csv(tmp_path / "changed.csv", index=False)
    profile = tmp_path / "own.toml"
    profile.write_text(PROFILE, encoding="utf-8")
    result = CliRunner().invoke(main, ["import", "incidents", str(tmp_path / "changed.csv"), "--profile", str(profile)], env={"YPO_HOME": str(house.home)})  # fmt: skip
    assert result.exit_code == 0, result.output
    house.app.server.extensions[
        "ypo"
    ].refresh()  # waited for: a busy machine shows it a second later
    viewer, analyst = house.client("viewer"), house.client("analyst")
    page = viewer.get(f"/threat?quarter={QUARTER}&lang=en")
    said = shown(page)
    assert "The register has moved since: 2 of 49 counts differ today. What is shown is what was signed." in said  # fmt: skip
    assert f"today {n_of(before, 'harassment') - len(moved)}" in said
    assert f"today {n_of(before, 'burglary') + len(moved)}" in said
    assert one.sha256[:16] in said
    assert demo.id in said
    assert "Signed by Chief" in page_before
    # Files are the signed ones too, word for word; today's are asked for by name.
    assert analyst.get(f"/export/threat.csv?quarter={QUARTER}&reason=test").text == before
    now = analyst.get(f"/export/threat.csv?quarter={QUARTER}&version=now&reason=test").text
    assert n_of(now, "harassment") == n_of(before, "harassment") - len(moved)
    assert find(house.access, QUARTER, 1) == one


def test_a_signed_quarter_opens_from_its_evidence_alone(house, demo, tmp_path):
    """Years later the district has other areas: the signed page, file and print are what they were."""
    from tests.printed import text_of

    signed(house, demo)
    viewer, analyst = house.client("viewer"), house.client("analyst")
    address, pdf = f"/threat?quarter={QUARTER}&lang=en", f"/export/report.pdf?kind=threat&quarter={QUARTER}&lang=en&reason=test"  # fmt: skip
    page, paper = viewer.get(address).text, text_of(analyst.get(pdf).data)
    file = analyst.get(f"/export/threat.csv?quarter={QUARTER}&reason=test").text
    layer = json.loads((DATA / "designated_areas.geojson").read_text("utf-8"))
    (one,) = layer["features"] = layer["features"][:1]
    one["properties"]["name"] = "Another"
    (tmp_path / "other.geojson").write_text(json.dumps(layer), encoding="utf-8")
    result = CliRunner().invoke(main, ["import", "designated", str(tmp_path / "other.geojson")], env={"YPO_HOME": str(house.home)})  # fmt: skip
    assert result.exit_code == 0, result.output
    house.app.server.extensions["ypo"].refresh()
    after = viewer.get(address).text
    for part_ in (
        r'<section class="work-main area".*?</section>',
        r"<svg class=\"share-map.*?</svg>",
    ):
        found = re.findall(part_, after, re.DOTALL)
        assert found == re.findall(part_, page, re.DOTALL)
        assert found
    assert "Another is an area in only one of the two" in shown(viewer.get(address))
    assert analyst.get(f"/export/threat.csv?quarter={QUARTER}&reason=test").text == file
    again = text_of(analyst.get(pdf).data)
    assert figures_of(again) == figures_of(paper)
    assert "What was entered of the areas has changed since" in " ".join(again.split())


def figures_of(paper):
    """A print's numbers in brackets with what stands before them, and who signed."""
    return re.findall(r"[\d.,]+ \([\d.,]+–[\d.,]+\)", paper), re.findall(r"Signed by .*", paper)


PROFILE = """
[columns]
incident_id = "incident_id"
type = "type"
scene = "scene"
time_from = "time_from"
time_to = "time_to"
reported_at = "reported_at"
lat = "lat"
lon = "lon"
[time]
format = "iso"
timezone = "Europe/Copenhagen"
[place]
crs = "EPSG:4326"
"""


def n_of(text, kind, area="Blågården"):
    row = next(r for r in text.splitlines() if r.startswith(f"{area},") and f",{kind}," in r)
    return int(row.split(f",{kind},")[1].split(",")[0])


# Who may


def test_who_may_do_what(house, demo):
    one = drafted(house, demo)
    said = {"number": 1, "seen": one.version, "level": "low", "direction": "steady", "reason": "r", "text": "t"}  # fmt: skip
    tries = [
        ("analyst", "Blågården", 303), ("manager", "Blågården", 303), ("manager", "Mjølnerparken", 403),
        ("sector_manager", "Blågården", 403), ("leader", "Blågården", 403), ("chief", "Blågården", 303),
        ("manager", "-", 403), ("analyst", "-", 303),
    ]  # fmt: skip
    for who, area, status in tries:
        now = find(house.access, QUARTER, 1)
        answer = post(house.client(who), "write", **{**said, "seen": now.version, "part": area})
        assert answer.status_code == status, (who, area, shown(answer)[:200])
    now = find(house.access, QUARTER, 1)
    # Of own sectors alone nobody sends, signs or corrects the whole.
    for who, what in (("manager", "send"), ("leader", "send"), ("leader", "sign"), ("leader", "correct"), ("manager", "back")):  # fmt: skip
        assert post(house.client(who), what, number=1, seen=now.version, reason=WHY).status_code == 403, (who, what)  # fmt: skip
    for who in ("viewer", "officer"):
        page = house.client(who).get(f"/threat?quarter={QUARTER}&lang=en")
        assert "In words." not in page.text  # a draft's words are for those who work on it
        assert "Draft: nothing here is signed." in shown(page)
        assert "<textarea" not in page.text
        assert post(house.client(who), "write", **said).status_code == 403


def test_gang_incidents_by_role_and_without_numbers_of_persons(house):
    fields = {"date": "2012-08-01", "area": "Blågården", "kind": "stabbing", "injured": "1", "judged_by": "Unit", "judged_on": "2012-08-02", "certainty": "certain"}  # fmt: skip
    assert post(house.client("sector_manager"), "gang", **fields).status_code == 403
    assert post(house.client("manager"), "gang", **{**fields, "area": "Bispeparken"}).status_code == 403  # fmt: skip
    refused = post(house.client("manager"), "gang", entry="gang", note="him, 010190-1234", **fields)
    assert refused.status_code == 400
    assert "civil registration number" in shown(refused)
    assert "010190-1234" in refused.text  # nothing written is lost
    assert desk.entries(house.access, GangIncident) == []
    assert post(house.client("manager"), "gang", note="at the stop", **fields).status_code == 303
    (one,) = desk.entries(house.access, GangIncident)
    page = shown(house.client("analyst").get(f"/threat?quarter={QUARTER}&lang=en"))
    assert "Stabbing 1. Killed 0, injured 1." in page
    assert "at the stop" in page
    viewer = shown(house.client("viewer").get(f"/threat?quarter={QUARTER}&lang=en"))
    assert "at the stop" not in viewer  # counts, not one by one
    assert "injured 1" in viewer
    csv = house.client("analyst").get(f"/export/gang.csv?quarter={QUARTER}&reason=test").text
    assert "Blågården,2012-08-01,stabbing,0,1,Unit,2012-08-02,certain,at the stop" in csv
    # Moving it to an area that is not one's own is not one's own either.
    moved = {**fields, "area": "Bispeparken", "key": one.key, "seen": one.version}
    assert post(house.client("manager"), "gang", **moved).status_code == 403
    late = post(house.client("manager"), "gang", **{**fields, "key": one.key, "seen": 1, "injured": "2"})  # fmt: skip
    assert late.status_code == 303
    stale = post(house.client("analyst"), "gang", **{**fields, "key": one.key, "seen": 1, "injured": "3"})  # fmt: skip
    assert stale.status_code == 409
    removed = {"key": one.key, "seen": 2, "do": "remove"}
    assert post(house.client("leader"), "gang", **removed).status_code == 403
    assert post(house.client("manager"), "gang", **removed).status_code == 303
    assert desk.entries(house.access, GangIncident) == []


def test_words_with_a_civil_registration_number_are_refused(house, demo):
    one = drafted(house, demo)
    fields = {"number": 1, "seen": one.version, "part": "Blågården", "level": "low", "direction": "steady", "reason": "r"}  # fmt: skip
    answer = post(house.client("analyst"), "write", text="see 0101901234", **fields)
    assert answer.status_code == 400
    assert "civil registration number" in shown(answer)
    assert "see 0101901234</textarea>" in answer.text
    assert find(house.access, QUARTER, 1) == one
    wrong = {**fields, "level": "terrible", "text": "x"}
    assert post(house.client("analyst"), "write", **wrong).status_code == 400
    assert post(house.client("analyst"), "write", text="x" * 4001, **fields).status_code == 400
    assert post(house.client("analyst"), "write", text="x", **{**fields, "reason": ""}).status_code == 400  # fmt: skip


def test_an_import_of_the_same_state_signs_state_and_stays(here):
    """The states that the others made are still what was written."""
    assert {one.state for one in assessments(here.access)} <= {DRAFT, SIGNED}
    assert problems(here.access) == []
