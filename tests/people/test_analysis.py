"""The analysis page in the record: which section of which state was looked at, and why a file left."""

from __future__ import annotations


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


def test_what_can_not_be_recorded_is_not_shown(house, monkeypatch):
    from ypo_dash.model.errors import RecordError
    from ypo_dash.people.looking import Looks

    def full(*_):
        raise RecordError("the disk is full")

    viewer = house.client("viewer")
    monkeypatch.setattr(Looks, "settled", full)
    answer = viewer.get("/analysis/concentration?types=FIRE")
    assert (answer.status_code, "verdict" in answer.text) == (503, False)
