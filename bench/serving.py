"""Our server and the peer as processes: start, answer times, memory of a worker."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
from measure import Table, milliseconds
from states import spread
from stores import OUT, ROOT, parquet

from ypo_dash.store.reader import open_snapshot
from ypo_dash.store.workspace import Workspace


class Process:
    """A server process; ``with`` waits until it answers and stops it."""

    def __init__(self, name: str, argv: list[str], env: dict[str, str], ready: str) -> None:
        self.name, self.argv, self.env, self.ready = name, argv, env, ready
        self.cookie = ""  # of a session, where one signs in
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def spawn(self) -> Process:
        with (OUT / f"{self.name}.log").open("wb") as log:
            self.process = subprocess.Popen(
                [part.replace("PORT", str(self.port)) for part in self.argv],
                env={**os.environ, **self.env},
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    def wait(self, seconds: float = 120) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            try:
                self.get(self.ready)
            except OSError:
                time.sleep(0.05)
            else:
                return
        self.stop()
        raise SystemExit(f"{self.name} did not start; see {OUT}/{self.name}.log")

    def get(self, path: str) -> bytes:
        request = urllib.request.Request(self.url + path, headers={"Cookie": f"ypo={self.cookie}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def __enter__(self) -> Process:
        self.spawn().wait()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def ours(home: Path, workers: int = 2) -> Process:
    argv = [sys.executable, "-m", "ypo_dash.cli", "serve", "--host", "127.0.0.1"]
    argv += ["--port", "PORT", "--workers", str(workers)]
    return Process("ours", argv, {"YPO_HOME": str(home)}, "/healthz")


def peer(rows: int, res: int) -> Process:
    program = str(ROOT / "bench/tutorial_peer.py")
    return Process(
        "peer", [sys.executable, program, str(parquet(rows)), str(res), "PORT"], {}, "/_dash-layout"
    )


def answers(table: Table, home: Path, rows: int, rounds: int) -> None:
    """Time ``/api/view`` over HTTP, one request after the other, each state asked once."""
    first, last = open_snapshot(Workspace(home)).span
    brushes = {k: v for k, v in spread(first, last).items() if len(v) > 1}
    with ours(home) as server:
        for path in ("/api/view?", "/api/view?hours=1-2") * 4:
            server.get(path)
        table.group(f"/api/view over HTTP, {rows:,} incidents, 2 workers, states not asked before")
        for name, states in brushes.items():
            taken = []
            for turn in range(rounds):
                for state in states:
                    # Another scene each round, so that no worker has the answer in its cache.
                    path = (
                        f"/api/view?{state}&scenes={('STREET', 'FLAT', 'SHOP', 'CELLAR')[turn % 4]}"
                    )
                    taken.append(milliseconds(lambda path=path: server.get(path)))
            table.times(name, taken)


def memory(table: Table, home: Path, rows: int) -> None:
    """Report what one worker holds after it has answered every state several times."""
    first, last = open_snapshot(Workspace(home)).span
    with ours(home) as server:
        for _ in range(6):
            for states in spread(first, last).values():
                for state in states[:3]:
                    server.get(f"/api/view?{state}")
        workers = psutil.Process(server.process.pid).children()
        table.group(f"Memory of a worker, {rows:,} incidents, 2 workers, after 200 answers")
        maps = [w.memory_full_info() for w in workers]
        mega = 1 / 2**20
        table.value("private (USS)", max(m.uss for m in maps) * mega, "MiB", len(maps))
        table.value("proportional (PSS)", max(m.pss for m in maps) * mega, "MiB", len(maps))
        table.value("resident, shared pages in full (RSS)", max(m.rss for m in maps) * mega, "MiB")
    stored = sum(p.stat().st_size for p in home.rglob("*") if p.is_file())
    table.value("workspace on disk", stored * mega, "MiB")
