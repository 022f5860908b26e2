"""Which of a profile's columns a file has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ypo_dash.model.errors import InputError
from ypo_dash.sources.tables import missing_columns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ypo_dash.sources.profile import Profile
    from ypo_dash.sources.tables import Fits, Head

PAIRS = (("lat", "lon"), ("x", "y"))
POINTS = ("lat", "lon", "x", "y", "geometry")


@dataclass(frozen=True)
class Binding:
    """Our columns by the file's: ``columns`` has those that are there, joined in that order.

    ``wanted`` are the file's columns to read, ``own_geometry`` says that the points are the
    layer's own, and ``whole_row`` that an id may need the whole row.
    """

    columns: dict[str, tuple[str, ...]]
    constants: dict[str, str]
    wanted: tuple[str, ...]
    own_geometry: bool
    whole_row: bool


def fits(profile: Profile) -> Fits:
    """Return a test for whether a list of columns has all that ``profile`` needs."""

    def has_all(found: Sequence[str], *, geometry: bool = False) -> bool:
        return not lacking(profile, found, geometry=geometry)

    return has_all


def bind(profile: Profile, head: Head, path: Path) -> Binding:
    """Tie a profile to an opened file.

    Raises
    ------
    InputError
        A needed column is not there; the message names those found and the nearest.
    """
    missing = lacking(profile, head.columns, geometry=head.geometry)
    if missing:
        raise missing_columns(missing, head.columns, path)
    columns = {
        ours: column.names
        for ours, column in profile.columns.items()
        if column.names and set(column.names) <= set(head.columns)
    }
    for pair in PAIRS:
        if not set(pair) <= set(columns):
            columns = {ours: names for ours, names in columns.items() if ours not in pair}
    own = head.geometry and "geometry" in profile.columns and "geometry" not in columns
    if not own and not {*POINTS, "area"} & {*columns, *_constants(profile)}:
        raise InputError(
            "the file has no place: none of the profile's coordinates or areas", file=path
        )
    used = [name for names in columns.values() for name in names] + list(profile.filter)
    twice = next((name for name in used if name in head.repeated), None)
    if twice is not None:
        raise InputError(
            "this column stands twice in the header",
            file=path,
            column=twice,
            remedy="Rename one of them in the file",
        )
    identity = profile.columns.get("incident_id")
    whole_row = "incident_id" not in columns or (identity is not None and identity.optional)
    wanted = head.columns if whole_row else tuple(dict.fromkeys(used))
    return Binding(columns, _constants(profile), wanted, own, whole_row)


def _constants(profile: Profile) -> dict[str, str]:
    return {ours: c.constant for ours, c in profile.columns.items() if c.constant is not None}


def lacking(profile: Profile, found: Sequence[str], *, geometry: bool = False) -> list[str]:
    """Return the needed columns that are not among those found.

    Parameters
    ----------
    geometry
        The file has points of its own.
    """
    has = set(found)
    needed = {ours: c for ours, c in profile.columns.items() if not c.optional and c.names}
    ways = [way for way in (*PAIRS, ("geometry",)) if way[0] in profile.columns]
    absent = {ours: [n for n in c.names if n not in has] for ours, c in needed.items()}
    if geometry:
        absent.pop("geometry", None)
    complete = [way for way in ways if not any(absent.get(ours) for ours in way)]
    # Of several ways to state a point one is enough: the others may be absent.
    if len(ways) > 1 and complete:
        absent = {ours: names for ours, names in absent.items() if ours not in POINTS}
    missing = [name for names in absent.values() for name in names]
    return list(dict.fromkeys(missing + [column for column in profile.filter if column not in has]))
