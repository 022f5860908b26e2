"""A real Chromium and a server of the simulated district."""

from __future__ import annotations

import threading

import pytest
from werkzeug.serving import make_server

from tests.browser.explore import Explore


@pytest.fixture(scope="session")
def address(demo_home):
    from app import create_app

    server = make_server("127.0.0.1", 0, create_app(demo_home).server, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def explore(browser, address):
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    found = Explore(context.new_page(), address)
    yield found
    context.close()
    assert found.complaints == []
    assert found.foreign == []
