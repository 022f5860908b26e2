"""The analysis page in the record: which section of which state was looked at, and why a file left."""

from __future__ import annotations

import re


def test_each_section_is_a_look_and_its_file_asks_why(house):
    viewer, analyst = house.client("viewer"), house.client("analyst")
    assert viewer.get("/analysis/time?types=FIRE&lang=da").status_code == 200
    last = house.entries()[-1]
    assert [last[k] for k in ("person", "object", "filter")] == ["viewer", "analysis time", "types=FIRE"]  # fmt: skip
    assert last["rows"] > 0
    effort = "types=VIOLENCE&place=7,8&against=1,2&start=2011-09-01"
    assert analyst.get(f"/analysis/effort?{effort}").status_code == 200
    assert [house.entries()[-1][k] for k in ("object", "filter")] == ["analysis effort", effort]
    assert "/export/" not in viewer.get("/analysis/time").text
    assert viewer.get("/export/season.csv?reason=x").status_code == 403
    assert analyst.get(f"/export/effort.csv?{effort}").status_code == 400
    answer = analyst.get(f"/export/effort.csv?{effort}&reason=evaluation")
    assert answer.status_code == 200
    last = house.entries()[-1]
    assert [last[k] for k in ("object", "filter", "reason")] == ["export effort.csv", effort, "evaluation"]  # fmt: skip


def test_the_pages_ask_why_a_file_leaves(house):
    """The forms as a browser sends them: without a reason refused, with one the file comes."""
    analyst = house.client("analyst")
    for page, file in (
        ("/analysis/time?types=FIRE", "/export/season.csv"),
        ("/staffing?station=NE", "/export/staffing.csv"),
        ("/safety?year=2012", "/export/safety.csv"),
    ):
        shown = analyst.get(f"{page}&lang=en").text
        form = re.search(
            rf'<form method="get" action="{re.escape(file)}">(.*?)</form>', shown, re.S
        )
        assert form is not None, page
        assert 'name="reason" required' in form[1]
        hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form[1]))
        assert analyst.get(file, query_string=hidden).status_code == 400
        answer = analyst.get(file, query_string={**hidden, "reason": "Briefing", "recipient": ""})
        assert (answer.status_code, answer.mimetype) == (200, "text/csv"), answer.text
        assert house.entries()[-1]["reason"] == "Briefing"


def test_what_can_not_be_recorded_is_not_shown(house, monkeypatch):
    from ypo_dash.model.errors import RecordError
    from ypo_dash.people.looking import Looks

    def full(*_):
        raise RecordError("the disk is full")

    viewer = house.client("viewer")
    monkeypatch.setattr(Looks, "settled", full)
    answer = viewer.get("/analysis/concentration?types=FIRE")
    assert (answer.status_code, "verdict" in answer.text) == (503, False)
