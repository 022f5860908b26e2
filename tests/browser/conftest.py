"""A real Chromium and a server of the simulated district."""

from __future__ import annotations

import pytest

from tests.browser.explore import Explore
from tests.serving import serving


@pytest.fixture(scope="session")
def address(demo_home):
    from app import create_app

    with serving(create_app(demo_home).server) as found:
        yield found


@pytest.fixture
def explore(contexts, address):
    context = contexts.take(viewport={"width": 1440, "height": 900}, locale="en-GB")
    found = Explore(context.new_page(), address)
    yield found
    complaints = list(found.complaints)  # before the page is left, and with it what is under way
    contexts.end()
    assert complaints == []
    assert found.foreign == []
