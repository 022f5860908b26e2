"""Prints as files: written whole or not at all, and once frozen never overwritten."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ypo_dash.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot

_WRITABLE = 0o222
_FROZEN, _OPEN = 0o444, 0o644
_PLAIN = re.compile(r"[^A-Za-z0-9.-]+")  # in a name of a file, and in a header of HTTP


def is_frozen(path: Path) -> bool:
    """Whether a print may not be overwritten: its file is read-only for everybody."""
    return path.exists() and not path.stat().st_mode & _WRITABLE


def file_name(snapshot: Snapshot, kind: str, filters: Filters, lang: str) -> str:
    """Return a name that tells kind, period, place, tier, language and snapshot.

    What else the state selects (types, hours, ...) is in it as six hexadecimal digits, so that no
    print takes another one's name.
    """
    first, last = filters.date_from, filters.date_to
    place = [f"sector-{'-'.join(filters.sectors)}"] if filters.sectors else []
    place += [f"station-{filters.station}"] if filters.station else []
    place = [_PLAIN.sub("-", part) for part in place]
    parts = [kind, f"{first}_{last}", *place, filters.tier, lang, *_rest(filters), snapshot.id]
    return "_".join(parts) + ".pdf"


def _rest(filters: Filters) -> list[str]:
    """Return what the other parts of a name don't tell, in short; nothing where there is nothing."""
    rest = replace(filters, date_from=None, date_to=None, lang=None, tier="internal")
    place = [*filters.sectors, filters.station or ""]
    if not any(_PLAIN.search(code) for code in place):
        rest = replace(rest, sectors=(), station=None)
    query = rest.to_query()
    return [hashlib.sha256(query.encode()).hexdigest()[:6]] if query else []


def write_print(path: Path, pdf: bytes, *, freeze: bool = False) -> None:
    """Write a print; with ``freeze`` its file becomes read-only and is never replaced again.

    Who may read it is the umask's matter, as for any file.

    Raises
    ------
    InputError
        There is a frozen print of this name, or no such folder.
    """
    if not path.parent.is_dir():
        raise InputError("there is no such folder", file=path.parent, remedy="Make it first")
    if path.is_dir():
        raise InputError("this is a folder", file=path, remedy="Name a file, or use --into")
    _refuse_frozen(path)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".pdf")
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(pdf)
            handle.flush()
            os.fsync(handle.fileno())
        draft.chmod(_permitted(_FROZEN if freeze else _OPEN))
        with _alone_in(path.parent):
            _refuse_frozen(path)  # of two that freeze at once, one is told
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _refuse_frozen(path: Path) -> None:
    if is_frozen(path):
        raise InputError(
            "this print is frozen and is not overwritten",
            file=path,
            remedy="Choose another name, or make it writable (chmod u+w) if it may go",
        )


def _permitted(mode: int) -> int:
    masked = os.umask(0o077)
    os.umask(masked)
    return mode & ~masked


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Let nobody else look and replace at the same time; the lock ends with the process."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
