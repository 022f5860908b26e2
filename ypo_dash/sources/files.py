"""What kind of file this is, by its first bytes."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.model.errors import InputError

if TYPE_CHECKING:
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
    (
        b"<",
        "a web page (HTML) or XML, not a table",
        "Download the file itself, not the page that shows it",
    ),
    (b"PK\x05\x06", "an empty ZIP archive", None),
    (b"7z\xbc\xaf", "a 7-Zip archive", "Unpack it first"),
    (b"BZh", "a bzip2 archive", "Unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", "Unpack it first"),
    (b"{\\rtf", "an RTF document", None),
)
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


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
        raise InputError(
            "this is one part of a shapefile", file=path, remedy="Name the file that ends in .shp"
        )
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
    if head.startswith(tuple(bom for bom, _ in BOMS)) or wide_encoding(head):
        return False
    chars = np.frombuffer(head, dtype=np.uint8)
    odd = (chars < 32) & ~np.isin(chars, (9, 10, 12, 13, 26)) & (chars > 0)
    return bool(odd.mean() > 0.05 or (chars == 0).mean() > 0.3)


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


def check_text(path: Path, head: bytes) -> None:
    """Refuse what was packed and is not delimited text; ``head`` are its first bytes.

    Raises
    ------
    InputError
        It is another format.
    """
    if any(head.startswith(magic) for magic, _ in _MAGIC) or _text_format(path, head) != CSV:
        raise InputError("only CSV can be read packed", file=path, remedy="Unpack the file first")


def wide_encoding(head: bytes) -> str | None:
    """Return ``utf-16-le`` or ``-be`` if the bytes look like it, by their zeros."""
    chars = np.frombuffer(head[: len(head) // 2 * 2], dtype=np.uint8).reshape(-1, 2)
    if len(chars) < 2:
        return None
    low, high = (chars == 0).mean(axis=0)
    if high > 0.6 and low < 0.2:
        return "utf-16-le"
    return "utf-16-be" if low > 0.6 and high < 0.2 else None
