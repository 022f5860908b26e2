"""Reading the record: verify it, list it, find what it says about someone."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ypo_dash.model.errors import RecordError
from ypo_dash.people.record import (
    GENESIS,
    LINE,
    Head,
    Record,
    previous,
    read_head,
    seal,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BLOCK = 1 << 20
MOST_PROBLEMS = 50


@dataclass
class Verdict:
    """What a check of the record found; ``problems`` is empty for a whole one."""

    entries: int = 0
    first: str = ""
    last: str = ""
    head: str = GENESIS
    problems: list[str] = field(default_factory=list)

    def problem(self, text: str) -> None:
        """Note a problem; after many it is enough to know that there are more."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(text)
        elif len(self.problems) == MOST_PROBLEMS:
            self.problems.append("... and more")


def verify(record: Record, *, log: Path | None = None, expect: str | None = None) -> Verdict:
    """Check every byte of the record: numbers, chain, seals, head.

    Parameters
    ----------
    log
        A copy to check against this house's key and head; the record's own log if None.
    expect
        A hash noted elsewhere earlier: the log must contain that entry.
    """
    verdict = Verdict()
    path = log or record.log
    hashes = _check_all(record, path, verdict)
    if expect is not None and expect not in hashes:
        verdict.problem(f"the entry with the hash {expect} is not in the log")
    return verdict


def _check_all(record: Record, path: Path, verdict: Verdict) -> set[str]:
    """Check the lines of a log against each other, the key and the head; returns their hashes."""
    hashes: set[str] = set()
    try:
        key = record.secret()
    except RecordError as error:
        if path.exists() or record.head.exists():
            verdict.problem(str(error))
        return hashes
    before = Head(0, GENESIS)
    head = read_head(record.head, key)
    seen = head == before
    try:
        for number, line in enumerate(_lines(path) if path.exists() else (), 1):
            before = _check(line, number, before, key, verdict)
            hashes.add(before.hash)
            seen = seen or before == head
    except OSError as error:
        verdict.problem(f"{path}: the log can't be read: {error.strerror}")
    verdict.head = before.hash
    if head is None:
        verdict.problem(f"{record.head}: the head is missing or damaged")
    elif not seen:
        verdict.problem(
            f"entry {head.n}, which the head names, is not in the log: it was cut or changed"
        )
    return hashes


def _check(line: bytes, number: int, before: Head, key: bytes, verdict: Verdict) -> Head:
    """Check one line against the one before; returns it as the one before the next."""
    found = LINE.fullmatch(line[:-1])
    if not line.endswith(b"\n") or not found:
        verdict.problem(f"line {number}: this is not a whole entry")
        return before
    body, n, digest, sealed = found[1], int(found[2]), found[3].decode(), found[4].decode()
    if n != before.n + 1:
        verdict.problem(f"line {number}: entry {n} follows entry {before.n}")
    if previous(body) != before.hash:
        verdict.problem(f"line {number}: entry {n} does not name the entry before it")
    if hashlib.sha256(body).hexdigest() != digest:
        verdict.problem(f"line {number}: entry {n} was changed")
    if not hmac.compare_digest(sealed, seal(key, digest)):
        verdict.problem(f"line {number}: entry {n} was not sealed by this house")
    try:
        time = str(json.loads(line)["time"])
    except (ValueError, KeyError):
        time = ""
    verdict.entries += 1
    verdict.first, verdict.last = verdict.first or time, time
    return Head(n, digest)


def _lines(path: Path) -> Iterator[bytes]:
    """Yield lines by the newline byte alone."""
    with path.open("rb") as handle:
        rest = b""
        while block := handle.read(_BLOCK):
            *whole, rest = (rest + block).split(b"\n")
            yield from (line + b"\n" for line in whole)
        if rest:
            yield rest


def newest(
    record: Record, *, limit: int, person: str | None = None, text: str = ""
) -> list[dict[str, Any]]:
    """Return the newest entries first: those of ``person`` (or all) that contain ``text``.

    Parameters
    ----------
    person
        Entries by this person, and those about this account.
    """
    found: list[dict[str, Any]] = []
    for line in _backwards(record.log):
        entry = _decoded(line)
        if entry and _concerns(entry, person) and _says(entry, text):
            found.append(entry)
            if len(found) == limit:
                break
    return found


def _says(entry: dict[str, Any], text: str) -> bool:
    """Whether what people read of an entry contains ``text``, in any case of letters."""
    said = " ".join(str(v) for k, v in entry.items() if k not in ("prev", "hash", "seal"))
    return text.casefold() in said.casefold()


def _concerns(entry: dict[str, Any], person: str | None) -> bool:
    return (
        person is None
        or entry.get("person") == person
        or entry.get("object") == f"account {person}"
    )


def entries(record: Record, since: str = "", until: str = "") -> Iterator[dict[str, Any]]:
    """Yield entries in order; ``since`` and ``until`` are beginnings of UTC times, inclusive."""
    for line in _lines(record.log) if record.log.exists() else ():
        entry = _decoded(line)
        time = str(entry.get("time", ""))
        if entry and time >= since and (not until or time[: len(until)] <= until):
            yield entry


def _decoded(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _backwards(path: Path) -> Iterator[bytes]:
    """Yield whole lines from the last to the first."""
    try:
        handle = path.open("rb")
    except FileNotFoundError:
        return
    with handle:
        at = handle.seek(0, 2)
        rest = b""
        while at:
            step = min(_BLOCK, at)
            at = handle.seek(at - step)
            first, *lines = (handle.read(step) + rest).split(b"\n")
            yield from (line for line in reversed(lines) if line)
            rest = first
        if rest:
            yield rest
