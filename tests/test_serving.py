"""The tests' own server leaves no file open when a browser goes away."""

from __future__ import annotations

import socket
import struct
import threading

from tests.serving import serving

RESET_AT_CLOSE = struct.pack("ii", 1, 0)


class Answer:
    """One small part, sent before the client goes; the end comes after."""

    def __init__(self):
        self.gone, self.closed = threading.Event(), threading.Event()

    def __iter__(self):
        yield b"small"
        self.gone.wait(10)

    def close(self):
        self.closed.set()


def test_an_answer_is_closed_when_the_client_resets_the_connection():
    answer = Answer()

    def application(_environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
        return answer

    with serving(application) as address:
        client = socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])))
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        client.recv(1)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
        client.close()
        answer.gone.set()
        assert answer.closed.wait(10)
