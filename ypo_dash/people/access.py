"""Who may come in: the simulated district alone is open, everything else needs sign-in."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from ypo_dash.model.errors import InputError
from ypo_dash.people.accounts import any_account
from ypo_dash.people.database import SQLITE, Database
from ypo_dash.people.looking import Looks
from ypo_dash.people.record import Record
from ypo_dash.people.settings import FILE, AccessSettings

if TYPE_CHECKING:
    from pathlib import Path

    from ypo_dash.store.manifest import Manifest
    from ypo_dash.store.workspace import Workspace

HOW = (
    "Add a local account with 'ypo user add NAME --role administrator' (and one that sees figures,"
    " --role analyst), or an identity provider as [oidc] in access.toml; see docs/security.md"
)


class Access:
    """A workspace's door: settings, accounts, record.

    ``required`` says whether people sign in. Without it nothing is recorded, and only the simulated
    district is ever shown.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.settings = AccessSettings.read(home / FILE)
        self.record = Record(home / (self.settings.record or "record"))
        self.looks = Looks(self.record)
        self._database: Database | None = None
        self.required = self.settings.oidc is not None or self._has_accounts()

    @property
    def database(self) -> Database:
        """The accounts' store; made and brought up to date at its first use."""
        if self._database is None:
            url = self.settings.database
            lock = self.home / f"{SQLITE}.lock"
            database = Database(url, lock) if url else Database.sqlite(self.home)
            database.migrate()
            self._database = database
        return self._database

    @property
    def has_database(self) -> bool:
        """Whether there is a database yet; nothing is created by looking."""
        return bool(self.settings.database) or (self.home / SQLITE).exists()

    def _has_accounts(self) -> bool:
        if not self.has_database:
            return False
        with self.database.session() as session:
            return any_account(session)

    def admits(self, manifest: Manifest) -> bool:
        """Whether this server may show a snapshot: anything real needs sign-in."""
        return self.required or manifest.is_simulated

    def recorded(self, manifest: Manifest | None) -> bool:
        """Whether what is done with a snapshot is recorded; None stands for no snapshot yet."""
        return self.required or (manifest is not None and not manifest.is_simulated)


def require_sign_in(workspace: Workspace, access: Access, host: str) -> None:
    """Raise InputError if a server must not start without sign-in and has none.

    Raises
    ------
    InputError
        The workspace holds more than the simulated district, or ``host`` is not loopback, and
        neither accounts nor an identity provider are there.
    """
    if access.required:
        return
    if workspace.exists and not workspace.files.read().is_simulated:
        raise InputError(
            "this workspace holds more than the simulated district, and nobody can sign in",
            file=workspace.home,
            remedy=HOW,
        )
    if not is_loopback(host):
        raise InputError(
            "a server that others can reach needs sign-in", column="--host", value=host, remedy=HOW
        )


def is_loopback(host: str) -> bool:
    """Whether an address or name is this machine alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"
