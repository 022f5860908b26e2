"""The production server: gunicorn workers with threads, one store each."""

from __future__ import annotations

import os
import socket
import sys
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication

from ypo_dash.model.errors import InputError
from ypo_dash.model.filters import Filters
from ypo_dash.people.access import is_loopback
from ypo_dash.store.manifest import StoreDamagedError
from ypo_dash.store.query import summarise

if TYPE_CHECKING:
    from flask import Flask

    from ypo_dash.people.settings import AccessSettings
    from ypo_dash.store.reader import Store
    from ypo_dash.store.workspace import Workspace

THREADS = 4
TIMEOUT_S = 120


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn, configured in code."""

    def __init__(self, home: str, settings: dict[str, Any]) -> None:
        self.home, self.settings = home, settings
        super().__init__()

    def load_config(self) -> None:
        """Hand our settings to gunicorn."""
        for key, value in self.settings.items():
            self.cfg.set(key, value)

    def load(self) -> Flask:
        """Build the application, in each worker after the fork."""
        os.environ["YPO_HOME"] = self.home
        from app import create_app

        flask: Flask = create_app().server
        _warm(flask.extensions["ypo"])
        return flask


def run(
    workspace: Workspace, access: AccessSettings, *, host: str, port: int, workers: int
) -> None:
    """Serve until stopped; with TLS where the settings name a certificate."""
    from ypo_dash.store.kernel import warm

    warm()  # once, before workers would each compile
    settings = {
        "bind": f"{host}:{port}",
        "workers": workers,
        "threads": THREADS,
        "worker_class": "gthread",
        "timeout": TIMEOUT_S,
        "graceful_timeout": 10,
        "keepalive": 30,
        "accesslog": None,
        "loglevel": "warning",
        "proc_name": "ypo",
        "control_socket_disable": True,
        "limit_request_line": 8190,  # a state may name hundreds of sectors
        "limit_request_fields": 60,
        "when_ready": lambda _server: _announce(host, port, access),
    }
    if access.certificate:
        settings |= {"certfile": access.certificate, "keyfile": access.key}
    Server(str(workspace.home), settings).run()


def check_port(host: str, port: int) -> None:
    """Raise InputError if nothing can listen there; the server itself would try for seconds."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise InputError(
                f"the server can't listen on {host}:{port}: {error.strerror}",
                remedy="Stop what runs there, or give another --port",
            ) from error


def _warm(store: Store) -> None:
    """Answer the first view once before the first request does; what is wrong, requests will say."""
    try:
        snapshot = store.snapshot()
        if snapshot.span is not None:
            summarise(snapshot, Filters())
    except (InputError, StoreDamagedError) as error:
        sys.stderr.write(f"{error}\n")


def _announce(host: str, port: int, access: AccessSettings) -> None:
    scheme = "https" if access.certificate else "http"
    sys.stderr.write(f"ypo-dash: {scheme}://{host}:{port}  (stop with Ctrl+C)\n")
    if scheme == "http" and not access.proxies and not is_loopback(host):
        sys.stderr.write(
            "WARNING: passwords and figures cross the network in clear text. Set [server] certificate"
            " and key in access.toml, or proxies where a reverse proxy speaks TLS.\n"
        )
