"""The share outside duty hours: against pandas for random states, and the same number everywhere."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app import create_app
from tests.oracle import State
from tests.reference.cities import _kept_open
from tests.reference.test_simulated import random_state
from ypo_dash.model.district import District
from ypo_dash.model.errors import FilterError, InputError
from ypo_dash.model.filters import Filters
from ypo_dash.model.hours import Hours
from ypo_dash.reports.document import Picture
from ypo_dash.reports.kinds import dated, document
from ypo_dash.reports.printing import Printing
from ypo_dash.store.workspace import Workspace
from ypo_dash.views.duty import Duty, duty, duty_of, sentence, short


@pytest.fixture(scope="module")
def snapshot(district):
    return _kept_open(Workspace(district.workspace.home))


def outside(oracle, query, start=7, end=23):
    """The shares outside the hours, and all of them, counted by pandas."""
    hours = oracle.by_hour(State.read(query)).to_numpy().reshape(7, 24)
    on = [h for h in range(24) if (start <= h < end if start < end else h >= start or h < end)]
    return hours.sum() - hours[:, on].sum(), hours.sum()


@pytest.mark.parametrize("number", range(25))
def test_it_is_what_pandas_counts(district, snapshot, number):
    query = random_state(random.Random(number), district)
    query = ("", "hours=22-6&days=5,6")[number] if number < 2 else query
    found = duty(snapshot, Filters.from_query(query, snapshot))
    away, total = outside(district.oracle, query)
    assert found.outside == pytest.approx(away, abs=1e-6)
    assert found.inside + found.outside == pytest.approx(total, abs=1e-6)
    printed = list(csv.DictReader(io.StringIO(district.workspace.ask("query", "duty", query))))
    assert [row["part"] for row in printed] == ["duty", "outside"]
    assert float(printed[1]["count"]) == pytest.approx(away, abs=1e-5)
    if total:
        assert float(printed[1]["share"]) == pytest.approx(away / total, abs=1e-6)
    else:
        assert printed[1]["share"] == ""


@pytest.mark.parametrize(
    ("hours", "start", "end"), [("6-14", 6, 14), ("22-6", 22, 6), ("0-24", 0, 24)]
)
def test_other_hours_of_duty(district, snapshot, hours, start, end, monkeypatch):
    monkeypatch.setattr(snapshot, "district", replace(snapshot.district, duty_hours=hours))
    found = duty(snapshot, Filters.from_query("sectors=5,6", snapshot))
    away, _ = outside(district.oracle, "sectors=5,6", start, end)
    assert found.outside == pytest.approx(away, abs=1e-6)


def test_the_same_number_on_the_pages_and_in_the_export(district):
    client = create_app(district.workspace.home).server.test_client()
    query = "from=2012-06-01&to=2012-11-25&types=THEFT_CAR,BURGLARY&hours=18-8"
    away, total = outside(district.oracle, query)
    share = f"{100 * away / total:.0f} % outside duty hours (7–23)"
    assert 10 < 100 * away / total < 90
    assert share in client.get(f"/analysis/time?{query}&lang=en").text
    exported = client.get(f"/export/duty.csv?{query}").text.replace("\r\n", "\n")
    assert exported == district.workspace.ask("query", "duty", query).replace("\r\n", "\n")
    assert share.encode() in client.get(f"/api/view?{query}&lang=en").data
    config = client.get("/api/config?lang=en").json
    assert config["duty"] == [7, 23]


@pytest.mark.parametrize("kind", ["fortnight", "week"])
def test_the_same_number_on_paper(district, snapshot, kind):
    dates = {"fortnight": "from=2012-11-12&to=2012-11-25", "week": "from=2012-11-19&to=2012-11-25"}
    query = f"{dates[kind]}&sectors=5"
    filters = dated(snapshot, kind, Filters.from_query(f"{query}&lang=en", snapshot))
    how = Printing(printed_by="x", now=datetime(2012, 11, 26, 7, tzinfo=UTC))
    captions = [
        b.caption
        for p in document(snapshot, kind, filters, how).pages
        for b in p.blocks
        if isinstance(b, Picture)
    ]
    away, total = outside(district.oracle, query)
    assert any(f"duty hours, 7–23; {100 * away / total:.0f} % outside them." in c for c in captions)


def test_words():
    found = Duty(hours=Hours(7, 23), inside=60, outside=40, rows=100, exact=25)
    assert sentence(found, "en") == "40 % outside duty hours (7–23); 25 % have an exact time, the others count with the parts of their span."  # fmt: skip
    assert sentence(replace(found, exact=100), "en") == "40 % outside duty hours (7–23)."
    assert short(found, "da") == "40 % uden for vagttid (7–23)"
    none = replace(found, inside=0.0, outside=0.0)
    assert (none.share, short(none, "en"), sentence(none, "en")) == (
        None,
        "",
        "No incidents matched.",
    )


def test_months_have_no_hours(snapshot, monkeypatch):
    monkeypatch.setattr("ypo_dash.views.duty.is_coarse", lambda _snapshot: True)
    with pytest.raises(FilterError, match="no hours are known"):
        duty(snapshot, Filters())
    from ypo_dash.store.query import summarise

    assert duty_of(snapshot, summarise(snapshot, Filters())).share is None


def test_it_stays_in_the_house(snapshot):
    with pytest.raises(FilterError):
        duty(snapshot, Filters(tier="partner"))


@pytest.mark.parametrize("wrong", ["7", "7-7", "25-3", "all day", ""])
def test_impossible_hours_are_named(tmp_path, wrong):
    path = tmp_path / "district.toml"
    District(name="X", timezone="UTC", crs="EPSG:25832").write(path)
    path.write_text(path.read_text().replace('"7-23"', f'"{wrong}"'))
    with pytest.raises(InputError) as told:
        District.read(path)
    assert told.value.column == "duty_hours"


def test_the_setting_is_kept_and_has_a_default(tmp_path):
    path = tmp_path / "district.toml"
    District(name="X", timezone="UTC", crs="EPSG:25832", duty_hours="22-6").write(path)
    assert District.read(path).duty == Hours(22, 6)
    path.write_text('name = "X"\ntimezone = "UTC"\ncrs = "EPSG:25832"\n')
    assert District.read(path).duty == Hours(7, 23)
