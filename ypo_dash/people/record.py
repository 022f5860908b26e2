"""The record of who saw and did what (Directive (EU) 2016/680, Art. 25): append-only and chained.

One JSON object a line, ``record.log``. Each entry carries its number, the SHA-256 of the entry
before (``prev``) and of itself (``hash``), so that anyone can check the chain, and a ``seal``
(HMAC-SHA-256 with the house's key), so that only this house can have written it. ``head`` names the
last entry, sealed likewise: without it a log that was cut at its end would look whole.

An entry is acknowledged after it is on the disk (fdatasync) and the head names it. After a kill
between the two the log is ahead of the head, never behind.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from ypo_dash.model.errors import RecordError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ypo_dash.people.entry import Entry

GENESIS = "0" * 64
LINE = re.compile(rb'(\{"n":(\d+),.*),"hash":"([0-9a-f]{64})","seal":"([0-9a-f]{64})"\}')
_PREV = re.compile(rb',"prev":"([0-9a-f]{64})"$')
_BLOCK = 1 << 16
_HEAD = 220  # bytes: one write, well inside a sector


class Head(NamedTuple):
    """The last entry's number and hash."""

    n: int
    hash: str


class _Tail(NamedTuple):
    head: Head
    size: int
    torn: int  # bytes after the last whole line


class Record:
    """The record's folder: ``record.log``, ``head``, ``key``, ``lock``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log, self.head, self.key = folder / "record.log", folder / "head", folder / "key"
        self._threads = threading.Lock()
        self._known: tuple[int, _Tail] | None = None  # inode of the log and its tail

    def append(self, entry: Entry) -> Head:
        """Write one entry durably; returns its number and hash.

        Raises
        ------
        RecordError
            It could not be written, or the record is not what its head says.
        """
        try:
            with self._alone():
                return self._append(entry)
        except OSError as error:
            self._known = None
            raise RecordError(
                f"the record can't be written: {error.strerror}: {error.filename or self.log}"
            ) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._threads, (self.folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # released by closing, also after a kill
            yield

    def _append(self, entry: Entry) -> Head:
        key = self._secret(may_create=not self.log.exists() and not self.head.exists())
        log = os.open(self.log, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            tail = self._tail(log, key)
            if tail.torn:
                tail = self._set_aside(log, tail, key)
            return self._write(log, tail, entry, key)
        finally:
            os.close(log)

    def _write(self, log: int, tail: _Tail, entry: Entry, key: bytes) -> Head:
        line, head = encode(entry, tail.head, key)
        self._known = None
        try:
            if os.write(log, line) != len(line):
                raise OSError(0, "the disk is full", str(self.log))
            os.fdatasync(log)
        except OSError:
            os.ftruncate(log, tail.size)
            raise
        write_head(self.head, head, key)
        self._known = (os.fstat(log).st_ino, _Tail(head, tail.size + len(line), 0))
        return head

    def _tail(self, log: int, key: bytes) -> _Tail:
        """Return the last whole entry, after comparing it with the head."""
        stat = os.fstat(log)
        if self._known and self._known[0] == stat.st_ino and self._known[1].size == stat.st_size:
            return self._known[1]
        last, size, torn = last_entry(log, stat.st_size)
        head = read_head(self.head, key)
        if head is None:
            raise RecordError(f"{self.head} is missing or damaged; run 'ypo audit verify'")
        if head is not None and (head.n > last.n or (head.n == last.n and head != last)):
            raise RecordError(
                f"{self.log} is not what {self.head.name} says; run 'ypo audit verify'"
            )
        return _Tail(last, size, torn)

    def _set_aside(self, log: int, tail: _Tail, key: bytes) -> _Tail:
        """Keep the bytes of an entry that a crash cut off, apart; they were never acknowledged."""
        from ypo_dash.people.entry import Action, Entry

        name = f"unfinished-{tail.head.n + 1}-{secrets.token_hex(4)}"
        kept = os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(kept, os.pread(log, tail.torn, tail.size))
            os.fsync(kept)
        finally:
            os.close(kept)
        os.ftruncate(log, tail.size)
        note = Entry(
            action=Action.ALTERATION,
            object="record",
            person="system",
            result=f"{tail.torn} bytes of an entry that was never finished were set aside as {name}",
        )
        self._write(log, tail._replace(torn=0), note, key)
        assert self._known is not None  # noqa: S101 - just written
        return self._known[1]

    def _secret(self, *, may_create: bool = False) -> bytes:
        try:
            return bytes.fromhex(self.key.read_text(encoding="ascii"))
        except FileNotFoundError:
            if not may_create:
                raise RecordError(
                    f"{self.key}: the record's key is missing; restore it from a copy"
                ) from None
        except ValueError as error:
            raise RecordError(f"{self.key}: the record's key is damaged") from error
        made = secrets.token_bytes(32)
        handle = os.open(self.key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, made.hex().encode())
            os.fsync(handle)
        finally:
            os.close(handle)
        # From now on a log without its entries is one that was taken away.
        write_head(self.head, Head(0, GENESIS), made)
        return made

    def secret(self) -> bytes:
        """Return the key that seals entries.

        Raises
        ------
        RecordError
            It is missing or damaged.
        """
        return self._secret()


def encode(entry: Entry, before: Head, key: bytes) -> tuple[bytes, Head]:
    """Return an entry's line and what the head becomes."""
    n = before.n + 1
    time = datetime.now(UTC).isoformat(timespec="milliseconds")
    content: dict[str, Any] = {"n": n, "time": time, **entry.fields(), "prev": before.hash}
    # One byte form for one content; line separators would end a line for some readers.
    body = json.dumps(content, ensure_ascii=True, separators=(",", ":"))[:-1].encode()
    digest = hashlib.sha256(body).hexdigest()
    line = body + f',"hash":"{digest}","seal":"{seal(key, digest)}"}}\n'.encode()
    return line, Head(n, digest)


def seal(key: bytes, text: str) -> str:
    """Return the HMAC that only the holder of ``key`` can make."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def read_head(path: Path, key: bytes) -> Head | None:
    """Return what the head says; None where it is missing or was not sealed with ``key``."""
    try:
        content = path.read_bytes()
        n, digest, _ = content.decode("ascii").split()
        head = Head(int(n), digest)
    except (OSError, ValueError):
        return None
    return head if hmac.compare_digest(content, _head_bytes(head, key)) else None


def write_head(path: Path, head: Head, key: bytes) -> None:
    """Write the head in one piece."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.pwrite(handle, _head_bytes(head, key), 0)
    finally:
        os.close(handle)


def _head_bytes(head: Head, key: bytes) -> bytes:
    text = f"{head.n} {head.hash}"
    return (f"{text} {seal(key, text)}".ljust(_HEAD - 1) + "\n").encode()


def last_entry(log: int, size: int) -> tuple[Head, int, int]:
    """Return the last whole entry, where it ends, and how many bytes follow it."""
    start = size
    content = b""
    while start > 0 and content.count(b"\n") < 2:
        start = max(0, start - _BLOCK)
        content = os.pread(log, size - start, start)
    end = content.rfind(b"\n") + 1
    if not end:
        return Head(0, GENESIS), 0, size
    line = content[content.rfind(b"\n", 0, end - 1) + 1 : end - 1]
    found = LINE.fullmatch(line)
    if not found:
        raise RecordError("the record's last entry is damaged; run 'ypo audit verify'")
    return Head(int(found[2]), found[3].decode()), start + end, size - start - end


def previous(body: bytes) -> str | None:
    """Return the hash of the entry before, which an entry's body ends with."""
    found = _PREV.search(body)
    return found[1].decode() if found else None
