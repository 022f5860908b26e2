"""Which shipped profile reads a file."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ypo_dash.model.errors import InputError
from ypo_dash.sources.binding import fits, lacking
from ypo_dash.sources.opening import open_table
from ypo_dash.sources.profile import FileOptions, Profile, load_profile, shipped_profiles
from ypo_dash.sources.tables import missing_columns

if TYPE_CHECKING:
    from ypo_dash.sources.canonical import SourceContext

OURS = "ypo"


def guess_profile(path: Path, context: SourceContext, *, workdir: Path | None = None) -> Profile | None:  # noqa: ARG001 - what fits may come to depend on the district
    """Return the shipped profile whose columns the file all has, or None.

    Raises
    ------
    InputError
        The file is not readable or of no known format.
    """
    profiles = _profiles()
    found = _columns(path, profiles, workdir)
    return next((p for p in profiles if fits(p)(found)), None)


def no_profile(path: Path, workdir: Path) -> InputError:
    """Return the refusal of a file that no shipped profile fits: what the nearest one lacks."""
    profiles = _profiles()
    found = _columns(path, profiles, workdir)
    named = {p.name: {n for c in p.columns.values() for n in c.names if not c.optional} for p in profiles}
    nearest = max(profiles, key=lambda p: len(named[p.name] & set(found)) / len(named[p.name]))
    names = [p.name for p in profiles]
    error = missing_columns(lacking(nearest, found), found, path)
    return InputError(
        f"no shipped profile ({', '.join(names)}) fits; for the nearest, {nearest.name}, {error.problem}",
        file=path,
        remedy=f"{error.remedy}, or have one drafted with --dry-run",
    )


def _profiles() -> list[Profile]:
    return [load_profile(name) for name in sorted(shipped_profiles(), key=lambda n: n != OURS)]


def _columns(path: Path, profiles: list[Profile], workdir: Path | None) -> tuple[str, ...]:
    tests = [fits(profile) for profile in profiles]
    folder = workdir or Path(tempfile.gettempdir())
    return open_table(path, FileOptions(), lambda found: any(test(found) for test in tests), folder).head.columns
