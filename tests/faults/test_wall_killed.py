"""The wall's server is killed with all its workers, and comes back: the screen keeps its slide meanwhile."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from tests.browser.wall import Screen

pytestmark = [pytest.mark.browser, pytest.mark.faults]


@pytest.fixture
def server(demo_home, tmp_path):
    """A production server of one worker on a port of its own; `start` again after `kill`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = shutil.copytree(demo_home, tmp_path / "workspace")
    found = Server(port, home)
    yield found
    found.kill()


class Server:
    """`ypo serve` in a process group of its own."""

    def __init__(self, port, home):
        self.port, self.home, self.process = port, home, None
        self.address = f"http://127.0.0.1:{port}"

    def start(self):
        argv = [
            sys.executable,
            "-m",
            "ypo_dash.cli",
            "serve",
            "--port",
            str(self.port),
            "--workers",
            "1",
        ]
        self.process = subprocess.Popen(
            argv,
            env={**os.environ, "YPO_HOME": str(self.home)},
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                urllib.request.urlopen(f"{self.address}/healthz", timeout=5).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the server did not start")

    def kill(self):
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


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
