"""Finding words in a log: letters, accents, marks; and what may leave the screen."""

from __future__ import annotations

import unicodedata

import pytest

from tests.tiny import tiny_snapshot
from ypo_dash.model.desk import LogEntry
from ypo_dash.model.errors import FilterError
from ypo_dash.model.rights import ANYBODY, Person
from ypo_dash.views.log import LogQuery, place_words, readable
from ypo_dash.views.searching import compared, composed, folded, has_all, marked, wanted_words


@pytest.mark.parametrize(
    ("text", "query", "there"),
    [
        ("Lys i GÅRDEN", "gården", True),
        ("Lys i gården", "GÅRD", True),
        ("Lys i gården", "gard", False),  # å is no a
        ("ÆBLE og Ø", "æble ø", True),
        ("Søen", "soen", False),
        ("Café Åben", "cafe ÅBEN", True),
        ("Cafe", "café", True),
        ("Müllers plads", "muller", True),
        ("en to", "to en", True),
        ("en to", "en tre", False),
        ("Straße", "STRASSE", True),
        (unicodedata.normalize("NFD", "Åbent café på Ålandsvej"), "ålandsvej café", True),
        ("Åbent", unicodedata.normalize("NFD", "åbent"), True),
        ("gadelys", "lys", True),
        ("anything", "", True),
    ],
)
def test_all_words_whatever_their_case_and_accents(text, query, there):
    assert has_all([text], wanted_words(query)) == there


def test_the_two_ways_of_comparing_are_one():
    letters = "".join(map(chr, range(1, 0x2100))) + "ﬁ Ⅷ Å"
    assert compared(letters) == folded(composed(letters))[0]


def test_the_words_may_stand_in_different_places():
    assert has_all(["lys", "Skolen"], wanted_words("lys skolen"))


@pytest.mark.parametrize(
    ("text", "query", "hits"),
    [
        ("Lys i gården, mere lys", "lys", ["Lys", "lys"]),
        ("Café ved søen", "cafe søen", ["Café", "søen"]),
        (unicodedata.normalize("NFD", "Café å"), "å", ["å"]),
        ("aaa", "aa", ["aaa"]),  # overlapping hits are one mark
        ("lysene", "lys sene", ["lysene"]),
        ("Straße her", "strasse", ["Straße"]),
        ("intet", "andet", []),
        ("", "x", []),
    ],
)
def test_marks_are_where_the_words_stand(text, query, hits):
    pieces = marked(text, wanted_words(query))
    assert [piece for piece, hit in pieces if hit] == hits
    assert "".join(piece for piece, _ in pieces) == unicodedata.normalize("NFC", text)


def entry(sector="3", **more):
    return LogEntry(key=f"{sector}/x", sector=sector, date="2012-11-20", kind="place", words="w", author="A", **more)  # fmt: skip


@pytest.mark.parametrize(
    ("roles", "sectors", "read"),
    [
        (("viewer",), ("3",), 0),
        (("administrator",), ("*",), 0),
        (("officer",), ("3",), 1),
        (("officer",), ("5",), 0),
        (("officer",), ("*",), 1),
        (("analyst",), (), 1),
        (("leader",), ("3",), 1),
        (("sector_manager",), ("3",), 2),
        (("sector_manager",), ("5",), 0),
        (("analyst", "sector_manager"), ("5",), 1),  # writes in 5, reads 3
    ],
)
def test_who_reads_what(roles, sectors, read):
    person = Person(name="x", roles=roles, sectors=sectors)
    assert len(readable([entry(), entry(personal="yes")], person)) == read


def test_in_the_open_district_everything_simulated_is_read():
    assert len(readable([entry(), entry(personal="yes")], ANYBODY)) == 2


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"q": "x" * 201}, "q"), ({"kind": "gossip"}, "kind"), ({"open": "1"}, "open"),
        ({"everywhere": "all"}, "everywhere"), ({"page": "0"}, "page"), ({"page": "-1"}, "page"), ({"page": "²"}, "page"),
    ],
)  # fmt: skip
def test_impossible_questions_are_named(given, name):
    with pytest.raises(FilterError) as refused:
        LogQuery.of(given)
    assert refused.value.parameter == name


def test_places_in_words():
    snapshot = tiny_snapshot()
    cell = place_words(snapshot, "cell:891f05831dbffff", "da")
    assert (cell.words, cell.link) == ("Sekskant 891f05831dbffff", "/?cell=891f05831dbffff")
    assert place_words(snapshot, "area:Blågården", "en").words == "Blågården"
    assert place_words(snapshot, "scene:GONE", "en").words == "GONE"  # a scene of an older list
    assert place_words(snapshot, "", "en") is None
