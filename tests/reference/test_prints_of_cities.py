"""Two real cities, and one dated by the month, on paper and on the wall: with the oracle's numbers.

Nothing here is of a city but its files: set up, print and screen are the command line's.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app import create_app
from tests.oracle import State
from tests.people.conftest import form_token
from tests.printed import poppler, printed, text_of
from tests.test_same_numbers import _Slide, number_after, shown
from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.reports.kinds import KINDS, dated, document
from ypo_dash.reports.periods import latest_periods
from ypo_dash.reports.printing import Printing
from ypo_dash.store.reader import Store
from ypo_dash.store.workspace import Workspace
from ypo_dash.views.compared import compared

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.reference.cities import City
    from ypo_dash.store.snapshot import Snapshot

pytestmark = pytest.mark.reference

STATES = {
    "chicago": (
        "from=2017-12-29&to=2017-12-31",
        "from=2017-12-29&to=2017-12-31&hours=22-6",
        "from=2017-03-10&to=2017-03-12&types=ROBBERY,BURGLARY&hours=22-6",
        "from=2016-11-04&to=2016-11-07&sectors=31,2,11,25&scenes=STREET",
        "from=2017-07-03&to=2017-07-05&types=VIOLENCE&days=1,2&hours=7-23",
    ),
    "vancouver": (
        "from=2025-12-26&to=2025-12-28",
        "from=2025-12-26&to=2025-12-28&hours=22-6",
        "from=2012-11-02&to=2012-11-05&types=VIOLENCE,BURGLARY&hours=20-4",
        "from=2025-03-07&to=2025-03-09&sectors=CBD,STR,KITS&types=THEFT_CAR",
        "from=2012-06-01&to=2012-06-14&days=5,6",
    ),
}
EACH = [(name, query) for name, queries in STATES.items() for query in queries]


@pytest.fixture(scope="module")
def screens() -> dict[str, FlaskClient]:
    """The wall's clients by city, signed in once."""
    return {}


def city_of(request: pytest.FixtureRequest, name: str) -> City:
    return request.getfixturevalue(name)


def screen(city: City, screens: dict[str, FlaskClient]) -> FlaskClient:
    """A wall screen of a city: an account, then a device, both by the command line."""
    space = city.workspace
    key = str(space.home)
    if key not in screens:
        space.ask("user", "add", "tester", "--role", "administrator")
        said = space.ask("device", "add", "hall")
        client = create_app(Path(space.home)).server.test_client()
        token = said.split("shown this once: ")[1].split()[0]
        data = {"token": token, "csrf_token": form_token(client, "/sign-in/device")}
        assert client.post("/sign-in/device", data=data).status_code == 302
        screens[key] = client
    return screens[key]


def snapshot_of(city: City) -> Snapshot:
    return Store(Workspace(city.workspace.home)).snapshot()


def printing(snapshot: Snapshot) -> Printing:
    return Printing(
        printed_by="a test",
        now=datetime(2026, 1, 5, 6, 45, tzinfo=UTC),
        points=frozenset(snapshot.sector_names),
    )


def sheet_of(snapshot: Snapshot, kind: str, query: str) -> str:
    filters = dated(snapshot, kind, Filters.from_query(f"{query}&lang=en", snapshot))
    return text_of(printed(document(snapshot, kind, filters, printing(snapshot))))


def sector_number(sheet: str, key: str, name: str) -> str:
    """Return a sector's count in the table, whose columns stand side by side."""
    table = sheet[sheet.index("By sector") :]
    own = "" if name == key else r"\s+".join(map(re.escape, name.split())) + r"\s+"
    row = rf"{re.escape(key)}\s+{own}(\d[\d.,]*)"
    found = re.search(rf"(?m)^[^\S\n]*{row}(?=\s|$)|(?<=\s){row}[^\S\n]*$", table)
    assert found is not None, (key, name, table)
    return found[1] or found[2]


@pytest.mark.parametrize(("name", "query"), EACH)
def test_paper_and_wall_have_the_oracles_numbers(request, screens, name: str, query: str) -> None:
    poppler("pdftotext")
    city = city_of(request, name)
    snapshot, oracle, state = snapshot_of(city), city.oracle, State.read(query)
    filters = Filters.from_query(query, snapshot)
    masked = bool(state.hours or state.days)
    sheet = sheet_of(snapshot, "weekend", query)
    # A screen gets what its rotation has: the state is arranged first.
    arranged = Path(city.workspace.home) / "wall.toml"
    arranged.write_text(f'[[slides]]\nkind = "state"\nstate = "{query}"\n', "utf-8")
    answer = screen(city, screens).get(f"/api/wall/slide?kind=state&{query}&lang=en")
    arranged.unlink()
    assert answer.status_code == 200, answer.text
    slide = _Slide(answer.text)

    total = shown(round(oracle.total(state), 6), masked)
    assert total != "0"
    assert number_after(sheet, "All") == slide.numbers["Incidents"] == total
    told = " ".join(sheet[sheet.rfind("Not in the table") :].split())
    ever, counts = set(oracle.rows["type"]), oracle.by_type(state)
    for code, offence in snapshot.taxonomy.offence.items():
        if filters.types and code not in filters.types:
            continue
        wanted = shown(round(float(counts.get(code, 0)), 6), masked)
        assert slide.rows[offence.name("en")] == wanted
        if code in ever or filters.types:
            assert number_after(sheet, offence.letter, offence.name("en")) == wanted, code
        else:
            assert f" {offence.letter} {offence.name('en')} " not in sheet
            assert offence.name("en") in told
    inside = filters.place_sectors(snapshot)
    for key, count in oracle.by_sector(state).items():
        if inside is None or key in inside:
            wanted = shown(round(float(count), 6), masked)
            assert sector_number(sheet, key, snapshot.sector_names[key]) == wanted, key


@pytest.mark.parametrize("name", STATES)
def test_a_week_is_a_page_for_the_district_and_one_a_sector(request, name: str) -> None:
    city = city_of(request, name)
    snapshot = snapshot_of(city)
    filters = dated(snapshot, "week", Filters.from_query("lang=en", snapshot))
    pages = document(snapshot, "week", filters, printing(snapshot)).pages
    assert len(pages) == 1 + len(city.oracle.sectors)
    for page, key in zip(pages[1:], city.oracle.sectors["id"], strict=True):
        assert page.title.startswith(f"Sector {key}")
        assert not page.title.startswith(f"Sector {key} {key}")
        one = State.read(f"from={filters.date_from}&to={filters.date_to}&sectors={key}")
        total = round(city.oracle.total(one))
        said = page.blocks[0].text
        assert said.startswith(f"{total:,} incident" if total else "No incidents"), (key, said)


@pytest.mark.parametrize("name", STATES)
def test_every_slide_of_the_rotation_is_there(request, screens, name: str) -> None:
    city = city_of(request, name)
    client = screen(city, screens)
    rotation = client.get("/api/wall/rotation?lang=en").get_json()
    last = city.oracle.span[1]
    assert rotation["data_to"] == last.isoformat()
    assert "No new data since" in rotation["band"]
    kinds = [one["key"].partition("-")[0] for one in rotation["slides"]]
    assert {"briefing", "unusual", "sectors", "sector", "nights", "hotspots"} <= set(kinds)
    assert not {"station", "staffing", "safety"} & set(kinds)
    for one in rotation["slides"]:
        answer = client.get(one["url"])
        assert answer.status_code == 200, one["key"]
        assert last.strftime("%-d/%-m/%Y") in answer.text
        if one["key"] == "briefing":
            wanted = city.oracle.total(State.read(f"from={last}&to={last}"))
            assert _Slide(answer.text).numbers["Incidents"] == f"{wanted:,.0f}"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tier", ["internal", "partner"])
def test_days_of_a_register_of_months_are_not_printed(manchester: City, kind: str, tier) -> None:
    """All of December starts on its first: its last weekend is not without crime."""
    snapshot = snapshot_of(manchester)
    sector = "&sectors=E05000654" if kind == "fortnight" else ""
    state = Filters.from_query(f"tier={tier}{sector}", snapshot)
    if kind == "contact":  # holds no figures
        assert dated(snapshot, kind, state).date_to is not None
        return
    if kind in ("quarter", "threat"):
        assert dated(snapshot, kind, state).date_to == date(2018, 12, 31)
        return
    refused = "police use only" if (kind, tier) == ("briefing", "partner") else "whole months"
    with pytest.raises(FilterError, match=refused):
        dated(snapshot, kind, state)
    assert latest_periods(snapshot, kind, state) == []
    if kind == "weekend":
        with pytest.raises(FilterError, match="whole months"):
            dated(snapshot, kind, Filters.from_query(f"tier={tier}&from=2018-12-28", snapshot))


def test_months_stand_beside_months(manchester: City) -> None:
    snapshot, oracle = snapshot_of(manchester), manchester.oracle
    found = compared(snapshot, Filters.from_query("from=2018-10-01&to=2018-11-30", snapshot))
    assert found.previous == (date(2018, 8, 1), date(2018, 9, 30))
    assert found.year == (date(2017, 10, 1), date(2017, 11, 30))
    before = [("2018-08-01", "2018-09-30"), ("2018-06-01", "2018-07-31"), ("2018-04-01", "2018-05-31"), ("2018-02-01", "2018-03-31")]  # fmt: skip
    counts = [oracle.total(State.read(f"from={a}&to={b}")) for a, b in before]
    assert found.all.previous == counts[0]
    assert found.all.mean == pytest.approx(sum(counts) / 4)
    assert found.all.year == oracle.total(State.read("from=2017-10-01&to=2017-11-30"))
    part = compared(snapshot, Filters.from_query("from=2018-11-02&to=2018-11-30", snapshot))
    assert (part.all.previous, part.all.mean, part.all.year) == (None, None, None)


def test_the_wall_of_a_register_of_months_is_of_the_month(manchester: City, screens) -> None:
    client = screen(manchester, screens)
    rotation = client.get("/api/wall/rotation?lang=en").get_json()
    urls = {one["key"]: one["url"] for one in rotation["slides"]}
    assert not {"unusual", "nights", "shift"} & set(urls)
    assert len([key for key in urls if key.startswith("station-")]) == 10
    month = "from=2018-12-01&to=2018-12-31"
    for key, state in (("briefing", month), ("station-Wigan", f"{month}&station=Wigan")):
        wanted = manchester.oracle.total(State.read(state))
        answer = client.get(urls[key]).text
        assert _Slide(answer).numbers["Incidents"] == f"{wanted:,.0f}"
        assert "in the month" in answer
        assert "seven days" not in answer
    for key in ("sectors", "sector"):
        answer = client.get(urls[key]).text
        assert "31/12/2018" in answer, key
        assert "month" in answer, key
        assert "four weeks" not in answer, key
