"""The relational store, on SQLite and on PostgreSQL: migrations, accounts, sessions, devices, links."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from ypo_dash.model.errors import InputError
from ypo_dash.model.rights import Person
from ypo_dash.people import accounts, database, devices, documents, sessions, shares
from ypo_dash.people.database import Database
from ypo_dash.people.documents import Edit, EditConflictError
from ypo_dash.people.settings import AccessSettings
from ypo_dash.people.tables import Base


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path):
    if request.param == "sqlite":
        made = Database.sqlite(tmp_path)
    else:
        made = Database(request.getfixturevalue("postgres"), tmp_path / "lock")
        with made.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    made.migrate()
    yield made
    made.engine.dispose()


ANNA = Person(name="anna", roles=("analyst", "leader"), sectors=("3", "7"), unit="Bellahøj")
SETTINGS = AccessSettings()


def test_migrations_make_what_the_code_expects(store):
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    store.migrate()  # again changes nothing


def test_two_at_once_migrate_once(store, tmp_path):
    with store.engine.begin() as connection:
        for table in (*reversed(Base.metadata.sorted_tables), "alembic_version"):
            connection.execute(text(f'DROP TABLE "{getattr(table, "name", table)}"'))
    problems = []

    def run():
        other = Database(store.url, tmp_path / "lock")
        try:
            other.migrate()
        except Exception as error:
            problems.append(error)
        other.engine.dispose()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert "account" in inspect(store.engine).get_table_names()


def test_down_and_up_again(store):
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(database.MIGRATIONS))
    with store.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert inspect(store.engine).get_table_names() == ["alembic_version"]
    store.migrate()
    test_migrations_make_what_the_code_expects(store)


def test_a_newer_database_is_refused(store):
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(InputError, match="newer version"):
        store.migrate()


def test_accounts_sessions_and_times(store):
    with store.session() as session:
        once = accounts.add(session, ANNA, system_user="a1")
        with pytest.raises(InputError, match="already"):
            accounts.add(session, ANNA)
    account, result = accounts.sign_in(store, " ANNA ", once)
    assert result == "done"
    assert accounts.person_of(account).sectors == ("3", "7")
    assert account.created.tzinfo is not None
    with store.session() as session:
        token = sessions.begin(session, SETTINGS, account=account)
    with store.session() as session:
        visit, _ = sessions.find(session, token, SETTINGS)
        assert (visit.person.name, visit.person.roles) == ("anna", ("analyst", "leader"))
        assert visit.must_change_password
        sessions.looked(session, visit.id, "x" * 64)
    with store.session() as session:
        assert sessions.find(session, token, SETTINGS)[0].looked_at == "x" * 64
        assert accounts.of_system_user(session, "a1").name == "anna"
        accounts.disable(session, "anna")
        assert accounts.of_system_user(session, "a1") is None
        assert sessions.find(session, token, SETTINGS) == (None, "unknown session")


def test_a_failed_change_changes_nothing(store):
    with store.session() as session:
        accounts.add(session, ANNA)

    def half():
        with store.session() as session:
            accounts.find(session, "anna").roles = ["administrator"]
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    with store.session() as session:
        assert accounts.find(session, "anna").roles == ["analyst", "leader"]


def test_parallel_guesses_are_all_counted(store):
    with store.session() as session:
        accounts.add(session, ANNA)
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(accounts.sign_in(store, "anna", "x")[1]))
        for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 12
    assert results.count("refused: wrong password") <= accounts.FREE_FAILURES + 1


def test_devices_and_links(store, monkeypatch):
    with store.session() as session:
        token = devices.add(session, "wall", "anna")
        link = shares.add(
            session,
            shares.Wanted(
                tier="partner", query="tier=partner", recipient="FSB", reason="r", days=7
            ),
            "anna",
        )
    with store.session() as session:
        device = devices.of_token(session, token)
        held = sessions.begin(session, SETTINGS, device=device)
        assert sessions.find(session, held, SETTINGS)[0].device
        share = shares.find(session, link)
        assert (share.recipient, share.tier) == ("FSB", "partner")
        assert devices.of_token(session, "x") is None
        assert shares.find(session, link + "x") is None
    with store.session() as session:
        devices.revoke(session, "wall")
        assert sessions.find(session, held, SETTINGS)[0] is None
    later = database.now() + timedelta(days=8)
    with monkeypatch.context() as patch:
        patch.setattr(database, "now", lambda: later)
        with store.session() as session:
            assert shares.find(session, link) is None
    with store.session() as session:
        shares.revoke(session, share.id)
        assert shares.find(session, link) is None
        with pytest.raises(InputError, match="no link"):
            shares.revoke(session, 4711)


def factor(value, seen, by="anna", reason="because of the figures"):
    return Edit(content={"factor": value}, seen=seen, by=by, reason=reason)


def test_documents_keep_every_change(store):
    assert documents.save(store, "factor", "5", factor(2, 0)).version == 1
    assert documents.save(store, "factor", "5", factor(3, 1, "bo", "fewer reports")).version == 2
    assert documents.save(store, "factor", "7", factor(1, 0)).version == 1
    documents.save(store, "factor", "7", Edit(content=None, seen=1, by="bo"))
    with store.session() as session:
        assert [h.key for h in documents.everything(session, "factor")] == ["5"]
        assert documents.everything(session, "scenario") == []
        held = documents.find(session, "factor", "5")
        assert (held.version, held.content, held.changed_by) == (2, {"factor": 3}, "bo")
        assert documents.find(session, "factor", "9") is None
        newest, first = documents.history(session, "factor", "5")
        assert (first.before, first.after, first.by) == (None, {"factor": 2}, "anna")
        assert (newest.before, newest.after, newest.by) == ({"factor": 2}, {"factor": 3}, "bo")
        assert newest.reason == "fewer reports"
        assert first.at <= newest.at
        removed = documents.history(session, "factor", "7")[0]
        assert (removed.before, removed.after) == ({"factor": 1}, None)
    again = documents.save(store, "factor", "7", factor(4, 2))  # a removed one can come back
    assert again.version == 3


def test_who_saves_on_an_old_version_is_told(store):
    documents.save(store, "factor", "5", factor(2, 0))
    documents.save(store, "factor", "5", factor(3, 1, "bo"))
    for stale in (factor(1, 1), factor(1, 0), factor(1, 7)):
        with pytest.raises(EditConflictError) as raised:
            documents.save(store, "factor", "5", stale)
        assert (raised.value.now.changed_by, raised.value.now.content) == ("bo", {"factor": 3})
    with pytest.raises(EditConflictError) as raised:
        documents.save(store, "factor", "never", factor(1, 3))
    assert raised.value.now is None
    with store.session() as session:
        assert len(documents.history(session, "factor", "5")) == 2


def attempt(store, key, edit):
    """The writer's name if he saved, else whom he was told of."""
    try:
        documents.save(store, "factor", key, edit)
    except EditConflictError as error:
        return "told", error.now.changed_by
    return "saved", edit.by


def test_of_many_at_once_one_saves_and_the_others_are_told(store):
    """Twelve writers on the same version, again and again: no change is lost, none is written twice."""
    with ThreadPoolExecutor(12) as pool:
        for seen in range(6):
            edits = [factor(who, seen, f"w{who}") for who in range(12)]
            results = list(pool.map(lambda edit: attempt(store, "5", edit), edits))
            saved = [who for what, who in results if what == "saved"]
            assert len(saved) == 1
            assert {who for what, who in results if what == "told"} == set(saved)
    with store.session() as session:
        changes = documents.history(session, "factor", "5")
    assert [c.version for c in changes] == [6, 5, 4, 3, 2, 1]
    for newer, older in itertools.pairwise(changes):
        assert newer.before == older.after


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "postgresql://u:geheim@127.0.0.1:9/no"])
def test_a_database_that_can_not_be_used_is_told_without_its_password(tmp_path, url):
    with pytest.raises(InputError) as raised:
        Database(url, tmp_path / "lock").migrate()
    assert "geheim" not in str(raised.value)
