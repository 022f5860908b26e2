"""The simulated district, built once a session, for every test that only reads it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.chromium import all_contexts, browser, contexts  # noqa: F401 - fixtures
from tests.postgres import postgres  # noqa: F401 - a fixture
from tests.reference_data import SHARED
from tests.small_district import district  # noqa: F401 - a fixture
from ypo_dash.sources.simulated import generate
from ypo_dash.store.demo import build_demo
from ypo_dash.store.reader import Store
from ypo_dash.store.workspace import Workspace
from ypo_dash.views.simulated_desk import fill_desk

if TYPE_CHECKING:
    import pandas as pd

    from ypo_dash.store.snapshot import Snapshot

AWAY = pytest.StashKey[int]()
# Files of half a minute and more, longest first; the others are short and fill what is left.
LONG_FIRST = (
    "tests/reference/test_chicago.py",
    "tests/faults/test_concurrency.py",
    "tests/browser/test_explore.py",
    "tests/browser/test_axe.py",
    "tests/browser/test_bench.py",
    "tests/reference/test_berlin.py",
    "tests/faults/test_kill.py",
    "tests/browser/test_people.py",
    "tests/bad_input/test_dangerous_text.py",
    "tests/reference/test_small_cities.py",
    "tests/browser/test_measures.py",
    "tests/faults/test_disk.py",
    "tests/browser/test_numbers.py",
    "tests/browser/test_wall.py",
    "tests/test_same_numbers.py",
    "tests/reports/test_sheets.py",
    "tests/reports/test_partner_prints.py",
    "tests/views/test_slides.py",
    "tests/views/test_partner_period.py",
)
DATA = Path(__file__).resolve().parents[1] / "data"


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("demo") / "workspace"
    build_demo(home)
    return home


@pytest.fixture(scope="session")
def desk_home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The simulated district with its desk filled, as ``ypo demo`` builds it; to be read, not changed."""
    home = tmp_path_factory.mktemp("desk") / "workspace"
    shutil.copytree(demo_home, home)
    fill_desk(Workspace(home))
    return home


@pytest.fixture(scope="session")
def incidents() -> pd.DataFrame:
    """The simulated incidents as the raw file has them; to be read, not changed."""
    return generate(DATA)


@pytest.fixture(scope="session")
def demo_store(demo_home: Path) -> Store:
    return Store(Workspace(demo_home))


@pytest.fixture(scope="session")
def demo(demo_store: Store) -> Snapshot:
    return demo_store.snapshot()


def pytest_configure(config: pytest.Config) -> None:
    """Give out the files in the order below: by their number of tests the longest would come last."""
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the long files first, so that no worker waits for the other's last one."""
    places = {name: place for place, name in enumerate(LONG_FIRST)}
    last = len(places)
    items.sort(key=lambda item: places.get(item.nodeid.split("::")[0], last))
    _leave_out_reference(config, items)


def _leave_out_reference(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the reference tests out, as one, where their data are not; in CI they then fail."""
    if SHARED.exists() or os.environ.get("CI") == "true":
        return
    away = [item for item in items if item.get_closest_marker("reference")]
    config.stash[AWAY] = len(away)
    items[:] = [item for item in items if item not in away]
    config.hook.pytest_deselected(items=away)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell from a worker how many were left out: the process that prints the summary collects none."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["away"] = session.config.stash.get(AWAY, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a worker left out; all of them collect the same."""
    node.config.stash[AWAY] = getattr(node, "workeroutput", {}).get("away", 0)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say in one line what did not run."""
    away = config.stash.get(AWAY, 0)
    if away:
        terminalreporter.write_line(
            f"SKIPPED {away} reference tests: the real cities' files are not here (../shared/data)"
        )
