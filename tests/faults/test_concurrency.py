"""Imports beside imports, imports beside a server under load, and the end of a server."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import threading
import time
import urllib.error
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.faults.conftest import BASE
from tests.faults.harness import (
    COPENHAGEN,
    EVERYTHING,
    Server,
    Workspace,
    check_view,
    decode_view,
    write_csv,
)

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.faults
ROWS = 2000
LATEST_S = 120  # with a machine that is busy otherwise
STATES = (
    EVERYTHING,
    "from=2012-03-10&to=2012-04-20&types=BURGLARY,THEFT_CAR",
    f"{EVERYTHING}&hours=22-6&days=5,6",
    f"{EVERYTHING}&sectors=1,3&res=10",
    f"{EVERYTHING}&scenes=FLAT&res=11",
    f"{EVERYTHING}&station=N&hours=7-23&res=8",
    "",
)


def test_two_imports_at_once(space: Workspace, tmp_path: Path) -> None:
    expected = BASE
    for turn in range(4):
        files = [
            write_csv(
                tmp_path / f"{turn}{side}.csv",
                COPENHAGEN.rows(ROWS, seed=turn, prefix=f"{side}{turn}-"),
            )
            for side in "LR"
        ]
        running = [space.start("import", "incidents", file) for file in files]
        for done in [command.wait() for command in running]:
            if done.code == 0:
                expected += ROWS
            else:
                done.refused("import")
        assert space.incidents() == expected
        checked = space.verify()
        assert checked.code == 0, checked.err
    assert expected >= BASE + 4 * ROWS


def test_the_same_file_twice_at_once(space: Workspace, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "same.csv", COPENHAGEN.rows(ROWS, seed=3, prefix="S"))
    running = [space.start("import", "incidents", file) for _ in range(3)]
    codes = [command.wait().code for command in running]
    assert 0 in codes
    assert set(codes) <= {0, 1}
    assert space.incidents() == BASE + ROWS
    assert space.verify().code == 0


class Readers:
    """Threads that ask for views until told to stop, and keep every fault and total."""

    def __init__(self, server: Server) -> None:
        self.server, self.stop = server, threading.Event()
        self.faults: list[str] = []
        self.totals: set[tuple[str, int]] = set()
        self.answers = 0
        self.slowest = 0.0
        self.threads = [threading.Thread(target=self._ask, args=(n,)) for n in range(4)]
        for thread in self.threads:
            thread.start()

    def _ask(self, number: int) -> None:
        rng = random.Random(number)
        while not self.stop.is_set():
            state = rng.choice(STATES)
            started = time.monotonic()
            try:
                code, body = self.server.get(f"/api/view?{state}")
                assert code == 200, f"{code}: {body[:300]!r}"
                head, arrays = decode_view(body)
                check_view(head, arrays)
            except (AssertionError, OSError, ValueError, KeyError) as error:
                self.faults.append(f"{state}: {error!r}")
                continue
            self.answers += 1
            self.slowest = max(self.slowest, time.monotonic() - started)
            if state == EVERYTHING:
                self.totals.add((head["snapshot"], head["total"]))

    def end(self) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()


def _shown(server: Server) -> set[str]:
    """Return the snapshots that a handful of new connections see."""
    return {json.loads(server.get("/api/config?lang=en")[1])["snapshot"] for _ in range(12)}


def test_imports_under_load(space: Workspace, tmp_path: Path) -> None:
    totals = {space.status()["snapshot"]: BASE}
    with Server(space.home) as server:
        readers = Readers(server)
        try:
            for turn in range(3):
                rows = COPENHAGEN.rows(ROWS, seed=turn, prefix=f"L{turn}-", days=70 + 20 * turn)
                file = write_csv(tmp_path / f"{turn}.csv", rows)
                if turn % 2:
                    running = space.start("import", "incidents", file)
                    time.sleep(0.4 * turn)
                    running.kill()
                    running.wait()
                done = space.load(file)
                assert done.code == 0, done.err
                status = space.status()
                assert status["incidents"] == BASE + (turn + 1) * ROWS
                totals[status["snapshot"]] = status["incidents"]
                time.sleep(0.5)
            end = time.monotonic() + LATEST_S
            while _shown(server) != {status["snapshot"]}:
                assert time.monotonic() < end, "the new snapshot was not picked up"
                time.sleep(0.2)
        finally:
            readers.end()
    assert not readers.faults, readers.faults[:5]
    assert readers.answers > 50
    assert len({snapshot for snapshot, _ in readers.totals}) > 1
    wrong = {pair for pair in readers.totals if totals.get(pair[0]) != pair[1]}
    assert not wrong, (wrong, totals)


def _children(server: Server) -> list[psutil.Process]:
    return psutil.Process(server.process.pid).children(recursive=True)


def _wait_accepted(server: Server, workers: list[psutil.Process], asking: threading.Thread) -> None:
    """Until a worker has the request: a moment's sleep may end before it is even sent."""
    while asking.is_alive() and not any(
        line.laddr.port == server.port and line.status == psutil.CONN_ESTABLISHED
        for worker in workers
        for line in worker.net_connections()
    ):
        time.sleep(0.002)


def test_sigterm_ends_the_server(space: Workspace) -> None:
    with Server(space.home) as server:
        workers = _children(server)
        assert len(workers) >= 2
        readers = Readers(server)
        time.sleep(1)
        readers.end()
        assert not readers.faults, readers.faults[:3]
        asked: list[int] = []
        slow = threading.Thread(
            target=lambda: asked.append(server.get(f"/export/incidents.csv?{EVERYTHING}")[0])
        )
        slow.start()
        _wait_accepted(server, workers, slow)
        code = server.stop()
        slow.join()
    assert code in (0, -signal.SIGTERM), server.log.read_text()
    assert asked == [200], "the request under way was cut off"
    assert not [w for w in workers if w.is_running() and w.status() != psutil.STATUS_ZOMBIE]
    assert "Traceback" not in server.log.read_text()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", server.port))
    assert space.verify().code == 0


def test_a_killed_worker_is_replaced(space: Workspace) -> None:
    with Server(space.home) as server:
        workers = _children(server)
        for worker in workers:
            os.kill(worker.pid, signal.SIGKILL)
        end = time.monotonic() + LATEST_S
        while True:
            try:
                code, body = server.get(f"/api/view?{EVERYTHING}", timeout=10)
                if code == 200:
                    break
            except (OSError, urllib.error.URLError):
                pass
            assert time.monotonic() < end, server.log.read_text()
            time.sleep(0.2)
        check_view(*decode_view(body))
        assert not {w.pid for w in workers} & {w.pid for w in _children(server)}
