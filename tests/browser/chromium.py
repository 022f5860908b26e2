"""The browser of the tests: Debian's Chromium."""

from __future__ import annotations

import os
import shutil

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
# Chromium starts a renderer for the popups of its address bar with every window, most of a second
# of work for nothing; the last such option counts, so Playwright's own are repeated before.
_WITHOUT = (
    "AvoidUnnecessaryBeforeUnloadCheckSync,BoundaryEventDispatchTracksNodeRemoval,"
    "DestroyProfileOnBrowserClose,DialMediaRouteProvider,GlobalMediaControls,HttpsUpgrades,"
    "LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,Translate,AutoDeElevate,"
    "RenderDocument,OptimizationHints,"
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,AiModeOmniboxEntryPoint"
)
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={_WITHOUT}",
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


class Contexts:
    """Browser contexts that keep their cached scripts from test to test, and nothing else.

    A new context fetches and compiles a megabyte of scripts, half of what it takes to open a page.
    """

    def __init__(self, browser):
        self.browser, self.idle, self.used = browser, {}, []

    def take(self, **options):
        """A context without pages, cookies and stored words; its like is made where none is idle."""
        kind = repr(sorted(options.items()))
        idle = self.idle.setdefault(kind, [])
        found = idle.pop() if idle else self.browser.new_context(**options)
        self.used.append((kind, found))
        return found

    def end(self):
        """Empty what was taken, for the tests that follow."""
        while self.used:
            kind, context = self.used.pop()
            for page in context.pages:
                self._forget(context, page)
                page.close()
            context.clear_cookies()
            self.idle[kind].append(context)

    def _forget(self, context, page):
        origin = "/".join(page.url.split("/")[:3])
        if origin.startswith("http"):
            stored = {"origin": origin, "storageTypes": "local_storage,indexeddb"}
            context.new_cdp_session(page).send("Storage.clearDataForOrigin", stored)


@pytest.fixture(scope="session")
def all_contexts(browser):
    return Contexts(browser)


@pytest.fixture
def contexts(all_contexts):
    yield all_contexts
    all_contexts.end()
