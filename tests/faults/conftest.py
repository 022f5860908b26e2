"""Workspaces for the fault tests."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.faults.harness import COPENHAGEN, Workspace, write_csv

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BASE = 1500


@pytest.fixture(scope="session", autouse=True)
def _scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    before = os.environ.get("YPO_TEST_SCRATCH")
    os.environ["YPO_TEST_SCRATCH"] = str(tmp_path_factory.mktemp("commands"))
    yield
    os.environ.pop("YPO_TEST_SCRATCH") if before is None else os.environ.update(
        YPO_TEST_SCRATCH=before
    )


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with ``BASE`` incidents; copy it, don't change it."""
    folder = tmp_path_factory.mktemp("base")
    space = Workspace.create(folder / "home", COPENHAGEN)
    done = space.load(write_csv(folder / "base.csv", COPENHAGEN.rows(BASE, seed=1)))
    assert done.code == 0, done.err + done.out
    assert space.incidents() == BASE
    return space


@pytest.fixture
def space(base: Workspace, tmp_path: Path) -> Workspace:
    return base.copy(tmp_path / "home")
