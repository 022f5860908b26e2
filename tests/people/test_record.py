"""The record: every change of it is found, nothing acknowledged is lost, one chain for all."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import weakref

import pytest

from ypo_dash.model.errors import RecordError
from ypo_dash.people import audit
from ypo_dash.people.entry import Action, Entry
from ypo_dash.people.looking import Looks
from ypo_dash.people.record import Record


def entry(person="anna", **more):
    return Entry(action=Action.CONSULTATION, object="map", person=person, role="analyst", **more)


@pytest.fixture
def record(tmp_path):
    made = Record(tmp_path / "record")
    for n in range(6):
        made.append(entry(filter=f"types=BURGLARY&sectors={n}", rows=n, reason="møde"))
    return made


def problems(record, **more):
    return audit.verify(record, **more).problems


def test_a_whole_record_is_whole(record):
    found = audit.verify(record)
    assert (found.entries, found.problems) == (6, [])
    assert found.head == json.loads(record.log.read_text().splitlines()[-1])["hash"]
    assert not problems(record, expect=found.head)


def test_the_chain_can_be_checked_without_our_code(record):
    import hashlib

    before = "0" * 64
    for n, line in enumerate(record.log.read_bytes().splitlines(), 1):
        body, _, rest = line.partition(b',"hash":')
        found = json.loads(line)
        assert (found["n"], found["prev"]) == (n, before)
        before = hashlib.sha256(body).hexdigest()
        assert rest.startswith(f'"{before}"'.encode())


def test_every_single_bit_of_the_log_is_guarded(tmp_path):
    record = Record(tmp_path / "record")
    record.append(entry(filter="hours=22-6"))
    record.append(entry("bent", reason="møde"))
    good = record.log.read_bytes()
    copy = tmp_path / "copy.log"
    missed = []
    for bit in range(len(good) * 8):
        changed = bytearray(good)
        changed[bit // 8] ^= 1 << bit % 8
        copy.write_bytes(changed)
        if not problems(record, log=copy):
            missed.append(bit)
    assert missed == []


def test_every_single_bit_of_the_head_is_guarded(record):
    good = record.head.read_bytes()
    for bit in range(len(good) * 8):
        changed = bytearray(good)
        changed[bit // 8] ^= 1 << bit % 8
        record.head.write_bytes(changed)
        assert problems(record), bit


def test_deletions_swaps_and_copies_of_entries_are_found(record, tmp_path):
    lines = record.log.read_bytes().splitlines(keepends=True)
    copy = tmp_path / "copy.log"
    variants = [lines[:i] + lines[i + 1 :] for i in range(len(lines))]  # the last one too: a cut
    variants += [lines[:i] for i in range(len(lines))]
    for i in range(len(lines)):
        for j in range(i):
            swapped = list(lines)
            swapped[i], swapped[j] = swapped[j], swapped[i]
            variants += [swapped, [*lines[:i], lines[j], *lines[i:]]]
    assert len(variants) > 40
    for variant in variants:
        copy.write_bytes(b"".join(variant))
        assert problems(record, log=copy)


def test_a_chain_forged_without_the_key_is_found(record, tmp_path):
    other = Record(tmp_path / "other")
    for n in range(6):
        other.append(entry(filter=f"types=BURGLARY&sectors={n}", rows=n, reason="møde"))
    assert not problems(other)
    assert any("not sealed" in p for p in problems(record, log=other.log))


def test_an_older_whole_state_is_found_by_a_noted_hash(record):
    noted = audit.verify(record).head
    for path in (record.log, record.head):
        shutil.copy(path, path.with_suffix(".old"))
    last = record.append(entry()).hash
    for path in (record.log, record.head):
        path.write_bytes(path.with_suffix(".old").read_bytes())
    assert not problems(record, expect=noted)
    assert any(last in p for p in problems(record, expect=last))


@pytest.mark.parametrize("harm", ["cut", "edit", "no head", "no key", "no log"])
def test_nothing_is_written_behind_damage(record, harm):
    lines = record.log.read_bytes().splitlines(keepends=True)
    if harm == "cut":
        record.log.write_bytes(b"".join(lines[:-1]))
    elif harm == "edit":
        record.log.write_bytes(b"".join(lines[:-1]) + lines[-1].replace(b"anna", b"bent"))
    else:
        {"no head": record.head, "no key": record.key, "no log": record.log}[harm].unlink()
    if harm == "edit":  # its hash still stands in the line: only a full check sees it
        assert problems(record)
        return
    with pytest.raises(RecordError):
        Record(record.folder).append(entry())


def test_a_log_that_was_taken_away_whole_is_missed(record):
    noted = audit.verify(record).head
    record.log.unlink()
    record.head.unlink()
    assert problems(record)
    with pytest.raises(RecordError):
        Record(record.folder).append(entry())
    record.key.unlink()  # all of it: only what was noted elsewhere tells
    assert problems(record, expect=noted)


def test_an_entry_cut_off_by_a_crash_is_set_aside_and_told(record):
    with record.log.open("ab") as log:
        log.write(b'{"n":7,"time":"2026-')
    assert problems(record)
    Record(record.folder).append(entry())
    found = audit.newest(record, limit=2)
    assert "set aside" in found[1]["result"]
    assert found[0]["n"] == 8
    assert not problems(record)
    assert next(record.folder.glob("unfinished-*")).read_bytes() == b'{"n":7,"time":"2026-'


WRITER = """
import sys, pathlib
from ypo_dash.people.record import Record
from ypo_dash.people.entry import Entry, Action
record = Record(pathlib.Path(sys.argv[1]))
for i in range(int(sys.argv[3])):
    head = record.append(Entry(action=Action.CONSULTATION, object="map", person=sys.argv[2], rows=i))
    sys.stdout.write(f"{head.n} {head.hash}\\n"); sys.stdout.flush()
"""


def writer(folder, name, n):
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), name, str(n)], stdout=subprocess.PIPE, text=True
    )


@pytest.mark.faults
def test_a_kill_loses_no_acknowledged_entry(tmp_path):
    folder, acknowledged = tmp_path / "record", []
    for turn in range(8):
        process = writer(folder, f"p{turn}", 100_000)
        first = process.stdout.readline()
        time.sleep(0.01 + 0.013 * turn)
        os.kill(process.pid, signal.SIGKILL)
        rest = process.stdout.read().splitlines(keepends=True)
        process.communicate()
        acknowledged += [line.split() for line in [first, *rest] if line.endswith("\n")]
    record = Record(folder)
    record.append(entry())  # sets aside what a kill may have cut off
    assert problems(record) == []
    there = {(str(e["n"]), e["hash"]) for e in audit.entries(record)}
    assert len(acknowledged) > 100
    assert [a for a in acknowledged if tuple(a) not in there] == []


@pytest.mark.faults
def test_ten_at_once_keep_one_chain(tmp_path):
    folder = tmp_path / "record"
    processes = [writer(folder, f"p{i}", 60) for i in range(5)]
    shared = Record(folder)
    threads = [
        threading.Thread(target=lambda i=i: [shared.append(entry(f"t{i}")) for _ in range(60)])
        for i in range(5)
    ]
    for thread in threads:
        thread.start()
    for one in (*threads, *processes):
        one.join() if isinstance(one, threading.Thread) else one.communicate()
    found = audit.verify(shared)
    assert (found.problems, found.entries) == ([], 600)


def test_what_can_not_be_written_is_refused(tmp_path):
    folder = tmp_path / "record"
    folder.write_text("a file where the folder should be")
    with pytest.raises(RecordError, match="can't be written"):
        Record(folder).append(entry())


def test_long_and_strange_texts_stay_one_line(record):
    record.append(entry(reason="line\nbreak\u2028and\x00more", recipient="x" * 5000))
    assert problems(record) == []
    found = audit.newest(record, limit=1)[0]
    assert found["reason"] == "line\nbreak\u2028and\x00more"
    assert len(found["recipient"]) == 2000


def test_newest_first_by_person_and_text(record):
    record.append(entry("bent", filter="types=FIRE"))
    record.append(Entry(action=Action.ALTERATION, object="account anna", person="adm"))
    assert [e["n"] for e in audit.newest(record, limit=3)] == [8, 7, 6]
    assert [e["n"] for e in audit.newest(record, limit=2, person="anna")] == [8, 6]
    assert [e["n"] for e in audit.newest(record, limit=9, text="fire")] == [7]
    assert len(audit.newest(record, limit=9, text="MØDE")) == 6  # as people write it
    assert audit.newest(record, limit=9, text=audit.verify(record).head[:20]) == []


# Looks: one entry per settled state.


def looks(record):
    made = Looks(record)
    made.settled("v", entry(filter="a"))
    return made


def written(record):
    return [(e.get("filter"), e.get("steps")) for e in audit.entries(record)]


@pytest.fixture
def empty(tmp_path):
    return Record(tmp_path / "empty")


def test_a_drag_is_one_entry_with_its_steps(empty):
    seen = looks(empty)
    for n in range(40):
        seen.moving("v", entry(filter=f"drag {n}"))
    seen.settled("v", entry(filter="end"))
    assert written(empty) == [("a", None), ("end", 40)]


def test_steps_that_nothing_follows_are_recorded(empty):
    seen = looks(empty)
    seen.moving("v", entry(filter="drag"))
    seen.flush_due(after=-1)
    assert written(empty) == [("a", None), ("drag", 1)]


def test_the_watching_thread_records_them(empty, monkeypatch):
    from ypo_dash.people import looking

    monkeypatch.setattr(looking, "LONGEST_S", 0.1)
    monkeypatch.setattr(Looks.flush_due, "__defaults__", (0.1,))
    seen = looks(empty)
    seen.moving("v", entry(filter="drag"))
    thread = threading.Thread(target=looking._flush_often, args=(weakref.ref(seen),), daemon=True)
    thread.start()
    end = time.monotonic() + 10
    while len(written(empty)) < 2:
        assert time.monotonic() < end
        time.sleep(0.05)
    assert written(empty) == [("a", None), ("drag", 1)]
    del seen
    thread.join(10)
    assert not thread.is_alive()


def test_steps_are_recorded_when_many_or_when_nothing_was_written_lately(empty):
    seen = looks(empty)
    for n in range(700):
        seen.moving("v", entry(filter=f"{n}"))
    assert written(empty) == [("a", None), ("299", 300), ("599", 300)]
    fresh = Looks(empty)
    fresh.moving("w", entry(filter="first"))
    assert written(empty)[-1] == ("first", 1)


def test_no_step_is_shown_while_the_record_is_broken(empty):
    seen = looks(empty)
    empty.log.unlink()
    with pytest.raises(RecordError):
        seen.settled("v", entry(filter="b"))
    with pytest.raises(RecordError):
        seen.moving("v", entry(filter="c"))
