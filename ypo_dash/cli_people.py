"""``ypo user | device | share``: accounts, screens, links."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ypo_dash.model.rights import PERSON_ROLES, Right

if TYPE_CHECKING:
    from ypo_dash.people.acting import Acting
    from ypo_dash.store.workspace import Workspace
    from ypo_dash.views.tables import Table

FILE = click.Path(path_type=Path)


def workspace() -> Workspace:
    """Return the workspace that ``YPO_HOME`` names."""
    from ypo_dash.store.workspace import Workspace, default_home

    return Workspace(default_home())


def act(command: str, right: Right) -> Acting:
    """Return the command under way: who runs it in the workspace, allowed and recorded."""
    from ypo_dash.people.acting import Acting

    space = workspace()
    space.require()
    return Acting(space, command, right)


def print_table(found: Table, form: str) -> None:
    """Print a table as ``csv`` or ``json``."""
    click.echo(found.text(form), nl=form != "csv")


@click.group()
def user() -> None:
    """Local accounts: add, disable, enable, reset, list."""


@user.command("add")
@click.argument("name")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice(PERSON_ROLES),
    help="May be given again. [default: viewer]",
)
@click.option("--sectors", default="", help="Own sectors, such as 3,7; * for all.")
@click.option("--full-name", default="")
@click.option("--unit", default="")
@click.option("--system-user", help="Login on this machine whose commands are this person's.")
def user_add(
    name: str,
    roles: tuple[str, ...],
    sectors: str,
    full_name: str,
    unit: str,
    system_user: str | None,
) -> None:
    """Add an account and print its one-time password."""
    from ypo_dash.model.rights import Person
    from ypo_dash.people import accounts
    from ypo_dash.people.entry import Action
    from ypo_dash.store.reader import open_snapshot

    acting = act("user add", Right.ACCOUNTS)
    own = tuple(part.strip() for part in sectors.split(",") if part.strip())
    accounts.check_sectors(own, open_snapshot(workspace()).sector_names)
    person = Person(
        name=name, roles=roles or ("viewer",), sectors=own, full_name=full_name, unit=unit
    )
    with acting.access.database.session() as session:
        password = accounts.add(session, person, system_user)
        acting.recorded = True
        acting.note(
            Action.ALTERATION,
            f"account {name.strip().lower()}",
            result=f"added: {', '.join(person.roles)}",
        )
    click.echo(f"Account {name.strip().lower()} ({', '.join(person.roles)})")
    click.echo(f"One-time password: {password}")
    click.echo(f"It must be changed at the first sign-in, within {accounts.ONE_TIME_DAYS} days.")


def _change(verb: str, done: str) -> None:
    @user.command(verb)
    @click.argument("name")
    def command(name: str) -> None:
        from ypo_dash.people import accounts
        from ypo_dash.people.entry import Action

        acting = act(f"user {verb}", Right.ACCOUNTS)
        with acting.access.database.session() as session:
            password = getattr(accounts, verb)(session, name)
            acting.note(Action.ALTERATION, f"account {name.strip().lower()}", result=done)
        click.echo(f"Account {name.strip().lower()}: {done}")
        if password:
            click.echo(f"One-time password: {password}")

    command.help = {
        "disable": "Lock an account for good; its sessions end at once.",
        "enable": "Let a disabled account sign in again.",
        "reset": "Print a new one-time password; lifts a lock-out, ends the sessions.",
    }[verb]


_change("disable", "disabled")
_change("enable", "enabled")
_change("reset", "password reset")


@user.command("roles")
@click.argument("name")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(PERSON_ROLES))
@click.option("--sectors", help="Own sectors, such as 3,7; * for all; as they were if not given.")
def user_roles(name: str, roles: tuple[str, ...], sectors: str | None) -> None:
    """Give an account other roles (and own sectors); they hold at once."""
    from ypo_dash.people import accounts
    from ypo_dash.people.entry import Action
    from ypo_dash.store.reader import open_snapshot

    acting = act("user roles", Right.ACCOUNTS)
    with acting.access.database.session() as session:
        account = accounts.find(session, name)
        before = ", ".join(account.roles)
        account.roles = list(roles)
        if sectors is not None:
            own = [part.strip() for part in sectors.split(",") if part.strip()]
            accounts.check_sectors(own, open_snapshot(workspace()).sector_names)
            account.sectors = own
        acting.note(
            Action.ALTERATION,
            f"account {account.name}",
            result=f"roles {before} -> {', '.join(roles)}",
        )
    click.echo(f"Account {account.name}: {', '.join(roles)}")


@user.command("list")
def user_list() -> None:
    """List the accounts."""
    from ypo_dash.people import accounts

    acting = act("user list", Right.ACCOUNTS)
    with acting.access.database.session() as session:
        for account in accounts.everyone(session):
            marks = [
                "disabled" if account.disabled else "",
                "password to be changed" if account.change_password else "",
                "identity provider" if account.issuer else "",
                f"sectors {','.join(account.sectors)}" if account.sectors else "",
            ]
            click.echo(
                f"{account.name}\t{','.join(account.roles)}\t{'; '.join(m for m in marks if m)}"
            )


@click.group()
def device() -> None:
    """Wall screens: add, revoke, list."""


@device.command("add")
@click.argument("name")
def device_add(name: str) -> None:
    """Add a screen and print its token and a link that signs it in without a keyboard."""
    from ypo_dash.people import devices
    from ypo_dash.people.entry import Action

    acting = act("device add", Right.ACCOUNTS)
    with acting.access.database.session() as session:
        token = devices.add(session, name, acting.person.name)
        acting.note(Action.ALTERATION, f"device {name.strip()}", result="added")
    click.echo(f"Token of {name.strip()}, shown this once: {token}")
    # What follows # stays in the browser: no server ever logs it.
    click.echo(f"To open on the screen: {server_address(acting)}/sign-in/device#token={token}")


def server_address(acting: Acting) -> str:
    """Return the server's address as far as its settings tell it."""
    settings = acting.access.settings
    scheme = "https" if settings.certificate or settings.proxies else "http"
    return f"{scheme}://{next(iter(settings.hosts), 'SERVER')}"


@device.command("revoke")
@click.argument("name")
def device_revoke(name: str) -> None:
    """Take a screen's token back; it is signed out at once."""
    from ypo_dash.people import devices
    from ypo_dash.people.entry import Action

    acting = act("device revoke", Right.ACCOUNTS)
    with acting.access.database.session() as session:
        devices.revoke(session, name)
        acting.note(Action.ALTERATION, f"device {name.strip()}", result="revoked")
    click.echo(f"Device {name.strip()}: revoked")


@device.command("list")
def device_list() -> None:
    """List the screens."""
    from ypo_dash.people import devices

    acting = act("device list", Right.ACCOUNTS)
    with acting.access.database.session() as session:
        for found in devices.everything(session):
            state = f"revoked {found.revoked:%Y-%m-%d}" if found.revoked else "in use"
            click.echo(
                f"{found.name}\t{state}\tadded {found.created:%Y-%m-%d} by {found.created_by}"
            )


@click.group()
def share() -> None:
    """Links for partners: list, revoke. They are made on the page Share."""


@share.command("list")
def share_list() -> None:
    """List the links."""
    from ypo_dash.people import shares

    acting = act("share list", Right.DISCLOSE)
    with acting.access.database.session() as session:
        for found in shares.everything(session):
            state = "revoked" if found.revoked else f"until {found.expires:%Y-%m-%d}"
            click.echo(
                f"{found.id}\t{found.tier}\t{state}\t{found.recipient}\t{found.query}\tby {found.created_by}"
            )


@share.command("revoke")
@click.argument("number", type=int)
def share_revoke(number: int) -> None:
    """Take a link back; it opens nothing any more."""
    from ypo_dash.people import shares
    from ypo_dash.people.entry import Action

    acting = act("share revoke", Right.DISCLOSE)
    with acting.access.database.session() as session:
        found = shares.revoke(session, number)
        acting.note(
            Action.ALTERATION, f"link {number}", recipient=found.recipient, result="revoked"
        )
    click.echo(f"Link {number}: revoked")


GROUPS = (user, device, share)
