"""What does not run is said, also where several workers run the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = ("tests/reference/test_chicago.py", "tests/model/test_hours.py")


@pytest.mark.parametrize("workers", [[], ["-n", "2"]])
def test_reference_tests_are_left_out_in_one_line_where_their_data_are_not(tmp_path, workers):
    clone = tmp_path / "clone"
    nothing_of = shutil.ignore_patterns("__pycache__", ".pytest_cache")
    for name in ("tests", "pyproject.toml"):
        whole = ROOT / name
        if whole.is_dir():
            shutil.copytree(whole, clone / name, ignore=nothing_of)
        else:
            shutil.copy(whole, clone / name)
    for name in ("ypo_dash", "app.py", "assets", "data"):
        (clone / name).symlink_to(ROOT / name)
    environment = {k: v for k, v in os.environ.items() if k != "CI" and not k.startswith("PYTEST")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *workers, *FILES, "-q"],
        cwd=clone, env={**environment, "PYTHONPATH": str(clone)}, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith("SKIPPED")]
    assert len(lines) == 1, done.stdout + done.stderr
    assert "reference tests: the real cities' files are not here" in lines[0]
