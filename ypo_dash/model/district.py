"""Settings of a district: ``district.toml`` of a workspace."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import tomli_w

from ypo_dash.model.errors import FilterError, InputError
from ypo_dash.model.hours import Hours

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class District:
    """Who and where a district is.

    ``timezone`` is an IANA name, ``crs`` the EPSG code of its projected coordinates (metres),
    ``stations`` names by station id and language, ``tile_url`` a map tile address or None (a
    closed network needs none), ``simulated`` marks everything shown as simulated data.
    """

    name: str
    timezone: str
    crs: str
    languages: tuple[str, ...] = ("en", "da")
    stations: dict[str, dict[str, str]] = field(default_factory=dict)
    tile_url: str | None = None
    attribution: str = ""
    simulated: bool = False
    duty_hours: str = "7-23"

    @property
    def duty(self) -> Hours:
        """The local hours of duty; they may wrap past midnight."""
        return Hours.parse(self.duty_hours) or Hours(0, 24)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of all local dates and hours."""
        return ZoneInfo(self.timezone)

    @classmethod
    def read(cls, path: Path) -> District:
        """Read ``district.toml``.

        Raises
        ------
        InputError
            The file is not TOML, or a setting is missing, unknown or impossible.
        """
        try:
            found = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InputError(f"not a TOML file: {error}", file=path) from error
        found["languages"] = tuple(found.get("languages", ("en", "da")))
        found["tile_url"] = found.get("tile_url") or None
        try:
            district = cls(**found)
        except TypeError as error:
            raise InputError(f"a setting is unknown or missing: {error}", file=path) from error
        district.check(path)
        return district

    def check(self, path: object = None) -> None:
        """Raise InputError if the time zone, a language or the CRS is unknown."""
        from pyproj import CRS
        from pyproj.exceptions import CRSError

        try:
            ZoneInfo(self.timezone)
        except (KeyError, ValueError, OSError) as error:
            raise InputError(
                "unknown time zone",
                file=path,
                column="timezone",
                value=self.timezone,
                remedy="Use an IANA name such as Europe/Copenhagen",
            ) from error
        try:
            CRS.from_user_input(self.crs)
        except CRSError as error:
            raise InputError(
                "unknown coordinate system",
                file=path,
                column="crs",
                value=self.crs,
                remedy="Use a code such as EPSG:25832",
            ) from error
        try:
            Hours.parse(str(self.duty_hours))
        except FilterError as error:
            raise InputError(
                "these are no hours",
                file=path,
                column="duty_hours",
                value=self.duty_hours,
                remedy='Write them as "7-23"; "22-6" runs past midnight',
            ) from error
        if not self.languages or set(self.languages) - {"da", "en"}:
            raise InputError(
                "languages must be some of da, en",
                file=path,
                column="languages",
                value=list(self.languages),
            )

    def write(self, path: Path) -> None:
        """Write ``district.toml``."""
        settings = {
            "name": self.name,
            "timezone": self.timezone,
            "crs": self.crs,
            "languages": list(self.languages),
            "tile_url": self.tile_url or "",
            "attribution": self.attribution,
            "simulated": self.simulated,
            "duty_hours": self.duty_hours,
            "stations": self.stations,
        }
        path.write_text(tomli_w.dumps(settings), encoding="utf-8")
