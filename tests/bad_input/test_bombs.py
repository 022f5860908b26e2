"""Small files that are huge inside; read under a limit of memory, they would end the process."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.faults.harness import COPENHAGEN
from ypo_dash.model.errors import InputError
from ypo_dash.sources import load_profile
from ypo_dash.sources.columnar import open_parquet
from ypo_dash.sources.opening import open_table
from ypo_dash.sources.profile import FileOptions, parse_profile
from ypo_dash.sources.small_tables import read_table
from ypo_dash.sources.workbooks import check_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.harness import Workspace

SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEET, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'


def _book(path: Path, rows: str, texts: str | None = None, *, part: str = SHEET) -> Path:
    whole = io.BytesIO()
    pd.DataFrame(COPENHAGEN.rows(3, seed=1)).to_excel(whole, index=False)
    given = {part: f"<worksheet {SPACE}><sheetData>{rows}</sheetData></worksheet>"}
    if texts is not None:
        given[TEXTS] = f"<sst {SPACE}>{texts}</sst>"
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w", 8) as made:
        for name in sorted({*source.namelist(), *given}):
            made.writestr(name, given[name] if name in given else source.read(name))
    return path


FAR = {
    "the last corner": '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>',
    "the last row": '<row r="1048576"><c r="CV1048576"><v>2</v></c></row>',
    "in single quotes": "<row r='1048576'><c r = 'xfd1048576'><v>2</v></c></row>",
    "a row that says so for its cell": '<row r="1048576"><c><v>2</v></c><c r="CV7"><v>2</v></c></row>',
    "of a prefix": '<x:row r="1048576"><x:c r="CV1048576"><x:v>2</x:v></x:c></x:row>',
    "followed by a near one": '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    '<row r="3"><c r="A3"/></row>',
    "a wide row without names": f'<row r="2">{"<c><v>1</v></c>" * 16000}</row>'
    '<row r="1048576"><c><v>1</v></c></row>',
    "many empty rows": f'{"<row/>" * 20000}<row r="99999"><c r="ZZ99999"><v>1</v></c></row>',
}


@pytest.mark.parametrize("rows", [pytest.param(rows, id=name) for name, rows in FAR.items()])
def test_a_cell_far_from_the_others(tmp_path: Path, rows: str) -> None:
    book = _book(tmp_path / "far.xlsx", ONE + rows)
    assert book.stat().st_size < 20_000
    for read in (
        lambda: open_table(book, FileOptions(), None, tmp_path),
        lambda: read_table(book, ("sector_id",)),
    ):
        with pytest.raises(InputError, match=r"far\.xlsx.*nearly empty and reaches very far"):
            read()


def test_it_is_told_by_the_command(space: Workspace, snapshot: object, tmp_path: Path) -> None:
    book = _book(tmp_path / "far.xlsx", ONE + FAR["the last row"])
    space.load(book).refused("far.xlsx", "far from the others")
    assert space.status()["snapshot"] == snapshot


def test_one_long_text_in_many_cells(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{r}"><c r="A{r}" t="s"><v>0</v></c></row>' for r in range(1, 20_001))
    book = _book(tmp_path / "texts.xlsx", rows, f"<si><t>{'A' * (1 << 20)}</t></si>")
    with pytest.raises(InputError, match=r"texts\.xlsx.*far more than a table"):
        open_table(book, FileOptions(), None, tmp_path)


def test_full_sheets_are_no_bombs(tmp_path: Path) -> None:
    row = "".join(f'<c r="{c}#"><v>1</v></c>' for c in ("A", "B", "Z", "AZ"))
    rows = "".join(f'<row r="{r}">{row.replace("#", str(r))}</row>' for r in range(1, 90_001))
    check_workbook(_book(tmp_path / "wide.xlsx", rows))
    bare = "".join(f"<row>{'<c><v>1</v></c>' * 9}</row>" for _ in range(60_000))
    check_workbook(_book(tmp_path / "bare.xlsx", bare))
    cells = "".join(f'<row r="{r}"><c r="A{r}" t="s"><v>0</v></c></row>' for r in range(1, 70_001))
    note = f"<si><t>{'A' * 300}</t></si><si><t>{'B' * 32_000}</t></si>"
    check_workbook(_book(tmp_path / "notes.xlsx", cells, note))


def test_other_workbooks_are_named(tmp_path: Path) -> None:
    book = _book(tmp_path / "binary.xlsx", ONE, part="xl/workbook.bin")
    with pytest.raises(InputError, match="XLSB"):
        open_table(book, FileOptions(), None, tmp_path)


def test_one_long_text_in_many_rows_of_parquet(tmp_path: Path) -> None:
    path, rows = tmp_path / "long.parquet", 65_536
    first = COPENHAGEN.rows(1, seed=1)[0]
    columns = {name: pa.array([str(value)] * rows) for name, value in first.items()}
    long = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), ["A" * (1 << 20)])
    table = pa.table({**columns, "scene": long})
    parquet.write_table(table, path, compression="zstd", store_schema=False)
    assert path.stat().st_size < 20_000
    opened = open_parquet(path)
    with pytest.raises(InputError, match=r"long\.parquet.*far more than a table"):
        next(opened.batches(opened.head.columns))


def test_parquet_that_unpacks_to_far_more(tmp_path: Path) -> None:
    path = tmp_path / "zeros.parquet"
    zeros = pa.table({"a": pa.array(["0" * (1 << 20)] * 200)})
    parquet.write_table(zeros, path, compression="zstd", use_dictionary=False)
    with pytest.raises(InputError, match="unpacks to far more"):
        open_parquet(path)


def test_profiles_of_many_levels(tmp_path: Path) -> None:
    deep = "a = " + "[" * 100_000, "a" + ".a" * 50_000 + " = 1", "# " + "x" * (1 << 20)
    for text in deep:
        path = tmp_path / "deep.toml"
        path.write_text(text)
        with pytest.raises(InputError, match=r"deep\.toml"):
            load_profile(path)
    with pytest.raises(InputError, match="far more than a profile"):
        parse_profile(deep[1], name="deep")
