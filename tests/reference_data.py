"""Where the real cities' files are, if they are here at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def reference(path: str) -> Path:
    """Return a file of the reference data; skip without them, but fail in CI."""
    found = SHARED / path
    if found.exists():
        return found
    message = f"reference data are not here: ../shared/data/{path}"
    if os.environ.get("CI") == "true":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)
