"""Simulated assessments for the simulated district: three signed quarters and a draft.

Every word is made of the simulated figures; writers and signers are roles, not persons.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ypo_dash.i18n import join_words, number, plural, text
from ypo_dash.model.assessment import SUMMARY, Said
from ypo_dash.model.quarter import Quarter
from ypo_dash.people import assessing
from ypo_dash.people.assessing import Step
from ypo_dash.people.assessments import assessments
from ypo_dash.views.threat import threat
from ypo_dash.views.threat_basis import basis_of
from ypo_dash.views.threat_lists import threat_entries
from ypo_dash.views.threat_model import FEWER, HIGHER, MORE, TYPES
from ypo_dash.views.threat_shown import assessed, signed_before
from ypo_dash.views.threat_words import type_words

if TYPE_CHECKING:
    from ypo_dash.people.access import Access
    from ypo_dash.people.assessments import Assessment
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.threat_model import AreaThreat, Threat

WRITER, REVIEWER, SIGNER = "Analyse (simuleret)", "Lokalstation (simuleret)", "Ledelse (simuleret)"
QUARTERS = ("2012-Q1", "2012-Q2", "2012-Q3")
DRAFTED = "2012-Q4"
CALM = "Simulated. A calm quarter; the local police keep their agreements with the housing company and the clubs."
_LANG = "da"
_DRAFTED_AREAS = 4
_LEVELS = ((6, "very_high"), (3, "high"), (1, "raised"))
_DAYS = 15  # after the quarter's end


def simulate_assessments(access: Access, snapshot: Snapshot) -> int:
    """Fill an empty simulated workspace with three signed quarters and one draft.

    Gang-related incidents and listings are read as they stand, so they go in first.

    Returns
    -------
    How many assessments were made: none where there is one already, or the district is no simulated one.
    """
    if not snapshot.district.simulated or assessments(access):
        return 0
    for name in QUARTERS:
        _signed(access, snapshot, Quarter.parse(name))
    quarter = Quarter.parse(DRAFTED)
    found = threat(snapshot, threat_entries(access), quarter)
    _written(access, found, quarter, _DRAFTED_AREAS)
    return len(QUARTERS) + 1


def _signed(access: Access, snapshot: Snapshot, quarter: Quarter) -> None:
    found = threat(snapshot, threat_entries(access), quarter)
    one = _written(access, found, quarter, len(found.areas))
    done = quarter.last + timedelta(days=_DAYS)
    at = datetime(done.year, done.month, done.day, 9, 30, tzinfo=UTC)
    names = [area.name for area in found.areas]
    sent = Step(by=REVIEWER, seen=one.version, at=at - timedelta(days=3))
    one = assessing.send(access, one, names, sent)
    step = Step(by=SIGNER, seen=one.version, at=at)
    basis = basis_of(assessed(access), snapshot, quarter)
    assessing.sign(access, one, assessing.evidence_of(one, basis, step, SIGNER), step)


def _written(access: Access, found: Threat, quarter: Quarter, areas: int) -> Assessment:
    one = assessing.begin(access, str(quarter), Step(by=WRITER, seen=0))
    signed = signed_before(assessed(access).every, quarter)
    levels = {name: said[0] for name, said in signed["levels"].items()} if signed else {}
    parts = {area.name: _said(area, levels.get(area.name)) for area in found.areas[:areas]}
    if found.whole:
        parts[SUMMARY] = Said(text=_whole(found), share=True)
    for part, said in parts.items():
        one = assessing.write(access, one, part, said, Step(by=WRITER, seen=one.version))
    return one


def _level(count: int) -> str:
    return next((name for least, name in _LEVELS if count >= least), "low")


def _said(area: AreaThreat, before: str | None) -> Said:
    """Return what is said of an area; ``before`` is its level as it was signed a quarter ago."""
    level = "very_high" if area.gang.killed else _level(area.gang.count)
    rank = ["low", *(name for _, name in reversed(_LEVELS))].index
    steps = rank(level) - rank(before or _level(area.gang.last))
    direction = "rising" if steps > 0 else "falling" if steps < 0 else "steady"
    # What partners get has no counts: they would stand beside the censored ones.
    calm = not area.gang.count
    words = text(_LANG, CALM) if calm else _text(area)
    return Said(text=words, level=level, direction=direction, reason=_reason(area), share=calm)


def _reason(area: AreaThreat) -> str:
    gang, last = area.gang.count, area.gang.last
    said = plural(_LANG, "{n} incident judged to be gang-related, {last} in the quarter before.", "{n} incidents judged to be gang-related, {last} in the quarter before.", gang, last=number(last, _LANG))  # fmt: skip
    changes = [f for f in area.figures if f.verdict in (MORE, FEWER)]
    if not changes:
        return f"{said} {text(_LANG, 'No demonstrable change in what residents report.')}"
    names = ", ".join(type_words(f.type, _LANG) for f in changes)
    return f"{said} {text(_LANG, 'Changed beyond chance: {types}.', types=names)}"


def _text(area: AreaThreat) -> str:
    f = area.all
    said = [text(_LANG, "Simulated. Residents reported {n} incidents.", n=number(f.here.count, _LANG))]  # fmt: skip
    if f.before is not None:
        said.append(text(_LANG, "The mean of the four quarters before is {n}.", n=number(f.before, _LANG, 1)))  # fmt: skip
    most = max((area.figure(kind) for kind in TYPES[:-1]), key=lambda one: one.here.count)
    said.append(text(_LANG, "Most of it is {type} ({n}).", type=type_words(most.type, _LANG), n=number(most.here.count, _LANG)))  # fmt: skip
    high = [type_words(one.type, _LANG) for one in area.figures if one.level == HIGHER]
    if high:
        said.append(text(_LANG, "Per inhabitant there is more than in the rest of the district of: {types}.", types=", ".join(high)))  # fmt: skip
    said.append(text(_LANG, "The local police keep their agreements with the housing company and the clubs."))  # fmt: skip
    return " ".join(said)


def _whole(found: Threat) -> str:
    areas = [a.name for a in found.areas if a.gang.count >= _LEVELS[1][0]]
    if not areas:
        return text(_LANG, "Simulated. A calm quarter in all areas.")
    return text(_LANG, "Simulated. Attention is needed above all in {areas}.", areas=join_words(areas, _LANG))  # fmt: skip
