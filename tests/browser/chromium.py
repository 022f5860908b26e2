"""The browser of the tests: Debian's Chromium."""

from __future__ import annotations

import os
import shutil

import pytest

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


def chromium() -> str:
    """Return the program; without it skip loudly, in CI fail."""
    if CHROMIUM is not None:
        return CHROMIUM
    if os.environ.get("CI"):
        pytest.fail(MISSING)
    pytest.skip(MISSING)


@pytest.fixture(scope="session")
def browser():
    """One browser for all tests of a process; Playwright allows no second one beside it."""
    from playwright.sync_api import sync_playwright

    program = chromium()
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()
