"""Prints as files: written whole or not at all, and once frozen never overwritten."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ypo_dash.model.errors import InputError

if TYPE_CHECKING:
    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot

_WRITABLE = 0o222
_FROZEN = 0o444


def is_frozen(path: Path) -> bool:
    """Whether a print may not be overwritten: its file is read-only for everybody."""
    return path.exists() and not path.stat().st_mode & _WRITABLE


def file_name(snapshot: Snapshot, kind: str, filters: Filters, lang: str) -> str:
    """Return a name that tells kind, period, place, tier, language and snapshot.

    States that differ otherwise (types, hours, ...) have no name of their own: give one with ``-o``.
    """
    first, last = filters.date_from, filters.date_to
    place = [f"sector-{'-'.join(filters.sectors)}"] if filters.sectors else []
    place += [f"station-{filters.station}"] if filters.station else []
    parts = [kind, f"{first}_{last}", *place, filters.tier, lang, snapshot.id]
    return "_".join(parts) + ".pdf"


def write_print(path: Path, pdf: bytes, *, freeze: bool = False) -> None:
    """Write a print; with ``freeze`` its file becomes read-only and is never replaced again.

    Raises
    ------
    InputError
        There is a frozen print of this name, or no such folder.
    """
    if not path.parent.is_dir():
        raise InputError("there is no such folder", file=path.parent, remedy="Make it first")
    if is_frozen(path):
        raise InputError(
            "this print is frozen and is not overwritten",
            file=path,
            remedy="Choose another name, or make it writable (chmod u+w) if it may go",
        )
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".pdf")
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(pdf)
            handle.flush()
            os.fsync(handle.fileno())
        draft.chmod(_FROZEN if freeze else 0o644)
        _publish(draft, path, freeze=freeze)
    finally:
        draft.unlink(missing_ok=True)


def _publish(draft: Path, path: Path, *, freeze: bool) -> None:
    if not freeze or path.exists():
        draft.replace(path)
        return
    try:
        os.link(draft, path)  # of two that freeze at once, one is told
    except FileExistsError:
        raise InputError("another print of this name was frozen meanwhile", file=path) from None
