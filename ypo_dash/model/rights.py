"""Who may do what: rights, roles and the person behind a request.

The whole policy is here: `ROLES` says what a role may, the gate says what each address needs
(`ypo_dash.pages.gate`), and ``tests/people/roles.csv`` is the table that both are held against.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

EVERY_SECTOR = "*"


class Right(StrEnum):
    """What an address, a callback or a command needs."""

    AGGREGATES = "aggregates"  # counts, rates, charts
    POINTS = "points"  # incidents one by one: pins and lists, of own sectors
    EXPORT = "export"  # files that leave the page
    DISCLOSE = "disclose"  # links for partners
    WRITE = "write"  # factors, logs, agreements, of own sectors
    APPROVE = "approve"  # what others wrote: factors, rules of proposal and index
    PLAN = "plan"  # scenarios, which change nothing that is set
    IMPORT = "import"
    ACCOUNTS = "accounts"
    AUDIT = "audit"  # the record of who saw what
    WALL = "wall"
    SELF = "self"  # one's own password and what is recorded about oneself


_EVERYONE = frozenset({Right.SELF})
_READS = _EVERYONE | {Right.AGGREGATES, Right.WALL}
ROLES: dict[str, frozenset[Right]] = {
    "viewer": _READS,
    "officer": _READS | {Right.POINTS},
    "sector_manager": _READS | {Right.POINTS, Right.WRITE, Right.PLAN},
    "analyst": _READS | {Right.POINTS, Right.EXPORT, Right.DISCLOSE, Right.PLAN},
    "leader": _READS | {Right.POINTS, Right.APPROVE, Right.PLAN},
    # Runs the house, does not read in it: figures need another role beside this one.
    "administrator": _EVERYONE | {Right.IMPORT, Right.ACCOUNTS, Right.AUDIT},
    "wall": frozenset({Right.WALL}),  # of a device, never of a person
}
PERSON_ROLES = tuple(role for role in ROLES if role != "wall")
_EVERYWHERE = {"analyst"}  # roles whose rights are not bound to own sectors


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who asks: a signed-in person, a device, the account that runs a command, or anybody.

    ``name`` is the one to sign in with, ``sectors`` are ids of own sectors or ``*`` for all.
    """

    name: str
    roles: tuple[str, ...]
    sectors: tuple[str, ...] = ()
    full_name: str = ""
    unit: str = ""
    extra: frozenset[Right] = frozenset()

    @property
    def rights(self) -> frozenset[Right]:
        """All rights of all roles."""
        return self.extra.union(*(ROLES.get(role, frozenset()) for role in self.roles))

    def may(self, right: Right) -> bool:
        """Whether one of the roles has ``right``."""
        return right in self.rights

    def may_in(self, right: Right, sector: str) -> bool:
        """Whether ``right`` holds in a sector: one of the person's own, or all of them."""
        return self.may(right) and (EVERY_SECTOR in self.sectors or sector in self.sectors)

    def points_in(self, sectors: Iterable[str]) -> frozenset[str]:
        """Return the sectors of ``sectors`` whose incidents this person may see one by one."""
        if not self.may(Right.POINTS):
            return frozenset()
        if EVERY_SECTOR in self.sectors or _EVERYWHERE & set(self.roles):
            return frozenset(sectors)
        return frozenset(sectors) & set(self.sectors)


# The simulated district on this machine alone, without sign-in: everything that shows figures.
ANYBODY = Person(
    name="anybody",
    roles=("analyst",),
    sectors=(EVERY_SECTOR,),
    extra=frozenset({Right.WRITE, Right.APPROVE}),
)
