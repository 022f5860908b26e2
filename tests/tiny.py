"""The least that desk entries need of a district: sectors, areas, words; and a workspace's records."""

from __future__ import annotations

import json
from datetime import date
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import shapely

from ypo_dash.people.access import Access

SECTORS = {str(n): f"Sector {n}" for n in (3, 5, 7)}


def tiny_snapshot(*, simulated=False):
    """What `ypo_dash.people.desk.known` and the desk's day ask of a snapshot."""
    areas = [
        {"properties": {"name": name}, "geometry": shapely.box(n, 0, n + 1, 1).__geo_interface__}
        for n, name in enumerate(("Mjølnerparken", "Blågården"))
    ]
    return SimpleNamespace(
        id="test",
        revision="tiny",
        sector_names=SECTORS,
        polygons=lambda: [shapely.box(0, n, 2, n + 1) for n in range(len(SECTORS))],
        sectors=[SimpleNamespace(id=k, own_name="") for k in SECTORS],
        station_names={"NE": {"da": "Nordøst", "en": "North-East"}},
        layer_text=lambda _name: json.dumps({"features": areas}),
        taxonomy=SimpleNamespace(offence={"BURGLARY": None}, scene={"FLAT": None}),
        district=SimpleNamespace(simulated=simulated, zone=ZoneInfo("Europe/Copenhagen")),
        span=(date(2009, 1, 1), date(2012, 11, 25)),
    )


def tiny_access(home):
    """An open workspace's records, on SQLite."""
    return Access(home)
