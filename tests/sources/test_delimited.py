from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from tests.sources.loading import GOOD, HEADER, load, profile, write
from ypo_dash.sources import delimited, read_incidents
from ypo_dash.sources.delimited import open_delimited
from ypo_dash.sources.profile import FileOptions

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [GOOD.replace("7,", f"{i},", 1) for i in range(6)]


def table(folder: Path, text: str | bytes, **options: object) -> list[tuple[int, list[str]]]:
    """Line and cells of every row."""
    path = write(folder / "in.csv", text)
    opened = open_delimited(path, FileOptions(**options), None, folder)
    rows = []
    for batch in opened.batches(opened.head.columns):
        columns = [batch.texts[name].to_pylist() for name in opened.head.columns]
        rows += list(zip(batch.lines.tolist(), map(list, zip(*columns, strict=True)), strict=True))
    opened.close()
    return rows


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_delimiters_are_found(tmp_path: Path, sign: str) -> None:
    rows = table(
        tmp_path,
        "a;b,c\td|e\n".replace(sign, sign) and sign.join("abc") + "\n" + sign.join("123") + "\n",
    )
    assert rows == [(2, ["1", "2", "3"])]


def test_a_decimal_comma_is_no_delimiter(tmp_path: Path) -> None:
    assert table(tmp_path, "a;b\n1,5;2,5\n3,5;4,5\n")[0] == (2, ["1,5", "2,5"])


def test_the_hint_of_spreadsheets_is_followed(tmp_path: Path) -> None:
    assert table(tmp_path, "sep=;\r\na,x;b\r\n1;2\r\n") == [(3, ["1", "2"])]


def test_a_stated_delimiter_is_kept_to(tmp_path: Path) -> None:
    assert table(tmp_path, "a:b,c\n1:2,3\n", delimiter=":") == [(2, ["1", "2,3"])]


def test_a_header_below_a_title_is_found_where_the_profile_fits(tmp_path: Path) -> None:
    text = "Udtræk 2012\n\nBellahøj, alle\n" + "\n".join([HEADER, *ROWS])
    found = load(write(tmp_path / "in.csv", text))
    assert found.rows["line"].tolist() == [5, 6, 7, 8, 9, 10]


def test_a_stated_header_row_is_kept_to(tmp_path: Path) -> None:
    assert table(tmp_path, "x,y\na,b\n1,2\n", header_row=2) == [(3, ["1", "2"])]


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    text = 'a,"b\nb"\n\n1,"x\r\ny"\r\n\n"2\n2",z\n3,w'
    assert table(tmp_path, text) == [
        (4, ["1", "x\r\ny"]),
        (7, ["2\n2", "z"]),
        (9, ["3", "w"]),
    ]


def test_small_blocks_give_the_same_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a,b,c\n" + "".join(f'{i},"{i}\n{"x" * (i % 40)}",ø{i}\r\n' for i in range(300))
    whole = table(tmp_path, text)
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 61)
    assert table(tmp_path, text) == whole
    assert len(whole) == 300


def test_gzip_and_progress(tmp_path: Path) -> None:
    path = write(tmp_path / "in.csv.gz", gzip.compress("\n".join([HEADER, *ROWS]).encode()))
    source = read_incidents(
        path, None, __import__("tests.sources.loading", fromlist=["x"]).CONTEXT, workdir=tmp_path
    )
    batches = list(source)
    assert batches[-1].bytes_done == source.total_bytes
    assert sum(len(b.rows) for b in batches) == 6


def test_rows_that_are_none(tmp_path: Path) -> None:
    rows = [
        ROWS[0],
        ROWS[1] + ",x",
        "2,BURGLARY",
        ROWS[3].replace("FLAT", "FL\x00AT"),
        ",,,,,,",
        ROWS[4].replace("FLAT", "x" * (1 << 20) + "y"),
        ROWS[5].replace("FLAT", '"FL"AT'),
        ROWS[5],
        "",
    ]
    found = load(write(tmp_path / "in.csv", "\n".join([HEADER, *rows])))
    assert found.rows["incident_id"].tolist() == ["0", "5"]
    assert found.reasons == [
        (3, "", "the row has 8 fields, the header 7"),
        (4, "", "the row has 2 fields, the header 7"),
        (5, "", "the row has a NUL byte: the file is damaged here"),
        (6, "", "the row is empty"),
        (7, "scene", "the field is over 1 MB long"),
        (8, "", "a quotation mark in the row is out of place"),
    ]
    assert found.rejects["value"][0] == ROWS[1] + ",x"
    assert found.rejects["value"].str.len().max() == 200
    assert (found.counts.read, found.counts.rejected) == (8, 6)
    assert set(found.rejects["file"]) == {str(tmp_path / "in.csv")}


def test_only_what_is_needed_is_read_where_rows_have_ids(tmp_path: Path) -> None:
    path = write(tmp_path / "in.csv", "a,b,c\n1,2,3\n")
    opened = open_delimited(path, FileOptions(), None, tmp_path)
    (batch,) = opened.batches(["c", "a"])
    assert list(batch.texts) == ["c", "a"]
    opened.close()


def test_the_filter_keeps_rows_and_counts_the_others(tmp_path: Path) -> None:
    text = "id,type,from,lat,lon,status\n" + "".join(
        f"{i},FIRE,2012-11-05,55.69,12.5,{s}\n"
        for i, s in enumerate(["open", "shut ", " open", ""])
    )
    found = load(write(tmp_path / "in.csv", text), profile(rest='[filter]\nstatus = ["open"]'))
    assert found.rows["incident_id"].tolist() == ["0", "2"]
    assert (found.counts.read, found.counts.filtered, found.counts.rejected) == (4, 2, 0)


def test_rows_have_the_promised_columns_and_types(tmp_path: Path) -> None:
    rows = load(write(tmp_path / "in.csv", "\n".join([HEADER, *ROWS]))).rows
    assert {name: str(kind) for name, kind in rows.dtypes.items()} == {
        "incident_id": "str",
        "type": "str",
        "scene": "str",
        "start_utc": "datetime64[s]",
        "end_utc": "datetime64[s]",
        "reported_utc": "datetime64[s]",
        "lat": "float64",
        "lon": "float64",
        "area": "str",
        "line": "int64",
    }


def test_alternative_and_optional_columns(tmp_path: Path) -> None:
    head = "JOURNALNR;GERNINGSKODE;GERNINGSTID_FRA;GERNINGSTID_TIL;ANMELDT;{};GERNINGSSTED\n"
    row = "0100-75212-00123-12;75212;05-11-2012 07:30;05-11-2012 16:10;05-11-2012 17:02;{};Lejlighed\n"
    metres = write(
        tmp_path / "xy.csv",
        (head.format("X;Y") + row.format("720123,5;6177890,25")).encode("latin-1"),
    )
    lat = write(tmp_path / "deg.csv", head.format("LAT;LON") + row.format("55,69;12,5"))
    bare = write(
        tmp_path / "bare.csv",
        "JOURNALNR;GERNINGSKODE;GERNINGSTID_FRA;X;Y\n1;99999;05-11-2012;0;0\n",
    )
    one, two, three = (load(path).rows.iloc[0] for path in (metres, lat, bare))
    assert (one["type"], one["scene"]) == ("BURGLARY", "FLAT")
    assert str(one["reported_utc"]) == "2012-11-05 16:02:00"
    assert (round(one["lat"], 2), round(one["lon"], 2)) == (55.7, 12.5)
    assert (two["lat"], two["lon"]) == (55.69, 12.5)
    assert (three["type"], three["scene"], str(three["lat"])) == ("OTHER", "UNKNOWN", "nan")
