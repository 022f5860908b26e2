"""A full disk and truncated or damaged files: the snapshot before survives, the message helps."""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import subprocess
import time
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from tests.faults.conftest import BASE
from tests.faults.harness import COPENHAGEN, EVERYTHING, Server, Workspace, decode_view, write_csv
from tests.faults.here import Here

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.faults
MORE = 6000


@pytest.fixture(scope="module")
def more(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = COPENHAGEN.rows(MORE, seed=7, prefix="M")
    return write_csv(tmp_path_factory.mktemp("more") / "more.csv", rows)


@pytest.fixture
def small_disk(
    base: Workspace, tmp_path: Path
) -> Iterator[tuple[Workspace, Callable[[int], None]]]:
    """A workspace on a file system of its own, and a function that sets its free bytes."""
    point = tmp_path / "disk"
    point.mkdir()
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", "size=64m", "tmpfs", str(point)]
    if os.geteuid() != 0 or not mount or subprocess.run([mount, *options], check=False).returncode:
        missing = "mounting a small file system is not permitted here"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    try:
        space = base.copy(point / "home")

        def leave_free(size: int) -> None:
            about = os.statvfs(point)
            used = (about.f_blocks - about.f_bfree) * about.f_frsize
            change = ["-o", f"remount,size={used + size}", str(point)]
            subprocess.run([mount, *change], check=True)

        yield space, leave_free
    finally:
        subprocess.run(["umount", str(point)], check=True)


def _intact(space: Workspace, snapshot: object) -> None:
    status = space.status()
    assert (status["snapshot"], status["incidents"]) == (snapshot, BASE)
    checked = space.verify()
    assert checked.code == 0, checked.err


def test_full_disk(small_disk: tuple[Workspace, Callable[[int], None]], more: Path) -> None:
    space, leave_free = small_disk
    snapshot = space.status()["snapshot"]
    for free in (4096, 64 * 1024, 192 * 1024):
        leave_free(free)
        done = space.load(more)
        done.refused("disk")
        assert "full" in done.err.lower() or "space" in done.err.lower(), done.err
        _intact(space, snapshot)
    leave_free(64 * 1024 * 1024)
    done = space.load(more)
    assert done.code == 0, done.err
    assert space.incidents() == BASE + MORE
    assert space.verify().code == 0


@pytest.mark.parametrize("limit", [2_000, 20_000, 60_000])
def test_file_size_limit(space: Workspace, more: Path, limit: int) -> None:
    snapshot = space.status()["snapshot"]
    done = space.start("import", "incidents", more, file_limit=limit).wait()
    done.refused()
    assert any(w in done.err.lower() for w in ("disk", "space", "too large", "size")), done.err
    _intact(space, snapshot)
    assert space.load(more).code == 0
    assert space.incidents() == BASE + MORE


def _cut(path: Path, share: float) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def _gz(folder: Path) -> Path:
    rows = COPENHAGEN.rows(3000, seed=8, prefix="T")
    return _cut(write_csv(folder / "cut.csv.gz", rows), 0.6)


def _gz_without_end(folder: Path) -> Path:
    path = write_csv(folder / "end.csv.gz", COPENHAGEN.rows(3000, seed=8, prefix="T"))
    path.write_bytes(path.read_bytes()[:-8])
    return path


def _gz_flipped(folder: Path) -> Path:
    path = write_csv(folder / "sum.csv.gz", COPENHAGEN.rows(3000, seed=8, prefix="T"))
    data = bytearray(path.read_bytes())
    data[-6] ^= 1
    path.write_bytes(data)
    with gzip.open(path) as handle, pytest.raises(gzip.BadGzipFile):
        handle.read()
    return path


def _quoted(folder: Path) -> Path:
    rows = COPENHAGEN.rows(300, seed=8, prefix="T")
    path = write_csv(folder / "quoted.csv", rows)
    path.write_text(path.read_text().rstrip() + '\nT9999,"BURGLARY, in a')
    return path


def _parquet(folder: Path) -> Path:
    path = folder / "cut.parquet"
    pd.DataFrame(COPENHAGEN.rows(3000, seed=8, prefix="T")).astype(str).to_parquet(path)
    return _cut(path, 0.7)


def _xlsx(folder: Path) -> Path:
    path = folder / "cut.xlsx"
    pd.DataFrame(COPENHAGEN.rows(300, seed=8, prefix="T")).to_excel(path, index=False)
    return _cut(path, 0.7)


@pytest.mark.parametrize("make", [_gz, _gz_without_end, _gz_flipped, _quoted, _parquet, _xlsx])
def test_truncated_file(base: Workspace, tmp_path: Path, make: Callable[[Path], Path]) -> None:
    snapshot = base.status()["snapshot"]
    path = make(tmp_path)
    base.load(path).refused(path.name)
    _intact(base, snapshot)


def _data_files(space: Workspace) -> list[str]:
    """Return the files that the snapshot in force consists of: all but locks and older manifests."""
    inputs = (".toml", ".geojson", ".csv", ".log", ".lock")
    found = [
        name
        for name, size in space.files().items()
        if size > 0
        and not name.endswith(inputs)
        and "lock" not in name.lower()
        and not name.startswith("record/")  # has a check of its own: ypo audit verify
    ]
    older = sorted(name for name in found if name.endswith(".json"))[:-1]
    return [name for name in found if name not in older]


def _flip(path: Path, share: float = 0.5) -> None:
    data = bytearray(path.read_bytes())
    data[int(len(data) * share)] ^= 0x55
    path.write_bytes(data)


def _name_in(name: str, text: str) -> bool:
    if name.endswith((".json", "CURRENT")):
        return "manifest" in text or "workspace" in text
    return name.rsplit("/", 1)[-1] in text or name.rsplit("/", 1)[-1].rsplit(".", 1)[0] in text


@pytest.mark.parametrize("damage", ["flip", "missing"])
def test_verify_names_damage(base: Workspace, tmp_path: Path, damage: str) -> None:
    names = _data_files(base)
    assert names
    unseen = []
    for number, name in enumerate(names):
        hurt = base.copy(tmp_path / f"hurt{number}")
        path = hurt.home / name
        _flip(path) if damage == "flip" else path.unlink()
        done = hurt.verify()
        assert "Traceback" not in done.err, f"{name}: {done.err}"
        if done.code != 1 or not _name_in(name, done.err + done.out):
            unseen.append((name, done.code, done.err + done.out))
        shutil.rmtree(hurt.home)
    assert not unseen, unseen


def test_queries_never_show_damage(base: Workspace, tmp_path: Path) -> None:
    """Refuse or answer rightly (from an undamaged copy of the same data); never wrongly."""
    whats = ("hours", "cells", "sectors", "incidents")
    right = {what: base.query(what, EVERYTHING) for what in whats}
    wrong = []
    for number, name in enumerate(_data_files(base)):
        hurt = base.copy(tmp_path / f"hurt{number}")
        for share in (0.3, 0.7, 0.98):
            _flip(hurt.home / name, share)
        for what in whats:
            done = hurt.run("query", what, EVERYTHING, "--format", "csv")
            if "Traceback" in done.err or (done.code == 0 and done.out != right[what]):
                wrong.append((name, what, done.code, done.err[-300:]))
        shutil.rmtree(hurt.home)
    assert not wrong, wrong


def test_server_on_damaged_store(base: Workspace, tmp_path: Path) -> None:
    """Damage every segment: what the server still answers is right, or it says that it can't."""
    path = f"/api/view?{EVERYTHING}"
    with Here(base.home) as server:
        right, right_arrays = decode_view(server.get(path)[1])
    assert right["total"] == BASE
    hurt = base.copy(tmp_path / "hurt")
    largest = sorted(_data_files(hurt), key=lambda n: -hurt.files()[n])[:6]
    for name in largest:
        for share in (0.25, 0.5, 0.75):
            _flip(hurt.home / name, share)
    server = Server(hurt.home, workers=1)
    try:
        code, body = _first_answer(server, path)
    finally:
        server.stop()
    if code == 0:
        log = server.log.read_text()
        assert any(_name_in(name, log) for name in largest), log
    elif code == 200:
        assert decode_view(body) == (right, right_arrays)
    else:
        assert code == 503, (code, body)
        assert any(_name_in(name, json.loads(body)["error"]) for name in largest), body


def _first_answer(server: Server, path: str) -> tuple[int, bytes]:
    """Return the server's first answer; code 0 if it ends instead."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        if server.process.poll() is not None:
            return 0, b""
        try:
            return server.get(path)
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"neither an answer nor an end:\n{server.log.read_text()}")


def test_a_changed_number_in_the_manifest_is_found(base: Workspace, tmp_path: Path) -> None:
    """A manifest that is still JSON but not the one that was written."""
    current = [name for name in _data_files(base) if name.endswith(".json")]
    text = (base.home / current[0]).read_text()
    digits = [at for at, letter in enumerate(text) if letter.isdigit()]
    unseen = []
    for at in random.Random(4).sample(digits, 12):
        hurt = base.copy(tmp_path / f"digit{at}")
        other = str((int(text[at]) + 1) % 10)
        (hurt.home / current[0]).write_text(text[:at] + other + text[at + 1 :])
        done = hurt.verify()
        assert "Traceback" not in done.err, done.err
        if done.code != 1:
            unseen.append(text[max(0, at - 60) : at + 10])
        shutil.rmtree(hurt.home)
    assert not unseen, unseen
