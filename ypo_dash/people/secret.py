"""The workspace's secret, which signs form tokens: made once, readable by its owner alone."""

from __future__ import annotations

import contextlib
import os
import secrets
from typing import TYPE_CHECKING

from ypo_dash.model.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

NAME = "secret"


def workspace_secret(home: Path) -> str:
    """Return the secret; made at the first use, also by two processes at once.

    Raises
    ------
    InputError
        The file is empty.
    """
    path = home / NAME
    if not path.exists():
        make_key(path)
    found = path.read_text(encoding="ascii").strip()
    if len(found) < 32:
        raise InputError("the workspace's secret is damaged", file=path, remedy="Delete the file")
    return found


def make_key(path: Path) -> None:
    """Write 32 random bytes as hex into a file for its owner alone; one that is there meanwhile stays."""
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, secrets.token_hex(32).encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    with contextlib.suppress(FileExistsError):  # the other one's is as good
        os.link(temporary, path)
    temporary.unlink()
