"""Desk entries in the store and as files: what is kept, what is refused, who is told."""

from __future__ import annotations

import csv
import json
import shutil
import threading
from datetime import date, datetime

import openpyxl
import pytest
from click.testing import CliRunner

from tests.postgres import on_postgres
from tests.tiny import tiny_access, tiny_snapshot
from ypo_dash.cli import main
from ypo_dash.cli_desk import KINDS as OFFERED
from ypo_dash.model.desk import KINDS, Contact, Group, LogEntry, Partner, Visit
from ypo_dash.model.errors import InputError
from ypo_dash.people import audit, desk, documents
from ypo_dash.people.access import Access
from ypo_dash.people.desk import Writing
from ypo_dash.people.desk_files import kind_of, take, take_new, to_text
from ypo_dash.people.documents import EditConflictError
from ypo_dash.store.workspace import Workspace
from ypo_dash.views import briefing_held
from ypo_dash.views.due import open_entries
from ypo_dash.views.simulated_desk import FOLDER, fill_desk

LOG = {
    "sector": "5",
    "date": "2012-11-05",
    "kind": "meeting",
    "words": "First words",
    "author": "A",
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def access(request, demo_home, tmp_path_factory):
    """A workspace's door, its records on SQLite or on PostgreSQL."""
    home = shutil.copytree(demo_home, tmp_path_factory.mktemp("desk") / "workspace")
    if request.param == "postgresql":
        on_postgres(home, request.getfixturevalue("postgres"))
    return Access(home)


@pytest.fixture
def words(demo):
    return desk.known(demo)


def test_an_entry_is_added_changed_and_keeps_what_stood_before(access, words):
    store = access.database
    made = desk.add(store, LogEntry, LOG, words, Writing(by="anna"))
    assert made.key.startswith("5/")
    assert (made.version, made.changed_by, made.words) == (1, "anna", "First words")
    changed = desk.change(store, made, {"words": "Second words"}, words, Writing(by="bo", seen=1))
    assert (changed.version, changed.words, changed.date) == (2, "Second words", "2012-11-05")
    with store.session() as session:
        past = documents.history(session, "log", made.key)
    assert [(c.version, c.by, c.after["words"]) for c in past] == [(2, "bo", "Second words"), (1, "anna", "First words")]  # fmt: skip
    assert [e.key for e in desk.entries(access, LogEntry, "5")].count(made.key) == 1
    assert desk.entries(access, LogEntry, "6") == []
    desk.remove(store, changed, Writing(by="bo", seen=2, reason="twice"))
    assert desk.find(access, LogEntry, made.key) is None
    with store.session() as session:
        assert len(documents.history(session, "log", made.key)) == 3


def test_sectors_whose_ids_begin_alike_are_apart(access, words):
    one = desk.add(access.database, LogEntry, {**LOG, "sector": "1"}, words, Writing(by="a"))
    ten = desk.add(access.database, LogEntry, {**LOG, "sector": "10"}, words, Writing(by="a"))
    keys = {e.key for e in desk.entries(access, LogEntry, "1")}
    assert one.key in keys
    assert ten.key not in keys


def test_of_two_who_edit_at_once_the_second_is_told_and_nothing_is_lost(access, words):
    made = desk.add(access.database, LogEntry, LOG, words, Writing(by="anna"))
    start, told = threading.Barrier(2), []

    def edit(who):
        start.wait()
        try:
            desk.change(access.database, made, {"words": f"{who} wrote"}, words, Writing(by=who, seen=1))  # fmt: skip
        except EditConflictError as error:
            told.append((who, error.now.changed_by))

    threads = [threading.Thread(target=edit, args=(who,)) for who in ("bo", "cy")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    now = desk.find(access, LogEntry, made.key)
    assert now.version == 2
    assert now.words == f"{now.changed_by} wrote"
    assert told == [({"bo": "cy", "cy": "bo"}[now.changed_by], now.changed_by)]


def test_erasing_leaves_nothing(access, words):
    made = desk.add(
        access.database, LogEntry, {**LOG, "words": "to be erased"}, words, Writing(by="anna")
    )
    other = desk.add(access.database, LogEntry, LOG, words, Writing(by="anna"))
    desk.erase(access.database, made)
    with access.database.session() as session:
        assert documents.find(session, "log", made.key) is None
        assert documents.history(session, "log", made.key) == []
        assert len(documents.history(session, "log", other.key)) == 1


@pytest.mark.parametrize("form", ["csv", "json"])
def test_files_out_and_in_again_are_the_same_entries(access, words, tmp_path, form):
    given = {
        **LOG,
        "sector": "7",
        "words": '=cmd|"x"\nsecond, line; "quoted"',
        "place": "scene:FLAT",
    }
    made = desk.add(access.database, LogEntry, given, words, Writing(by="anna"))
    path = tmp_path / f"log.{form}"
    path.write_text(to_text(LogEntry, desk.entries(access, LogEntry, "7"), form), "utf-8")
    again = take(access.database, LogEntry, path, words, "file")
    assert (again.new, again.changed) == (0, 0)
    assert again.unchanged == again.read > 0
    assert desk.find(access, LogEntry, made.key).version == 1
    path.write_text(path.read_text("utf-8").replace("quoted", "changed"), "utf-8")
    assert take(access.database, LogEntry, path, words, "file").changed >= 1
    assert desk.find(access, LogEntry, made.key).words.endswith('"changed"')


@pytest.mark.parametrize("said", ["=1+1", " ＝SUM(A1)", "a;=b", "first\n-second", "-5", "'quoted", "@home", "\u200b+1"])  # fmt: skip
def test_no_text_changes_on_its_way_through_a_file(access, words, tmp_path, said):
    made = desk.add(access.database, LogEntry, {**LOG, "words": said}, words, Writing(by="anna"))
    path = tmp_path / "log.csv"
    path.write_text(to_text(LogEntry, [made], "csv"), "utf-8")
    again = take(access.database, LogEntry, path, words, "file")
    assert (again.unchanged, again.changed) == (1, 0)


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, sorted({name for row in rows for name in row}))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_file_without_keys_read_twice_is_the_same_as_once(access, words, tmp_path):
    path = write(tmp_path / "new.csv", [{**LOG, "words": f"row {i}"} for i in range(3)])
    assert take(access.database, LogEntry, path, words, "file").new == 3
    assert take(access.database, LogEntry, path, words, "file").unchanged == 3
    # What people made of the entries since is theirs: the file does not turn it back.
    first, second = [e for e in desk.entries(access, LogEntry) if e.words in ("row 0", "row 1")]
    desk.change(access.database, first, {"words": "mended"}, words, Writing(by="anna", seen=1))
    desk.remove(access.database, second, Writing(by="anna", seen=1))
    again = take(access.database, LogEntry, path, words, "file")
    assert (again.read, again.new, again.changed, again.unchanged) == (3, 0, 0, 3)
    assert desk.find(access, LogEntry, first.key).words == "mended"
    assert desk.find(access, LogEntry, second.key) is None


def test_columns_that_a_file_has_not_stay(access, words, tmp_path):
    given = {**LOG, "sector": "9", "place": "scene:FLAT", "follow_up": "2012-11-19"}
    made = desk.add(access.database, LogEntry, given, words, Writing(by="anna"))
    path = write(tmp_path / "few.csv", [{**LOG, "sector": "9", "key": made.key, "words": "Other words"}])  # fmt: skip
    assert take(access.database, LogEntry, path, words, "file").changed == 1
    now = desk.find(access, LogEntry, made.key)
    assert (now.words, now.place, now.follow_up) == ("Other words", "scene:FLAT", "2012-11-19")
    emptied = [{**LOG, "sector": "9", "key": made.key, "place": "", "follow_up": ""}]
    take(access.database, LogEntry, write(tmp_path / "empty.csv", emptied), words, "file")
    assert desk.find(access, LogEntry, made.key).place == ""


def test_a_station_never_has_a_group_twice(tmp_path):
    """It would add up: neither by a file, nor by two rows of one."""
    access, known = tiny_access(tmp_path), desk.known(tiny_snapshot())
    station = next(iter(known.stations))
    row = {"station": station, "group": "special", "posts": "5"}
    assert take(access.database, Group, write(tmp_path / "a.csv", [row]), known, "file").new == 1
    (first,) = desk.entries(access, Group)
    for rows in ([{**row, "posts": "6"}], [{**row, "group": "investigator"}, {**row, "group": "investigator", "posts": "2"}]):  # fmt: skip
        with pytest.raises(InputError, match="one like this already") as refused:
            take(access.database, Group, write(tmp_path / "b.csv", rows), known, "file")
        assert (refused.value.line, refused.value.column) == (2, "group")
        assert desk.entries(access, Group) == [first]
    with_key = [{**row, "key": first.key, "posts": "6"}]
    assert take(access.database, Group, write(tmp_path / "c.csv", with_key), known, "file").changed == 1  # fmt: skip
    # Two that change places are none twice.
    other = desk.add(access.database, Group, {**row, "group": "investigator"}, known, Writing(by="a"))  # fmt: skip
    swapped = [{**row, "key": first.key, "group": "investigator"}, {**row, "key": other.key}]
    assert take(access.database, Group, write(tmp_path / "d.csv", swapped), known, "file").changed == 2  # fmt: skip


def test_an_entry_that_stands_twice_in_a_file_is_refused(access, words, tmp_path):
    made = desk.add(access.database, LogEntry, LOG, words, Writing(by="anna"))
    twice = [{**LOG, "key": made.key, "words": said} for said in ("one", "two")]
    with pytest.raises(InputError, match="stands twice") as refused:
        take(access.database, LogEntry, write(tmp_path / "twice.csv", twice), words, "file")
    assert (refused.value.line, refused.value.value) == (3, made.key)
    assert desk.find(access, LogEntry, made.key) == made


def test_a_file_that_meets_another_writer_is_refused_whole(access, words, tmp_path, monkeypatch):
    real, there = documents.write, desk.entries(access, LogEntry)

    def second_is_late(session, kind, key, edit):
        return real(session, kind, key, edit) if edit.content["words"] == "row 0" else None

    monkeypatch.setattr(documents, "write", second_is_late)
    path = write(tmp_path / "two.csv", [{**LOG, "date": "2012-11-07", "words": f"row {i}"} for i in range(2)])  # fmt: skip
    with pytest.raises(InputError, match="somebody else wrote here meanwhile"):
        take(access.database, LogEntry, path, words, "file")
    assert desk.entries(access, LogEntry) == there


def test_what_was_removed_comes_back_by_its_key_alone(access, words, tmp_path):
    store = access.database
    made = desk.add(store, LogEntry, {**LOG, "words": "taken away"}, words, Writing(by="anna"))
    path = write(tmp_path / "log.csv", [{**LOG, "key": made.key, "words": "taken away"}])
    desk.remove(store, made, Writing(by="anna", seen=1))
    filled = take_new(store, LogEntry, path, words, "file")
    assert (filled.new, filled.unchanged) == (0, 1)
    assert desk.find(access, LogEntry, made.key) is None
    assert take(store, LogEntry, path, words, "file").changed == 1
    assert desk.find(access, LogEntry, made.key).version == 3  # what was before is kept


@pytest.mark.parametrize(
    ("row", "line", "column", "said"),
    [
        ({"date": "yesterday"}, 3, "date", "not a date"),
        ({"sector": "77"}, 3, "sector", "not known"),
        ({"words": "about 010190-1234"}, 3, "words", "civil registration"),
        ({"key": "no key"}, 3, "key", "no key"),
        ({"key": "7/a1"}, 3, "key", "stays in its sector"),  # its desk would never show it
        ({"words": "good row of a bad file"}, 3, "key", "stands twice"),
    ],
)
def test_a_file_with_a_bad_row_is_refused_whole(access, words, tmp_path, row, line, column, said):
    before = len(desk.entries(access, LogEntry))
    path = write(tmp_path / "bad.csv", [{**LOG, "words": "good row of a bad file"}, {**LOG, **row}])
    with pytest.raises(InputError, match=said) as refused:
        take(access.database, LogEntry, path, words, "file")
    assert (refused.value.line, refused.value.column, str(refused.value.file)) == (line, column, str(path))  # fmt: skip
    assert len(desk.entries(access, LogEntry)) == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("sector,date\n5,2012-11-05\n", "this column is missing"),
        ("sector,date,kind,words,author,colour\n5,2012-11-05,meeting,w,a,red\n", "column is not known"),
        ("", "."),
    ],
)  # fmt: skip
def test_files_with_other_columns_are_refused(access, words, tmp_path, content, said):
    path = tmp_path / "other.csv"
    path.write_text(content, "utf-8")
    with pytest.raises(InputError, match=said):
        take(access.database, LogEntry, path, words, "file")


def test_a_workbook_comes_in_as_it_was_typed(access, words, tmp_path):
    sheet = openpyxl.Workbook()
    sheet.active.append(["Sector", "Date", "Kind", "Words", "Author", "Follow_up"])
    sheet.active.append([5, date(2012, 11, 5), "meeting", "NA", "None", datetime(2012, 11, 19)])
    sheet.active.append([None] * 6)
    sheet.save(tmp_path / "log.xlsx")
    assert take(access.database, LogEntry, tmp_path / "log.xlsx", words, "file").new == 1
    found = [e for e in desk.entries(access, LogEntry, "5") if e.words == "NA"]
    assert [(e.date, e.follow_up, e.author) for e in found] == [("2012-11-05", "2012-11-19", "None")]  # fmt: skip
    sheet.active.append([5, datetime(2012, 11, 5, 14, 30), "meeting", "x", "A", None])
    sheet.save(tmp_path / "log.xlsx")
    with pytest.raises(InputError, match="2012-11-05 14:30:00") as refused:
        take(access.database, LogEntry, tmp_path / "log.xlsx", words, "file")
    assert (refused.value.line, refused.value.column) == (4, "date")


def test_json_values_that_are_no_text_are_refused(access, words, tmp_path):
    path = tmp_path / "log.json"
    path.write_text(json.dumps([LOG | {"words": "a"}, LOG | {"words": ["a", "b"]}]), "utf-8")
    with pytest.raises(InputError, match="not a text") as refused:
        take(access.database, LogEntry, path, words, "file")
    assert (refused.value.line, refused.value.column) == (2, "words")


def test_every_row_of_json_has_known_columns(access, words, tmp_path):
    path = tmp_path / "log.json"
    path.write_text(json.dumps([LOG, LOG | {"words": "b", "follow-up": "2012-11-19"}]), "utf-8")
    with pytest.raises(InputError, match="column is not known") as refused:
        take(access.database, LogEntry, path, words, "file")
    assert refused.value.column == "follow-up"


@pytest.mark.parametrize("content", ["[1]", "{}", "nothing", '{"entries": 3}', "[" * 3000])
def test_json_that_is_no_list_of_entries_is_refused(access, words, tmp_path, content):
    path = tmp_path / "x.json"
    path.write_text(content, "utf-8")
    with pytest.raises(InputError, match="entries"):
        take(access.database, LogEntry, path, words, "file")


def test_the_simulated_desk_fills_once_and_keeps_what_people_changed(demo_home, tmp_path, demo):
    home = shutil.copytree(demo_home, tmp_path / "workspace")
    first = fill_desk(Workspace(home))
    rows = {path.stem: len(rows_of(path)) for path in FOLDER.glob("*.csv")}
    assert first == {**rows, "assessment": 4}
    access = Access(home)
    for sector in demo.sector_names:
        assert any(c.role == "manager" for c in desk.entries(access, Contact, sector))
        assert len(desk.entries(access, LogEntry, sector)) > 5
    keys = {p.key for p in desk.entries(access, Partner)}
    assert {e.partner for e in desk.entries(access, LogEntry)} - {""} <= keys
    one = desk.entries(access, Contact, "5")[0]
    desk.change(access.database, one, {"name": "Somebody"}, desk.known(demo), Writing(by="x", seen=1))  # fmt: skip
    assert set(fill_desk(Workspace(home)).values()) == {0}
    assert desk.find(access, Contact, one.key).name == "Somebody"
    with pytest.raises(InputError, match="not known"):
        kind_of("gossip")
    assert take_new(access.database, Contact, FOLDER / "contact.csv", desk.known(demo), "x").new == 0  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        (LogEntry, {**LOG, "partner": "5/nobody"}),
        (Visit, {"sector": "5", "partner": "5/nobody", "date": "2012-11-05", "kind": "visit"}),
    ],
)
def test_a_row_of_a_partner_that_nobody_knows_is_refused(access, words, tmp_path, kind, row):
    path = write(tmp_path / "rows.csv", [row])
    with pytest.raises(InputError, match="no such partner") as refused:
        take(access.database, kind, path, words, "file")
    assert (refused.value.line, refused.value.column, refused.value.value) == (2, "partner", "5/nobody")  # fmt: skip
    with pytest.raises(InputError, match="no such partner"):
        take_new(access.database, kind, path, words, "file")


def test_rows_of_a_partner_that_was_removed_come_in_again(access, words, tmp_path):
    store, given = access.database, {"sector": "5", "name": "Club", "kind": "club"}
    partner = desk.add(store, Partner, given, words, Writing(by="anna"))
    path = write(tmp_path / "rows.csv", [{**LOG, "words": "with a partner", "partner": partner.key}])  # fmt: skip
    assert take(store, LogEntry, path, words, "file").new == 1
    desk.remove(store, partner, Writing(by="anna", seen=1))
    assert take(store, LogEntry, path, words, "file").unchanged == 1


def test_open_entries_alone_are_read_from_the_store(access, words):
    store = access.database
    given = {**LOG, "sector": "11", "follow_up": "2012-11-19"}
    open_, personal, _done, _none = (
        desk.add(store, LogEntry, {**given, **more}, words, Writing(by="anna"))
        for more in ({}, {"personal": "yes"}, {"done": "2012-11-20"}, {"follow_up": ""})
    )
    gone = desk.add(store, LogEntry, given, words, Writing(by="anna"))
    desk.remove(store, gone, Writing(by="anna", seen=1))
    assert [e.key for e in open_entries(access, "11")] == [open_.key]
    assert [e.key for e in open_entries(access, "11", personal=True)] == [open_.key, personal.key]
    held = briefing_held.held(access)
    assert open_.key in {e.key for e in held.log}
    assert held.log == tuple(open_entries(access))


def test_the_command_line_offers_every_kind_and_writes_files_that_it_reads(demo_home, tmp_path, monkeypatch):  # fmt: skip
    assert tuple(KINDS) == OFFERED
    home = shutil.copytree(demo_home, tmp_path / "workspace")
    fill_desk(Workspace(home))
    monkeypatch.setattr(Access, "recorded", lambda *_: True)

    def recorded():
        return [(e["action"], e["object"], e.get("result")) for e in audit.entries(Access(home).record)]  # fmt: skip

    def run(*words):
        return CliRunner().invoke(main, ["desk", *words], env={"YPO_HOME": str(home)})

    done = run("export", str(tmp_path / "out"), "--format", "json")
    assert done.exit_code == 0, done.output
    log = json.loads((tmp_path / "out/log.json").read_text("utf-8"))["entries"]
    held = desk.entries(Access(home), LogEntry)
    personal = [e for e in held if e.personal]
    assert personal
    assert {row["key"] for row in log} == {e.key for e in held} - {e.key for e in personal}
    done = run("export", str(tmp_path / "all"), "--kind", "log", "--personal")
    assert done.exit_code == 0
    assert sorted(p.name for p in (tmp_path / "all").iterdir()) == ["log.csv"]
    assert len(rows_of(tmp_path / "all/log.csv")) == len(held)
    done = run("import", "log", str(tmp_path / "all/log.csv"))
    assert (done.exit_code, done.stdout.strip()) == (0, f"read {len(held)}, new 0, changed 0, unchanged {len(held)}")  # fmt: skip
    assert recorded() == [
        ("consultation", "desk export all", "done"),
        ("consultation", "desk export log with personal data", "done"),
        ("collection", "desk log from log.csv", "begun"),
        ("alteration", "desk log from log.csv", done.stdout.strip()),
    ]
    path = write(tmp_path / "bad.csv", [{**LOG, "kind": "gossip"}])
    done = run("import", "log", str(path))
    assert done.exit_code == 1
    assert "line 2" in done.output
    assert "gossip" in done.output
