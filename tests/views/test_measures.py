"""The map of changes: hexagons by pandas over the raw file, classes by hand, one answer everywhere."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from datetime import date

import h3
import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control

from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.stats.etest import e_test
from ypo_dash.views.change import change_of, change_table, compare, earlier
from ypo_dash.views.measures import CHANGE_CLASSES, change_classes, measure_answer

STATE = "types=BURGLARY&from=2012-11-02&to=2012-11-25&res=8&measure=change"
DTYPES = {"u1": np.uint8, "u4": np.uint32, "f4": np.float32, "f8": np.float64}


def unpack(content):
    (length,) = struct.unpack_from("<I", content)
    head = json.loads(content[4 : 4 + length])
    at, arrays = 4 + length, {}
    for array in head["arrays"]:
        at += -at % 8
        kind = np.dtype(DTYPES[array["dtype"]])
        arrays[array["name"]] = np.frombuffer(content, kind, array["length"], at)
        at += array["length"] * kind.itemsize
    return head, arrays


def counts_by_cell(incidents, first, last, kind, res):
    day = pd.to_datetime(incidents["time_from"]).dt.date
    here = incidents[
        (incidents["type"] == kind) & day.between(first, last) & incidents["lat"].notna()
    ]
    cells = [h3.latlng_to_cell(lat, lon, res) for lat, lon in zip(here["lat"], here["lon"], strict=True)]  # fmt: skip
    return pd.Series(cells).value_counts()


def test_hexagons_equal_pandas_over_the_raw_file(demo, incidents):
    filters = Filters.from_query(STATE, demo)
    now = counts_by_cell(incidents, date(2012, 11, 2), date(2012, 11, 25), "BURGLARY", 8)
    before = counts_by_cell(incidents, date(2012, 10, 9), date(2012, 11, 1), "BURGLARY", 8)
    # The map has no hexagons of incidents outside every sector; the raw file has a few.
    table = pd.DataFrame(change_table(demo, filters, "cells").records()).set_index("id")
    both = pd.DataFrame({"count": now, "before": before}).fillna(0)
    assert set(table.index) <= set(both.index)
    both = both.loc[table.index]
    assert (table["count"] <= both["count"]).all()
    assert both["count"].sum() - table["count"].sum() <= 3
    inside = table[(table["count"] == both["count"]) & (table["before"] == both["before"])]
    assert len(inside) >= len(table) - 4
    p = [e_test(int(a), int(b)) for a, b in zip(table["count"], table["before"], strict=True)]
    assert table["p"].to_numpy() == pytest.approx(p, abs=1e-6)
    told = table["verdict"] != "few"
    q = false_discovery_control(np.array(p)[told.to_numpy()])
    assert table.loc[told, "q"].astype(float).to_numpy() == pytest.approx(q, abs=1e-6)
    head, arrays = unpack(measure_answer(demo, filters, "en"))
    known = [h3.int_to_str(int(c)) for c in demo.cells.cells[8][1:]]
    codes = {name: head["classes"][k - 1]["code"] for name, k in zip(known, arrays["classes"], strict=True) if k}  # fmt: skip
    assert {n: c.split("_")[0] for n, c in codes.items()} == dict(table["verdict"])
    assert sum(one["n"] for one in head["classes"]) == len(table)
    at = known.index(table.index[0])
    assert arrays["before"][at] == table["before"].iloc[0]
    assert (arrays["low"][at], arrays["high"][at]) == pytest.approx(tuple(table[["low", "high"]].iloc[0]), rel=1e-5)  # fmt: skip
    sectors = {row["id"]: row for row in change_table(demo, filters, "sectors").records()}
    assert {i: s["verdict"] for i, s in head["sectors"].items()} == {i: r["verdict"] for i, r in sectors.items()}  # fmt: skip
    assert sectors["14"]["verdict"] == "more"  # the planted series P01
    assert "more in sector 14" in head["sentence"]


def test_shades():
    found = compare(np.array([40.0, 2, 10, 1, 9]), np.array([10.0, 30, 11, 0, 1]), 1.0)
    codes = [CHANGE_CLASSES[k - 1] for k in change_classes(found)]
    assert codes[:4] == ["more", "fewer", "none", "few"]
    alone = compare(np.array([9.0, *[5.0] * 60]), np.array([1.0, *[5.0] * 60]), 1.0)
    assert alone.p[0] < 0.05 < alone.q[0]
    assert CHANGE_CLASSES[change_classes(alone)[0] - 1] == "none_more"
    assert alone.verdict[0] == "none"


def test_looking_into_a_hexagon_changes_no_verdict(demo):
    """The chosen hexagon keeps the q that it has among all, in the table and in the panel's line."""
    filters = Filters.from_query(STATE, demo)
    whole = {row["id"]: row for row in change_table(demo, filters, "cells").records()}
    unsure = next(row for row in whole.values() if row["verdict"] == "none" and row["p"] < 0.05)
    one = replace(filters, cell=unsure["id"])
    assert change_table(demo, one, "cells").records() == [unsure]
    change, _ = change_of(demo, one)
    assert (change.verdict, round(change.q, 6)) == ("none", unsure["q"])
    assert unpack(measure_answer(demo, one, "en"))[0]["classes"] == unpack(measure_answer(demo, filters, "en"))[0]["classes"]  # fmt: skip


def test_only_days_that_are_chosen_count_in_the_length(demo):
    filters = Filters.from_query("from=2012-11-16&to=2012-11-25&days=5,6", demo)
    _, exposure = earlier(filters, demo)  # 16-25/11 has 2 Fridays and 2 Saturdays, 6-15/11 one each
    assert exposure == 4 / 2
    with pytest.raises(FilterError, match="weekdays"):
        earlier(Filters.from_query("from=2012-11-19&to=2012-11-20&days=1", demo), demo)


def test_what_has_no_test_is_refused(demo):
    with pytest.raises(FilterError, match="begin on"):
        measure_answer(demo, Filters.from_query("measure=change&to=2009-09-20", demo), "en")
    with pytest.raises(ValueError, match="use one of"):
        measure_answer(demo, Filters(), "en")


def test_looking_at_a_sector_changes_no_verdict(demo):
    """All sectors are drawn and tested together, also where one is chosen."""
    whole = {row["id"]: row for row in change_table(demo, Filters(), "sectors").records()}
    for sector, row in whole.items():
        one = Filters(sectors=(sector,))
        assert change_table(demo, one, "sectors").records() == [row]
        change, _ = change_of(demo, one)
        assert (change.count, change.verdict) == (row["count"], row["verdict"])
    unsure = [row for row in whole.values() if row["p"] < 0.05]
    assert unsure, "no sector here would have been called a change by a test of its own"
    assert {row["verdict"] for row in unsure} == {"none"}
    station = Filters.from_query("station=NE", demo)
    rows = change_table(demo, station, "sectors").records()
    assert rows == [whole[row["id"]] for row in rows]
    assert len(rows) == 8


def test_every_count_is_compared_over_its_own_length():
    found = compare(np.array([10.0, 20.0]), np.array([10.0, 10.0]), np.array([1.0, 2.0]))
    assert found.difference.tolist() == [0.0, 0.0]
    assert found.p.tolist() == [e_test(10, 10, 1.0), e_test(20, 10, 2.0)]
    assert found.p[1] > 0.9
