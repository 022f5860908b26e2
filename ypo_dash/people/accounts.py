"""Local accounts and those known from the identity provider."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, or_, select, update

from ypo_dash.model.errors import FilterError, InputError
from ypo_dash.model.rights import EVERY_SECTOR, PERSON_ROLES, Person
from ypo_dash.people import database
from ypo_dash.people.passwords import (
    check_password,
    fits,
    hash_password,
    is_stale,
    one_time_password,
)
from ypo_dash.people.tables import Account, SignedIn

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from ypo_dash.people.database import Database

_NAME = re.compile(r"[a-z0-9æøå][a-z0-9æøå._@-]{0,99}")
FREE_FAILURES = 5
FIRST_WAIT_S = 30
LONGEST_WAIT_S = 15 * 60
ONE_TIME_DAYS = 7


def person_of(account: Account | Row[*tuple[Any, ...]]) -> Person:
    """Return who an account is; a row with the account's columns will do."""
    return Person(
        name=account.name,
        full_name=account.full_name,
        unit=account.unit,
        roles=tuple(account.roles),
        sectors=tuple(account.sectors),
    )


def any_account(session: Session) -> bool:
    """Whether somebody can sign in with a password."""
    usable = select(Account.id).where(Account.password.is_not(None), ~Account.disabled)
    return session.execute(usable.limit(1)).first() is not None


def add(session: Session, person: Person, system_user: str | None = None) -> str:
    """Add a local account; returns its one-time password.

    Parameters
    ----------
    system_user
        The login on this machine whose commands are this person's.

    Raises
    ------
    InputError
        The name or login is taken or impossible, or a role is unknown.
    """
    name = person.name.strip().lower()
    if not _NAME.fullmatch(name):
        raise InputError(
            "this can't be a name to sign in with",
            value=name,
            remedy="Use letters, digits, and . _ - @",
        )
    if session.scalar(select(Account.id).where(Account.name == name)) is not None:
        raise InputError("there is an account of this name already", value=name)
    if system_user and of_system_user(session, system_user) is not None:
        raise InputError("another account has this login of the machine", value=system_user)
    check_roles(person.roles)
    password = one_time_password()
    account = Account(
        name=name,
        full_name=person.full_name,
        unit=person.unit,
        roles=list(person.roles),
        sectors=list(person.sectors),
        system_user=system_user,
        created=database.now(),
    )
    _give(account, password)
    session.add(account)
    session.flush()
    return password


def check_roles(roles: Sequence[str]) -> None:
    """Raise InputError for a role that is not there."""
    for role in roles:
        if role not in PERSON_ROLES:
            raise InputError(
                "unknown role", value=role, remedy=f"Roles are {', '.join(PERSON_ROLES)}"
            )


def check_sectors(sectors: Iterable[str], known: Iterable[str]) -> None:
    """Raise InputError for a sector that the district does not have."""
    strange = [s for s in sectors if s != EVERY_SECTOR and s not in set(known)]
    if strange:
        raise InputError("the district has no such sector", value=strange[0])


def find(session: Session, name: str) -> Account:
    """Return the account of this name.

    Raises
    ------
    InputError
        There is none.
    """
    found = session.scalar(select(Account).where(Account.name == name.strip().lower()))
    if found is None:
        raise InputError(
            "there is no account of this name", value=name, remedy="See: ypo user list"
        )
    return found


def of_system_user(session: Session, login: str) -> Account | None:
    """Return the account that belongs to a login of this machine."""
    return session.scalar(select(Account).where(Account.system_user == login, ~Account.disabled))


def everyone(session: Session) -> Sequence[Account]:
    """Return all accounts by name."""
    return session.scalars(select(Account).order_by(Account.name)).all()


def disable(session: Session, name: str) -> None:
    """Lock an account for good and end its sessions."""
    account = find(session, name)
    account.disabled = True
    end_sessions(session, account)


def enable(session: Session, name: str) -> None:
    """Let an account sign in again."""
    find(session, name).disabled = False


def reset(session: Session, name: str) -> str:
    """Give a new one-time password, lift a lock-out, end the sessions.

    Raises
    ------
    InputError
        The account has no password here: it signs in at the identity provider.
    """
    account = find(session, name)
    if account.issuer:
        raise InputError("this account signs in at the identity provider", value=name)
    password = one_time_password()
    _give(account, password)
    end_sessions(session, account)
    return password


def _give(account: Account, password: str) -> None:
    account.password = hash_password(password)
    account.change_password = True
    account.password_until = database.now() + timedelta(days=ONE_TIME_DAYS)
    account.failures, account.locked_until = 0, None


def end_sessions(session: Session, account: Account, but: str | None = None) -> None:
    """End an account's sessions, all ``but`` one."""
    session.execute(
        delete(SignedIn).where(SignedIn.account_id == account.id, SignedIn.id != (but or ""))
    )


def sign_in(store: Database, name: str, password: str) -> tuple[Account | None, str]:
    """Return the account if the password is right, else None, and what is recorded.

    Every try is counted before it is checked, so that many at once gain nothing. From the sixth
    failure on the account waits, each time twice as long, at most a quarter of an hour.
    """
    with store.session() as session:
        account, refusal = _count_try(session, name.strip().lower()[:100])
    # Beside the transaction: hashing takes long on purpose, and takes as long for nobody.
    right = fits(None if refusal or account is None else account.password, password)
    if refusal or account is None:
        return None, f"refused: {refusal}"
    refusal = _refusal(account, right)
    if refusal:
        return None, f"refused: {refusal}"
    with store.session() as session:
        account = session.merge(account)
        account.failures, account.locked_until = 0, None
        if account.password and is_stale(account.password):
            account.password = hash_password(password)
    return account, "done"


def _count_try(session: Session, name: str) -> tuple[Account | None, str]:
    time = database.now()
    account = session.scalar(select(Account).where(Account.name == name))
    if account is None:
        return None, "no such account"
    free = or_(Account.locked_until.is_(None), Account.locked_until <= time)
    counted = session.execute(
        update(Account)
        .where(Account.id == account.id, free)
        .values(failures=Account.failures + 1)
        .execution_options(synchronize_session=False)
    )
    if not counted.rowcount:  # type: ignore[attr-defined]
        return account, "locked after failures"
    session.refresh(account)
    over = account.failures - FREE_FAILURES
    if over > 0:
        wait = min(FIRST_WAIT_S * 2 ** min(over - 1, 10), LONGEST_WAIT_S)
        account.locked_until = time + timedelta(seconds=wait)
    return account, ""


def _refusal(account: Account, right: bool) -> str:
    if not right:
        return "wrong password"
    if account.disabled:
        return "disabled account"
    if account.password_until and account.password_until <= database.now():
        return "one-time password too old"
    return ""


def change_password(account: Account, old: str, new: str) -> bool:
    """Set a new password; returns whether ``old`` was right.

    Raises
    ------
    FilterError
        The new one is too short, among the first to be guessed, or the old one.
    """
    check_password(new, account.name)
    if not fits(account.password, old):
        return False
    if old == new:
        raise FilterError("password", "the new password is the old one")
    account.password = hash_password(new)
    account.change_password, account.password_until = False, None
    return True


def from_provider(
    session: Session, issuer: str, subject: str, person: Person
) -> tuple[Account | None, str]:
    """Return the account of a person the identity provider vouches for, brought up to date.

    Roles, sectors and unit are the provider's at each sign-in. A name that a local account has is
    not taken over.
    """
    account = session.scalar(
        select(Account).where(Account.issuer == issuer, Account.subject == subject)
    )
    if account is None:
        name = person.name.strip().lower()
        taken = session.scalar(select(func.count()).where(Account.name == name))
        if not _NAME.fullmatch(name) or taken:
            name = f"{subject.lower()}@{issuer.split('//')[-1].split('/')[0]}"[:100]
        account = Account(name=name, issuer=issuer, subject=subject, created=database.now())
        session.add(account)
    if account.disabled:
        return None, "refused: disabled account"
    account.full_name, account.unit = person.full_name, person.unit
    account.roles, account.sectors = list(person.roles), list(person.sectors)
    session.flush()
    return account, "done"
