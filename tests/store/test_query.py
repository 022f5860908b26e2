"""Counts of the store against SQL (DuckDB) over the Parquet truth and a per-row oracle for weights."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import duckdb
import numpy as np
import pytest

from ypo_dash.model.filters import Filters
from ypo_dash.store.query import clear_caches, rows_of, summarise
from ypo_dash.store.segments import read_truth

STATES = [
    "",
    "from=2009-09-01&to=2012-11-25",
    "types=BURGLARY,THEFT_CAR&from=2012-01-01&to=2012-06-30",
    "scenes=FLAT,STREET&types=PROPERTY",
    "sectors=3,7,14",
    "station=NE&types=VIOLENT&from=2010-01-01&to=2010-12-31",
    "from=2030-01-01&to=2030-01-31",
]
MASKED = [
    "hours=22-6&from=2012-11-23&to=2012-11-25",
    "hours=22-6&days=5,6&from=2010-03-01&to=2010-04-30",
    "hours=7-23&sectors=5,8",
    "days=6,7&types=BURGLARY&from=2012-01-01&to=2012-11-25",
    "hours=2-4&from=2012-10-20&to=2012-11-05",
]


@pytest.fixture(scope="module")
def register(demo):
    """All incidents as a DuckDB table with local wall-clock columns, derived by DuckDB itself."""
    tables = [read_truth(demo.files, entry) for entry in demo.manifest.segments]
    con = duckdb.connect()
    for i, part in enumerate(tables):
        con.register("part", part)
        con.execute(
            "create table t as select * from part" if i == 0 else "insert into t select * from part"
        )
    con.execute("set TimeZone='UTC'")
    con.execute("""
        create table incidents as select *,
          (start_utc at time zone 'UTC') at time zone 'Europe/Copenhagen' as local
        from t""")
    return con


def where(filters, demo):
    first, last = filters.period(demo.span)
    parts = [f"local::date between '{first}' and '{last}'"]
    for name, values in (
        ("type", filters.types),
        ("scene", filters.scenes),
        ("sector", filters.place_sectors(demo)),
    ):
        if values:
            parts.append(f"{name} in ({','.join(repr(v) for v in values)})")
    return " and ".join(parts)


@pytest.mark.parametrize("query", STATES)
def test_whole_counts_equal_sql(demo, register, query):
    filters = Filters.from_query(query, demo)
    summary = summarise(demo, filters)
    sql = where(filters, demo)
    total, mapped = register.execute(
        f"select count(*), count(sector) from incidents where {sql}"
    ).fetchone()
    assert (summary.total, summary.mapped) == (total, mapped)
    by_type = dict(
        register.execute(f"select type, count(*) from incidents where {sql} group by 1").fetchall()
    )
    assert dict(zip(demo.taxonomy.offence, summary.types, strict=True)) == {
        c: by_type.get(c, 0) for c in demo.taxonomy.offence
    }
    by_sector = dict(
        register.execute(
            f"select sector, count(*) from incidents where {sql} and sector is not null group by 1"
        ).fetchall()
    )
    assert dict(zip(demo.sector_names, summary.sectors[:-2], strict=True)) == {
        s: by_sector.get(s, 0) for s in demo.sector_names
    }
    weeks = dict(
        register.execute(
            f"select datediff('day', date '1970-01-01', date_trunc('week', local)::date), count(*) from incidents where {sql} group by 1"
        ).fetchall()
    )
    assert {summary.first_week + 7 * i: n for i, n in enumerate(summary.weeks) if n} == weeks
    assert summary.hours.sum() == pytest.approx(total)
    assert summary.cells.sum() == mapped


def minute_weights(start, end, zone):
    """Weights of the 168 hours by walking every minute; the slow definition."""
    import pandas as pd

    weights = np.zeros(168)
    start, end = (
        pd.Timestamp(start).floor("min"),
        None if pd.isna(end) else pd.Timestamp(end).floor("min"),
    )
    length = 0 if end is None else int((end - start).total_seconds() // 60)
    if length > 168 * 60:
        return np.full(168, 1 / 168)
    minutes = pd.date_range(start, periods=max(1, length), freq="min", tz="UTC").tz_convert(zone)
    np.add.at(weights, (minutes.day_of_week * 24 + minutes.hour).to_numpy(), 1 / len(minutes))
    return weights


@pytest.mark.parametrize("query", MASKED)
def test_weighted_counts_equal_a_walk_over_minutes(demo, register, query):
    filters = Filters.from_query(query, demo)
    summary = summarise(demo, filters)
    first, last = filters.period(demo.span)
    frame = register.execute(
        "select * from incidents where local::date between ?::date and ?::date + 1", [first, last]
    ).df()
    sectors = filters.place_sectors(demo)
    night = filters.night_end
    total, hours, exact, rows = 0.0, np.zeros(168), 0, 0
    for row in frame.itertuples():
        if (filters.types and row.type not in filters.types) or (
            sectors and row.sector not in sectors
        ):
            continue
        day = row.local.date()
        if row.local.hour < night:
            day = day.fromordinal(day.toordinal() - 1)
        if not first <= day <= last:
            continue
        weights = minute_weights(row.start_utc, row.end_utc, "Europe/Copenhagen") * filters.mask
        if weights.sum() > 0:
            rows += 1
            exact += (
                row.end_utc is None or row.end_utc != row.end_utc or row.end_utc == row.start_utc
            )
        total += weights.sum()
        hours += weights
    assert summary.total == pytest.approx(total, abs=1e-6)
    np.testing.assert_allclose(summary.hours, hours, atol=1e-6)
    assert (summary.rows, summary.exact) == (rows, exact)


@pytest.mark.parametrize("query", STATES + MASKED)
def test_each_context_is_the_state_without_its_own_filter(demo, query):
    filters = Filters.from_query(query, demo)
    own = {
        "types": replace(filters, types=()),
        "scenes": replace(filters, scenes=()),
        "hours": replace(filters, hours=None, days=()),
        "sectors": replace(filters, sectors=(), station=None, cell=None),
        "cells": replace(filters, sectors=(), station=None, cell=None),
    }
    summary = summarise(demo, filters)
    for name, without in own.items():
        np.testing.assert_allclose(
            getattr(summary, f"{name}_context"), getattr(summarise(demo, without), name), atol=1e-7
        )
    # A night may own a start on the first date of data.
    everything = replace(filters, date_from=demo.span[0] - timedelta(days=1), date_to=demo.span[1])
    assert by_week(summary, "weeks_context") == pytest.approx(
        by_week(summarise(demo, everything), "weeks")
    )


def by_week(summary, name):
    return {
        summary.first_week + 7 * i: float(n)
        for i, n in enumerate(getattr(summary, name))
        if n > 1e-9
    }


def test_an_answer_does_not_depend_on_what_was_asked_before(demo):
    states = [Filters.from_query(q, demo) for q in STATES + MASKED]
    fresh = []
    for state in states:
        clear_caches()
        fresh.append(summarise(demo, state))
    clear_caches()
    for state in reversed(states):
        summarise(demo, state)
    for state, before in zip(states, fresh, strict=True):
        again = summarise(demo, replace(state, res=10))
        np.testing.assert_allclose(again.weeks_context, before.weeks_context, atol=1e-9)
        np.testing.assert_allclose(again.types, before.types, atol=1e-9)


@pytest.mark.parametrize("res", [7, 9, 12])
def test_a_cell_of_any_resolution_is_found_by_the_points_themselves(demo, register, res):
    import h3

    lat, lng = register.execute(
        "select lat, lon from incidents where sector = '8' limit 1"
    ).fetchone()
    cell = h3.latlng_to_cell(lat, lng, res)
    points = register.execute("select lat, lon from incidents where sector is not null").fetchall()
    expected = sum(h3.latlng_to_cell(a, b, res) == cell for a, b in points)
    filters = Filters.from_query(f"cell={cell}&from=2009-09-01&to=2012-11-25", demo)
    assert summarise(demo, filters).total == expected > 0
    assert sum(len(rows) for _, rows in rows_of(demo, filters)) == expected


def test_a_cell_without_incidents_is_empty(demo):
    filters = Filters.from_query("cell=8928308280fffff", demo)
    assert summarise(demo, filters).total == 0
    assert rows_of(demo, filters) == []


def test_the_list_has_the_rows_that_count(demo):
    for query in STATES[:-1] + MASKED:
        filters = Filters.from_query(query, demo)
        assert sum(len(rows) for _, rows in rows_of(demo, filters)) == summarise(demo, filters).rows
