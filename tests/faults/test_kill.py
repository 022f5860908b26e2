"""An import killed at any moment leaves the old or the new snapshot, and no growing debris."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import time
from typing import TYPE_CHECKING

import pytest

from tests.faults.conftest import BASE
from tests.faults.harness import COPENHAGEN, EVERYTHING, Workspace, write_csv

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.faults
KILLS = 20
ROWS = 2500


@pytest.fixture(autouse=True)
def _unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Don't let the measuring of coverage stretch hundreds of imports."""
    monkeypatch.setenv("YPO_TEST_UNMEASURED", "1")


class Series:
    """Imports one after the other: each replaces 300 known incidents and brings new ones."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.done = folder, 0

    def file(self) -> Path:
        path = self.folder / f"part{self.done}.csv"
        if not path.exists():
            changed = COPENHAGEN.rows(300, seed=1000 + self.done)
            new = COPENHAGEN.rows(ROWS - 300, seed=self.done, prefix=f"P{self.done}-")
            write_csv(path, changed + new)
        return path

    @property
    def before(self) -> int:
        return BASE + self.done * (ROWS - 300)

    @property
    def after(self) -> int:
        return self.before + ROWS - 300


def _shares(rng: random.Random) -> Iterator[float]:
    """Yield moments that cover the import evenly, every other one in its last third."""
    for number in itertools.count():
        share = (number * 0.618034 + rng.random() * 0.05) % 1.0
        yield share if number % 2 else 0.66 + 0.36 * share


def _settle(space: Workspace, series: Series) -> None:
    """Assert that the store is whole, and count a completed import."""
    checked = space.verify()
    assert checked.code == 0, checked.err + checked.out
    found = space.incidents()
    assert found in (series.before, series.after), (series.before, found, series.after)
    series.done += found == series.after


def _same(space: Workspace, control: Workspace) -> None:
    assert _rows(space) == _rows(control)
    for what in ("sectors", "hours", "weeks", "types", "cells"):
        assert space.query(what, EVERYTHING) == control.query(what, EVERYTHING), what


def _rows(space: Workspace) -> list[str]:
    return sorted(space.query("incidents", EVERYTHING).splitlines())


def test_killed_at_random_moments(base: Workspace, space: Workspace, tmp_path: Path) -> None:
    series = Series(tmp_path)
    control = base.copy(tmp_path / "control")
    space.load(series.file())
    started = time.monotonic()
    assert control.load(series.file()).code == 0
    seconds = time.monotonic() - started
    _settle(space, series)
    assert series.done == 1
    killed = 0
    for share in _shares(random.Random(20121105)):
        if killed == KILLS:
            break
        started = time.monotonic()
        running = space.start("import", "incidents", series.file())
        running.process.join(share * seconds)
        running.kill()
        if running.wait().code < 0:
            killed += 1
        else:
            seconds = time.monotonic() - started
        _settle(space, series)
    # Whatever the last kill left, the same file again completes it.
    done = space.load(series.file())
    assert done.code == 0, done.err
    assert space.incidents() == series.after
    for number in range(1, series.done + 1):
        series.done = number
        assert control.load(series.file()).code == 0
    _same(space, control)
    _no_debris(space, control)


def _no_debris(space: Workspace, control: Workspace) -> None:
    ours, theirs = space.files(), control.files()
    folders = [len([p for p in s.home.rglob("*") if p.is_dir()]) for s in (space, control)]
    assert folders[0] <= folders[1] + 2, sorted(p.name for p in space.home.iterdir())
    left = sorted(set(ours) - set(theirs))
    assert len(ours) <= len(theirs) + 5, f"{len(ours)} files, without kills {len(theirs)}: {left}"
    assert sum(ours.values()) <= 1.3 * sum(theirs.values()) + 200_000


def test_killed_at_every_change_of_the_folder(space: Workspace, tmp_path: Path) -> None:
    """Kill at the n-th visible change of the workspace, which aims at writing and publishing."""
    series = Series(tmp_path)
    for nth in range(1, 13):
        running = space.start("import", "incidents", series.file())
        _wait_changes(space, nth, running)
        running.kill()
        running.wait()
        _settle(space, series)
    done = space.load(series.file())
    assert done.code == 0, done.err
    assert space.incidents() == series.after
    assert space.verify().code == 0


def _wait_changes(space: Workspace, nth: int, running: object) -> None:
    seen = _signature(space)
    changes = 0
    while changes < nth and running.process.is_alive():
        now = _signature(space)
        changes += now != seen
        seen = now


def _signature(space: Workspace) -> list[tuple[str, int, int]]:
    found = []
    for folder, _, names in os.walk(space.home):  # a folder that vanishes meanwhile is no error
        found.append((folder, 0, 0))
        for name in names:
            path = os.path.join(folder, name)  # noqa: PTH118 - in a tight loop
            with contextlib.suppress(FileNotFoundError):
                about = os.stat(path)  # noqa: PTH116
                found.append((path, about.st_size, about.st_ino))
    return sorted(found)
