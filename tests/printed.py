"""Prints read back with poppler: their text, and their pages as pictures."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from ypo_dash.reports.typesetter import typeset
from ypo_dash.reports.typst import files_of


def poppler(tool: str) -> str:
    """Return the path of one of poppler's tools; without it the test is skipped, in CI it fails."""
    found = shutil.which(tool)
    if found is None:
        missing = f"{tool} is missing (Debian's poppler-utils): the prints can't be read"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return found


def text_of(pdf: bytes) -> str:
    """Return a PDF's text, its columns side by side as on the sheet."""
    command = [poppler("pdftotext"), "-layout", "-enc", "UTF-8", "-", "-"]
    done = subprocess.run(command, input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def printed(document: object) -> bytes:
    """Return a document as PDF, set in this process: quicker than the typesetter of its own."""
    return typeset(files_of(document), "pdf")[0]  # type: ignore[arg-type]
