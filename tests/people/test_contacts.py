"""A change of manager keeps the earlier one; two who change him at once, and one who breaks off."""

from __future__ import annotations

import shutil
import threading

import pytest

from tests.postgres import on_postgres
from ypo_dash.model.desk import Contact
from ypo_dash.model.errors import InputError
from ypo_dash.people import contacts, desk, documents
from ypo_dash.people.access import Access
from ypo_dash.people.desk import Writing
from ypo_dash.people.documents import EditConflictError
from ypo_dash.views.contacts import answering, holding

FIRST = {"sector": "5", "role": "manager", "name": "Anna", "phone": "1111", "since": "2011-09-01"}
NEW = {"sector": "5", "name": "Bo", "phone": "2222", "email": "bo@politi.example", "since": "2012-12-01"}  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def access(request, demo_home, tmp_path):
    home = shutil.copytree(demo_home, tmp_path / "workspace")
    if request.param == "postgresql":
        on_postgres(home, request.getfixturevalue("postgres"))
    found = Access(home)
    yield found
    found.database.engine.dispose()


@pytest.fixture
def words(demo):
    return desk.known(demo)


def managers(access):
    return [
        (c.name, c.since, c.until)
        for c in desk.entries(access, Contact, "5")
        if c.role == "manager"
    ]


def test_the_earlier_manager_ends_the_day_before(access, words):
    from datetime import date

    store = access.database
    first = desk.add(store, Contact, FIRST, words, Writing(by="a"))
    desk.add(store, Contact, FIRST | {"role": "deputy", "name": "Dora"}, words, Writing(by="a"))
    contacts.succeed(store, NEW, words, {first.key: 1}, Writing(by="leader"))
    assert managers(access) == [("Anna", "2011-09-01", "2012-11-30"), ("Bo", "2012-12-01", "")]
    for day, who in (("2012-11-30", ["Anna", "Dora"]), ("2012-12-01", ["Bo", "Dora"])):
        assert [c.name for c in answering(access, "5", date.fromisoformat(day))] == who
    with store.session() as session:
        past = documents.history(session, "contact", first.key)
    assert [(c.by, c.reason, c.after["until"]) for c in past] == [("leader", contacts.REASON, "2012-11-30"), ("a", "", "")]  # fmt: skip


@pytest.mark.parametrize(
    ("until", "then", "version"),
    [("2012-11-30", "2012-11-30", 1), ("2012-12-01", "2012-11-30", 2), ("2013-06-30", "2012-11-30", 2)],
)  # fmt: skip
def test_no_day_has_two_managers(access, words, until, then, version):
    store = access.database
    first = desk.add(store, Contact, FIRST | {"until": until}, words, Writing(by="a"))
    contacts.succeed(store, NEW, words, {first.key: 1}, Writing(by="leader"))
    assert managers(access) == [("Anna", "2011-09-01", then), ("Bo", "2012-12-01", "")]
    assert desk.find(access, Contact, first.key).version == version


def test_one_change_of_two_at_once_holds(access, words):
    store = access.database
    first = desk.add(store, Contact, FIRST, words, Writing(by="a"))
    told, start = [], threading.Barrier(2)

    def follow(name):
        start.wait()
        try:
            contacts.succeed(store, NEW | {"name": name}, words, {first.key: 1}, Writing(by=name))
        except (EditConflictError, InputError) as error:
            told.append((name, type(error)))

    both = [threading.Thread(target=follow, args=(name,)) for name in ("Bo", "Carl")]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(told) == 1
    assert [m[0] for m in managers(access)] in (["Anna", "Bo"], ["Anna", "Carl"])
    assert managers(access)[1][2] == ""


@pytest.mark.parametrize(
    ("more", "seen", "error"),
    [
        ({"since": ""}, 1, InputError), ({"since": "2011-09-01"}, 1, InputError), ({"since": "2011-01-01"}, 1, InputError),
        ({"name": ""}, 1, InputError), ({"email": "no"}, 1, InputError), ({"sector": "99"}, 1, InputError),
        ({}, 2, EditConflictError), ({}, 0, EditConflictError),
    ],
)  # fmt: skip
def test_what_is_refused_changes_nothing(access, words, more, seen, error):
    first = desk.add(access.database, Contact, FIRST, words, Writing(by="a"))
    with pytest.raises(error):
        contacts.succeed(access.database, NEW | more, words, {first.key: seen}, Writing(by="b"))
    assert managers(access) == [("Anna", "2011-09-01", "")]


def test_a_break_off_between_the_two_leaves_neither(access, words, monkeypatch):
    first = desk.add(access.database, Contact, FIRST, words, Writing(by="a"))
    real = documents.write

    def second_fails(session, kind, key, edit):
        if edit.seen == 0:
            raise OSError("gone")
        return real(session, kind, key, edit)

    monkeypatch.setattr(documents, "write", second_fails)
    with pytest.raises(OSError, match="gone"):
        contacts.succeed(access.database, NEW, words, {first.key: 1}, Writing(by="b"))
    monkeypatch.undo()
    assert managers(access) == [("Anna", "2011-09-01", "")]


def test_the_manager_stands_first():
    from datetime import date

    people = [Contact(name=n, role=r, sector="5") for n, r in (("A", "deputy"), ("Z", "manager"))]
    assert [c.name for c in holding(people, date(2012, 11, 26))] == ["Z", "A"]
