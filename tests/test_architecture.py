"""The direction of imports, only leftwards."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAYERS = {
    "i18n": 0,
    "model": 1,
    "sources": 2,
    "stats": 2,
    "figures": 2,
    "store": 3,
    "people": 4,
    "views": 5,
    "components": 6,
    "reports": 6,
    "pages": 7,
    "app": 8,
    "cli": 8,
}  # these two start each other
TOP = {
    "server",
    "progress",
    "cli_people",
    "cli_import",
    "cli_addresses",
    "cli_audit",
    "cli_desk",
    "cli_report",
    "cli_retention",
    "cli_statistics",
    "cli_threat",
}  # helpers of the command line
FILES = [ROOT / "app.py", *sorted((ROOT / "ypo_dash").rglob("*.py"))]


def layer_of(path: Path) -> str:
    if path.name == "app.py":
        return "app"
    part = path.relative_to(ROOT / "ypo_dash").parts[0].removesuffix(".py")
    return "cli" if part in TOP | {"__init__"} else part


def imports(path: Path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            yield node.module
            yield from (
                f"{node.module}.{alias.name}" for alias in node.names if node.module == "ypo_dash"
            )


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_leftwards(path):
    mine = layer_of(path)
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "dash" or parts[0].startswith("dash_"):
            assert mine in ("components", "pages", "app"), f"{path} imports {name}"
        if parts[0] == "ypo_dash" and len(parts) > 1 and parts[1] in LAYERS and parts[1] != mine:
            top = {parts[1], mine} == {"app", "cli"}
            assert top or LAYERS[parts[1]] < LAYERS[mine], f"{path}: {mine} imports {name}"


def test_every_module_has_its_layer():
    found = {layer_of(path) for path in FILES}
    assert found <= set(LAYERS)
