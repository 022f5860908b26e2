"""What the browser's console and network said of a page: the one place that tells faults from leave-taking."""

from __future__ import annotations

# Dash takes a callback that leaving the page breaks off for a silent server; `Heard._failed` tells them apart.
BROKEN_OFF = "Callback failed: the server did not respond"
EXPECTED = (
    "Failed to load resource"  # said by the browser itself: a refused form, a server that is gone
)


class Heard:
    """Complaints of one page, and what it asked of other hosts than its own."""

    def __init__(self, page, address):
        self.page, self.address = page, address
        self.complaints, self.foreign = [], []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._say(str(error)))
        page.on("request", self._asked)
        page.on("requestfailed", self._failed)

    def _console(self, message):
        if message.type in ("error", "warning") and not message.text.startswith(EXPECTED):
            self._say(message.text)

    def _say(self, words):
        if BROKEN_OFF not in words:
            self.complaints.append(words)

    def _asked(self, request):
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.foreign.append(request.url)

    def _failed(self, request):
        """Complain of a callback that got no answer, but not where the page was left meanwhile."""
        if "_dash-update" in request.url and request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"{request.url}: {request.failure}")
