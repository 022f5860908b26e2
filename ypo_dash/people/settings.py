"""Settings of sign-in, sessions, server and record: ``access.toml`` of a workspace, optional."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from ypo_dash.model.errors import InputError
from ypo_dash.model.rights import PERSON_ROLES

if TYPE_CHECKING:
    from pathlib import Path

FILE = "access.toml"
DATABASE_VARIABLE = "YPO_DATABASE"


@dataclass(frozen=True, kw_only=True)
class Oidc:
    """The identity provider.

    ``roles`` maps its groups to ours and ``sectors`` its groups to own sectors; the secret is read
    from a file or an environment variable, so that it stands in no settings file.
    """

    issuer: str
    client_id: str
    client_secret_file: str = ""
    client_secret_variable: str = ""
    label: str = ""
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    groups_claim: str = "groups"
    unit_claim: str = ""
    leeway_seconds: int = 60
    roles: dict[str, str] = field(default_factory=dict)
    sectors: dict[str, list[str]] = field(default_factory=dict)

    def secret(self) -> str | None:
        """Return the client's secret; None for a public client (PKCE alone)."""
        from pathlib import Path

        if self.client_secret_file:
            try:
                return Path(self.client_secret_file).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise InputError(
                    f"the client secret can't be read: {error.strerror}",
                    file=self.client_secret_file,
                ) from error
        return os.environ.get(self.client_secret_variable) if self.client_secret_variable else None


@dataclass(frozen=True, kw_only=True)
class AccessSettings:
    """What ``access.toml`` says; all of it has a default.

    ``hosts`` are names the server answers to besides loopback; ``proxies`` how many reverse proxies
    stand before it, whose forwarding headers are believed; ``certificate`` and ``key`` files make it
    speak TLS itself. ``database`` is an SQLAlchemy URL, ``record`` the folder of the record.
    """

    hosts: tuple[str, ...] = ()
    proxies: int = 0
    certificate: str = ""
    key: str = ""
    hours: float = 10
    idle_minutes: float = 30
    database: str = ""
    record: str = ""
    oidc: Oidc | None = None

    @classmethod
    def read(cls, path: Path) -> AccessSettings:
        """Read ``access.toml``; the defaults where there is none.

        Raises
        ------
        InputError
            It is not TOML, or a setting is unknown or impossible.
        """
        try:
            found = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InputError(f"not a TOML file: {error}", file=path) from error
        database = os.environ.get(DATABASE_VARIABLE)
        given: dict[str, Any] = {}
        for section, names in _SECTIONS.items():
            given |= _known(found.pop(section, {}), names, section, path)
        if database:
            given["database"] = database
        if "oidc" in found:
            given["oidc"] = _oidc(found.pop("oidc"), path)
        if found:
            raise InputError(
                "unknown section",
                file=path,
                value=", ".join(found),
                remedy=f"Sections are {', '.join((*_SECTIONS, 'oidc'))}",
            )
        settings = cls(**given)
        settings.check(path)
        return settings

    def check(self, path: Path) -> None:
        """Raise InputError for what can't be."""
        for name in ("hours", "idle_minutes"):
            if not 0 < getattr(self, name) <= 24 * 60:
                raise InputError(
                    "this must be above 0", file=path, column=name, value=getattr(self, name)
                )
        if bool(self.certificate) != bool(self.key):
            raise InputError("certificate and key belong together", file=path, column="server")


_Kinds = dict[str, Any]  # types that isinstance takes
_SECTIONS: dict[str, _Kinds] = {
    "server": {"hosts": list, "proxies": int, "certificate": str, "key": str},
    "sessions": {"hours": (int, float), "idle_minutes": (int, float)},
    "database": {"url": str},
    "record": {"folder": str},
}
_NAMES = {"url": "database", "folder": "record"}
_OIDC: _Kinds = {f.name: str for f in fields(Oidc)} | {
    "scopes": list,
    "leeway_seconds": int,
    "roles": dict,
    "sectors": dict,
}


def _known(section: object, names: _Kinds, where: str, path: Path) -> dict[str, Any]:
    if not isinstance(section, dict):
        raise InputError("this must be a section", file=path, column=where)
    found: dict[str, Any] = {}
    name: str
    for name, value in section.items():
        kind = names.get(name)
        if kind is None:
            raise InputError(
                "unknown setting",
                file=path,
                column=f"{where}.{name}",
                remedy=f"Settings are {', '.join(names)}",
            )
        if not isinstance(value, kind) or isinstance(value, bool):
            raise InputError(
                "a value of another kind is needed",
                file=path,
                column=f"{where}.{name}",
                value=value,
            )
        found[_NAMES.get(name) or name] = tuple(value) if isinstance(value, list) else value
    return found


def _oidc(section: object, path: Path) -> Oidc:
    found = _known(section, _OIDC, "oidc", path)
    missing = [name for name in ("issuer", "client_id", "roles") if not found.get(name)]
    if missing:
        raise InputError("a setting is missing", file=path, column=f"oidc.{missing[0]}")
    strange = sorted(set(found["roles"].values()) - set(PERSON_ROLES))
    if strange:
        raise InputError(
            "unknown role",
            file=path,
            column="oidc.roles",
            value=strange[0],
            remedy=f"Roles are {', '.join(PERSON_ROLES)}",
        )
    return Oidc(**found)
