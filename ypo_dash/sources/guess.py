"""Which shipped profile reads a file."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from ypo_dash.model.errors import InputError
from ypo_dash.sources.binding import fits, lacking
from ypo_dash.sources.opening import open_table
from ypo_dash.sources.profile import FileOptions, Profile, load_profile, shipped_profiles
from ypo_dash.sources.tables import missing_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ypo_dash.sources.tables import Table

OURS = "ypo"


def guess_profile(path: Path) -> Profile:
    """Return the shipped profile whose columns the file all has.

    Raises
    ------
    InputError
        The file is not readable or of no known format, or no shipped profile fits; the message
        says what the nearest one lacks.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(open_for_any(path, Path(folder))) as table,
    ):
        found = fitting(table.head.columns)
        if found is None:
            raise no_profile(path, table.head.columns)
        return found


def open_for_any(path: Path, workdir: Path) -> Table:
    """Open a file; a header that some shipped profile fits wins.

    Raises
    ------
    InputError
        The file is not readable or of no known format.
    """
    tests = [fits(profile) for profile in _profiles()]

    def any_fits(found: Sequence[str], *, geometry: bool = False) -> bool:
        return any(test(found, geometry=geometry) for test in tests)

    return open_table(path, FileOptions(), any_fits, workdir)


def fitting(columns: Sequence[str]) -> Profile | None:
    """Return the first shipped profile, ours before others, whose columns are all there."""
    return next((p for p in _profiles() if fits(p)(columns)), None)


def no_profile(path: Path, columns: Sequence[str]) -> InputError:
    """Return the refusal of a file that no shipped profile fits: what the nearest one lacks."""
    profiles = _profiles()
    named = {
        p.name: {n for c in p.columns.values() for n in c.names if not c.optional} for p in profiles
    }
    nearest = max(profiles, key=lambda p: len(named[p.name] & set(columns)) / len(named[p.name]))
    error = missing_columns(lacking(nearest, columns), columns, path)
    return InputError(
        f"no shipped profile ({', '.join(named)}) fits; for the nearest, {nearest.name}, {error.problem}",
        file=path,
        remedy=f"{error.remedy}, or have one drafted with --dry-run",
    )


def _profiles() -> list[Profile]:
    return [load_profile(name) for name in sorted(shipped_profiles(), key=lambda n: n != OURS)]
