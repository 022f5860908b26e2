"""How long log entries are kept, and that nothing of them is left afterwards."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner

from tests.postgres import on_postgres
from tests.tiny import tiny_access, tiny_snapshot
from ypo_dash.cli import main
from ypo_dash.model.desk import LogEntry, Partner, Visit
from ypo_dash.model.errors import InputError, RecordError
from ypo_dash.model.retention import FILE, Retention
from ypo_dash.people import database, desk
from ypo_dash.people.desk import Writing
from ypo_dash.people.record import Record
from ypo_dash.people.retention import erase, kept, over, retention_of
from ypo_dash.store import reader
from ypo_dash.views.today import desk_day

WORDS = desk.known(tiny_snapshot())
SECRET = "Hemmeligheden om trappe 7"


@pytest.fixture(params=["sqlite", "postgresql"])
def access(request, tmp_path):
    if request.param == "postgresql":
        on_postgres(tmp_path, request.getfixturevalue("postgres"))
    return tiny_access(tmp_path)


def add(access, day="2012-01-10", words=SECRET, **more):
    given = {"sector": "3", "date": day, "kind": "agreement", "words": words, "author": "A", **more}
    return desk.add(access.database, LogEntry, given, WORDS, Writing(by="test"))


@pytest.mark.parametrize(
    ("day", "personal", "until"),
    [
        ("2012-02-29", False, "2016-02-29"),  # four years, with one more leap day
        ("2013-03-01", False, "2017-03-01"),
        ("2012-09-30", True, "2013-03-31"),  # over both clock changes and the year's end
        ("2011-12-31", True, "2012-06-30"),  # 2012 has a 29 February
    ],
)
def test_the_last_day_is_counted_from_the_entrys_own_day(day, personal, until):
    assert Retention().kept_until(date.fromisoformat(day), personal=personal).isoformat() == until


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("retention = 3", "a setting is unknown"),
        ("[storage]\ndays = 3", "a setting is unknown"),
        ("[retention]\nordinary = 3", "column 'retention.ordinary'"),
        ("[retention]\nordinary_days = 0", "whole number from 1"),
        ("[retention]\nordinary_days = true", "whole number from 1"),
        ("[retention]\npersonal_days = 2.5", "whole number from 1"),
        ("[retention]\npersonal_days = '30'", "whole number from 1"),
        ("[retention]\nordinary_days = 30", "kept longer than others"),
        ("[retention", "not a TOML file"),
    ],
)
def test_impossible_settings_are_refused_by_name(tmp_path, written, said):
    (tmp_path / FILE).write_text(written)
    with pytest.raises(InputError, match=said) as refused:
        retention_of(tiny_access(tmp_path))
    assert str(tmp_path / FILE) in str(refused.value)


def test_settings_are_read_and_have_defaults(tmp_path):
    assert retention_of(tiny_access(tmp_path)) == Retention(ordinary_days=1461, personal_days=182)
    (tmp_path / FILE).write_text("[retention]\npersonal_days = 30\n")
    assert retention_of(tiny_access(tmp_path)) == Retention(ordinary_days=1461, personal_days=30)


def test_what_is_over_its_time_on_a_day(access):
    rule = Retention(ordinary_days=365, personal_days=30)
    ordinary, personal = add(access), add(access, personal="yes")
    once = add(access, personal="yes")  # personal before, and its earlier text is still kept
    desk.change(access.database, once, {"personal": "", "words": "x"}, WORDS, Writing(by="t", seen=1))  # fmt: skip
    gone = add(access)
    desk.remove(access.database, gone, Writing(by="t", seen=1))

    def keys(day):
        return {one.key for one in over(access, rule, date.fromisoformat(day))}

    assert keys("2012-02-09") == set()  # the last day itself is kept
    assert keys("2012-02-10") == {personal.key, once.key}
    assert keys("2013-01-09") == {personal.key, once.key}
    assert keys("2013-01-10") == {personal.key, once.key, ordinary.key, gone.key}
    found = {one.key: one for one in kept(access, rule)}
    assert (found[gone.key].removed, found[gone.key].versions) == (True, 2)
    assert (found[once.key].personal, found[once.key].versions) == (True, 2)


def test_a_later_edit_keeps_nothing_longer(access, monkeypatch):
    rule = Retention(ordinary_days=10, personal_days=10)
    held = add(access, "2012-12-25")
    monkeypatch.setattr(database, "now", lambda: datetime(2013, 1, 3, tzinfo=UTC))
    desk.change(access.database, held, {"words": "mended"}, WORDS, Writing(by="t", seen=1))
    assert [one.until for one in kept(access, rule)] == [date(2013, 1, 4)]


def test_a_day_that_was_mended_is_the_one_that_counts(access):
    held = add(access, "2011-01-10")  # 2012 was meant
    desk.change(access.database, held, {"date": "2012-01-10"}, WORDS, Writing(by="t", seen=1))
    rule = Retention(ordinary_days=30, personal_days=30)
    assert over(access, rule, date(2012, 2, 9)) == []
    assert [(one.day, one.until) for one in kept(access, rule)] == [(date(2012, 1, 10), date(2012, 2, 9))]  # fmt: skip


def test_the_log_alone_has_an_end(access):
    old, store = add(access, "2009-01-10"), access.database
    partner = desk.add(store, Partner, {"sector": "3", "name": "Club", "kind": "club"}, WORDS, Writing(by="t"))  # fmt: skip
    given = {"sector": "3", "partner": partner.key, "date": "2009-01-10", "kind": "visit", "done": "yes"}  # fmt: skip
    visit = desk.add(store, Visit, given, WORDS, Writing(by="t"))
    due = over(access, Retention(), date(2030, 1, 1))
    assert [one.key for one in due] == [old.key]
    assert erase(access, due, lambda *_, **__: None) == 1
    assert [v.key for v in desk.entries(access, Visit)] == [visit.key]
    assert [p.key for p in desk.entries(access, Partner)] == [partner.key]


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2012, 10, 27, 21, 59, tzinfo=UTC), False),  # 23:59 on the last day
        (datetime(2012, 10, 27, 22, 0, tzinfo=UTC), True),  # 00:00 of the day of 25 hours
        (datetime(2012, 10, 28, 22, 59, tzinfo=UTC), True),
    ],
)
def test_the_day_turns_at_local_midnight(tmp_path, monkeypatch, now, due):
    access = tiny_access(tmp_path)
    add(access, "2012-10-17")
    monkeypatch.setattr(database, "now", lambda: now)
    day = desk_day(tiny_snapshot(), database.now())
    rule = Retention(ordinary_days=10, personal_days=10)
    assert bool(over(access, rule, day)) == due


def test_nothing_of_an_erased_entry_is_left_in_the_files(tmp_path):
    access = tiny_access(tmp_path)
    held = add(access, words=SECRET * 40)
    desk.change(access.database, held, {"words": "mended"}, WORDS, Writing(by="t", seen=1))
    add(access, "2012-11-20", words="the one that stays")
    files = lambda: b"".join(p.read_bytes() for p in tmp_path.glob("people.sqlite*"))  # noqa: E731
    assert SECRET.encode() in files()
    rule = Retention(ordinary_days=100, personal_days=100)
    said = []
    done = erase(access, over(access, rule, date(2012, 11, 26)), lambda *a, **k: said.append((a, k)))  # fmt: skip
    assert done == 1
    assert SECRET.encode() not in files()
    assert SECRET[:12].encode() not in files()
    assert [e.words for e in desk.entries(access, LogEntry)] == ["the one that stays"]
    assert held.key in str(said)
    assert "Hemmelig" not in str(said)


def test_sqlite_overwrites_what_is_erased_however_it_was_built(tmp_path):
    with tiny_access(tmp_path).database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1


def test_what_cannot_be_recorded_is_not_erased(access):
    add(access)
    due = over(access, Retention(), date(2030, 1, 1))

    def full(*_args, **_more):
        raise RecordError("the disk is full")

    with pytest.raises(RecordError):
        erase(access, due, full)
    assert len(desk.entries(access, LogEntry)) == 1


@pytest.fixture
def ypo(tmp_path, monkeypatch):
    """The command in a workspace that is recorded."""
    from ypo_dash.people import acting
    from ypo_dash.store import workspace

    access = tiny_access(tmp_path)
    monkeypatch.setenv("YPO_HOME", str(tmp_path))
    monkeypatch.setattr(workspace.Workspace, "require", lambda _self: None)
    monkeypatch.setattr(reader, "open_snapshot", lambda _space: tiny_snapshot(simulated=True))
    monkeypatch.setattr(acting.Access, "recorded", lambda *_: True)

    def run(*argv):
        return CliRunner().invoke(main, ["desk", "retention", *argv])

    return access, run


def test_the_command_says_what_is_due_then_erases_it_and_records_that(ypo):
    from ypo_dash.people.audit import entries

    access, run = ypo
    old = add(access, "2008-11-01")
    private = add(access, "2012-01-01", personal="yes")
    add(access, "2012-11-20")
    dry = run("--dry-run")
    assert dry.exit_code == 0, dry.output
    assert "2 due for erasure, 1 kept" in dry.output
    assert f"{old.key}\t2008-11-01\tkept until 2012-11-01\tordinary" in dry.output
    assert f"{private.key}\t2012-01-01\tkept until 2012-07-01\tpersonal data" in dry.output
    assert "Hemmelig" not in dry.output
    assert len(desk.entries(access, LogEntry)) == 3
    assert list(entries(access.record)) == []
    done = run()
    assert "2 erased, 1 kept" in done.output
    assert len(desk.entries(access, LogEntry)) == 1
    recorded = list(entries(Record(access.home / "record")))
    assert [(e["action"], e["object"]) for e in recorded] == [
        ("erasure", f"log {old.key}"),
        ("erasure", f"log {private.key}"),
    ]
    assert "entry of 2012-01-01, kept until 2012-07-01 (personal data)" in recorded[1]["reason"]
    assert "Hemmelig" not in str(recorded)
    assert "0 erased, 1 kept" in run().output


def test_the_command_refuses_impossible_settings(ypo):
    access, run = ypo
    add(access, "2008-11-01")
    (access.home / FILE).write_text("[retention]\nordinary_days = -1\n")
    refused = run()
    assert refused.exit_code == 1
    assert "whole number" in refused.output
    assert len(desk.entries(access, LogEntry)) == 1
