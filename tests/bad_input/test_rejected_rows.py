"""Rows that are rejected, counted and listed, while the others go in."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest

from tests.faults.harness import COPENHAGEN, EVERYTHING, Workspace, write_csv

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROWS = 40
AT = 11  # the broken row; line AT + 2 of the file


def _rows() -> list[dict[str, object]]:
    return COPENHAGEN.rows(ROWS, seed=5, prefix="R")


def _load(space: Workspace, file: Path, folder: Path) -> tuple[dict, list[dict[str, str]]]:
    rejects = folder / "rejects.csv"
    done = space.load(file, options=("--rejects", rejects, "--json"))
    assert done.code == 0, done.err
    listed = []
    if rejects.exists():
        with rejects.open(newline="", encoding="utf-8-sig") as handle:
            listed = list(csv.DictReader(handle))
    return done.json, listed


CHANGES: dict[str, tuple[dict[str, object], str]] = {
    "an impossible date": ({"time_from": "2012-02-30T10:00"}, "time_from"),
    "an impossible hour": ({"time_from": "2012-03-01T25:61"}, "time_from"),
    "words for a date": ({"time_from": "last tuesday"}, "time_from"),
    "no date": ({"time_from": ""}, "time_from"),
    "the year 1066": ({"time_from": "1066-10-14T09:00", "time_to": ""}, "time_from"),
    "the year 2999": ({"time_from": "2999-10-14T09:00", "time_to": ""}, "time_from"),
    "a word for a latitude": ({"lat": "north"}, "lat"),
    "a latitude beyond the pole": ({"lat": 95.5}, "lat"),
    "a longitude round the earth": ({"lon": 512.5}, "lon"),
    "null island": ({"lat": 0, "lon": 0}, "lat|lon"),
    "a swapped pair": ({"lat": 12.52, "lon": 55.69}, "lat|lon"),
    "metres for degrees": ({"lat": 6176000.5, "lon": 724000.5}, "lat|lon"),
    "half a coordinate": ({"lon": ""}, "lat|lon"),
    "no identifier": ({"incident_id": ""}, "incident_id"),
    "no type": ({"type": ""}, "type"),
    "an infinite latitude": ({"lat": "inf"}, "lat"),
    "a huge field": ({"scene": "x" * 1_500_000}, "scene"),
}


@pytest.mark.parametrize(
    ("change", "column"), [pytest.param(*value, id=name) for name, value in CHANGES.items()]
)
def test_one_broken_row(
    empty: Workspace, tmp_path: Path, change: dict[str, object], column: str
) -> None:
    space = empty.copy(tmp_path / "home")
    rows = _rows()
    rows[AT] = rows[AT] | change
    summary, rejects = _load(space, write_csv(tmp_path / "in.csv", rows), tmp_path)
    counted = [summary[k] for k in ("read", "new", "rejected")]
    assert counted == [ROWS, ROWS - 1, 1]
    assert [r["line"] for r in rejects] == [str(AT + 2)]
    assert rejects[0]["column"] in column.split("|")
    assert rejects[0]["file"].endswith("in.csv")
    assert len(rejects[0]["reason"]) > 5
    assert len(rejects[0]["value"]) < 2000
    assert space.incidents() == ROWS - 1


def _raw(change: Callable[[list[bytes]], None]) -> bytes:
    text = b"incident_id,type,scene,time_from,time_to,lat,lon"
    lines = [text, *(",".join(str(v) for v in row.values()).encode() for row in _rows())]
    change(lines)
    return b"\n".join(lines) + b"\n"


def _too_many(lines: list[bytes]) -> None:
    lines[AT + 1] += b",what,is,this"


def _too_few(lines: list[bytes]) -> None:
    lines[AT + 1] = b"R11,BURGLARY,FLAT"


def _nul(lines: list[bytes]) -> None:
    lines[AT + 1] = lines[AT + 1].replace(b"R11", b"R1\x001")


@pytest.mark.parametrize("change", [_too_many, _too_few, _nul])
def test_broken_line(
    empty: Workspace, tmp_path: Path, change: Callable[[list[bytes]], None]
) -> None:
    space = empty.copy(tmp_path / "home")
    file = tmp_path / "in.csv"
    file.write_bytes(_raw(change))
    summary, rejects = _load(space, file, tmp_path)
    assert [summary[k] for k in ("read", "new", "rejected")] == [ROWS, ROWS - 1, 1]
    assert [r["line"] for r in rejects] == [str(AT + 2)]


def test_lines_are_counted_through_quotes_and_blank_lines(empty: Workspace, tmp_path: Path) -> None:
    space = empty.copy(tmp_path / "home")

    def change(lines: list[bytes]) -> None:
        parts = lines[3].split(b",")
        parts[2] = b'"FL\nA\nT"'
        lines[3] = b",".join(parts)
        lines[AT + 1] = lines[AT + 1].replace(b"2012-", b"2012-99-")
        lines.insert(6, b"")

    file = tmp_path / "in.csv"
    file.write_bytes(_raw(change))
    summary, rejects = _load(space, file, tmp_path)
    assert summary["rejected"] == 1
    # Two line breaks within quotes and one blank line stand before it.
    assert [r["line"] for r in rejects] == [str(AT + 2 + 3)]


ACCEPTED = {
    "UTF-8 with a mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "UTF-16 with a mark": lambda text: text.encode("utf-16"),
    "Latin-1": lambda text: text.replace("R11", "Ræ11").encode("latin-1"),
    "semicolons and decimal commas": lambda text: (
        text.replace(",", ";").replace("55.", "55,").replace("12.", "12,").encode()
    ),
    "tabs": lambda text: text.replace(",", "\t").encode(),
    "bars": lambda text: text.replace(",", "|").encode(),
    "carriage returns and line feeds": lambda text: text.replace("\n", "\r\n").encode(),
    "no last line end": lambda text: text.rstrip("\n").encode(),
    "blank lines at the end": lambda text: (text + "\n\n\n").encode(),
    "all quoted": lambda text: "\n".join(
        ",".join(f'"{part}"' for part in line.split(",")) for line in text.splitlines()
    ).encode(),
}


@pytest.mark.parametrize("encode", list(ACCEPTED.values()), ids=list(ACCEPTED))
def test_odd_but_readable(empty: Workspace, tmp_path: Path, encode: Callable[[str], bytes]) -> None:
    space = empty.copy(tmp_path / "home")
    file = tmp_path / "in.csv"
    file.write_bytes(encode(_raw(lambda _: None).decode()))
    summary, _ = _load(space, file, tmp_path)
    assert [summary[k] for k in ("read", "new", "rejected")] == [ROWS, ROWS, 0]
    located = sum(row["lat"] != "" for row in _rows())
    status = space.status()
    assert (status["incidents"], status["no_coordinates"]) == (ROWS, ROWS - located)
    assert status["mapped"] > 30


def test_an_id_twice_in_a_file_is_one_incident(empty: Workspace, tmp_path: Path) -> None:
    space = empty.copy(tmp_path / "home")
    rows = _rows()
    rows.append(rows[5] | {"type": "FIRE"})
    summary, _ = _load(space, write_csv(tmp_path / "in.csv", rows), tmp_path)
    assert summary["read"] == ROWS + 1
    assert space.incidents() == ROWS
    # The last one stands, as it does between two files.
    counts = dict(csv.reader(space.query("types", EVERYTHING).splitlines()))
    assert float(counts["FIRE"]) == 1


def test_every_row_read_is_accounted_for(empty: Workspace, tmp_path: Path) -> None:
    space = empty.copy(tmp_path / "home")
    rows = _rows()
    rows[2]["lat"], rows[3]["time_from"] = "north", "never"
    rows[4]["time_from"], rows[4]["time_to"] = "2012-03-25T02:30", ""  # does not exist
    rows[5]["time_from"], rows[5]["time_to"] = "2012-10-28T02:30", ""  # exists twice
    rows[6]["time_from"], rows[6]["time_to"] = "2012-04-01T10:00", "2012-04-01T09:00"
    rows[8]["scene"] = "Dragon's den"
    rows.append(rows[20])
    summary, rejects = _load(space, write_csv(tmp_path / "in.csv", rows), tmp_path)
    assert summary["read"] == ROWS + 1
    assert summary["rejected"] == len(rejects) == 2
    assert summary["times_nonexistent"] == summary["times_ambiguous"] == 1
    assert summary["ends_before_start"] == 1
    parts = ("new", "updated", "unchanged", "rejected", "filtered")
    assert sum(summary[k] for k in parts) == summary["read"], json.dumps(summary)
