"""A real Chromium and a server of the simulated district."""

from __future__ import annotations

import os
import shutil
import threading

import pytest
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from tests.browser.explore import Explore

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MISSING = "!!! Chromium is missing: NO browser test ran. Install Debian's package chromium."


@pytest.fixture(scope="session")
def address(demo_home):
    from app import create_app

    server = make_server("127.0.0.1", 0, create_app(demo_home).server, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="session")
def browser():
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def explore(browser, address):
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    found = Explore(context.new_page(), address)
    yield found
    context.close()
    assert found.complaints == []
    assert found.foreign == []
