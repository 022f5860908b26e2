"""What partners get on paper says the same whatever the small counts behind it are.

Two registers that differ only in leaves of one or two (calendar month x sector x type): how many,
on which days, of which scenes. Every partner's print of both must be the same, letter for letter and
line for line; the internal ones must not.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from tests.conftest import DATA
from tests.printed import printed, text_of
from ypo_dash.model.district import District
from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.reports.kinds import dated, document
from ypo_dash.reports.printing import Printing
from ypo_dash.reports.typst import files_of
from ypo_dash.sources import load_profile
from ypo_dash.store.demo import INPUTS
from ypo_dash.store.ingest import import_incidents
from ypo_dash.store.inputs import import_layer, polygons_from
from ypo_dash.store.reader import Store
from ypo_dash.store.segments import read_truth
from ypo_dash.store.workspace import Workspace, sector_layers

NOW = datetime(2012, 11, 26, 6, 45, tzinfo=UTC)
PRINTS = [
    ("weekend", "from=2012-11-23&to=2012-11-25"),
    ("weekend", "from=2012-11-02&to=2012-11-04&types=PROPERTY"),
    ("week", "from=2012-10-29&to=2012-11-04"),
    ("week", ""),
    ("fortnight", "sectors=5&from=2012-11-05&to=2012-11-18"),
    ("fortnight", "sectors=21"),
    ("quarter", ""),
]


def changed(rows: pd.DataFrame, sectors: pd.Series) -> pd.DataFrame:
    """Return the register with one where two were and two where one was, on other days."""
    random = np.random.default_rng(7)
    begin = pd.to_datetime(rows["time_from"])
    leaf = pd.Series(
        list(zip(begin.dt.to_period("M"), sectors.fillna(""), rows["type"], strict=True))
    )
    size = leaf.map(leaf.value_counts())
    ones, one_of_two = rows[size == 1], rows[(size == 2) & ~leaf.duplicated()]
    more = ones.assign(incident_id=[f"more-{i}" for i in range(len(ones))])
    moved = pd.concat([ones, more, one_of_two])
    start = pd.to_datetime(moved["time_from"])
    shift = pd.to_timedelta(random.integers(2, 25, len(moved)) - start.dt.day.to_numpy(), unit="D")
    moved["time_from"] = (start + shift).dt.strftime("%Y-%m-%dT%H:%M")
    moved = moved.assign(time_to=None, reported_at=None)
    return pd.concat([rows[size > 2], moved], ignore_index=True)


def register(home, rows):
    """Import ``rows`` into the simulated district's inputs; returns the snapshot."""
    layers = {
        "offences": (".csv", (DATA / "offences.csv").read_bytes()),
        "scenes": (".csv", (DATA / "scenes.csv").read_bytes()),
        **sector_layers(polygons_from(DATA / "sectors.geojson", "sectors", {})),
    }
    space = Workspace.create(home, District.read(DATA / "district.toml"), layers, DATA)
    for kind, name in INPUTS:
        import_layer(space, kind, DATA / name, columns={})
    source = home.parent / f"{home.name}.csv"
    rows.to_csv(source, index=False)
    report = import_incidents(space, [source], load_profile("ypo"))
    assert report.rejected == 0
    return Store(space).snapshot()


@pytest.fixture(scope="module")
def both(tmp_path_factory, demo, incidents):
    """The last seven months of the simulated register, and the same with other small leaves."""
    folder = tmp_path_factory.mktemp("partners")
    truth = pd.concat([read_truth(demo.files, s).to_pandas() for s in demo.manifest.segments])
    sector = truth.set_index(truth["incident_id"].astype(str))["sector"].astype(object)
    begin = pd.to_datetime(incidents["time_from"])
    rows = incidents[begin >= "2012-05-01"].reset_index(drop=True)
    sectors = rows["incident_id"].astype(str).map(sector)
    other = changed(rows, sectors)
    # The span of the data is public: its first and last day stay.
    return register(folder / "one", rows), register(folder / "other", other)


def document_of(snapshot, kind, query):
    filters = dated(snapshot, kind, Filters.from_query(query, snapshot))
    how = Printing(printed_by="a test", now=NOW, points=frozenset(snapshot.sector_names))
    return document(snapshot, kind, filters, how)


def files(snapshot, kind, query):
    """Return all that a print is made of, without the snapshot's id and the extract's time."""
    found = files_of(document_of(snapshot, kind, query))
    text = found["document.json"].decode().replace(snapshot.id, "ID")
    found["document.json"] = re.sub(r'"extract": "[^"]*"', "", text).encode()
    return found


def test_the_two_registers_differ(both):
    one, other = both
    assert one.span == other.span
    assert one.totals["incidents"] != other.totals["incidents"]
    internal = [files(s, "week", "lang=en") for s in both]
    assert internal[0] != internal[1]


@pytest.mark.parametrize("lang", ["da", "en"])
@pytest.mark.parametrize(("kind", "query"), PRINTS)
def test_a_partners_print_is_the_same_for_both(both, kind, query, lang):
    state = "&".join(part for part in (query, "tier=partner", f"lang={lang}") if part)
    one, other = (files(snapshot, kind, state) for snapshot in both)
    assert one.keys() == other.keys()
    for name, content in one.items():
        assert content == other[name], (kind, state, name)


@pytest.mark.parametrize(("kind", "query"), PRINTS)
def test_a_partners_print_lists_no_incident_and_no_hour(both, kind, query):
    sheet = text_of(printed(document_of(both[0], kind, f"{query}&tier=partner&lang=en".strip("&"))))
    body = sheet.replace("26/11/2012 07:45", "")  # when it was printed
    body = re.sub(r"extract \d+/\d+/\d+ \d\d:\d\d", "", body)
    assert not re.search(r"\d\d:\d\d", body), (kind, query)
    assert "For named partners" in sheet
    assert "For police use only" not in sheet


@pytest.mark.parametrize(
    ("kind", "query", "parameter"),
    [
        ("weekend", "sectors=5", "sectors"),
        ("weekend", "station=NE", "station"),
        ("weekend", "hours=22-6", "hours"),
        ("weekend", "scenes=FLAT", "scenes"),
        ("weekend", "from=2012-11-20&to=2012-11-22", "from"),
        ("weekend", "from=2012-11-23&to=2012-11-24", "to"),
        ("week", "from=2012-11-05&to=2012-11-10", "to"),
        ("fortnight", "sectors=5&from=2012-11-05&to=2012-11-17", "to"),
        ("quarter", "from=2012-08-01&to=2012-10-31", "from"),
    ],
)
def test_what_partners_do_not_get_is_refused_by_name(demo, kind, query, parameter):
    with pytest.raises(FilterError) as refused:
        document_of(demo, kind, f"{query}&tier=partner")
    assert refused.value.parameter == parameter
