"""Drive ``ypo`` as its users do: commands in processes of their own, the server over HTTP.

Commands run in children of one warm process, so that a kill hits the work and not the start of
the interpreter, and dozens of commands cost seconds.
"""

from __future__ import annotations

import csv
import gzip
import importlib
import json
import multiprocessing
import os
import random
import resource
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ypo_dash.model.rights import Person
from ypo_dash.people import accounts, sessions
from ypo_dash.people.access import Access

try:
    from coverage import Coverage
except ImportError:  # only where it is measured
    Coverage = None

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [
        "ypo_dash.cli",
        "ypo_dash.people.acting",
        "ypo_dash.sources",
        "ypo_dash.store.ingest",
        "ypo_dash.store.query",
        "ypo_dash.store.setup",
        "ypo_dash.store.verify",
        "ypo_dash.views.status",
        "ypo_dash.views.tables",
        "geopandas",
        "h3ronpy.vector",
        "numba",
        "pandas",
        "pyarrow.parquet",
        "pyogrio",
        "pyproj",
        "python_calamine",
        "rich.progress",
    ]
)
COLUMNS = ("incident_id", "type", "scene", "time_from", "time_to", "lat", "lon")
TYPES = ("BURGLARY", "THEFT_CAR", "THEFT_PERSON", "ROBBERY", "VIOLENCE", "VANDALISM")
SCENES = ("FLAT", "STREET", "CELLAR", "SHOP", "UNKNOWN")
EVERYTHING = "from=2000-01-01&to=2030-12-31"


@dataclass(frozen=True)
class Town:
    """A test district of two by two square sectors; ``south``, ``west`` is its corner."""

    south: float
    west: float
    timezone: str
    crs: str
    step: float = 0.02

    def sectors(self) -> dict[str, object]:
        features = []
        for number in range(4):
            south = self.south + self.step * (number // 2)
            west = self.west + self.step * (number % 2)
            north, east = south + self.step, west + self.step
            ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
            features.append(
                {
                    "type": "Feature",
                    "properties": {
                        "nr": number + 1,
                        "navn": f"Sector {number + 1}",
                        "station": "N" if number > 1 else "S",
                        "people": 1000 * (number + 1),
                    },
                    "geometry": {"type": "Polygon", "coordinates": [ring]},
                }
            )
        return {"type": "FeatureCollection", "features": features}

    def rows(
        self, n: int, *, seed: int, prefix: str = "A", days: int = 70
    ) -> list[dict[str, object]]:
        """Return ``n`` incidents; 4 % lie outside the sectors, 2 % have no coordinates."""
        rng = random.Random(seed)
        found = []
        for number in range(n):
            start = datetime(2012, 3, 1) + timedelta(minutes=rng.randrange(days * 1440))
            end = start + timedelta(minutes=rng.choice((0, 0, 30, 480, 1500)))
            lat = self.south + rng.random() * 2 * self.step
            lon = self.west + rng.random() * 2 * self.step
            if number % 50 == 7:
                lat = lon = ""
            elif number % 25 == 3:
                lat = round(self.south - 0.01, 6)
            found.append(
                {
                    "incident_id": f"{prefix}{number}",
                    "type": rng.choice(TYPES),
                    "scene": rng.choice(SCENES),
                    "time_from": start.isoformat(),
                    "time_to": end.isoformat(),
                    "lat": lat if lat == "" else round(lat, 6),
                    "lon": lon if lon == "" else round(lon, 6),
                }
            )
        return found


COPENHAGEN = Town(55.68, 12.50, "Europe/Copenhagen", "EPSG:25832")
CHICAGO = Town(41.86, -87.66, "America/Chicago", "EPSG:26916")


def write_csv(path: Path, rows: list[dict[str, object]]) -> Path:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "wt", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def _child(argv: list[str], env: dict[str, str], folder: str, file_limit: int | None) -> None:
    for name, number in (("out", 1), ("err", 2)):
        handle = os.open(Path(folder) / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(handle, number)
        os.close(handle)
    os.environ.update(env)
    if file_limit is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, resource.RLIM_INFINITY))
    sys.argv = ["ypo", *argv]
    if "YPO_TEST_UNMEASURED" in env:
        _stop_coverage()
    try:
        importlib.import_module("ypo_dash.cli").main()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        _save_coverage()


def _stop_coverage() -> Coverage | None:
    running = Coverage.current() if Coverage else None
    if running is not None:
        running.stop()
    return running


def _save_coverage() -> None:
    running = _stop_coverage()
    if running is not None:
        running.save()


@dataclass(frozen=True)
class Result:
    """What a command left: exit code (negative: killed by that signal), output, messages."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, object]:
        return json.loads(self.out)

    def refused(self, *words: str) -> None:
        """Assert that the input was refused with a message that has all ``words``."""
        assert self.code == 1, f"exit {self.code}\n{self.out}\n{self.err}"
        assert "Traceback" not in self.err + self.out, self.err
        assert self.err.strip(), "no message on stderr"
        for word in words:
            assert word.lower() in self.err.lower(), f"{word!r} is not in: {self.err}"


class Command:
    """A running ``ypo`` command."""

    def __init__(self, argv: tuple[str, ...], home: Path, file_limit: int | None = None) -> None:
        self._folder = Path(os.environ["YPO_TEST_SCRATCH"]) / f"cmd{time.monotonic_ns()}"
        self._folder.mkdir()
        env = {k: v for k, v in os.environ.items() if k == "YPO_TEST_UNMEASURED"}
        env["YPO_HOME"] = str(home)
        self.process = _CONTEXT.Process(
            target=_child, args=(list(argv), env, str(self._folder), file_limit)
        )
        self.process.start()

    def kill(self) -> None:
        if self.process.pid is not None and self.process.is_alive():
            os.kill(self.process.pid, signal.SIGKILL)

    def wait(self, timeout: float = 120) -> Result:
        self.process.join(timeout)
        late = self.process.is_alive()
        if late:
            self.kill()
            self.process.join()
        texts = [
            (self._folder / name).read_text(errors="replace")
            if (self._folder / name).exists()
            else ""
            for name in ("out", "err")
        ]
        shutil.rmtree(self._folder)
        assert not late, f"not done after {timeout} s:\n{texts}"
        return Result(int(self.process.exitcode or 0), *texts)


class Workspace:
    """A workspace folder and the commands on it."""

    def __init__(self, home: Path) -> None:
        self.home = home

    @classmethod
    def create(cls, home: Path, town: Town, *extra: str) -> Workspace:
        space = cls(home)
        sectors = home.parent / f"{home.name}-sectors.geojson"
        sectors.write_text(json.dumps(town.sectors()))
        done = space.run("init", *init_options(town, sectors), *extra)
        assert done.code == 0, done.err + done.out
        return space

    def copy(self, home: Path) -> Workspace:
        shutil.copytree(self.home, home)
        return Workspace(home)

    def start(self, *argv: object, file_limit: int | None = None) -> Command:
        return Command(tuple(str(a) for a in argv), self.home, file_limit)

    def run(self, *argv: object, timeout: float = 120, file_limit: int | None = None) -> Result:
        return self.start(*argv, file_limit=file_limit).wait(timeout)

    def load(self, *files: Path, options: tuple[object, ...] = ()) -> Result:
        return self.run("import", "incidents", *files, *options)

    def status(self) -> dict[str, object]:
        done = self.run("status", "--json")
        assert done.code == 0, done.err
        return done.json

    def incidents(self) -> int:
        return int(str(self.status()["incidents"]))

    def verify(self) -> Result:
        return self.run("verify")

    def query(self, what: str, state: str, *options: str) -> str:
        done = self.run("query", what, state, "--format", "csv", *options)
        assert done.code == 0, done.err
        return done.out

    def files(self) -> dict[str, int]:
        """Return sizes by relative path of everything in the workspace."""
        return {
            str(p.relative_to(self.home)): p.stat().st_size
            for p in sorted(self.home.rglob("*"))
            if p.is_file()
        }


def init_options(town: Town, sectors: Path) -> list[str]:
    return [
        *("--name", "Testby", "--timezone", town.timezone, "--crs", town.crs),
        *("--sectors", str(sectors), "--sector-id", "nr", "--sector-name", "navn"),
        *("--station", "station", "--population", "people"),
    ]


def analyst_session(home: Path) -> str:
    """Add an analyst to a workspace and begin a session: real data are not shown without one."""
    access = Access(home)
    with access.database.session() as session:
        name = f"analyst{secrets.token_hex(4)}"
        accounts.add(session, Person(name=name, roles=("analyst",)))
        account = accounts.find(session, name)
        account.change_password = False
        token = sessions.begin(session, access.settings, account=account)
    access.database.engine.dispose()
    return token


class Server:
    """``ypo serve`` in a session of its own; ``with`` stops it."""

    def __init__(self, home: Path, *, workers: int = 2) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = home.parent / f"server{self.port}.log"
        self.session = analyst_session(home)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "ypo_dash.cli", "serve", "--host", "127.0.0.1"),
                    *("--port", str(self.port), "--workers", str(workers)),
                ],
                env={**os.environ, "YPO_HOME": str(home)},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def __enter__(self) -> Server:
        try:
            self.wait_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait_ready(self, seconds: float = 120) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.process.poll() is None, f"the server ended:\n{self.log.read_text()}"
            try:
                if self.get("/healthz", timeout=5)[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"the server did not come up:\n{self.log.read_text()}")

    def get(self, path: str, timeout: float = 30) -> tuple[int, bytes]:
        """Return status and body; an HTTP error is an answer, a broken connection is not."""
        if path.startswith("/export/"):  # who signs in must say why
            path += f"{'&' if '?' in path else '?'}reason=test"
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", headers={"Cookie": f"ypo={self.session}"}
        )
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def stop(self, seconds: float = 25) -> int:
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            raise


def decode_view(body: bytes) -> tuple[dict[str, object], dict[str, tuple[float, ...]]]:
    """Split an answer of ``/api/view`` into its JSON and its arrays."""
    if body[:2] == b"\x1f\x8b":
        body = gzip.decompress(body)
    (length,) = struct.unpack_from("<I", body)
    head = json.loads(body[4 : 4 + length])
    at = -(-(4 + length) // 8) * 8
    arrays = {}
    for entry in head["arrays"]:
        code, size = {"u4": ("I", 4), "f8": ("d", 8)}[entry["dtype"]]
        arrays[entry["name"]] = struct.unpack_from(f"<{entry['length']}{code}", body, at)
        at += -(-entry["length"] * size // 8) * 8
    assert at <= len(body), "the answer is shorter than its header says"
    return head, arrays


def check_view(head: dict, arrays: dict[str, tuple[float, ...]]) -> None:
    """Assert that all parts of one answer count the same incidents."""
    total, mapped = head["total"], head["mapped"]
    sums = {
        "hours": (sum(head["hours"]["count"]), total),
        "weeks": (sum(head["weeks"]["count"]), total),
        "types": (sum(head["types"]["count"]), total),
        "scenes": (sum(head["scenes"]["count"]), total),
        "sectors": (sum(head["sectors"]["count"]), mapped),
        "cells": (sum(arrays["cells"]), mapped - head["sector_only"]),
        "mapped + off the map": (mapped + head["no_coordinates"] + head["outside"], total),
    }
    # Numbers are rounded to 6 decimals before they are sent.
    wrong = {k: v for k, v in sums.items() if abs(v[0] - v[1]) > 1e-3 + 1e-6 * abs(total)}
    assert not wrong, f"parts disagree in snapshot {head['snapshot']}: {wrong}"
