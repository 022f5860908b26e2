"""What the forms of the threat assessment do. Each asks again whether this person may do it here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g

from ypo_dash.model.assessment import SUMMARY, said_from
from ypo_dash.model.desk import GangIncident, Listing
from ypo_dash.model.errors import InputError
from ypo_dash.model.quarter import Quarter
from ypo_dash.model.rights import Right
from ypo_dash.pages import bench, desk_forms
from ypo_dash.pages.plain import message_page
from ypo_dash.people import assessing
from ypo_dash.people.assessing import Step
from ypo_dash.people.assessment_check import signed_words
from ypo_dash.people.assessments import assessments, find
from ypo_dash.people.sealing import canonical, digest
from ypo_dash.store.designated import estates_of
from ypo_dash.views.threat import threat
from ypo_dash.views.threat_basis import basis_of
from ypo_dash.views.threat_lists import threat_entries
from ypo_dash.views.threat_shown import assessed

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response as AnyResponse

    from ypo_dash.model.entries import Entry
    from ypo_dash.pages.bench import Form
    from ypo_dash.people.assessments import Assessment
    from ypo_dash.people.plans import Edited
    from ypo_dash.store.snapshot import Snapshot

    Saver = Callable[[Snapshot, Edited, Form], AnyResponse]

PATH = "/threat"


def may_judge(snapshot: Snapshot, area: str) -> bool:
    """Whether this person writes of an area: who plans, and sees the incidents of its sectors.

    So managers and leaders write of their own sectors, analysts of all: the evidence is theirs to
    read one by one, and a draft changes nothing before somebody who may approve has signed it.
    """
    if not g.person.may(Right.PLAN):
        return False
    wanted = _sectors(snapshot, area)
    return bool(wanted) and set(g.person.points_in(wanted)) == set(wanted)


def may_sign(snapshot: Snapshot) -> bool:
    """Whether this person approves in the sectors of all areas."""
    every = _sectors(snapshot, SUMMARY)
    return bool(every) and all(g.person.may_in(Right.APPROVE, s) for s in every)


def _sectors(snapshot: Snapshot, area: str) -> list[str]:
    return sorted({s for e in estates_of(snapshot) if area in (SUMMARY, e.name) for s in e.sectors})


def _step(form: Form, reason: str = "") -> Step:
    return Step(by=g.person.name, seen=bench.seen_version(form), reason=reason)


def _quarter(form: Form) -> str:
    return str(Quarter.parse(form.get("quarter", "")))


def _assessment(form: Form) -> Assessment:
    number = form.get("number", "")
    given = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
    found = find(g.access, _quarter(form), given)
    if found is None:
        raise InputError("This assessment is not there any more.")
    if found.problem:
        raise InputError(assessing.ALTERED_WORDS)
    return found


def _back(form: Form, place: str, **more: str) -> AnyResponse:
    return bench.back(PATH, form.get("query", ""), place, quarter=_quarter(form), **more)


def _begin(snapshot: Snapshot, _edited: Edited, form: Form) -> AnyResponse:
    if not any(may_judge(snapshot, e.name) for e in estates_of(snapshot)):
        return message_page(403, "role")
    quarter = Quarter.parse(form.get("quarter", ""))
    threat(snapshot, threat_entries(g.access), quarter)  # of a quarter that the data have
    bench.changed(snapshot, f"assessment begun: {quarter}/1", "")
    assessing.begin(g.access, str(quarter), _step({**form, "seen": "0"}))
    return _back(form, "saved")


def _write(snapshot: Snapshot, _edited: Edited, form: Form) -> AnyResponse:
    one, part = _assessment(form), form.get("part", "")
    if not may_judge(snapshot, part):
        return message_page(403, "role")
    said = said_from(form, of_area=part != SUMMARY)
    bench.changed(snapshot, f"assessment {one.key} written: {part}", "")
    assessing.write(g.access, one, part, said, _step(form))
    return _back(form, "saved", version=str(one.number))


def _send(snapshot: Snapshot, _edited: Edited, form: Form) -> AnyResponse:
    one = _assessment(form)
    if not may_judge(snapshot, SUMMARY) and not may_sign(snapshot):
        return message_page(403, "role")
    areas = [e.name for e in estates_of(snapshot)]
    if one.version == bench.seen_version(form):
        assessing.require_whole(one, areas)  # before the record says that it was sent
    bench.changed(snapshot, f"assessment {one.key} sent to review", "")
    assessing.send(g.access, one, areas, _step(form))
    return _back(form, "saved", version=str(one.number))


def _send_back(snapshot: Snapshot, _edited: Edited, form: Form) -> AnyResponse:
    one = _assessment(form)
    if not may_judge(snapshot, SUMMARY) and not may_sign(snapshot):
        return message_page(403, "role")
    reason = bench.reason_of(form)
    bench.changed(snapshot, f"assessment {one.key} sent back to draft", reason)
    assessing.send_back(g.access, one, _step(form, reason))
    return _back(form, "saved", version=str(one.number))


def _sign(snapshot: Snapshot, _edited: Edited, form: Form) -> AnyResponse:
    one = _assessment(form)
    if not may_sign(snapshot):
        return message_page(403, "role")
    basis = basis_of(assessed(g.access), snapshot, Quarter.parse(one.quarter))
    figures = basis["figures"]
    if not figures["whole"] or not figures["covered"]:
        raise InputError("The quarter is not over, or the data do not cover it whole: it can't be signed yet.")  # fmt: skip
    if digest(canonical(basis)) != form.get("basis", ""):
        raise InputError("The figures have moved since this page was opened. Look at them again, then sign.")  # fmt: skip
    if not assessing.may_sign(one, g.person.name):
        raise InputError("Who wrote an assessment alone does not sign it: somebody else must have written, or sign.")  # fmt: skip
    step = _step(form)
    evidence = assessing.evidence_of(one, basis, step, g.person.full_name or g.person.name)
    bench.changed(snapshot, signed_words(one.key, digest(evidence)), "")
    assessing.sign(g.access, one, evidence, step)
    return _back(form, "saved", version=str(one.number))


def _correct(snapshot: Snapshot, _edited: Edited, form: Form) -> AnyResponse:
    if not may_judge(snapshot, SUMMARY) and not may_sign(snapshot):
        return message_page(403, "role")
    reason, quarter = bench.reason_of(form), _quarter(form)
    assessing.to_correct(assessments(g.access, quarter))
    bench.changed(snapshot, f"assessment corrected: {quarter}", reason)
    made = assessing.correct(g.access, quarter, _step({**form, "seen": "0"}, reason))
    return _back(form, "saved", version=str(made.number))


def _entry(kind: type[Entry], place: str) -> Saver:
    """Return what saves or takes away an entry of a kind that belongs to an area."""

    def save(snapshot: Snapshot, _edited: Edited, form: Form) -> AnyResponse:
        areas = [form.get("area", "")]
        if form.get("key"):
            areas.append(str(getattr(desk_forms.found(kind, form["key"]), "area", "")))
        if form.get("do") == "remove":
            areas = areas[1:]
        if not areas or not all(may_judge(snapshot, area) for area in areas):
            return message_page(403, "role")
        if form.get("do") == "remove":
            desk_forms.removed(snapshot, kind, form)
        else:
            desk_forms.saved(snapshot, kind, form, form)
        return _back(form, place)

    return save


SAVERS: dict[str, Saver] = {
    "begin": _begin,
    "write": _write,
    "send": _send,
    "back": _send_back,
    "sign": _sign,
    "correct": _correct,
    "gang": _entry(GangIncident, "saved"),
    "listing": _entry(Listing, "saved"),
}
