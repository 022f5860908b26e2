from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from tests.sources.loading import load, profile, write
from ypo_dash.sources.identity import RowIds

if TYPE_CHECKING:
    from pathlib import Path

NO_ID = profile().replace('incident_id = "id"\n', "")


def test_ids_are_those_of_the_content_and_fixed_for_good() -> None:
    ids, again = RowIds().of([pa.array(["a", "b", "a"]), pa.array(["1", "1", "1"])])
    assert ids.to_pylist() == [
        "90104e0d4eedd8ab661dfafbbd353b86-1",
        "ade07b2b8a5585d753990d119fec56dc-1",
        "90104e0d4eedd8ab661dfafbbd353b86-2",
    ]
    assert again.tolist() == [False, False, True]


def test_fields_do_not_run_into_each_other() -> None:
    ids, _ = RowIds().of([pa.array(["ab", "a"]), pa.array(["c", "bc"])])
    assert len({i[:32] for i in ids.to_pylist()}) == 2


def test_occurrences_are_counted_over_batches() -> None:
    rng = np.random.default_rng(3)
    rows = rng.integers(0, 50, 5000).astype(str)
    whole = RowIds().of([pa.array(rows)])[0].to_pylist()
    parts = RowIds()
    split = [
        i for part in np.array_split(rows, 17) for i in parts.of([pa.array(part)])[0].to_pylist()
    ]
    assert split == whole
    assert len(set(whole)) == 5000


def test_the_same_file_twice_and_identical_rows(tmp_path: Path) -> None:
    row = "FIRE,2012-11-05 10:00,55.69,12.5,note\n"
    path = write(
        tmp_path / "rows.csv", "type,from,lat,lon,x\n" + row * 3 + row.replace("note", "other")
    )
    one, two = load(path, NO_ID), load(path, NO_ID)
    assert one.rows["incident_id"].tolist() == two.rows["incident_id"].tolist()
    assert one.rows["incident_id"].is_unique
    assert one.counts.identical_rows == 2
    # The delimiter is not part of the row.
    semicolons = write(tmp_path / "semi.csv", path.read_text().replace(",", ";"))
    assert load(semicolons, NO_ID).rows["incident_id"].tolist() == one.rows["incident_id"].tolist()


def test_ids_of_several_columns_and_to_the_letter(tmp_path: Path) -> None:
    text = (
        "id,nr,type,from,lat,lon\n1, a,FIRE,2012-11-05,55.69,12.5\n1,a,FIRE,2012-11-05,55.69,12.5\n"
    )
    found = load(write(tmp_path / "ids.csv", text), profile().replace('"id"', '["id", "nr"]'))
    assert found.rows["incident_id"].tolist() == ["1  a", "1 a"]
    assert found.counts.identical_rows == 0


def test_an_optional_id_falls_back_to_the_row(tmp_path: Path) -> None:
    text = (
        "id,type,from,lat,lon\nA1,FIRE,2012-11-05,55.69,12.5\n"
        + ",FIRE,2012-11-05,55.69,12.5\n" * 2
    )
    found = load(write(tmp_path / "ids.csv", text), profile().replace('"id"', '"id?"'))
    first, second, third = found.rows["incident_id"]
    assert first == "A1"
    assert (second[:32], second[32:], third[32:]) == (third[:32], "-1", "-2")
    assert found.counts.identical_rows == 1
