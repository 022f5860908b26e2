"""What the page gets equals the tables, to the digit, for many states."""

from __future__ import annotations

import json
import random
import struct
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest

from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.views import explore, pins
from ypo_dash.views.panel import panel
from ypo_dash.views.rates import sector_rates
from ypo_dash.views.tables import TABLES, cells_geojson, table

PERIODS = ["", "from=2012-11-05&to=2012-11-18", "from=2011-01-01&to=2011-12-31"]
PARTS = [
    "types=PROPERTY",
    "types=VIOLENCE,FIRE",
    "hours=22-6",
    "hours=7-23",
    "days=5,6",
    "sectors=3,14",
    "station=F",
    "scenes=FLAT,STREET",
    "res=10",
]


def states(n):
    dice = random.Random(20121125)
    for _ in range(n):
        yield "&".join(
            p for p in [dice.choice(PERIODS), *dice.sample(PARTS, dice.randint(0, 3))] if p
        )


def unpack(message):
    size = struct.unpack_from("<I", message)[0]
    header = json.loads(message[4 : 4 + size])
    at = -(-(4 + size) // 8) * 8
    arrays = {}
    for spec in header["arrays"]:
        kind = np.dtype(f"<{spec['dtype']}")
        arrays[spec["name"]] = np.frombuffer(message, kind, spec["length"], at)
        at += -(-spec["length"] * kind.itemsize // 8) * 8
    assert at == len(message)
    return header, arrays


@pytest.mark.parametrize("query", sorted(set(states(40))))
def test_page_equals_tables(demo, query):
    filters = Filters.from_query(query, demo)
    header, arrays = unpack(explore.view(demo, filters, "en"))
    shape, ids = unpack(explore.geometry(demo, filters.res))
    names = [
        f"{(int(h) << 32) | int(lo):x}" for h, lo in zip(ids["ids_hi"], ids["ids_lo"], strict=True)
    ]
    assert shape["n"] == len(names)
    drawn = {name: float(n) for name, n in zip(names, arrays["cells"], strict=True) if n}
    assert drawn == {cell: float(n) for cell, n, _ in table(demo, "cells", filters).rows}
    for part in ("types", "scenes", "sectors", "hours"):
        for key, context in (("count", False), ("context", True)):
            assert header[part][key] == [
                row[-1] for row in table(demo, part, filters, context=context).rows
            ]
    weeks = dict(table(demo, "weeks", filters, context=True).rows)
    assert header["weeks"]["context"] == list(weeks.values())
    assert header["weeks"]["start"] == next(iter(weeks))
    assert header["total"] == pytest.approx(sum(header["types"]["count"]), abs=1e-4)
    assert header["mapped"] == pytest.approx(sum(header["sectors"]["count"]), abs=1e-4)
    assert header["total"] == pytest.approx(
        header["mapped"] + header["no_coordinates"] + header["outside"], abs=1e-4
    )
    listed = table(demo, "incidents", filters).rows
    if not header["masked"]:
        assert len(listed) == header["total"]
    else:
        assert len(listed) >= header["total"] - 1e-6


def test_place_filters_bring_a_muted_context(demo):
    header, arrays = unpack(explore.view(demo, Filters.from_query("sectors=5", demo), "da"))
    assert arrays["cells_context"].sum() > arrays["cells"].sum() == header["mapped"]
    assert "sektor 5" in header["caption"]
    _, plain = unpack(explore.view(demo, Filters.from_query("", demo), "da"))
    assert "cells_context" not in plain


def test_the_finding_says_what_is_not_mapped(demo):
    header, _ = unpack(explore.view(demo, Filters.from_query("", demo), "en"))
    lost = header["no_coordinates"] + header["outside"]
    assert f"{lost} not on the map" in header["finding"]
    header, _ = unpack(explore.view(demo, Filters.from_query("hours=22-6", demo), "da"))
    assert "har et præcist tidspunkt" in header["finding"]
    header, _ = unpack(
        explore.view(demo, Filters.from_query("from=2030-01-01&to=2030-01-02", demo), "en")
    )
    assert header["finding"] == "No incidents matched. The data run from 1/9/2009 to 25/11/2012."
    header, _ = unpack(explore.view(demo, Filters.from_query("sectors=1", demo), "en"))
    assert header["placeless"] == lost


def test_rates_leave_out_what_the_police_find(demo):
    everything = Filters.from_query("measure=rate", demo)
    rates = sector_rates(demo, everything)
    reported = ",".join(o.code for o in demo.taxonomy.offences if o.detection != "police_initiated")
    counts = [
        n for _, _, n in table(demo, "sectors", Filters.from_query(f"types={reported}", demo)).rows
    ]
    for rate, n, sector in zip(rates, counts, demo.sectors, strict=True):
        assert rate.rate == pytest.approx(1000 * n / sector.population, abs=1e-6)
        assert rate.low < rate.rate < rate.high
    chosen = sector_rates(demo, Filters.from_query("measure=rate&types=WEAPONS", demo))
    assert sum(r.count for r in chosen) > 0


def test_pins_only_when_few_and_never_for_homes_of_violence(demo):
    assert pins.pins(demo, Filters.from_query("", demo), "en")["too_many"]
    few = Filters.from_query("types=VIOLENCE,INDECENT", demo)
    found = pins.pins(demo, few, "en")
    rows = table(demo, "incidents", few).rows
    mapped = [r for r in rows if r[5] is not None and r[7] is not None]
    hidden = [r for r in mapped if r[1] == "INDECENT" or demo.taxonomy.scene[r[2]].private]
    assert found["withheld"] == len(hidden) > 0
    assert {p["id"] for p in found["pins"]} == {r[0] for r in mapped} - {r[0] for r in hidden}


def test_card_names_the_most_frequent_types(demo):
    card = explore.card(demo, Filters.from_query("sectors=8", demo), "da")
    assert card["title"].startswith("8 ")
    assert card["count"] == next(
        n
        for s, _, n in table(demo, "sectors", Filters.from_query("sectors=8", demo)).rows
        if s == "8"
    )
    assert [t["count"] for t in card["types"]] == sorted(
        (t["count"] for t in card["types"]), reverse=True
    )


def facts(panel_):
    return {f.label: f for s in panel_.sections for f in s.facts}


def test_panel_shows_need_and_posts_apart(demo):
    one = panel(demo, Filters.from_query("sectors=8", demo), "en")
    found = facts(one)
    sector = next(s for s in demo.sectors if s.id == "8")
    row = next(r for r in demo.table("posts") if r["sector_id"] == "8")
    assert found["Factor"].value == row["factor"]
    need = Decimal(int(sector.population)) / (1000 * int(row["factor"]))  # 14.85 reads 14.9
    assert found["Need by the model"].value == str(need.quantize(Decimal("0.1"), ROUND_HALF_UP))
    assert found["Posts available"].value == row["posts"]
    whole = facts(panel(demo, Filters.from_query("", demo), "en"))
    assert whole["Posts available"].value == "42"
    assert whole["Not on the map"].value.endswith("%)")


def test_frederiksberg_has_no_index_and_that_is_not_zero(demo):
    frederiksberg = panel(demo, Filters.from_query("sectors=18", demo), "en")
    safety = next(s for s in frederiksberg.sections if s.heading.startswith("Safety"))
    assert safety.facts == ()
    assert "No index" in safety.notes[0]


def test_safety_shows_n_and_interval(demo):
    norrebro = panel(demo, Filters.from_query("sectors=5", demo), "en")
    safety = next(s for s in norrebro.sections if s.heading.startswith("Safety"))
    assert safety.facts
    assert all(" · n " in f.note for f in safety.facts)


def test_geojson_is_the_same_as_the_table(demo):
    filters = Filters.from_query("types=FIRE", demo)
    features = cells_geojson(demo, filters)["features"]
    assert [(f["properties"]["cell"], f["properties"]["count"]) for f in features] == [
        r[:2] for r in table(demo, "cells", filters).rows
    ]


def test_every_table_refuses_an_impossible_period(demo):
    for name in TABLES:
        with pytest.raises(FilterError):
            table(demo, name, Filters.from_query("from=2031-01-01", demo))
