"""The open agreements of a sector on its fortnight's print: what stands there, what never does, and for whom."""

from __future__ import annotations

import re
import shutil
from datetime import date

import pytest
from click.testing import CliRunner

from tests.people.conftest import House
from tests.printed import text_of
from ypo_dash.cli import main
from ypo_dash.model.desk import Effort, LogEntry, Partner, Visit
from ypo_dash.model.filters import Filters
from ypo_dash.model.rights import Person
from ypo_dash.people import desk
from ypo_dash.people.desk import Writing
from ypo_dash.store.reader import Store
from ypo_dash.store.workspace import Workspace
from ypo_dash.views.due import printed_due

STATE = "kind=fortnight&sectors=3&lang=en"


@pytest.fixture(scope="module")
def here(demo_home, tmp_path_factory):
    """A house whose sectors 3 and 5 have open agreements, sector 7 none."""
    made = House(shutil.copytree(demo_home, tmp_path_factory.mktemp("due") / "workspace"))
    words, store = desk.known(Store(Workspace(made.home)).snapshot()), made.access.database

    def add(sort, **given):
        return desk.add(store, sort, given, words, Writing(by="test"))

    log = {"date": "2012-11-01", "kind": "agreement", "author": "A"}
    school = add(Partner, sector="3", name="Skolen Voldparken", kind="school", interval="28")
    add(Visit, sector="3", partner=school.key, date="2012-10-20", kind="visit", done="yes")
    add(LogEntry, sector="3", words="Lamperne i gården\nskiftes", partner=school.key, follow_up="2012-11-20", **log)  # fmt: skip
    add(LogEntry, sector="3", words="Hegnet lukkes " + "meget " * 60, follow_up="2012-12-24", **log)
    add(LogEntry, sector="3", words="Om en navngiven beboer", personal="yes", follow_up="2012-11-21", **log)  # fmt: skip
    add(LogEntry, sector="3", words="Er klaret", follow_up="2012-11-10", done="2012-11-11", **log)
    add(LogEntry, sector="5", words="Noget i sektor fem", follow_up="2012-11-20", **log)
    effort = {"title": "Cykeltyveri ved stationen", "problem_words": "x", "place": "3", "measures": "x", "lead": "A", "start": "2012-09-01", "review": "2012-11-28", "end": "2012-12-31"}  # fmt: skip
    add(Effort, sector="3", **effort)
    return made


def sheet_of(here, role, state=STATE):
    """The words of the print of a role, from its preview's document."""
    from ypo_dash.pages import print as page

    kept = []
    real = page._prints.sheets

    def sheets(*arguments):
        kept.append(page._prints.document(*arguments))
        return real(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page._prints, "sheets", sheets)
        answer = here.client(role).get(f"/print?{state}")
    assert answer.status_code == 200
    from ypo_dash.reports.typst import pdf_of

    (made,) = kept
    return " ".join(text_of(pdf_of(made)).split())


def agreements(sheet):
    return sheet.split("Open agreements")[1]


def test_what_is_open_stands_on_the_print_soonest_first(here):
    said = agreements(sheet_of(here, "sector_manager"))
    assert "As they stand on 26/11/2012" in said
    order = ["17/11/2012, 9 days ago", "20/11/2012, 6 days ago", "28/11/2012", "24/12/2012"]
    assert [said.index(day) for day in order] == sorted(said.index(day) for day in order)
    assert "Lamperne i gården skiftes" in said
    assert "Skolen Voldparken" in said
    assert "Review of the effort: Cykeltyveri ved stationen" in said
    assert "meget…" in said
    assert "Er klaret" not in said
    assert "sektor fem" not in said
    assert "written on by hand" not in said


def test_personal_entries_are_never_on_paper(here):
    assert "navngiven" not in sheet_of(here, "sector_manager")


@pytest.mark.parametrize(
    ("role", "state", "said"),
    [
        ("viewer", STATE, "not for who prints this"),
        ("sector_manager", STATE.replace("=3", "=5"), "not for who prints this"),
        ("officer", STATE.replace("=3", "=7"), "No agreement is open"),
        ("analyst", STATE.replace("=3", "=5"), "Noget i sektor fem"),
    ],
)
def test_who_does_not_read_the_log_gets_lines_to_write_on(here, role, state, said):
    found = agreements(sheet_of(here, role, state))
    assert said in found
    assert ("Noget i" in found) == ("Noget" in said)


def test_nothing_of_the_log_leaves_the_house(here):
    sheet = sheet_of(here, "analyst", f"{STATE}&tier=partner")
    assert "Lamperne" not in sheet
    assert "Open agreements" not in sheet


@pytest.mark.parametrize(("query", "there"), [("sectors=3", True), ("sectors=3&tier=partner", False), ("sectors=3,7", False), ("", False)])  # fmt: skip
def test_only_an_internal_print_of_one_sector_has_them(here, query, there):
    snapshot = Store(Workspace(here.home)).snapshot()
    filters = Filters.from_query(query, snapshot)
    person = Person(name="x", roles=("analyst",))
    found = printed_due(snapshot, here.access, filters, person, date(2012, 11, 26))
    assert (found is not None) == there


def test_a_change_of_the_log_is_on_the_next_print(here):
    """Prints are kept for a while; the log is part of what they are kept by."""
    words = desk.known(Store(Workspace(here.home)).snapshot())
    before = sheet_of(here, "analyst", STATE.replace("=3", "=7"))
    given = {"sector": "7", "date": "2012-11-01", "kind": "agreement", "author": "A", "words": "Ny aftale i syv", "follow_up": "2012-12-01"}  # fmt: skip
    held = desk.add(here.access.database, LogEntry, given, words, Writing(by="test"))
    after = sheet_of(here, "analyst", STATE.replace("=3", "=7"))
    desk.erase(here.access.database, held)
    assert "Ny aftale i syv" not in before
    assert "Ny aftale i syv" in after


def test_the_command_prints_the_same(here, tmp_path, monkeypatch):
    monkeypatch.setenv("YPO_HOME", str(here.home))
    file = tmp_path / "a.pdf"
    done = CliRunner().invoke(main, ["report", "fortnight", "sectors=3&lang=en", "-o", str(file)])
    assert done.exit_code == 0, done.output
    said = agreements(" ".join(text_of(file.read_bytes()).split()))
    assert re.search(r"Lamperne i gården skiftes .*20/11/2012, 6 days ago", said)
    assert "navngiven" not in said
