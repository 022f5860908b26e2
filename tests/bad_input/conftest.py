"""One small district whose snapshot every broken input must leave as it was."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.faults.harness import CHICAGO, COPENHAGEN, Workspace, write_csv

if TYPE_CHECKING:
    from collections.abc import Iterator

BASE = 60


@pytest.fixture(scope="session", autouse=True)
def _scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    before = os.environ.get("YPO_TEST_SCRATCH")
    os.environ["YPO_TEST_SCRATCH"] = str(tmp_path_factory.mktemp("commands"))
    yield
    os.environ.pop("YPO_TEST_SCRATCH") if before is None else os.environ.update(
        YPO_TEST_SCRATCH=before
    )


@pytest.fixture(scope="session")
def space(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with ``BASE`` incidents; no test may change it."""
    folder = tmp_path_factory.mktemp("district")
    made = Workspace.create(folder / "home", COPENHAGEN)
    done = made.load(write_csv(folder / "base.csv", COPENHAGEN.rows(BASE, seed=1)))
    assert done.code == 0, done.err + done.out
    return made


@pytest.fixture(scope="session")
def snapshot(space: Workspace) -> object:
    status = space.status()
    assert status["incidents"] == BASE
    return status["snapshot"]


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A district without incidents; copy it."""
    return Workspace.create(tmp_path_factory.mktemp("empty") / "home", COPENHAGEN)


@pytest.fixture(scope="session")
def chicago(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A district of negative longitudes without incidents; copy it."""
    return Workspace.create(tmp_path_factory.mktemp("chicago") / "home", CHICAGO)
