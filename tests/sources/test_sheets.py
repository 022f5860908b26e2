from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.sources.loading import load, profile
from ypo_dash.model.errors import InputError
from ypo_dash.sources.profile import FileOptions
from ypo_dash.sources.sheets import cells_as_text, open_sheet

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ["id", "type", "from", "lat", "lon"]
ROW = [1, "FIRE", datetime(2012, 11, 5, 22, 15), 55.69, 12.5]


def book(folder: Path, sheets: dict[str, list[list[object]]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(folder / "in.xlsx")
    made.close()
    return folder / "in.xlsx"


def test_the_first_sheet_with_all_columns_and_its_header_row(tmp_path: Path) -> None:
    rows = [["Udtræk"], [], NAMES, ROW, [None] * 5, [2, *ROW[1:]]]
    found = load(book(tmp_path, {"Om": [["Læs mig"]], "Sager": rows}), profile())
    assert found.rows["incident_id"].tolist() == ["1", "2"]
    assert found.rows["line"].tolist() == [4, 6]
    assert str(found.rows["start_utc"][0]) == "2012-11-05 21:15:00"


def test_a_named_sheet(tmp_path: Path) -> None:
    path = book(tmp_path, {"A": [NAMES, ROW], "B": [NAMES, [9, *ROW[1:]]]})
    assert load(path, profile(file='sheet = "B"')).rows["incident_id"].tolist() == ["9"]
    with pytest.raises(InputError, match=r"there is no such sheet .*'C'.*The workbook has A, B"):
        load(path, profile(file='sheet = "C"'))


def test_midnight_among_times_is_midnight(tmp_path: Path) -> None:
    midnight = datetime(2012, 11, 6)
    found = load(book(tmp_path, {"A": [NAMES, ROW, [2, "FIRE", midnight, 55.69, 12.5]]}), profile())
    assert found.rows["end_utc"].isna().all()
    assert str(found.rows["start_utc"][1]) == "2012-11-05 23:00:00"


def test_a_column_of_dates_is_one_of_days(tmp_path: Path) -> None:
    found = load(
        book(tmp_path, {"A": [NAMES, [1, "FIRE", date(2012, 11, 6), 55.69, 12.5]]}), profile()
    )
    assert str(found.rows["end_utc"][0]) == "2012-11-06 23:00:00"


def test_date_and_time_in_two_columns(tmp_path: Path) -> None:
    rows = [[*NAMES, "kl"], [1, "FIRE", date(2012, 11, 6), 55.69, 12.5, time(7, 30)]]
    found = load(book(tmp_path, {"A": rows}), profile().replace('"from"', '["from", "kl"]'))
    assert str(found.rows["start_utc"][0]) == "2012-11-06 06:30:00"


def test_dates_of_the_workbook_need_no_format(tmp_path: Path) -> None:
    toml = profile(time='format = "%d-%m-%Y %H:%M"')
    rows = [NAMES, ROW, [2, "FIRE", "06-11-2012 07:00", 55.69, 12.5]]
    found = load(book(tmp_path, {"A": rows}), toml)
    assert found.rows["start_utc"].astype(str).tolist() == [
        "2012-11-05 21:15:00",
        "2012-11-06 06:00:00",
    ]


def test_cells_of_all_kinds() -> None:
    moment = datetime(2012, 11, 5, 22, 14, 59, 999_700)
    cells = ["a", "", 1.0, 2.5, 3, True, moment, date(2012, 11, 6), time(7, 5)]
    assert cells_as_text(cells).to_pylist() == [
        "a", "", "1", "2.5", "3", "True", "2012-11-05 22:15:00", "2012-11-06 00:00:00", "07:05:00",
    ]  # fmt: skip
    assert cells_as_text([1.0e9, 0.1, 10364665.0]).to_pylist() == ["1000000000", "0.1", "10364665"]


def test_a_field_far_too_long_is_rejected(tmp_path: Path) -> None:
    path = book(tmp_path, {"A": [NAMES, ROW]})
    sheet = open_sheet(path, FileOptions(), None)
    sheet.cells[1][1] = "x" * (1 << 21)
    (batch,) = sheet.batches(NAMES)
    assert len(batch) == 0
    assert batch.rejects["column"].tolist() == ["type"]


def test_what_was_found_is_told(tmp_path: Path) -> None:
    opened = open_sheet(book(tmp_path, {"A": [["T"], NAMES, ROW]}), FileOptions(), None)
    assert opened.head.facts == {"sheet": "A (of A)", "header": "row 2"}
    assert opened.head.typed
