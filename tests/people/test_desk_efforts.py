"""Efforts written by people: who may, two at once, what is refused, and a review with its figures."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote

import pytest
from click.testing import CliRunner

from tests.desk_entries import effort
from tests.people.conftest import form_token
from ypo_dash.cli import main
from ypo_dash.model.desk import Effort
from ypo_dash.people import desk
from ypo_dash.views.desk_efforts import fields_of, outcome

PATH = "/sector/7?part=efforts&lang=en"


@pytest.fixture
def here(house):
    """The house, without efforts before and after."""
    yield house
    for entry in desk.entries(house.access, Effort):
        desk.erase(house.access.database, entry)


@pytest.fixture
def snapshot(house):
    return house.app.server.extensions["ypo"].snapshot()


def filled(**more):
    """What the form of an effort sends."""
    one = effort(**more)
    kept = {k: v for k, v in desk.content_of(one).items() if k not in ("types", "sector", "evaluated") and v}  # fmt: skip
    return {**kept, **{f"type.{code}": "yes" for code in one.types.split(";") if code}, "do": "save"}  # fmt: skip


def post(client, given, query="part=efforts&lang=en&new=1", sector="7"):
    token = form_token(client, "/staffing?sector=7")
    data = {"csrf_token": token, "query": query, **given}
    return client.post(f"/sector/{sector}/efforts", data=data)


def held(here):
    return desk.entries(here.access, Effort)


def said(answer):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def added(here, **more):
    assert post(here.client("sector_manager"), filled(**more)).status_code == 303
    return max(held(here), key=lambda e: e.changed)


def test_an_effort_is_written_and_read_by_all(here, snapshot):
    answer = post(here.client("sector_manager"), filled(agreed="yes", place_name="Bars"))
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sector/7?part=efforts&lang=en#saved"
    (one,) = held(here)
    assert (one.sector, one.place, one.types, one.agreed) == ("7", "7;8", "VIOLENCE", "yes")
    assert (one.evaluated, one.changed_by) == ("", "sector_manager")
    shown = here.client("viewer").get(PATH)
    words = said(shown)
    for part in ("Running 1", "Nights in 7 and 8 1/9/2011–31/12/2012", "Bars: Sectors 7 Assistens", "Patrol on foot.", "Sector manager 7"):  # fmt: skip
        assert part in words
    assert outcome(snapshot, one, "en").words in words
    assert "New effort" not in words  # a viewer writes nothing
    assert "New effort" in said(here.client("sector_manager").get(PATH))
    last = [e for e in here.entries() if e["action"] == "alteration"][-1]
    assert (last["person"], last["object"]) == ("sector_manager", "effort added: 7")


@pytest.mark.parametrize("who", ["viewer", "officer", "analyst", "leader", "administrator", "wall"])
def test_others_do_not_write(here, who):
    assert post(here.client(who), filled()).status_code in (302, 403)
    assert held(here) == []
    if who not in ("administrator", "wall"):
        page = said(here.client(who).get(f"{PATH}&new=1"))
        assert "Change the effort" not in page
        assert "Measures *" not in page


def test_nor_in_other_sectors_than_ones_own(here):
    manager = here.client("sector_manager")
    assert post(manager, filled(), sector="8").status_code == 403
    mine = added(here)
    assert post(manager, {**filled(), "key": mine.key, "seen": "1"}, sector="3").status_code == 400
    (one,) = held(here)
    assert (one.version, one.sector) == (1, "7")


@pytest.mark.parametrize("do", ["save", "review", "remove"])
def test_no_form_of_ones_own_sector_reaches_another_sectors_effort(here, snapshot, do):
    given = {k: v for k, v in desk.content_of(effort(place="5", sector="5", types="")).items() if v}
    other = desk.add(here.access.database, Effort, given, desk.known(snapshot), desk.Writing(by="x"))  # fmt: skip
    sent = {**filled(title="Taken over"), **review(snapshot, other), "do": do}
    assert post(here.client("sector_manager"), sent).status_code == 400
    assert held(here) == [other]


def test_the_sector_of_a_form_is_the_address_own(here):
    assert post(here.client("sector_manager"), {**filled(), "sector": "9"}).status_code == 303
    assert [e.sector for e in held(here)] == ["7"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"end": ""}, "End: this is missing"),
        ({"review": ""}, "Review on: this is missing"),
        ({"end": "2011-08-31"}, "End: this day is before the one it must follow"),
        ({"review": "2011-08-31"}, "Review on: this day is before the one it must follow"),
        ({"place": "99"}, "Place: this is not known here"),
        ({"place": "7;891f0582607ffff"}, "Place: give sectors, or hexagons of one resolution"),
        ({"problem_words": "Ask 010190-1234"}, "Problem: this looks like a civil registration number"),
        ({"measures": "0101901234"}, "Measures: this looks like a civil registration number"),
        ({"hours": "25-3"}, "Hours: these are no hours"),
        ({"type.NONSENSE": "yes"}, "Types: this is not known here"),
        ({"before": "never"}, "Counted against: this is not known here"),
    ],
)  # fmt: skip
def test_what_is_refused_is_not_lost(here, given, words):
    mine = {**filled(title="Mine <b>&"), **given}
    answer = post(here.client("sector_manager"), mine)
    assert answer.status_code == 400
    assert words in said(answer)
    assert held(here) == []
    for value in mine.values():
        if value not in ("yes", "save", "never", ""):
            assert value in unescape(answer.text)
    assert re.search(r'name="type.VIOLENCE" value="yes" checked', answer.text)
    assert "<b>&" not in answer.text


def test_what_explore_sends_stands_in_the_form(here):
    cell = "891f0582607ffff"
    page = here.client("sector_manager").get(
        f"{PATH}&new=1&place={cell},891f0582623ffff&types=BURGLARY,ROBBERY&hours=22-6"
    ).text  # fmt: skip
    assert f'name="place" value="{cell};891f0582623ffff"' in page
    assert 'name="hours" value="22-6"' in page
    assert re.findall(r'name="type\.(\w+)" value="yes" checked', page) == ["BURGLARY", "ROBBERY"]
    attack = quote('"><script>alert(1)</script>')
    page = here.client("sector_manager").get(f"{PATH}&new=1&place={attack}&types={attack}&hours={attack}").text  # fmt: skip
    assert "<script>alert" not in page


def test_the_second_is_told_and_nothing_is_lost(here):
    one, two = here.client("sector_manager"), here.client("sector_manager")
    first = added(here)
    change = {"key": first.key, "seen": "1"}
    query = f"part=efforts&lang=en&edit={quote(first.key, safe='')}"
    assert post(one, {**filled(title="The first's"), **change}, query).status_code == 303
    late = post(two, {**filled(title="The second's <i>", measures="Mine & yours"), **change}, query)
    assert late.status_code == 409
    assert "Not saved: sector_manager saved at" in said(late)
    assert 'value="The second&#39;s &lt;i&gt;"' in late.text
    assert "Mine &amp; yours</textarea>" in late.text
    assert 'name="seen" value="2"' in late.text
    (now,) = held(here)
    assert (now.title, now.version) == ("The first's", 2)
    again = {**filled(title="The second's"), "key": first.key, "seen": "2"}
    assert post(two, again, query).status_code == 303
    (now,) = held(here)
    assert (now.title, now.version) == ("The second's", 3)
    page = said(one.get(PATH))
    assert "History" in page


def test_one_that_was_removed_meanwhile_loses_nothing_written(here):
    one = added(here)
    manager = here.client("sector_manager")
    gone = {"do": "remove", "key": one.key, "seen": "1"}
    assert post(manager, gone).status_code == 303
    assert held(here) == []
    late = post(manager, {**filled(measures="Long words"), "key": one.key, "seen": "1"}, f"part=efforts&lang=en&edit={quote(one.key, safe='')}")  # fmt: skip
    assert late.status_code == 400
    assert "This entry is not there any more." in said(late)
    assert "Long words</textarea>" in late.text


def test_a_box_that_is_not_ticked_any_more_is_off(here):
    one = added(here, agreed="yes")
    given = {**filled(), "key": one.key, "seen": "1"}
    assert "agreed" not in given
    assert post(here.client("sector_manager"), given).status_code == 303
    assert [e.agreed for e in held(here)] == [""]


def test_types_that_the_police_find_are_said_to_be(here):
    added(here, types="DRUG_DEAL;VIOLENCE", start="2012-05-01")
    words = "found by the police themselves, so the effort's own work makes them more."
    page = said(here.client("viewer").get(PATH))
    assert f"Drug dealing: {words}" in page
    assert page.count(words) == 1
    added(here, title="Other", start="2012-05-01")
    assert said(here.client("viewer").get(PATH)).count(words) == 1


# Reviews


def review(at, one, **more):
    given = {"do": "review", "key": one.key, "seen": str(one.version), "snapshot": at.id}
    return {**given, "reviewed": "2012-11-26", "result": "It goes on.", **more}


def test_a_review_keeps_the_figures_that_it_went_by(here, snapshot):
    one = added(here, review="2012-11-01")
    manager = here.client("sector_manager")
    page = manager.get(f"{PATH}&review={quote(one.key, safe='')}")
    assert "To review 1" in said(page)
    words = outcome(snapshot, one, "en").words
    assert words in said(page).split("Review of “Nights in 7 and 8”")[1]
    assert f'name="snapshot" value="{snapshot.id}"' in page.text
    assert post(manager, review(snapshot, one)).status_code == 303
    (now,) = held(here)
    assert (now.reviewed, now.result) == ("2012-11-26", "It goes on.")
    after = said(here.client("viewer").get(PATH))
    assert f"What the review went by {words} snapshot {snapshot.id}" in after
    assert "Running 1" in after
    # The same numbers as the command's, to the digit.
    options = [part for k, v in fields_of(now, snapshot.span[1]).items() for part in (f"--{k.replace('_', '-')}", v)]  # fmt: skip
    done = CliRunner().invoke(main, ["query", "effort", "types=VIOLENCE", *options], env={"YPO_HOME": str(here.home)})  # fmt: skip
    assert words in done.stderr


def test_who_does_not_write_there_is_not_asked_for_a_review(here):
    address = f"{PATH}&review={quote(added(here).key, safe='')}"
    assert 'name="result"' in here.client("sector_manager").get(address).text
    for role in ("viewer", "officer", "analyst", "leader"):
        assert 'name="result"' not in here.client(role).get(address).text, role


def test_other_data_than_those_looked_at_are_no_ground_for_a_review(here, snapshot):
    one = added(here)
    answer = post(here.client("sector_manager"), review(snapshot, one, snapshot="another", result="My long result"), f"part=efforts&lang=en&review={quote(one.key, safe='')}")  # fmt: skip
    assert answer.status_code == 400
    assert "new data came in meanwhile" in said(answer)
    assert "My long result</textarea>" in answer.text
    assert held(here)[0].reviewed == ""


@pytest.mark.parametrize(
    ("more", "words"),
    [({"result": ""}, "Result: a review has a day and a result"), ({"reviewed": "2011-01-01"}, "Reviewed on: this day is before"), ({"result": "010190-1234"}, "Result: this looks like a civil")],
)  # fmt: skip
def test_a_review_is_whole(here, snapshot, more, words):
    one = added(here)
    answer = post(here.client("sector_manager"), review(snapshot, one, **more))
    assert answer.status_code == 400
    assert words in said(answer)
    assert held(here)[0].evaluated == ""


def test_a_review_without_comparison_keeps_why(here, snapshot):
    one = added(here, against="")
    assert post(here.client("sector_manager"), review(snapshot, one)).status_code == 303
    page = said(here.client("viewer").get(PATH))
    assert "What the review went by No comparison was given." in page


def test_a_form_can_not_bring_figures_of_its_own(here, snapshot):
    one = added(here)
    kept = outcome(snapshot, one, "en").kept("ffff").text()
    assert post(here.client("sector_manager"), {**filled(), "key": one.key, "seen": "1", "evaluated": kept}).status_code == 303  # fmt: skip
    assert held(here)[0].evaluated == ""


# On Explore


def test_the_layer_is_for_who_sees_figures_and_its_look_is_recorded(here):
    added(here)
    layer = "/api/layers/efforts.geojson?lang=en"
    found = here.client("viewer").get(layer).json["features"]
    assert [f["properties"]["title"] for f in found] == ["Nights in 7 and 8"]
    for who in (None, "administrator", "wall"):
        assert here.client(who).get(layer).status_code in (302, 401, 403)


def test_the_side_panel_leads_to_the_form_where_one_may_write(here):
    from tests.people.test_roles import panel_callback
    from tests.people.test_roles import post as post_json

    added(here)
    for who, offered in (("sector_manager", True), ("viewer", False)):
        answer = post_json(here.client(who), "/_dash-update-component", json=panel_callback("sectors=7&lang=en"))  # fmt: skip
        assert ("Start an effort here" in answer.text) is offered
        assert "Nights in 7 and 8" in answer.text
    other = post_json(here.client("sector_manager"), "/_dash-update-component", json=panel_callback("sectors=8&lang=en"))  # fmt: skip
    assert "Start an effort here" not in other.text
