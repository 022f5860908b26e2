"""The application on a thread of the test's own process, where a server's processes don't matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app import create_app
from tests import serving
from tests.faults.harness import Server, analyst_session

if TYPE_CHECKING:
    from pathlib import Path


class Here(Server):
    """Is asked like a `Server` and starts in no process of its own."""

    def __init__(self, home: Path) -> None:
        self.session = analyst_session(home)
        self._server = serving.start(create_app(home).server)
        self.port = self._server.server_port

    def __enter__(self) -> Here:
        return self

    def __exit__(self, *_: object) -> None:
        serving.stop(self._server)
