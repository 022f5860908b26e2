"""Who runs a command, whether he may, and its entry in the record.

Whoever owns the workspace's folder holds its files, so refusing him a command would protect nothing:
he is the operator, may run everything, and is recorded. Other logins of the machine need an account
that names them (``ypo user add --system-user``) and a role with the right.
"""

from __future__ import annotations

import os
import pwd
from typing import TYPE_CHECKING

from ypo_dash.model.errors import InputError
from ypo_dash.model.rights import EVERY_SECTOR, ROLES, Person, Right
from ypo_dash.people.access import Access
from ypo_dash.people.accounts import of_system_user, person_of
from ypo_dash.people.entry import Action, entry_of

if TYPE_CHECKING:
    from ypo_dash.store.workspace import Workspace

OPERATOR = "operator"


class Acting:
    """A command under way: who runs it, and how it is recorded."""

    def __init__(self, workspace: Workspace, command: str, right: Right) -> None:
        """Raise InputError if who runs ``command`` has not the right."""
        self.command = command
        self.access = Access(workspace.home)
        # Without accounts the simulated district is anybody's, and what is done is not recorded.
        manifest = workspace.files.read() if workspace.exists else None
        self.recorded = self.access.recorded(manifest)
        self.person = self._person(workspace)
        if not self.person.may(right):
            self.note(
                Action.ACCESS,
                f"ypo {command}",
                result=f"refused: the role has not the right: {right}",
            )
            raise InputError(
                f"'ypo {command}' needs the right '{right}', which your roles have not",
                value=", ".join(self.person.roles) or login(),
                remedy="Ask who administers the accounts",
            )

    def _person(self, workspace: Workspace) -> Person:
        home = workspace.home
        owner = home.stat().st_uid if home.exists() else os.geteuid()
        if not self.access.required or os.geteuid() in (0, owner):
            return Person(
                name=f"system {login()}",
                roles=(OPERATOR,),
                sectors=(EVERY_SECTOR,),
                extra=frozenset(Right),
            )
        with self.access.database.session() as session:
            account = of_system_user(session, login())
            return (
                Person(name=f"system {login()}", roles=())
                if account is None
                else person_of(account)
            )

    def note(self, action: Action, what: str, **more: object) -> None:
        """Record what the command does, before it shows or changes anything.

        Raises
        ------
        RecordError
            It can't be recorded: it must not be done.
        """
        if self.recorded:
            client = f"ypo {self.command}"
            self.access.record.append(entry_of(self.person, action, what, client=client, **more))

    def shows(self, what: str, *, recipient: str = "", **more: object) -> None:
        """Record figures that the command is about to show: a disclosure where somebody is to get them."""
        action = Action.DISCLOSURE if recipient else Action.CONSULTATION
        self.note(action, what, recipient=recipient, **more)


def login() -> str:
    """Return the login that runs this process."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


assert OPERATOR not in ROLES  # noqa: S101 - no account can have it
