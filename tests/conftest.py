"""The simulated district, built once a session, for every test that only reads it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ypo_dash.store.demo import build_demo
from ypo_dash.store.reader import Store
from ypo_dash.store.workspace import Workspace

if TYPE_CHECKING:
    from ypo_dash.store.snapshot import Snapshot

DATA = Path(__file__).resolve().parents[1] / "data"


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("demo") / "workspace"
    build_demo(home)
    return home


@pytest.fixture(scope="session")
def demo_store(demo_home: Path) -> Store:
    return Store(Workspace(demo_home))


@pytest.fixture(scope="session")
def demo(demo_store: Store) -> Snapshot:
    return demo_store.snapshot()
