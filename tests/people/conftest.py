"""A copy of the simulated district with an account of every role, and its server."""

from __future__ import annotations

import re
import shutil

import pytest

from app import create_app
from ypo_dash.model.rights import PERSON_ROLES, Person
from ypo_dash.people import accounts, devices, sessions
from ypo_dash.people.access import Access
from ypo_dash.people.passwords import hash_password

PASSWORD = "four blue horses eat"


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes():
    """Argon2 with its least cost: these tests try hundreds of passwords."""
    from argon2 import PasswordHasher

    from ypo_dash.people import passwords

    real, passwords._hasher = passwords._hasher, PasswordHasher(1, 8, 1)
    yield
    passwords._hasher = real


@pytest.fixture(scope="session", autouse=True)
def no_late_entries():
    """Leave out the thread that records what no settled look followed: it would write amid a test."""
    from ypo_dash.people.looking import Looks

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Looks, "_watch", lambda _self: None)
        yield


class House:
    """A workspace with people, and clients that are signed in as them."""

    def __init__(self, home):
        self.home = home
        self.access = Access(home)
        with self.access.database.session() as session:
            for role in PERSON_ROLES:
                person = Person(name=role, roles=(role,), sectors=("3", "7"), unit="Bellahøj")
                accounts.add(session, person, system_user=role)
                found = accounts.find(session, role)
                found.password, found.change_password = hash_password(PASSWORD), False
            self.device_token = devices.add(session, "briefing", "test")
        self.app = create_app(home)
        self.client().get("/healthz")  # Dash registers its own callbacks at the first request

    def client(self, who=None):
        """A client signed in as a role, as the wall screen, or as nobody."""
        client = self.app.server.test_client()
        if who is not None:
            client.set_cookie("ypo", self.token(who))
        return client

    def token(self, who):
        with self.access.database.session() as session:
            if who == "wall":
                found = {"device": devices.of_token(session, self.device_token)}
            else:
                found = {"account": accounts.find(session, who)}
            return sessions.begin(session, self.access.settings, **found)

    def entries(self):
        from ypo_dash.people.audit import entries

        return list(entries(self.access.record))


def form_token(client, path="/sign-in"):
    """The token of a form, as a browser would find it there."""
    return re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)[1]


@pytest.fixture(scope="session")
def house(demo_home, tmp_path_factory):
    home = tmp_path_factory.mktemp("house") / "workspace"
    shutil.copytree(demo_home, home)
    return House(home)
