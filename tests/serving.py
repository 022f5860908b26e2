"""The web application on a thread of the test's own process, for a browser to visit."""

from __future__ import annotations

import threading
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
