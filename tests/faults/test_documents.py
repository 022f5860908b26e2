"""A process killed amid saving a document leaves the version before or the one after, with its history."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from ypo_dash.people.database import Database
from ypo_dash.people.documents import Edit, find, history, save

pytestmark = pytest.mark.faults

KILLS = 12
# Starts once, and for every line it reads lets a child write until that is killed.
WRITERS = """
import os, sys
from pathlib import Path
from ypo_dash.people.database import Database
from ypo_dash.people.documents import Edit, find, save
for _ in sys.stdin:
    child = os.fork()
    if child == 0:
        break
    os.waitpid(child, 0)
    os.write(1, b"killed\\n")
else:
    sys.exit()
store = Database.sqlite(Path(sys.argv[1]))
with store.session() as session:
    version = find(session, "factor", "5").version
# Lines in one write each: two processes share this pipe.
os.write(1, f"ready {os.getpid()}\\n".encode())
while True:
    version = save(store, "factor", "5", Edit(content={"n": version + 1}, seen=version, by="w")).version
    os.write(1, f"{version}\\n".encode())
"""


def test_killed_while_saving(tmp_path, monkeypatch):
    monkeypatch.setenv("YPO_TEST_UNMEASURED", "1")
    store = Database.sqlite(tmp_path)
    store.migrate()
    save(store, "factor", "5", Edit(content={"n": 1}, seen=0, by="test"))
    dice = random.Random(3)
    told = 1
    writers = subprocess.Popen(
        [sys.executable, "-c", WRITERS, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    for _ in range(KILLS):
        print("write", file=writers.stdin, flush=True)
        ready, writer = writers.stdout.readline().split()
        assert ready == "ready"
        time.sleep(dice.uniform(0.0, 0.08))
        os.kill(int(writer), signal.SIGKILL)
        said = list(iter(writers.stdout.readline, "killed\n"))
        told = int(said[-1]) if said else told
        with store.session() as session:
            now = find(session, "factor", "5")
            past = history(session, "factor", "5")
            # What was told as saved is there; at most the one under way may be, too.
            assert told <= now.version <= told + 1
            assert now.content == {"n": now.version}
            assert [c.version for c in past] == list(range(now.version, 0, -1))
            assert [c.after["n"] for c in past] == [c.version for c in past]
            assert [c.before and c.before["n"] for c in past] == [
                c.version - 1 or None for c in past
            ]
        told = now.version
    assert told > KILLS  # the kills fell amid saving
    writers.communicate()
    assert writers.returncode == 0
    saved = save(store, "factor", "5", Edit(content={"n": 0}, seen=told, by="test"))
    assert saved.version == told + 1
    store.engine.dispose()
