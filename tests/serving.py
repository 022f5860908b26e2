"""The web application on a thread of the test's own process, for a browser to visit."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager

from werkzeug.serving import WSGIRequestHandler, make_server

_ANSWER = "ypo_tests.answer"


class Handler(WSGIRequestHandler):
    """Close the answer, and with it its file, also when the browser has gone.

    werkzeug's server leaves that to the collector when even reading on fails (a page closed in the
    middle of an image), which then warns of an open file inside whichever test runs next.
    """

    def connection_dropped(self, error, environ=None):
        super().connection_dropped(error, environ)
        answer = (environ or {}).get(_ANSWER)
        if hasattr(answer, "close"):
            answer.close()


def _remembering(application):
    def answering(environ, start_response):
        environ[_ANSWER] = application(environ, start_response)
        return environ[_ANSWER]

    return answering


def start(application, port=0):
    """Serve until `stop`; the returned server knows its port."""
    server = make_server(
        "127.0.0.1", port, _remembering(application), threaded=True, request_handler=Handler
    )
    server.daemon_threads = True
    server.thread = threading.Thread(target=server.serve_forever, daemon=True)
    server.thread.start()
    return server


def stop(server):
    server.shutdown()
    server.thread.join()
    server.server_close()


@contextmanager
def serving(application):
    """Serve an application for as long as it is asked for; its address is given."""
    server = start(application)
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        stop(server)


class Killable:
    """A server as a process group of its own: `start` again after `kill`.

    ``argv`` is what Python is given; ``{port}`` in it becomes a free port.
    """

    def __init__(self, home, argv, **environment):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.home, self.process = home, None
        self.argv = [part.replace("{port}", str(self.port)) for part in argv]
        self.environment = {**os.environ, "YPO_HOME": str(home), **environment}
        self.address = f"http://127.0.0.1:{self.port}"

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, *self.argv], env=self.environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        end = time.monotonic() + 90
        while time.monotonic() < end:
            assert self.process.poll() is None, "the server ended"
            try:
                urllib.request.urlopen(f"{self.address}/healthz", timeout=5).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the server did not start")

    def kill(self):
        if self.process is None:
            return
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None
