"""Prints as files: whole or not at all, frozen for good, and no two under one name."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ypo_dash.model.errors import InputError
from ypo_dash.model.filters import Filters
from ypo_dash.reports.filing import file_name, is_frozen, write_print

ROOT = Path(__file__).resolve().parents[2]
OLD, NEW = b"%PDF-1.7 old", b"%PDF-1.7 new" * 5000


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_print_is_written_and_replaced_until_it_is_frozen(tmp_path):
    path = tmp_path / "week.pdf"
    for content in (OLD, NEW):
        write_print(path, content)
        assert path.read_bytes() == content
        assert not is_frozen(path)
    write_print(path, OLD, freeze=True)
    assert is_frozen(path)
    for freeze in (False, True):
        with pytest.raises(InputError, match="frozen"):
            write_print(path, NEW, freeze=freeze)
    assert path.read_bytes() == OLD
    path.chmod(0o644)  # somebody decided that it may go
    write_print(path, NEW)
    assert path.read_bytes() == NEW
    assert names(tmp_path) == ["week.pdf"]


@pytest.mark.parametrize("mask", [0o022, 0o027, 0o077])
@pytest.mark.parametrize("freeze", [False, True])
def test_who_may_read_is_the_umasks_matter(tmp_path, mask, freeze):
    before = os.umask(mask)
    try:
        write_print(tmp_path / "a.pdf", OLD, freeze=freeze)
    finally:
        assert os.umask(before) == mask  # left as it was
    mode = stat.S_IMODE((tmp_path / "a.pdf").stat().st_mode)
    assert mode == (0o444 if freeze else 0o644) & ~mask


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
@pytest.mark.parametrize("before", [None, OLD])
def test_a_failure_at_any_step_leaves_what_was_there(tmp_path, monkeypatch, step, before):
    path = tmp_path / "a.pdf"
    if before:
        path.write_bytes(before)

    def fail(*_args, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os if step == "fsync" else Path, step, fail)
    with pytest.raises(OSError, match="No space"):
        write_print(path, NEW)
    monkeypatch.undo()
    assert names(tmp_path) == (["a.pdf"] if before else [])
    assert not before or path.read_bytes() == before


def test_a_file_larger_than_the_disk_leaves_nothing(tmp_path):
    """A real limit of the system: the write itself fails half-way."""
    code = (
        "import resource, sys; from pathlib import Path\n"
        "from ypo_dash.reports.filing import write_print\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))\n"
        "write_print(Path(sys.argv[1]), b'x' * 50000)"
    )
    (tmp_path / "b.pdf").write_bytes(OLD)
    for name in ("a.pdf", "b.pdf"):
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / name)],
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=False,
        )
        assert done.returncode != 0
        assert "File too large" in done.stderr
    assert names(tmp_path) == ["b.pdf"]
    assert (tmp_path / "b.pdf").read_bytes() == OLD


FREEZES = """
import sys, time
from pathlib import Path
from ypo_dash.model.errors import InputError
from ypo_dash.reports.filing import write_print
path, start, who, freeze = Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3], sys.argv[4] == "1"
time.sleep(max(0, start - time.time()))
try:
    write_print(path, who.encode() * 100_000, freeze=freeze)
    print("wrote", who)
except InputError as error:
    print("told", error)
"""


@pytest.mark.parametrize("there", [False, True])
def test_of_those_who_freeze_one_name_at_once_one_writes_and_the_others_are_told(tmp_path, there):
    import time

    path = tmp_path / "a.pdf"
    if there:
        path.write_bytes(OLD)  # a draft, which a frozen print replaces
    start = time.time() + 1.0
    running = [
        subprocess.Popen(
            [sys.executable, "-c", FREEZES, str(path), str(start), who, "1"],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for who in "ABCD"
    ]
    said = [process.communicate(timeout=30)[0].split() for process in running]
    wrote = [words[1] for words in said if words[0] == "wrote"]
    assert len(wrote) == 1, said
    assert sum(words[0] == "told" for words in said) == 3
    assert path.read_bytes() == wrote[0].encode() * 100_000
    assert is_frozen(path)
    assert names(tmp_path) == ["a.pdf"]


def test_who_looked_before_another_froze_is_told_all_the_same(tmp_path, monkeypatch):
    """The other one freezes after the first look and before the name is taken."""
    from ypo_dash.reports import filing

    path, real = tmp_path / "a.pdf", os.fsync

    def meanwhile(descriptor):
        monkeypatch.setattr(filing.os, "fsync", real)
        write_print(path, OLD, freeze=True)
        real(descriptor)

    monkeypatch.setattr(filing.os, "fsync", meanwhile)
    with pytest.raises(InputError, match="frozen"):
        write_print(path, NEW)
    assert path.read_bytes() == OLD
    assert names(tmp_path) == ["a.pdf"]


def test_places_that_are_none(tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        write_print(tmp_path / "away" / "a.pdf", OLD)
    with pytest.raises(InputError, match="a folder"):
        write_print(tmp_path, OLD)
    assert names(tmp_path) == []


def test_a_name_tells_what_it_is_of_and_no_two_states_share_one(demo):
    states = [
        "", "sectors=5", "sectors=5,6", "station=NE", "types=BURGLARY", "hours=22-6", "days=5",
        "types=BURGLARY&hours=22-6", "scenes=STREET", "sectors=5&types=BURGLARY", "res=8",
    ]  # fmt: skip
    dates = "&from=2012-11-23&to=2012-11-25"
    found = [
        file_name(demo, kind, Filters.from_query(state + dates, demo), lang)
        for state in states
        for kind in ("weekend", "week")
        for lang in ("da", "en")
    ]
    assert len(set(found)) == len(found)
    assert found[1] == f"weekend_2012-11-23_2012-11-25_internal_en_{demo.id}.pdf"
    assert found[4] == f"weekend_2012-11-23_2012-11-25_sector-5_internal_da_{demo.id}.pdf"
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", name) for name in found)


def test_a_name_leads_nowhere_else_and_stays_one_line(demo):
    """Ids of sectors and stations are another city's texts."""
    from dataclasses import replace

    filters = Filters.from_query("from=2012-11-23&to=2012-11-25", demo)
    wild = ['../../etc/x"\r\nSet-Cookie: a', "Nørrebro", "Nårrebro", "a_b", "a-b"]
    found = [file_name(demo, "weekend", replace(filters, station=code), "da") for code in wild]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", name) for name in found)
    assert len(set(found)) == len(found)
