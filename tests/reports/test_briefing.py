"""The briefing card on paper: a page a sector, everything asked for, nothing that must not leave the log."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime

import pytest

from tests.desk_entries import effort, log_entry
from tests.printed import printed, text_of
from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.people.desk import Writing
from ypo_dash.reports.kinds import dated, document
from ypo_dash.reports.printing import Printing
from ypo_dash.views.briefing_held import Held

NOW = datetime(2012, 11, 26, 5, 45, tzinfo=UTC)
LONG = "Word after word after word. " * 60


def sheets(demo, query, held, points=("5", "7", "14")):
    filters = dated(demo, "briefing", Filters.from_query(query, demo))
    how = Printing(printed_by="Anna And", now=NOW, points=frozenset(points), held=held)
    made = document(demo, "briefing", filters, how)
    return [" ".join(s.split()) for s in text_of(printed(made)).split("\f")[:-1]]


def test_where_when_why_what_who_and_open_follow_ups(demo):
    held = Held(
        efforts=(effort(place_name="Plaza", hours="14-22", partners="Bars"),),
        log=(log_entry(),),
    )
    (sheet,) = sheets(demo, "sectors=7&lang=en", held)
    assert "Plaza" in sheet
    for words in (
        "Briefing card, Sector 7", "Monday 26/11/2012, shift 7–15", "Plaza", "14–22, until", "31/12/2012",
        "Violence around the bars.", "Patrol on foot.", "Sector manager 7; Bars", "Lamp at the square is out.",
        "1 effort runs", "1 follow-up is due within 7 days", "Out of the ordinary", "For police use only",
    ):  # fmt: skip
        assert words in sheet, words


def test_what_is_unusual_is_the_weeks_finding(demo):
    (sheet,) = sheets(demo, "sectors=14&lang=en", Held())
    assert "Burglary in sector 14: 27 in the week of 19/11, 3–17 would be normal." in sheet


def test_several_sectors_only_those_with_something_to_tell(demo):
    found = sheets(demo, "sectors=7,20,14&lang=da", Held(efforts=(effort(),)))
    assert [("Sektor 7" in s, "Sektor 14" in s) for s in found] == [(True, False), (False, True)]


def test_one_page_a_sector_however_much_there_is(demo):
    efforts = tuple(effort(key=f"7/{n}", title=LONG[:120], problem_words=LONG, measures=LONG, partners=LONG[:900]) for n in range(9))  # fmt: skip
    log = tuple(log_entry(key=f"7/l{n}", words=LONG) for n in range(30))
    for lang in ("da", "en"):
        found = sheets(demo, f"sectors=7&lang={lang}", Held(efforts=efforts, log=log))
        assert len(found) == 1
    assert "5 more efforts on the desk." in found[0]
    assert "24 more in the log." in found[0]


def test_the_log_is_for_those_who_read_it(demo):
    (sheet,) = sheets(demo, "sectors=7&lang=en", Held(log=(log_entry(),)), points=("5",))
    assert "Lamp" not in sheet
    assert "The sector's log is not open to who prints this." in sheet


@pytest.mark.parametrize("tier", ["partner", "public"])
def test_there_is_none_for_partners(demo, tier):
    with pytest.raises(FilterError) as told:
        dated(demo, "briefing", Filters.from_query(f"sectors=7&tier={tier}", demo))
    assert told.value.parameter == "tier"
    with pytest.raises(FilterError, match="police use only"):
        document(demo, "briefing", Filters.from_query("sectors=7&tier=partner", demo), Printing(printed_by="x", now=NOW))  # fmt: skip


def test_the_command_prints_what_the_desk_holds(demo_home, tmp_path):
    import shutil

    from click.testing import CliRunner

    from ypo_dash.cli import main
    from ypo_dash.people import desk
    from ypo_dash.people.access import Access
    from ypo_dash.store.reader import open_snapshot
    from ypo_dash.store.workspace import Workspace

    home = shutil.copytree(demo_home, tmp_path / "home")
    known = desk.known(open_snapshot(Workspace(home)))
    store = Access(home).database
    desk.add(store, type(effort()), desk.content_of(effort()), known, Writing(by="test"))
    for more in ({}, {"personal": "yes", "words": "Secret words"}):
        desk.add(
            store, type(log_entry()), desk.content_of(log_entry(**more)), known, Writing(by="test")
        )
    out = tmp_path / "a.pdf"
    done = CliRunner().invoke(main, ["report", "briefing", "sectors=7&lang=en", "-o", str(out)], env={"YPO_HOME": str(home)})  # fmt: skip
    assert done.exit_code == 0, done.output
    said = subprocess.run(
        ["pdftotext", str(out), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "Nights in 7 and 8" in " ".join(said.split())
    assert "Lamp at the square" in said
    assert "Secret" not in said
    refused = CliRunner().invoke(main, ["report", "briefing", "sectors=7&tier=partner", "-o", str(out)], env={"YPO_HOME": str(home)})  # fmt: skip
    assert refused.exit_code == 2
    assert "police use only" in refused.stderr
