"""The wall's server is killed with all its workers, and comes back: the screen keeps its slide meanwhile."""

from __future__ import annotations

import shutil
import time

import pytest

from tests.browser.wall import Screen
from tests.serving import Killable

pytestmark = [pytest.mark.browser, pytest.mark.faults]


@pytest.fixture
def server(demo_home, tmp_path):
    """A production server of one worker on a port of its own; `start` again after `kill`."""
    home = shutil.copytree(demo_home, tmp_path / "workspace")
    found = Killable(home, ["-m", "ypo_dash.cli", "serve", "--port", "{port}", "--workers", "1"])
    yield found
    found.kill()


def test_the_last_slide_stays_until_the_server_is_back(browser, server):
    server.start()
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, reduced_motion="reduce")
    screen = Screen(context.new_page(), server.address)
    screen.open("seconds=1")
    server.kill()
    screen.wait("(page, key, band) => band.startsWith('Stale since')", timeout=30_000)
    stood = screen.key
    time.sleep(2)
    assert screen.key == stood
    server.start()
    screen.wait("(page, key, band) => band === ''", timeout=45_000)
    screen.wait_for_other(stood, timeout=20_000)
    screen.is_calm()
    context.close()
