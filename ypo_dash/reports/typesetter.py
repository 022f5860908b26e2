"""The typesetter: a program of its own, since Typst keeps what it has set and a worker would grow.

Reads a zip of files from its input and writes one of results (``0``, ``1``, ...) to its output.
"""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path
from typing import Any

FONTS = Path(__file__).parent / "fonts"
STANDARD = "ua-1"
FORMATS = ("pdf", "svg")


def typeset(files: dict[str, bytes], form: str) -> list[bytes]:
    """Return the PDF, or the SVG picture of each sheet; Typst refuses what PDF/UA-1 does not allow.

    Raises
    ------
    RuntimeError
        Typst refuses the document; the message says where.
    """
    import typst

    # Its stub lacks the files by name that it documents: https://github.com/messense/typst-py
    compile_: Any = typst.compile
    how = {"pdf_standards": [STANDARD]} if form == "pdf" else {}
    found = compile_(files, format=form, font_paths=[str(FONTS)], ignore_system_fonts=True, **how)
    return found if isinstance(found, list) else [found]


def packed(files: dict[str, bytes]) -> bytes:
    """Return files as one zip, not compressed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def unpacked(archive: bytes) -> dict[str, bytes]:
    """Return the files of a zip."""
    with zipfile.ZipFile(io.BytesIO(archive)) as found:
        return {name: found.read(name) for name in found.namelist()}


def main() -> None:
    """Typeset what the input holds, in the format that the first argument names."""
    results = typeset(unpacked(sys.stdin.buffer.read()), sys.argv[1])
    sys.stdout.buffer.write(packed({str(i): result for i, result in enumerate(results)}))


if __name__ == "__main__":
    main()
