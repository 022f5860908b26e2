"""How long log entries are kept: ``[retention]`` of a workspace's ``desk.toml``.

Our construction: retshåndhævelsesloven asks that storage has an end and that the need is looked at
regularly, and names no number of days for a log of places and agreements. Four years is what the
rule for the police's cross-analysis allows without a concrete request; half a year for an entry
that contains personal data is ours. A house that knows better writes its own numbers. Days are
counted from the day that the entry is about, not from the day it was written or last changed, so
that no later edit keeps it longer.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ypo_dash.model.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

FILE = "desk.toml"
TABLE = "retention"
LONGEST = 36_525


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Days that an ordinary entry and one with personal data are kept after their day."""

    ordinary_days: int = 1461
    personal_days: int = 182

    @classmethod
    def read(cls, path: Path) -> Retention:
        """Read ``desk.toml``; the defaults where there is none.

        Raises
        ------
        InputError
            The file is not TOML, or a setting in it is unknown or impossible.
        """
        if not path.exists():
            return cls()
        try:
            found = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InputError(f"not a TOML file: {error}", file=path) from error
        except OSError as error:
            raise InputError(f"the file can't be read: {error.strerror}", file=path) from error
        if set(found) - {TABLE} or not isinstance(found.get(TABLE, {}), dict):
            raise InputError("a setting is unknown", file=path, column=", ".join(found), remedy=f"Known is [{TABLE}]")  # fmt: skip
        return cls._of(found.get(TABLE, {}), path)

    @classmethod
    def _of(cls, given: dict[str, object], path: Path) -> Retention:
        known, days = [f.name for f in fields(cls)], dict[str, int]()
        for name, value in given.items():
            column = f"{TABLE}.{name}"
            if name not in known:
                raise InputError("a setting is unknown", file=path, column=column, remedy=f"Known are: {', '.join(known)}")  # fmt: skip
            if not isinstance(value, int) or not 1 <= value <= LONGEST or value is True:
                raise InputError("this is not a number of days", file=path, column=column, value=value, remedy=f"Write a whole number from 1 to {LONGEST}")  # fmt: skip
            days[name] = value
        found = cls(**days)
        if found.personal_days > found.ordinary_days:
            raise InputError("entries with personal data would be kept longer than others", file=path, column=f"{TABLE}.personal_days", value=found.personal_days, remedy=f"At most ordinary_days, {found.ordinary_days}")  # fmt: skip
        return found

    def kept_until(self, day: date, *, personal: bool) -> date:
        """Return the last day on which an entry of ``day`` is kept; from the next one it is due for erasure."""
        return day + timedelta(days=self.personal_days if personal else self.ordinary_days)
