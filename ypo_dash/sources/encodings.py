"""Text as UTF-8: compression and encoding found by looking."""

from __future__ import annotations

import codecs
import gzip
import tempfile
import weakref
import zlib
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import numpy as np

from ypo_dash.model.errors import InputError
from ypo_dash.sources.files import BLOCK, BOMS, check_archive, check_text, wide_encoding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass
class Text:
    """A file's text: ``handle`` reads UTF-8 bytes without a byte-order mark."""

    handle: IO[bytes]
    size: int
    encoding: str
    packed: bool
    _opened: ExitStack

    def __post_init__(self) -> None:
        # A text that an error leaves behind lets go of its files too.
        weakref.finalize(self, self._opened.close)

    def close(self) -> None:
        """Close the file and what was written for it."""
        self._opened.close()


def open_text(path: Path, encoding: str | None, workdir: Path) -> Text:
    """Open a text file as UTF-8.

    What is packed or in another encoding is first written to a nameless file in ``workdir``.

    Parameters
    ----------
    encoding
        None tries UTF-8 (or what a byte-order mark says) and then Windows-1252, which holds
        Latin-1; both strictly and over the whole file, before a row is read.

    Raises
    ------
    InputError
        The file cannot be unpacked or read in the encoding; the message names the line.
    """
    with ExitStack() as opened:
        raw: IO[bytes] = opened.enter_context(path.open("rb"))
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        if packed:
            raw = _unpack(raw, path, opened.enter_context(_scratch(workdir)))
        bom, marked = _bom(raw)
        found = _plain(encoding or marked or _find_encoding(raw, path))
        raw.seek(bom)
        _check_decodes(raw, found, path)
        if found != "utf-8":
            raw = _transcode(raw, found, opened.enter_context(_scratch(workdir)))
        start = raw.tell()
        size = raw.seek(0, 2) - start
        raw.seek(start)
        return Text(raw, size, found, packed, opened.pop_all())


def _scratch(workdir: Path) -> IO[bytes]:
    return tempfile.TemporaryFile(dir=workdir)


def _unpack(raw: IO[bytes], path: Path, target: IO[bytes]) -> IO[bytes]:
    size, done = path.stat().st_size, 0
    try:
        with gzip.open(raw) as source:
            while block := source.read(BLOCK):
                done += len(block)
                check_archive(path, (size, done))
                target.write(block)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(
            f"the file cannot be unpacked: {error}",
            file=path,
            remedy="It is damaged or cut off; fetch it again",
        ) from error
    if not done:
        raise InputError("the file is empty", file=path)
    target.seek(0)
    check_text(path, target.read(4096))
    target.seek(0)
    return target


def _bom(raw: IO[bytes]) -> tuple[int, str | None]:
    head = raw.read(4)
    raw.seek(0)
    return next(((len(bom), name) for bom, name in BOMS if head.startswith(bom)), (0, None))


def _plain(encoding: str) -> str:
    name = codecs.lookup(encoding).name
    # A UTF-16 or -8 with mark reads without one: the mark has been passed by.
    return {
        "utf-8-sig": "utf-8",
        "utf-16": "utf-16-le",
        "utf-32": "utf-32-le",
        "ascii": "utf-8",
    }.get(name, name)


def _find_encoding(raw: IO[bytes], path: Path) -> str:
    head = raw.read(4096)
    raw.seek(0)
    wide = wide_encoding(head)
    if wide:
        raise InputError(
            f"the text looks like {wide.upper()}, but does not say so by a mark at its start",
            file=path,
            remedy=f'Write encoding = "{wide}" under [file] in the profile, or save the file as UTF-8',
        )
    fault = _first_fault(raw, "utf-8")
    if fault is None:
        return "utf-8"
    good, bad = _utf8_share(raw)
    if good > 4 * bad:
        raise _encoding_error(raw, "utf-8", fault, path)
    if _first_fault(raw, "cp1252") is None:
        return "cp1252"
    raise InputError(
        "the text is neither UTF-8 nor Windows-1252 (Latin-1)",
        file=path,
        line=_line_at(raw, fault),
        remedy="Name its encoding in the profile: [file] encoding",
    )


def _blocks(raw: IO[bytes]) -> Iterator[bytes]:
    while block := raw.read(BLOCK):
        yield block
    yield b""


def _first_fault(raw: IO[bytes], encoding: str) -> int | None:
    """Return where decoding first fails, from the handle's position on, or None."""
    start = raw.tell()
    decoder = codecs.getincrementaldecoder(encoding)()
    done = start
    try:
        for block in _blocks(raw):
            pending = len(decoder.getstate()[0])
            if not (encoding == "utf-8" and pending == 0 and block.isascii()):
                decoder.decode(block, final=not block)
            done += len(block)
    except UnicodeDecodeError as error:
        return done - pending + error.start
    finally:
        raw.seek(start)
    return None


def _utf8_share(raw: IO[bytes]) -> tuple[int, int]:
    """Return how many characters beyond ASCII are sound UTF-8 and how many are not."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    good = bad = 0
    for block in _blocks(raw):
        points = np.frombuffer(
            decoder.decode(block, final=not block).encode("utf-32-le"), dtype=np.uint32
        )
        broken = int((points == 0xFFFD).sum())
        bad += broken
        good += int((points > 127).sum()) - broken
    raw.seek(0)
    return good, bad


def _line_at(raw: IO[bytes], position: int) -> int:
    raw.seek(0)
    left, lines = position, 1
    while left > 0 and (block := raw.read(min(BLOCK, left))):
        lines += block.count(b"\n")
        left -= len(block)
    return lines


def _encoding_error(raw: IO[bytes], encoding: str, fault: int, path: Path) -> InputError:
    line = _line_at(raw, fault)
    raw.seek(fault)
    return InputError(
        f"a character cannot be read as {encoding}",
        file=path,
        line=line,
        value=raw.read(4),
        remedy="Save the file again as UTF-8, or name its encoding in the profile: [file] encoding",
    )


def _check_decodes(raw: IO[bytes], encoding: str, path: Path) -> None:
    fault = _first_fault(raw, encoding)
    if fault is not None:
        raise _encoding_error(raw, encoding, fault, path)


def _transcode(raw: IO[bytes], encoding: str, target: IO[bytes]) -> IO[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)()
    for block in _blocks(raw):
        target.write(decoder.decode(block, final=not block).encode())
    target.seek(0)
    return target
