"""What a snapshot consists of, and how one becomes visible: manifest, atomic rename, clean-up.

Files of a store, all immutable and named after their content but for two::

    CURRENT                     the name of the manifest in force, and its SHA-256
    LOCK                        held by the one writer
    manifests/00000007.json
    files/2012-11-<sha>.parquet the truth: one month of incidents
    files/2012-11-<sha>.arrow   its derivable twin for counting, memory-mapped
    files/cells-<sha>.arrow     dense cell ids
    files/<layer>-<sha>.<ext>   sectors, areas, population, taxonomy ...
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import itertools
import json
import os
import shutil
import time
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ypo_dash.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KEPT_MANIFESTS = 3
KEPT_SECONDS = 3600  # what somebody may still be reading: a long export, a copy being made
FORMAT = 1


class StoreDamagedError(RuntimeError):
    """A stored file is missing or is not what the manifest says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentEntry:
    """One month of incidents: ``YYYY-MM``, rows, first and last local day (since 1970-01-01).

    ``no_coordinates`` and ``outside`` are not mapped; ``sector_only`` have a sector but no point.
    """

    month: str
    rows: int
    first_day: int
    last_day: int
    parquet: str
    twin: str
    no_coordinates: int
    outside: int
    sector_only: int


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """One snapshot. ``files`` gives the SHA-256 of every file it consists of.

    ``timezone`` is the one that the local columns were derived for; with the settings changed
    under it, old and new rows would stand on different clocks. ``simulated`` is the id of the
    simulated district as it was built; whatever is imported later gives another id.
    """

    serial: int = 0
    timezone: str = ""
    simulated: str = ""
    created: str = ""
    software: str = ""
    layers: dict[str, str] = field(default_factory=dict)
    cells: str | None = None
    segments: tuple[SegmentEntry, ...] = ()
    imports: tuple[dict[str, Any], ...] = ()
    files: dict[str, str] = field(default_factory=dict)

    @property
    def snapshot(self) -> str:
        """The id: equal data and layers, equal id, whatever way they came in."""
        content = [
            self.timezone,
            sorted(self.layers.items()),
            [s.parquet for s in self.segments],
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:12]

    @property
    def is_simulated(self) -> bool:
        """Whether this is the simulated district and nothing else."""
        return self.simulated == self.snapshot

    @property
    def revision(self) -> str:
        """The exact files; the key of caches. Equal snapshots may number their cells differently."""
        content = [self.timezone, *sorted(self.names())]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]

    def names(self) -> set[str]:
        """Return the names of all files of this snapshot."""
        parts = {s.parquet for s in self.segments} | {s.twin for s in self.segments}
        return parts | set(self.layers.values()) | ({self.cells} if self.cells else set())


class Files:
    """The folder of a store."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.current = root / "CURRENT"
        self.manifests = root / "manifests"
        self.files = root / "files"

    def create(self) -> None:
        """Make the folders."""
        self.manifests.mkdir(parents=True, exist_ok=True)
        self.files.mkdir(exist_ok=True)

    @contextlib.contextmanager
    def writing(self, waiting: Callable[[], None] | None = None) -> Iterator[None]:
        """Hold the writer's lock; the kernel releases it, also after a kill.

        ``waiting`` is called once if another writer holds it.
        """
        with (self.root / "LOCK").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if waiting:
                    waiting()
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def read(self) -> Manifest:
        """Return the manifest in force.

        Raises
        ------
        StoreDamagedError
            ``CURRENT`` or its manifest is missing, unreadable or not what was published.
        """
        try:
            words = self.current.read_text(encoding="ascii").split()
            if len(words) != 2:
                raise ValueError(f"{self.current} does not name a manifest and its SHA-256")
            name, digest = words
            path = self.manifests / name
            content = path.read_bytes()
            if hashlib.sha256(content).hexdigest() != digest:
                raise ValueError(f"{path} is not what CURRENT says")
            found = json.loads(content)
        except (OSError, ValueError) as error:
            raise StoreDamagedError(
                f"{self.root}: the store's manifest can't be read: {error}"
            ) from error
        if found.pop("format", None) != FORMAT:
            raise StoreDamagedError(
                f"{path}: the store has another format than this version of ypo reads"
            )
        found.pop("snapshot", None)
        found["segments"] = tuple(SegmentEntry(**s) for s in found["segments"])
        found["imports"] = tuple(found["imports"])
        return Manifest(**found)

    def add(self, stem: str, suffix: str, write: Callable[[Path], None]) -> tuple[str, str]:
        """Write a file through ``write``, name it after its content, make it durable.

        Returns
        -------
        Its name and SHA-256.
        """
        temporary = self.files / f"tmp-{os.getpid()}-{stem}{suffix}"
        try:
            write(temporary)
            with temporary.open("rb") as handle:
                digest = hashlib.file_digest(handle, "sha256").hexdigest()
                os.fsync(handle.fileno())
            name = f"{stem}-{digest[:16]}{suffix}"
            temporary.replace(self.files / name)
        finally:
            temporary.unlink(missing_ok=True)
        return name, digest

    def publish(self, manifest: Manifest) -> Manifest:
        """Make ``manifest`` the one in force; returns it with its serial number."""
        serial = max((int(p.stem) for p in self.manifests.glob("[0-9]*.json")), default=0) + 1
        manifest = replace(
            manifest,
            serial=serial,
            files={n: d for n, d in manifest.files.items() if n in manifest.names()},
        )
        sync_folder(self.files)
        name = f"{serial:08d}.json"
        content = {"format": FORMAT, "snapshot": manifest.snapshot, **asdict(manifest)}
        text = json.dumps(content, indent=1).encode()
        write_durably(self.manifests / name, text)
        write_durably(self.current, f"{name} {hashlib.sha256(text).hexdigest()}".encode())
        with contextlib.suppress(OSError):  # it is published; debris waits for the next time
            self.clean()
        return manifest

    def clean(self) -> None:
        """Delete what nobody reads any more, crash debris included.

        Kept are the last few manifests, those that were in force within the last hour, and
        their files.
        """
        found = sorted(self.manifests.glob("[0-9]*.json"))
        since = time.time() - KEPT_SECONDS
        kept = found[-KEPT_MANIFESTS:] + [
            old for old, next_ in itertools.pairwise(found) if next_.stat().st_mtime > since
        ]
        current = self.current.read_text(encoding="ascii").split()[0]
        names: set[str] = set()
        for path in kept:
            # Only this store writes here and each manifest is complete before it gets its name.
            names |= set(json.loads(path.read_text(encoding="utf-8"))["files"])
        for path in self.root.glob("tmp-*"):
            path.unlink(missing_ok=True)
        for path in self.manifests.iterdir():
            if path not in kept and path.name != current:
                path.unlink(missing_ok=True)
        for path in self.files.iterdir():
            if path.name not in names:
                path.unlink(missing_ok=True)

    def path(self, name: str) -> Path:
        """Return the path of a stored file."""
        return self.files / name


def write_durably(path: Path, content: bytes) -> None:
    """Write a file so that after a crash it is either the old or the new one, whole."""
    temporary = path.with_name(f"tmp-{os.getpid()}-{path.name}")
    try:
        with temporary.open("wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in ``folder`` durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def check_space(folder: Path, wanted: int) -> None:
    """Raise InputError if ``folder`` has clearly too little room for ``wanted`` bytes."""
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise InputError(
            f"the disk is too full: about {wanted >> 20} MB are needed, {free >> 20} MB are free",
            file=folder,
            remedy="Free some space; nothing was changed",
        )
