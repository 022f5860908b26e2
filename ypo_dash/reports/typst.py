"""Documents to PDF: tagged (PDF/UA-1), fonts embedded, drawings as vectors; no browser, no network."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typst

from ypo_dash.reports.document import Picture

if TYPE_CHECKING:
    from ypo_dash.reports.document import Document

_HERE = Path(__file__).parent
FONTS = _HERE / "fonts"
_TEMPLATE = _HERE / "template.typ"
STANDARD = "ua-1"


def pdf_of(document: Document) -> bytes:
    """Return a document as PDF; Typst itself refuses what PDF/UA-1 does not allow."""
    found = _compile(_files(document), format="pdf", pdf_standards=[STANDARD])
    assert isinstance(found, bytes)  # noqa: S101 - one file of this format
    return found


def pictures_of(document: Document) -> list[bytes]:
    """Return each sheet as an SVG picture, for a preview."""
    found = _compile(_files(document), format="svg")
    return found if isinstance(found, list) else [found]


def _compile(files: dict[str, bytes], **how: Any) -> Any:
    # Its stub lacks the files by name that it documents: https://github.com/messense/typst-py#readme
    compile_: Any = typst.compile
    return compile_(files, font_paths=[str(FONTS)], ignore_system_fonts=True, **how)


def _files(document: Document) -> dict[str, bytes]:
    """Return the template, the document as JSON, and its drawings as files that the JSON names."""
    drawings: dict[str, bytes] = {}
    data = _plain(document, drawings)
    return {
        "main": _TEMPLATE.read_bytes(),
        "document.json": json.dumps(data, ensure_ascii=False).encode(),
        **drawings,
    }


def _plain(value: Any, drawings: dict[str, bytes]) -> Any:
    """Return dataclasses as dicts with their ``kind``; texts stay data and are never markup."""
    if is_dataclass(value):
        found = {f.name: _plain(getattr(value, f.name), drawings) for f in fields(value)}
        if isinstance(value, Picture):
            found["svg"] = f"{len(drawings)}.svg"
            drawings[found["svg"]] = value.svg.encode()
        return {"kind": type(value).__name__, **found}
    if isinstance(value, tuple | list):
        return [_plain(each, drawings) for each in value]
    return value
