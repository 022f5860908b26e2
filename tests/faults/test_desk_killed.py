"""The server is killed amid saving an entry, and the same form is sent again: it is there once, and whole."""

from __future__ import annotations

import re
import shutil
import signal
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.client import RemoteDisconnected

import pytest

from tests.postgres import on_postgres
from tests.serving import Killable
from tests.tiny import tiny_access, tiny_snapshot
from ypo_dash.model.desk import LogEntry
from ypo_dash.people import desk, documents
from ypo_dash.people.access import Access
from ypo_dash.people.desk import Writing

pytestmark = pytest.mark.faults

# `ypo serve` that kills itself with all its workers at one moment of saving, while a file says so.
SERVE = """
import os, signal, sys
from pathlib import Path
from ypo_dash.people import documents
moment, flag = sys.argv[1], Path(sys.argv[2])
real_save, real_write = documents.save, documents.write
def die():
    if flag.exists():
        os.killpg(os.getpgrp(), signal.SIGKILL)
def save(*given):
    found = real_save(*given)
    if moment == "saved":
        die()
    return found
def write(*given):
    found = real_write(*given)
    if moment == "written":
        die()
    return found
documents.save, documents.write = save, write
from ypo_dash.cli import main
main(["serve", "--port", sys.argv[3], "--workers", "1"])
"""


class Server(Killable):
    """A production server that dies when its flag is there; `start` again afterwards."""

    def __init__(self, home, moment):
        self.flag = home.parent / "die"
        super().__init__(home, ["-c", SERVE, moment, str(self.flag), "{port}"], YPO_TEST_UNMEASURED="1")  # fmt: skip

    def page(self):
        with urllib.request.urlopen(f"{self.address}/sector/5?part=log&lang=en") as answer:
            return answer.read().decode()

    def send(self, form):
        """Return the page after the form; a broken connection raises."""
        data = urllib.parse.urlencode(form).encode()
        with urllib.request.urlopen(f"{self.address}/sector/5/log", data, timeout=60) as answer:
            return answer.status, answer.url


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request, demo_home, tmp_path):
    found = shutil.copytree(demo_home, tmp_path / "workspace")
    if request.param == "postgresql":
        on_postgres(found, request.getfixturevalue("postgres"))
    return found


@pytest.mark.parametrize(("moment", "there"), [("saved", 1), ("written", 0)])
def test_killed_before_the_answer_and_sent_again(home, moment, there):
    server = Server(home, moment)
    try:
        server.start()
        once = re.search(r'name="once" value="(\w+)"', server.page())[1]
        form = {
            "do": "save", "once": once, "date": "2012-11-24", "kind": "meeting", "author": "A",
            "words": "Linje et\nLinje to med æøå", "follow_up": "2012-12-01", "query": "lang=en",
        }  # fmt: skip
        server.flag.touch()
        with pytest.raises((urllib.error.URLError, RemoteDisconnected, ConnectionError)):
            server.send(form)
        assert server.process.wait(timeout=30) == -signal.SIGKILL
        server.flag.unlink()
        assert len(written(home)) == there
        server.start()
        for _ in range(2):  # the reader reloads, and once more
            status, url = server.send(form)
            assert (status, url) == (200, f"{server.address}/sector/5?part=log&lang=en#saved")
        (entry,) = written(home)
        assert entry.words == "Linje et\nLinje to med æøå"
        assert (entry.follow_up, entry.author, entry.version) == ("2012-12-01", "A", 1)
        access = Access(home)
        with access.database.session() as session:
            (change,) = documents.history(session, "log", entry.key)
        assert change.after == desk.content_of(entry)
        assert server.page().count("Linje to med æøå") >= 1
    finally:
        server.kill()


def written(home):
    return desk.entries(Access(home), LogEntry, "5")


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_the_same_form_sent_many_times_at_once(store, tmp_path, request):
    if store == "postgresql":
        on_postgres(tmp_path, request.getfixturevalue("postgres"))
    access, words = tiny_access(tmp_path), desk.known(tiny_snapshot())
    given = {"sector": "3", "date": "2012-11-20", "kind": "place", "words": "x", "author": "A"}
    writing = Writing(by="t", once="cd" * 12)
    database = access.database
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: desk.add(database, LogEntry, given, words, writing), range(16)))  # fmt: skip
    assert len({one.key for one in made}) == 1
    assert len(desk.entries(access, LogEntry)) == 1
    assert desk.add(database, LogEntry, given, words, Writing(by="u", once="cd" * 12)).key != made[0].key  # fmt: skip
    database.engine.dispose()
