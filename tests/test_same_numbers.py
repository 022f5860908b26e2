"""One state, one set of numbers: Explore's export, the wall's slide, the print, and plain pandas.

For 200 random states, to the digit.
"""

from __future__ import annotations

import csv
import io
import random
import re
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest

from app import create_app
from tests.oracle import State
from tests.printed import poppler, printed, text_of
from tests.reference.cities import City
from tests.reference.test_simulated import random_state
from ypo_dash.model.filters import Filters
from ypo_dash.reports.kinds import dated, document
from ypo_dash.reports.printing import Printing

STATES = 200
GROUPS = 10  # parametrised by tens, so that a failure names few states


class _Slide(HTMLParser):
    """The table and the numbers of a slide, as text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: dict[str, str] = {}
        self.numbers: dict[str, str] = {}
        self._tag, self._name = "", ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._tag = tag

    def handle_data(self, data: str) -> None:
        if self._tag in ("th", "dt"):
            self._name = data
        elif self._tag == "td":
            self.rows[self._name] = data
        elif self._tag == "b" and self._name:
            self.numbers.setdefault(self._name, data)
        self._tag = ""


@pytest.fixture(scope="module")
def client(district: City):
    return create_app(Path(district.workspace.home)).server.test_client()


def shown(count: float, masked: bool) -> str:
    """Return a count as English pages show it, by our own rounding: half up, in one place or none."""
    places = Decimal("0.1") if masked else Decimal(1)
    return f"{Decimal(repr(count)).quantize(places, ROUND_HALF_UP):,}"


def export(client, name: str, query: str) -> list[dict[str, str]]:
    answer = client.get(f"/export/{name}.csv?{query}")
    assert answer.status_code == 200, (query, answer.text)
    return list(csv.DictReader(io.StringIO(answer.text)))


def slide(client, query: str) -> _Slide:
    answer = client.get(f"/api/wall/slide?kind=state&{query}")
    assert answer.status_code == 200, (query, answer.text)
    return _Slide(answer.text)


def number_after(sheet: str, *words: str) -> str:
    """Return the first number behind ``words`` on a line of a print."""
    parts = r"[^\S\n]+".join(re.escape(part) for word in words for part in word.split())
    found = re.search(rf"(?<!\S){parts}[^\S\n]+(\d[\d.,]*)(?!\S)", sheet)
    assert found is not None, (words, sheet)
    return found[1]


@pytest.mark.parametrize("group", range(GROUPS))
def test_export_wall_print_and_pandas_have_the_same_numbers(district, client, group):
    poppler("pdftotext")
    snapshot = client.application.extensions["ypo"].snapshot()
    printing = Printing(
        printed_by="a test",
        now=datetime(2012, 11, 26, 6, 45, tzinfo=UTC),
        points=frozenset(snapshot.sector_names),
    )
    for seed in range(group, STATES, GROUPS):
        query = random_state(random.Random(61123 + seed), district) + "&lang=en"
        state = State.read(query.replace("&lang=en", "").replace("lang=en", ""))
        masked = bool(state.hours or state.days)
        types, sectors = (export(client, name, query) for name in ("types", "sectors"))
        wall = slide(client, query)
        # The print's own default dates are a weekend: it gets Explore's, written out.
        filters = Filters.from_query(query, snapshot)
        period = filters.period(snapshot.span)
        dates = "" if filters.date_from else f"&from={period[0]}&to={period[1]}"
        filters = dated(snapshot, "weekend", Filters.from_query(query + dates, snapshot))
        sheet = text_of(printed(document(snapshot, "weekend", filters, printing)))

        by_type = district.oracle.by_type(state)
        for row in types:
            code, count = row["code"], float(row["count"])
            assert count == pytest.approx(by_type.get(code, 0), abs=1.1e-6), (query, code)
            offence = snapshot.taxonomy.offence[code]
            if not filters.types or code in filters.types:
                wanted = shown(count, masked)
                assert wall.rows[offence.name("en")] == wanted, (query, code)
                assert number_after(sheet, offence.letter, offence.name("en")) == wanted, (
                    query,
                    code,
                )
            else:
                assert count == 0, (query, code)
                assert offence.name("en") not in wall.rows
        by_sector = district.oracle.by_sector(state)
        inside = filters.place_sectors(snapshot)
        several = inside is None or len(inside) > 1
        for row in sectors:
            key, count = row["sector_id"], float(row["count"])
            assert count == pytest.approx(by_sector.get(key, 0), abs=1.1e-6), (query, key)
            if several and (inside is None or key in inside):
                assert number_after(sheet, key, row["name"]) == shown(count, masked), (query, key)
        total = sum(float(row["count"]) for row in types)
        assert total == pytest.approx(district.oracle.total(state), abs=2e-5), query
        # The sum of six-digit counts may differ from the count in the last of them.
        near = {shown(round(total + step, 6), masked) for step in (0, 1e-5, -1e-5)}
        assert wall.numbers["Incidents"] in near, query
        assert number_after(sheet, "All") == wall.numbers["Incidents"], query
        if not filters.has_place:
            lost = wall.numbers["Not on the map"]
            assert number_after(sheet, "Not on the map") == lost, query
            mapped = sum(float(row["count"]) for row in sectors)
            near = {
                shown(abs(round(total - mapped + step, 6)), masked) for step in (0, 2e-5, -2e-5)
            }
            assert lost in near, query


def test_the_states_are_no_empty_exercise(district):
    queries = [random_state(random.Random(61123 + seed), district) for seed in range(STATES)]
    assert len(set(queries)) > 0.9 * STATES
    totals = [district.oracle.total(State.read(query)) for query in queries]
    assert sum(total > 0 for total in totals) > STATES / 2
    assert sum("hours" in query for query in queries) > STATES / 4
