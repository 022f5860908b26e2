"""Contact cards: who answers on which day, how many cards, and that long names stay on theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.printed import printed, text_of
from tests.reports.test_sheets import CONTACTS, overlaps, words_of
from ypo_dash.model.desk import Contact
from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.reports.contact import CARD, FEW, MANY, NOTICE
from ypo_dash.reports.kinds import dated, document
from ypo_dash.reports.printing import Printing

NOW = datetime(2012, 11, 26, 6, 45, tzinfo=UTC)


def made(demo, state, contacts=CONTACTS):
    filters = dated(demo, "contact", Filters.from_query(state, demo))
    how = Printing(printed_by="Anna And", now=NOW, points=frozenset(), contacts=tuple(contacts))
    return document(demo, "contact", filters, how)


def test_a_notice_four_cards_and_eight_more(demo):
    sheets = text_of(printed(made(demo, "sectors=5&lang=en"))).split("\f")
    assert [sheet.count("Anna Andersen") for sheet in sheets[:2]] == [1 + FEW, MANY]
    assert [sheet.count("35 21 00 05") for sheet in sheets[:2]] == [1 + FEW, MANY]
    assert [sheet.count("sektor5b@politi.example") for sheet in sheets[:2]] == [1 + FEW, MANY]
    assert "Local station North-East" in sheets[0]
    assert (NOTICE, CARD[0] * 2 < 186) == ((148.0, 105.0), True)


def test_it_is_the_same_in_both_builds_and_holds_no_figure(demo):
    inside, outside = (made(demo, f"sectors=5&lang=da&tier={tier}") for tier in ("internal", "partner"))  # fmt: skip
    assert inside.pages == outside.pages
    assert inside.classification == outside.classification == "Må gives til alle"
    other = made(demo, "sectors=5&lang=da&types=BURGLARY&hours=22-6")
    assert other.pages == inside.pages


def test_the_day_that_is_named_is_the_day_of_the_contacts(demo):
    before = replace(CONTACTS[0], name="Earlier One", until="2012-06-30")
    now = replace(CONTACTS[0], since="2012-07-01")
    for state, who, other in (("", "Anna Andersen", "Earlier One"), ("&from=2012-06-30&to=2012-06-30", "Earlier One", "Anna Andersen")):  # fmt: skip
        said = text_of(printed(made(demo, f"sectors=5&lang=en{state}", [before, now])))
        assert who in said
        assert other not in said
    assert "as of Monday 26/11/2012" in text_of(printed(made(demo, "sectors=5&lang=en")))


def test_several_sectors_are_listed_before(demo):
    found = made(demo, "station=NW&lang=en", [replace(CONTACTS[0], sector="9")])
    assert len(found.pages) == 1 + 7
    rows = found.pages[0].blocks[1].rows
    assert [row[0] for row in rows] == [str(k) for k in range(9, 16)]
    assert [row[3] for row in rows] == ["Anna Andersen", *["–"] * 6]
    assert "Nobody is named for this sector yet." in text_of(printed(found))


def test_of_a_hexagon_there_is_none(demo):
    with pytest.raises(FilterError, match="leave the hexagon out"):
        made(demo, "cell=891f05ac32bffff")


def test_long_names_stay_on_their_cards(demo):
    long = [
        Contact(
            sector="5",
            role=role,
            name="Maximiliane Wilhelmina von und zu Langenstein " * 2,
            phone="+45 35 21 00 05 35 21",
            email=f"{'langtnavn.' * 7}@politi.example",
        )
        for role in ("manager", "deputy", "deputy")
    ]
    for words in words_of(printed(made(demo, "sectors=5&lang=da", long))):
        assert not [w for w in words if w[2] > 595.3 - 32 or w[3] > 830]
        words.sort()
        for i, one in enumerate(words):
            assert not any(overlaps(one, other) for other in words[i + 1 :] if other[0] < one[2])
