"""The store as pages see it: always the newest snapshot, opened in the background."""

from __future__ import annotations

import hashlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from ypo_dash.store.manifest import Manifest, StoreDamagedError
from ypo_dash.store.snapshot import Snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from ypo_dash.store.workspace import Workspace

_TRIES = 5


class Store:
    """Hands out the current snapshot; one ``stat`` a request tells whether there is a newer one."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._lock = threading.Lock()
        self._opening = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._signature: tuple[int, int] | None = None
        self._verified: set[str] = set()

    def snapshot(self) -> Snapshot:
        """Return the current snapshot.

        The first one is opened at once, later ones beside running requests, which keep the old
        one until the new one is ready.

        Raises
        ------
        InputError
            There is no workspace.
        StoreDamagedError
            A file is missing or is not what the manifest says.
        """
        self.workspace.require()
        stat = self.workspace.files.current.stat()
        signature = (stat.st_ino, stat.st_mtime_ns)
        if signature != self._signature:
            if self._snapshot is None:
                with self._lock:
                    if self._snapshot is None:
                        self._open(signature)
            elif self._opening.acquire(blocking=False):
                threading.Thread(target=self._reopen, args=(signature,), daemon=True).start()
        assert self._snapshot is not None  # noqa: S101 - opened above
        return self._snapshot

    def _reopen(self, signature: tuple[int, int]) -> None:
        try:
            if signature != self._signature:
                self._open(signature)
        finally:
            self._opening.release()

    def _open(self, signature: tuple[int, int]) -> None:
        snapshot = open_snapshot(self.workspace, self._verified)
        snapshot.partitions(9)
        self._snapshot, self._signature = snapshot, signature


def open_snapshot(workspace: Workspace, verified: set[str] | None = None) -> Snapshot:
    """Open the current snapshot after checking its files; those named in ``verified`` are known good.

    A clean-up may remove an old snapshot's files between two reads, so this tries again.

    Raises
    ------
    InputError
        There is no workspace.
    StoreDamagedError
        A file that answers come from is missing or is not what the manifest says.
    """
    workspace.require()
    verified = set() if verified is None else verified
    for attempt in range(_TRIES):
        manifest = workspace.files.read()
        try:
            _check(workspace, manifest, verified)
            return Snapshot(workspace, manifest)
        except StoreDamagedError:
            if attempt == _TRIES - 1 or workspace.files.read().serial == manifest.serial:
                raise
    raise AssertionError  # pragma: no cover - the loop returns or raises


def _check(workspace: Workspace, manifest: Manifest, verified: set[str]) -> None:
    """Compare the files that answers come from with the manifest; a wrong number is worse than none."""
    # Not the Parquet files: their pages carry checksums of their own, which every read compares.
    answering = manifest.names() - {s.parquet for s in manifest.segments}
    fresh = sorted(answering - verified)
    with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        problems = threads.map(
            lambda name: check_file(workspace.files.path(name), manifest.files.get(name, "")), fresh
        )
        for problem in problems:
            if problem:
                raise StoreDamagedError(problem)
    verified |= set(fresh)
    verified &= answering


def check_file(path: Path, digest: str) -> str | None:
    """Return what is wrong with a stored file, or None."""
    try:
        with path.open("rb") as handle:
            if hashlib.file_digest(handle, "sha256").hexdigest() != digest:
                return f"{path}: this stored file is damaged (its content is not what the manifest says)"
    except OSError as error:
        return f"{path}: this stored file is missing or unreadable: {error.strerror}"
    return None
