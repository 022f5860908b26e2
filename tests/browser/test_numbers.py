"""What stands on the page equals export and command line, to the digit."""

from __future__ import annotations

import csv
import io
import random
import urllib.request

import pytest

from tests.browser.explore import printed
from ypo_dash.i18n import number

pytestmark = pytest.mark.browser

PARTS = [
    "types=PROPERTY",
    "types=VIOLENT,FIRE",
    "hours=22-6",
    "days=6,7",
    "scenes=FLAT,STREET",
    "from=2012-11-05&to=2012-11-18",
    "from=2011-01-01&to=2011-06-30",
    "res=8",
]


def states(n):
    dice = random.Random(5)
    for _ in range(n):
        chosen = dice.sample(PARTS, dice.randint(0, 3))
        names = {part.split("=")[0] for part in chosen}
        if len(names) == len(chosen):
            yield "&".join(chosen)


def shown(value, masked):
    """A number as English pages write it."""
    return number(float(value), "en", 1 if masked else 0).replace("−", "-")


def rows(text):
    return list(csv.reader(io.StringIO(text)))[1:]


@pytest.mark.parametrize("query", sorted(set(states(8))))
def test_page_export_and_command_line_agree(explore, address, demo_home, query):
    explore.open(f"?{query}&lang=en" if query else "?lang=en")
    masked = "hours" in query or "days" in query
    explore.key("Escape", "Alt+t")
    table = explore.page.locator("dialog table").first
    on_page = {
        cells[0].split(" ")[0]: cells[1]
        for row in table.locator("tbody tr:not(.sum)").all()
        if (cells := row.locator("th, td").all_inner_texts())
    }
    with urllib.request.urlopen(f"{address}/export/sectors.csv?{query}") as answer:
        exported = answer.read().decode()
    assert exported == printed(demo_home, "query", "sectors", query)
    sums = dict(row.locator("th, td").all_inner_texts() for row in table.locator("tr.sum").all())
    expected = {sector: shown(n, masked) for sector, _, n in rows(exported)}
    assert on_page == expected
    snapshot_total = sums.pop("Together")
    assert set(sums) == {"without coordinates", "outside all sectors"}
    assert float(snapshot_total.replace(",", "")) == pytest.approx(
        sum(float(n) for _, _, n in rows(exported))
        + sum(float(n.replace(",", "")) for n in sums.values()),
        abs=0.2,
    )
    with urllib.request.urlopen(f"{address}/export/types.csv?{query}") as answer:
        types = rows(answer.read().decode())
    explore.key("Escape")
    total = explore.page.inner_text("#total")
    assert float(total.replace(",", "")) == pytest.approx(
        sum(float(n) for _, n in types), abs=0.05 if masked else 0
    )


def test_page_and_server_round_alike(explore):
    explore.open("?lang=en")
    values = [n / 200 for n in range(-400, 400, 7)] + [4.35, 1.005, 2.675, 1234.45]
    for places in (0, 1, 2):
        page = explore.page.evaluate(
            "([values, places]) => values.map((v) => ypo.num(v, places))", [values, places]
        )
        server = [number(v, "en", places) for v in values]
        assert page == server
