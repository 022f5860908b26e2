"""The record as a file for others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ypo_dash.model.errors import InputError
from ypo_dash.model.safe_csv import to_csv

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

COLUMNS = (
    "n", "time", "action", "object", "filter", "rows", "steps", "person", "role", "unit", "reason",
    "recipient", "client", "result", "snapshot", "prev", "hash", "seal",
)  # fmt: skip


def write_entries(entries: Iterable[dict[str, Any]], path: Path) -> int:
    """Write entries as CSV or JSON lines, by the file's suffix; returns how many.

    JSON lines are the record's own lines, so that the chain can be checked anywhere.

    Raises
    ------
    InputError
        The suffix is another one, or the file is there already.
    """
    if path.suffix not in (".csv", ".jsonl"):
        raise InputError("the file's name must end in .csv or .jsonl", file=path)
    found = list(entries)
    if path.suffix == ".csv":
        text = to_csv(COLUMNS, [tuple(entry.get(name, "") for name in COLUMNS) for entry in found])
    else:
        text = "".join(
            json.dumps(entry, ensure_ascii=True, separators=(",", ":")) + "\n" for entry in found
        )
    try:
        with path.open("x", encoding="utf-8", newline="") as handle:
            handle.write(text)
    except FileExistsError as error:
        raise InputError("there is a file of this name already", file=path) from error
    return len(found)
