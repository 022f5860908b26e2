"""What a form or a file may say: columns, their forms, and refusals that name column, value and remedy."""

from __future__ import annotations

import pytest

from ypo_dash.model.desk import KINDS, Effort, GangIncident, Listing, LogEntry, Partner
from ypo_dash.model.entries import Known, checked, columns_of
from ypo_dash.model.errors import InputError

KNOWN = Known(
    sectors=("5", "6"), stations=("NE",), areas=("Mjølnerparken",), types=("BURGLARY", "FIRE"), scenes=("FLAT",)
)  # fmt: skip
LOG = {"sector": "5", "date": "2012-11-05", "kind": "meeting", "words": "A meeting", "author": "A"}
EFFORT = {
    "sector": "5", "title": "T", "problem_words": "P", "place": "5", "measures": "M", "lead": "L",
    "start": "2012-01-01", "review": "2012-02-01", "end": "2012-03-01",
}  # fmt: skip


def test_what_is_given_is_kept_and_tidied():
    found = checked(
        LogEntry, {**LOG, "words": "  One \r\n two  \n", "follow_up": "2012-11-19"}, KNOWN
    )
    assert found["words"] == "One\n two"
    assert set(found) == set(columns_of(LogEntry))
    assert found["done"] == found["personal"] == ""


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("sector", "99", "not known here"), ("sector", "", "missing"),
        ("date", "5/11/2012", "not a date"), ("date", "0012-11-05", "can't be right"),
        ("kind", "gossip", "not known here"), ("words", "x" * 4001, "too long"),
        ("place", "Mjølnerparken", "no place"), ("place", "area:Nowhere", "not known"),
        ("place", "scene:CASTLE", "not known"), ("place", "cell:12345", "no place"),
        ("follow_up", "2012-11-04", "before the one it must follow"),
        ("done", "2012-11-20", "no follow-up"), ("personal", "perhaps", "neither yes nor no"),
        ("words", "Talked to 010190-1234 about it", "civil registration number"),
        ("words", "0101901234", "civil registration number"),
    ],
)  # fmt: skip
def test_refusals_name_the_column(column, value, said):
    with pytest.raises(InputError, match=said) as refused:
        checked(LogEntry, {**LOG, column: value}, KNOWN)
    assert refused.value.column == column


def test_numbers_that_are_no_civil_registration_numbers_stay():
    words = "Case 0100-12345-67890-12 and phone 33 14 88 88; 320190-1234 is no date"
    assert checked(LogEntry, {**LOG, "words": words}, KNOWN)["words"] == words


def test_places():
    for place in ("cell:891f0582607ffff", "scene:FLAT", "area:Mjølnerparken"):
        assert checked(LogEntry, {**LOG, "place": place}, KNOWN)["place"] == place


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"place": "5;891f0582607ffff"}, "hexagons of one resolution"),
        ({"place": "891f0582607ffff;881f058261fffff"}, "hexagons of one resolution"),
        ({"place": "871f05826ffffff"}, "resolution from 8 to 11"),
        ({"place": "8fffffffffffff0"}, "not known"),  # looks like a hexagon, and is none
        ({"place": "7"}, "not known"), ({"types": "BURGLARY,CASTLE"}, "not known"),
        ({"hours": "25-3"}, "no hours"), ({"review": "2011-12-31"}, "before"),
        ({"end": ""}, "missing"), ({"review": ""}, "missing"),
        ({"reviewed": "2012-02-02"}, "a day and a result"), ({"result": "Fine"}, "a day and a result"),
    ],
)  # fmt: skip
def test_an_effort_has_an_end_and_a_review(given, said):
    with pytest.raises(InputError, match=said):
        checked(Effort, {**EFFORT, **given}, KNOWN)


def test_lists_of_codes_are_tidied():
    found = checked(Effort, {**EFFORT, "types": "FIRE, BURGLARY FIRE", "place": "6, 5", "hours": "22-6"}, KNOWN)  # fmt: skip
    assert (found["types"], found["place"], found["hours"]) == ("FIRE;BURGLARY", "6;5", "22-6")


def test_gang_incidents_are_judged_after_they_happened_and_counted():
    given = {"date": "2012-11-05", "area": "Mjølnerparken", "kind": "assault", "judged_by": "A", "judged_on": "2012-11-06", "certainty": "possible", "injured": "02"}  # fmt: skip
    assert checked(GangIncident, given, KNOWN)["injured"] == "2"
    for column, value in (("judged_on", "2012-11-04"), ("injured", "-1"), ("injured", "some"), ("certainty", "sure")):  # fmt: skip
        with pytest.raises(InputError) as refused:
            checked(GangIncident, {**given, column: value}, KNOWN)
        assert refused.value.column == column


def test_every_kind_refuses_what_it_needs_and_knows_no_column_twice():
    for kind in KINDS.values():
        needed = [name for name, one in columns_of(kind).items() if one.required]
        assert needed
        with pytest.raises(InputError, match="missing"):
            checked(kind, {}, KNOWN)
    assert "until" in columns_of(Listing)
    assert columns_of(Partner)["interval"].limits == (1, 1500)
