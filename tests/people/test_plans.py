"""Factors, scenarios and rules over HTTP: who may, what is kept, and what happens when two edit at once."""

from __future__ import annotations

import re
import shutil
from html import unescape

import pytest
from click.testing import CliRunner

from tests.people.conftest import House, form_token
from tests.postgres import on_postgres
from ypo_dash.cli import main
from ypo_dash.people.plans import edited

WHY = "more robberies at the station since March"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def here(request, demo_home, tmp_path_factory):
    """A house with people, its records on SQLite or on PostgreSQL."""
    home = shutil.copytree(demo_home, tmp_path_factory.mktemp("plans") / "workspace")
    if request.param == "postgresql":
        on_postgres(home, request.getfixturevalue("postgres"))
    return House(home)


def post(client, path, **fields):
    token = form_token(client, "/staffing?sector=3")
    return client.post(path, data={"csrf_token": token, "query": "sector=3", **fields})


def factor(value, seen, sector="3", reason=WHY, **more):
    return {"sector": sector, "factor": str(value), "seen": str(seen), "reason": reason, "date": "2012-11-25", **more}  # fmt: skip


def shown(answer):
    return unescape(re.sub(r"<[^>]+>", " ", answer.text))


def seen_version(client, sector="3"):
    page = client.get(f"/staffing?sector={sector}").text
    form = page[page.index('id="factor-form"') :]
    return int(re.search(r'name="seen" value="(\d+)"', form)[1])


def test_asked_approved_and_kept_with_its_history(here):
    manager, leader = here.client("sector_manager"), here.client("leader")
    before = edited(here.access).factors.get("3")
    seen = before.version if before else 0
    answer = post(manager, "/staffing/ask", **factor(2, seen))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/staffing?sector=3#saved")
    waiting = edited(here.access).factors["3"]
    assert waiting.wanted["factor"] == 2
    page = leader.get("/staffing?sector=3")
    assert "Asked for: factor 2" in shown(page)
    assert re.search(
        r"<select id=\"f-3\".*?<option selected>5", page.text, re.DOTALL
    )  # still the file's
    assert post(leader, "/staffing/set", **factor(2, waiting.version)).status_code == 303
    held = edited(here.access).factors["3"]
    assert (held.factor, held.reason, held.approved_by, held.wanted) == (2, WHY, "leader", None)
    history = shown(leader.get("/staffing?sector=3")).split("History")[1]
    assert history.index(WHY) < history.index("from the imported file")
    last = [e for e in here.entries() if e["action"] == "alteration"][-1]
    assert (last["person"], last["object"]) == ("leader", "factor of sector 3: 5 -> 2")
    assert last["reason"] == WHY
    # Everybody counts with it now: page, export and command line.
    line = next(row for row in table(here, "").splitlines() if row.startswith("3,"))
    assert line.split(",")[-5:-3] == ["2", "11.075"]


def table(here, state):
    result = CliRunner().invoke(
        main, ["query", "staffing", state], env={"YPO_HOME": str(here.home)}
    )
    assert result.exit_code == 0, result.output
    by_http = here.client("analyst").get(f"/export/staffing.csv?{state}&reason=test")
    assert by_http.text.replace("\r\n", "\n") == result.stdout.replace("\r\n", "\n")
    return result.stdout


def test_the_second_is_told_and_nothing_is_lost(here):
    one, two = here.client("leader"), here.client("leader")
    seen = seen_version(one)
    assert seen_version(two) == seen
    assert post(one, "/staffing/set", **factor(4, seen, reason="fewer reports this autumn")).status_code == 303  # fmt: skip
    mine = "my own <careful> reason & figures"
    late = post(two, "/staffing/set", **factor(1, seen, reason=mine))
    assert late.status_code == 409
    assert "Not saved: leader saved at" in shown(late)
    told = [e for e in here.entries() if e["action"] == "alteration"][-2:]
    assert [e["result"] for e in told] == ["done", "refused: somebody else saved meanwhile"]
    assert told[0]["object"] == told[1]["object"]  # what did not happen is not left as done
    assert "fewer reports this autumn" in shown(late)  # what stands now
    assert "my own &lt;careful&gt; reason &amp; figures</textarea>" in late.text  # and his own
    assert edited(here.access).factors["3"].factor == 4
    again = re.search(r'id="factor-form".*?name="seen" value="(\d+)"', late.text, re.DOTALL)[1]
    assert post(two, "/staffing/set", **factor(1, again, reason=mine)).status_code == 303
    assert edited(here.access).factors["3"].factor == 1


def test_a_restart_in_between_changes_nothing_of_it(here):
    one, two = here.client("leader"), here.client("leader")
    seen, token = seen_version(one), form_token(two, "/staffing?sector=3")
    from app import create_app

    here.app = create_app(here.home)  # all of the server's memory is gone
    here.client().get("/healthz")
    again = here.app.server.test_client()
    for cookie in ("ypo", "ypo_form"):
        again.set_cookie(cookie, two.get_cookie(cookie).value)
    fresh = here.client("leader")
    assert post(fresh, "/staffing/set", **factor(3, seen)).status_code == 303
    late = again.post("/staffing/set", data={"csrf_token": token, "query": "", **factor(5, seen)})
    assert late.status_code == 409
    assert edited(here.access).factors["3"].factor == 3


def test_own_sectors_only(here):
    manager, leader = here.client("sector_manager"), here.client("leader")
    for client, path in ((manager, "/staffing/ask"), (leader, "/staffing/set")):
        assert post(client, path, **factor(2, 0, sector="5")).status_code == 403
    assert "5" not in edited(here.access).factors
    assert "factor-form" not in manager.get("/staffing?sector=5").text
    assert 'action="/staffing/ask"' in manager.get("/staffing?sector=7").text
    assert "factor-form" not in here.client("viewer").get("/staffing?sector=7").text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"reason": "short"}, "Write the reason"),
        ({"reason": "x" * 1001}, "Write the reason"),
        ({"factor": "6"}, "not a number from 1 to 5"),
        ({"factor": ""}, "not a number from 1 to 5"),
        ({"date": "yesterday"}, "2011-09-01"),
        ({"sector": "99"}, "no such sector"),
    ],
)
def test_a_bad_form_says_what_is_wrong_and_changes_nothing(here, change, says):
    leader = here.client("leader")
    before = edited(here.access)
    answer = post(leader, "/staffing/set", **{**factor(2, 0), **change})
    assert answer.status_code == 400
    assert says in shown(answer)
    assert edited(here.access) == before


def test_scenarios(here):
    analyst = here.client("analyst")
    plan = "posts=NE:16&minimum=0&factors=5:1&hand=8:4"
    saved = post(analyst, "/staffing/scenarios", query=plan, name="Two <b>fewer</b>", note="asked by the council")  # fmt: skip
    key = re.search(r"scenario=(\w+)", saved.headers["Location"])[1]
    scenario = next(s for s in edited(here.access).scenarios if s.key == key)
    assert (scenario.name, scenario.author, scenario.note) == ("Two <b>fewer</b>", "analyst", "asked by the council")  # fmt: skip
    page = analyst.get(f"/staffing?scenario={key}")
    assert "Two &lt;b&gt;fewer&lt;/b&gt;" in page.text
    assert "<b>fewer" not in page.text
    assert table(here, f"scenario={key}") == table(here, plan)
    beside = analyst.get(f"/staffing?with={key}")
    assert beside.status_code == 200
    assert beside.text.count('class="number beside"') == 1 + 3 + 21
    # Saved over by two: the second is told.
    first = post(analyst, "/staffing/scenarios", query=f"scenario={key}&posts=NE:15", name="Three fewer", do="update", seen="1")  # fmt: skip
    assert first.status_code == 303
    second = post(analyst, "/staffing/scenarios", query=f"scenario={key}&posts=NE:9", name="Nine", do="update", seen="1")  # fmt: skip
    assert second.status_code == 409
    assert next(s for s in edited(here.access).scenarios if s.key == key).plan == {"posts": "NE:15"}
    gone = post(analyst, "/staffing/scenarios", query=f"scenario={key}", do="remove", seen="2")
    assert gone.status_code == 303
    assert key not in [s.key for s in edited(here.access).scenarios]
    assert analyst.get(f"/staffing?scenario={key}").status_code == 400
    assert post(analyst, "/staffing/scenarios", query="", name=" ").status_code == 400


def test_new_editions_of_the_rules(here):
    leader = here.client("leader")
    weights = {"crime": "2", "designated": "1", "infrastructure": "0", "cut0": "20", "cut1": "40", "cut2": "60", "cut3": "80"}  # fmt: skip
    seen = str(edited(here.access).proposal.edition)
    assert post(leader, "/staffing/rules", **weights, reason=WHY, seen=seen).status_code == 303
    rules = edited(here.access).proposal
    assert (rules.crime, rules.infrastructure, rules.cuts, rules.edition) == (2, 0, (20, 40, 60, 80), int(seen) + 1)  # fmt: skip
    assert f"edition {rules.edition}" in shown(leader.get("/staffing"))
    assert re.search(
        rf"edition {rules.edition} · [^·]+ · leader\s+{WHY}", shown(leader.get("/staffing"))
    )
    assert post(leader, "/staffing/rules", **weights, reason=WHY, seen=seen).status_code == 409
    falling = {**weights, "cut1": "10"}
    assert "must rise" in shown(post(leader, "/staffing/rules", **falling, reason=WHY, seen="9"))
    index = {"exposed": "1", "problem": "1", "reports": "2", "markant": "20", "intensiveret": "30", "ordinary": "50", "base_year": "2011"}  # fmt: skip
    seen = str(edited(here.access).index.edition)
    assert post(leader, "/safety/rules", **index, reason=WHY, seen=seen).status_code == 303
    rules = edited(here.access).index
    assert (rules.reports, rules.base_year, rules.ordinary) == (2, 2011, 50)
    page = shown(leader.get("/safety"))
    assert f"edition {rules.edition}" in page
    assert post(leader, "/safety/rules", **{**index, "base_year": "1999"}, reason=WHY, seen="9").status_code == 400  # fmt: skip


def test_looks_are_recorded_and_exports_ask_why(here):
    viewer, analyst = here.client("viewer"), here.client("analyst")
    viewer.get("/staffing?sector=5&lang=da")
    assert [here.entries()[-1][k] for k in ("person", "object", "filter")] == ["viewer", "staffing", "sector=5"]  # fmt: skip
    analyst.get("/safety?year=2011")
    assert [here.entries()[-1][k] for k in ("object", "filter")] == ["safety", "year=2011"]
    assert analyst.get("/export/safety.csv").status_code == 400
    answer = analyst.get(
        "/export/safety.csv?year=2011&reason=council+meeting&recipient=The+council"
    )
    assert answer.status_code == 200
    last = here.entries()[-1]
    assert (last["action"], last["object"], last["filter"], last["reason"], last["recipient"]) == (
        "disclosure", "export safety.csv", "year=2011", "council meeting", "The council",
    )  # fmt: skip


def test_nothing_is_changed_where_it_can_not_be_recorded(here, monkeypatch):
    from ypo_dash.model.errors import RecordError
    from ypo_dash.people.record import Record

    leader = here.client("leader")
    seen, before = seen_version(leader), edited(here.access)
    token = form_token(leader, "/staffing?sector=3")

    def full(_self, _entry):
        raise RecordError("the disk is full")

    monkeypatch.setattr(Record, "append", full)
    answer = leader.post(
        "/staffing/set", data={"csrf_token": token, "query": "", **factor(2, seen)}
    )
    assert answer.status_code == 503
    assert edited(here.access) == before
