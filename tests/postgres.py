"""A PostgreSQL server of its own for the tests: started when first needed, stopped afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import threading
from pathlib import Path

import pytest

MISSING = "!!! PostgreSQL is missing: its tests did NOT run. Install Debian's package postgresql."


def postgres_programs():
    """The folder of initdb and postgres, Debian's newest; None where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: p.parts[4])
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@pytest.fixture(scope="session")
def postgres():
    """A server of its own, on a socket in a folder of its own; stopped afterwards."""
    programs = postgres_programs()
    if programs is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # a socket's path must be short
    as_whom = {}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        name = next(n for n in ("postgres", "nobody") if _known(n))
        user = pwd.getpwnam(name)
        os.chown(folder, user.pw_uid, user.pw_gid)
        as_whom = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    data = folder / "data"
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "ypo", "--auth=trust", "-E", "UTF8", "--locale=C", "-N"],
        check=True, capture_output=True, cwd=folder, **as_whom,
    )  # fmt: skip
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"],
            stdout=log, stderr=log, cwd=folder, **as_whom,
        )  # fmt: skip
    url = f"postgresql:///postgres?user=ypo&host={folder}"
    for _ in range(200):
        ready = subprocess.run(
            [programs / "pg_isready", "-h", folder, "-U", "ypo"], capture_output=True
        )
        if ready.returncode == 0:
            break
        threading.Event().wait(0.05)
    yield url
    server.send_signal(signal.SIGINT)  # fast: does not wait for clients to leave
    server.wait(timeout=30)
    shutil.rmtree(folder, ignore_errors=True)


def _known(name):
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def on_postgres(home, url):
    """Empty the database and point a workspace to it."""
    from sqlalchemy import create_engine, text

    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    (home / "access.toml").write_text(f'[database]\nurl = "{url}"\n', encoding="utf-8")
