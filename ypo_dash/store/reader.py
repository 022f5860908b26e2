"""The store as pages see it: always the newest snapshot, opened in the background."""

from __future__ import annotations

import hashlib
import os
import sys
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from ypo_dash.store.manifest import Manifest, StoreDamagedError
from ypo_dash.store.snapshot import Snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from ypo_dash.store.workspace import Workspace

_TRIES = 5
LOOK_EVERY_S = 1.0
WAIT_S = 1.0
_Signature = tuple[int, int]


class Store:
    """Hands out the current snapshot; one ``stat`` a request tells whether there is a newer one.

    A thread looks every second as well, so that a server nobody asked for hours does not answer
    with what it had then.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.problem: str | None = None
        self._opening = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._seen: _Signature | None = None
        self._verified: set[str] = set()
        self._watching: threading.Thread | None = None

    def snapshot(self) -> Snapshot:
        """Return the current snapshot.

        A newer one is opened beside running requests; this waits a moment for it, then answers
        from the one at hand. A newer one that is damaged is never shown: ``problem`` says why.

        Raises
        ------
        InputError
            There is no workspace.
        StoreDamagedError
            There is no snapshot at hand, and a file of the current one is missing or is not what
            the manifest says.
        """
        self.workspace.require()
        if self._snapshot is None:
            with self._opening:
                if self._snapshot is None:
                    self._open(self._signature())
        elif self._signature() != self._seen:
            opening = threading.Thread(target=self.refresh, daemon=True)
            opening.start()
            opening.join(WAIT_S)
        assert self._snapshot is not None  # noqa: S101 - opened above
        return self._snapshot

    def refresh(self) -> None:
        """Open the current snapshot if it is another one than the last that was looked at."""
        with self._opening:
            try:
                signature = self._signature()
                if signature == self._seen or self._snapshot is None:
                    return
                self._seen = signature  # also if it is damaged: it is tried again when it changes
                self._open(signature)
            except Exception as error:  # whatever it is, the old snapshot stays and it is told
                self.problem = str(error)
                sys.stderr.write(f"the newest snapshot can't be shown: {error}\n")

    def _signature(self) -> _Signature:
        stat = self.workspace.files.current.stat()
        return stat.st_ino, stat.st_mtime_ns

    def _open(self, signature: _Signature) -> None:
        snapshot = open_snapshot(self.workspace, self._verified)
        snapshot.partitions(9)
        self._snapshot, self._seen, self.problem = snapshot, signature, None
        if self._watching is None:
            self._watching = threading.Thread(target=_watch, args=(weakref.ref(self),), daemon=True)
            self._watching.start()


def _watch(store: weakref.ref[Store]) -> None:
    while True:
        time.sleep(LOOK_EVERY_S)
        found = store()
        if found is None:
            return
        found.refresh()
        del found


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
            check_files(workspace, manifest, verified)
            return Snapshot(workspace, manifest)
        except StoreDamagedError:
            if attempt == _TRIES - 1 or workspace.files.read().serial == manifest.serial:
                raise
    raise AssertionError  # pragma: no cover - the loop returns or raises


def check_files(workspace: Workspace, manifest: Manifest, verified: set[str]) -> None:
    """Compare the snapshot's files with the manifest; a wrong number is worse than none.

    ``verified`` names those known good; it becomes the snapshot's.

    Raises
    ------
    StoreDamagedError
        A file is missing or is not what the manifest says.
    """
    names = manifest.names()
    fresh = sorted(names - verified)
    with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        problems = threads.map(
            lambda name: check_file(workspace.files.path(name), manifest.files.get(name, "")), fresh
        )
        for problem in problems:
            if problem:
                raise StoreDamagedError(problem)
    verified |= set(fresh)
    verified &= names


def check_file(path: Path, digest: str) -> str | None:
    """Return what is wrong with a stored file, or None."""
    try:
        with path.open("rb") as handle:
            if hashlib.file_digest(handle, "sha256").hexdigest() != digest:
                return f"{path}: this stored file is damaged (its content is not what the manifest says)"
    except OSError as error:
        return f"{path}: this stored file is missing or unreadable: {error.strerror}"
    return None
