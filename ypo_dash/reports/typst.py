"""Documents to PDF: tagged (PDF/UA-1), fonts embedded, drawings as vectors; no browser, no network."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ypo_dash.figures.theme import PAPER
from ypo_dash.model.errors import InputError
from ypo_dash.reports import typesetter
from ypo_dash.reports.document import Picture

if TYPE_CHECKING:
    from ypo_dash.reports.document import Document

_TEMPLATE = Path(__file__).parent / "template.typ"
_REFUSED = "the print could not be typeset"
_LONGEST_S, _LONGEST_PAGE_S = 120, 1
# In a preview, drawings are pictures of their own that no page's font reaches: the reader's own one,
# as large as ours by the height of its small letters, which sets about as wide.
_OURS = f'font-family="{PAPER.font}"'
_READERS = f'font-family="\'{PAPER.font}\', Arial, Helvetica, sans-serif" font-size-adjust="0.486"'


def pdf_of(document: Document) -> bytes:
    """Return a document as PDF.

    Raises
    ------
    InputError
        It can't be typeset; its value is what the typesetter says.
    """
    return _typeset(files_of(document), "pdf", len(document.pages))[0]


def pictures_of(document: Document) -> list[bytes]:
    """Return each sheet as an SVG picture, for a preview.

    Raises
    ------
    InputError
        It can't be typeset; its value is what the typesetter says.
    """
    files = files_of(document)
    for name, content in files.items():
        if name.endswith(".svg"):
            files[name] = content.replace(_OURS.encode(), _READERS.encode())
    return _typeset(files, "svg", len(document.pages))


def _typeset(files: dict[str, bytes], form: str, pages: int) -> list[bytes]:
    longest = _LONGEST_S + _LONGEST_PAGE_S * pages
    try:
        done = subprocess.run(  # noqa: S603 - our own program, and no shell
            [sys.executable, "-m", typesetter.__name__, form],
            input=typesetter.packed(files),
            capture_output=True,
            timeout=longest,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(_REFUSED, value=f"no answer in {longest:.0f} s") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise InputError(_REFUSED, value=said[-1] if said else f"exit {done.returncode}")
    found = typesetter.unpacked(done.stdout)
    return [found[str(i)] for i in range(len(found))]


def files_of(document: Document) -> dict[str, bytes]:
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
