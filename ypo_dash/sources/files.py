"""What kind of file this is, and its text as UTF-8: compression and encoding found by looking."""

from __future__ import annotations

import codecs
import gzip
import tempfile
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import numpy as np

from ypo_dash.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CSV, XLSX, PARQUET = "CSV", "XLSX", "Parquet"
GEOJSON, GEOPACKAGE, SHAPEFILE = "GeoJSON", "GeoPackage", "Shapefile"
VECTORS = (GEOJSON, GEOPACKAGE, SHAPEFILE)
KNOWN_FORMATS = "Use CSV (also .gz), XLSX, Parquet, GeoJSON, GeoPackage or Shapefile"
BLOCK = 1 << 22
# Text of tables packs to a fifth or a tenth; what unpacks to far more is an attack or a mistake.
BOMB_SIZE, BOMB_RATIO = 1 << 27, 250
_MAGIC = (
    (b"PK\x03\x04", XLSX),
    (b"\xd0\xcf\x11\xe0", XLSX),
    (b"PAR1", PARQUET),
    (b"SQLite format 3\x00", GEOPACKAGE),
    (b"\x00\x00\x27\x0a", SHAPEFILE),
)
_FOREIGN = (
    (b"%PDF", "a PDF document", None),
    (b"<", "a web page (HTML) or XML, not a table", "Download the file itself, not the page that shows it"),
    (b"PK\x05\x06", "an empty ZIP archive", None),
    (b"7z\xbc\xaf", "a 7-Zip archive", "Unpack it first"),
    (b"BZh", "a bzip2 archive", "Unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", "Unpack it first"),
    (b"{\\rtf", "an RTF document", None),
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass
class Text:
    """A file's text: ``handle`` reads UTF-8 bytes without a byte-order mark."""

    handle: IO[bytes]
    size: int
    encoding: str
    packed: bool


def find_format(path: Path) -> str:
    """Return the format by the file's first bytes, whatever its name says.

    Raises
    ------
    InputError
        The file is not there, not readable, empty, or of no known format.
    """
    head = _head(path)
    if not head:
        raise InputError("the file is empty", file=path)
    if head.startswith(b"\x1f\x8b"):
        return CSV
    found = next((name for magic, name in _MAGIC if head.startswith(magic)), None)
    if found is None and path.suffix.lower() in (".dbf", ".shx", ".prj", ".cpg"):
        raise InputError("this is one part of a shapefile", file=path, remedy="Name the file that ends in .shp")
    return found or _text_format(path, head)


def _text_format(path: Path, head: bytes) -> str:
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if start.startswith(b"{") and not start.startswith(b"{\\rtf"):
        if b'"type"' in start or b"'type'" in start:
            return GEOJSON
        raise InputError("this is JSON, but not GeoJSON", file=path, remedy=KNOWN_FORMATS)
    for magic, name, remedy in _FOREIGN:
        if start.startswith(magic):
            raise InputError(f"this is {name}", file=path, remedy=remedy or KNOWN_FORMATS)
    if _is_binary(head):
        raise InputError("this is not a table of any known format", file=path, remedy=KNOWN_FORMATS)
    return CSV


def _head(path: Path) -> bytes:
    if path.is_dir():
        raise InputError("this is a folder, not a file", file=path)
    try:
        with path.open("rb") as handle:
            return handle.read(4096)
    except FileNotFoundError as error:
        raise InputError("there is no such file", file=path) from error
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", file=path) from error


def _is_binary(head: bytes) -> bool:
    if head.startswith(tuple(bom for bom, _ in _BOMS)) or _wide_encoding(head):
        return False
    chars = np.frombuffer(head, dtype=np.uint8)
    odd = (chars < 32) & ~np.isin(chars, (9, 10, 12, 13, 26)) & (chars > 0)
    return bool(odd.mean() > 0.05 or (chars == 0).mean() > 0.3)


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
    raw: IO[bytes] = path.open("rb")
    packed = raw.read(2) == b"\x1f\x8b"
    raw.seek(0)
    if packed:
        raw = _unpack(raw, path, workdir)
    bom, marked = _bom(raw)
    found = _plain(encoding or marked or _find_encoding(raw, path))
    raw.seek(bom)
    if found == "utf-8":
        _check_decodes(raw, found, path)
    else:
        raw = _transcode(raw, found, path, workdir)
    start = raw.tell()
    size = raw.seek(0, 2) - start
    raw.seek(start)
    return Text(raw, size, found, packed)


def check_archive(path: Path, sizes: tuple[int, int]) -> None:
    """Refuse what unpacks out of all proportion; ``sizes`` are packed and unpacked bytes.

    Raises
    ------
    InputError
        It is large, and unpacks to more than 250 times its size.
    """
    packed, unpacked = sizes
    if unpacked > BOMB_SIZE and unpacked > BOMB_RATIO * max(packed, 1):
        raise InputError(
            "the file unpacks to far more than a table would",
            file=path,
            value=f"{packed:,} to {unpacked:,} bytes",
            remedy="If it is sound, unpack it yourself and import it as CSV",
        )


def _unpack(raw: IO[bytes], path: Path, workdir: Path) -> IO[bytes]:
    size = path.stat().st_size
    target = tempfile.TemporaryFile(dir=workdir)  # noqa: SIM115 - lives as long as its text
    done = 0
    try:
        with raw, gzip.open(raw) as source:
            while block := source.read(BLOCK):
                done += len(block)
                check_archive(path, (size, done))
                target.write(block)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"the file cannot be unpacked: {error}", file=path, remedy="It is damaged or cut off; fetch it again") from error
    target.seek(0)
    if not done:
        raise InputError("the file is empty", file=path)
    head = target.read(4096)
    target.seek(0)
    if any(head.startswith(magic) for magic, _ in _MAGIC) or _text_format(path, head) != CSV:
        raise InputError("only CSV can be read packed", file=path, remedy="Unpack the file first")
    return target


def _bom(raw: IO[bytes]) -> tuple[int, str | None]:
    head = raw.read(4)
    raw.seek(0)
    return next(((len(bom), name) for bom, name in _BOMS if head.startswith(bom)), (0, None))


def _plain(encoding: str) -> str:
    name = codecs.lookup(encoding).name
    # A UTF-16 or -8 with mark reads without one: the mark has been passed by.
    return {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le", "ascii": "utf-8"}.get(name, name)


def _wide_encoding(head: bytes) -> str | None:
    chars = np.frombuffer(head[: len(head) // 2 * 2], dtype=np.uint8).reshape(-1, 2)
    if len(chars) < 2:
        return None
    low, high = (chars == 0).mean(axis=0)
    if high > 0.6 and low < 0.2:
        return "utf-16-le"
    return "utf-16-be" if low > 0.6 and high < 0.2 else None


def _find_encoding(raw: IO[bytes], path: Path) -> str:
    head = raw.read(4096)
    raw.seek(0)
    wide = _wide_encoding(head)
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
        points = np.frombuffer(decoder.decode(block, final=not block).encode("utf-32-le"), dtype=np.uint32)
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


def _transcode(raw: IO[bytes], encoding: str, path: Path, workdir: Path) -> IO[bytes]:
    _check_decodes(raw, encoding, path)
    target = tempfile.TemporaryFile(dir=workdir)  # noqa: SIM115 - lives as long as its text
    decoder = codecs.getincrementaldecoder(encoding)()
    with raw:
        for block in _blocks(raw):
            target.write(decoder.decode(block, final=not block).encode())
    target.seek(0)
    return target
