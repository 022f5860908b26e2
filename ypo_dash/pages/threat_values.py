"""What the pages of the threat assessment show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import g

from ypo_dash.i18n import format_quarter, number
from ypo_dash.model.assessment import DIRECTIONS, LEVELS, LONGEST, LONGEST_REASON, SUMMARY, Texts
from ypo_dash.model.desk import GangIncident, Listing
from ypo_dash.model.quarter import Quarter
from ypo_dash.model.rights import Right
from ypo_dash.pages import bench
from ypo_dash.pages.desk_forms import choice_name, entry_values, form_fields
from ypo_dash.pages.plain import current_zone, local_time
from ypo_dash.pages.threat_save import PATH, may_judge, may_sign
from ypo_dash.people import assessing, desk
from ypo_dash.people.assessing import newest
from ypo_dash.people.assessments import DRAFT, KIND, REVIEW, assessments
from ypo_dash.people.sealing import canonical, digest
from ypo_dash.views import threat_words
from ypo_dash.views.threat import quarters_of_data, threat
from ypo_dash.views.threat_basis import basis_of
from ypo_dash.views.threat_evidence import moved
from ypo_dash.views.threat_lists import threat_entries
from ypo_dash.views.threat_model import ALL, POLICE, TYPES
from ypo_dash.views.threat_shown import NOW, assessed, shown
from ypo_dash.views.threat_tables import compared

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ypo_dash.model.entries import Entry
    from ypo_dash.pages.bench import Problem
    from ypo_dash.people.assessments import Assessment
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.threat_model import AreaThreat, Threat
    from ypo_dash.views.threat_shown import Shown
    from ypo_dash.views.threat_tables import Asked

_STEPS = (5, 10, 15, 20, 25, 30, 40, 50, 75, 100)


def list_values(snapshot: Snapshot, lang: str) -> dict[str, Any]:
    """Return all quarters with the state of their newest assessment, newest first."""
    every = assessments(g.access)
    rows = []
    for quarter in quarters_of_data(snapshot):
        own = [one for one in every if one.quarter == str(quarter)]
        rows.append((quarter, newest(own), own))
    return {
        "rows": rows,
        "areas": desk.known(snapshot).areas,
        "over": lambda quarter: snapshot.span is not None and quarter.last <= snapshot.span[1],
        **_shared(snapshot, lang, {}),
    }


def _shared(snapshot: Snapshot, lang: str, kept: Mapping[str, str]) -> dict[str, Any]:
    def link(**more: str | None) -> str:
        query = bench.with_values("", **{**kept, **({"lang": lang} if _asked_lang() else {}), **more})  # fmt: skip
        return f"{PATH}?{query}" if query else PATH

    return {
        "snapshot": snapshot,
        "simulated": snapshot.district.simulated,
        "attribution": snapshot.district.attribution,
        "link": link,
        "w": threat_words,
        "quarter_words": lambda q: format_quarter(_quarter(q).first, lang),
        "person_name": bench.person_name(lang),
        "names": lambda given: ", ".join(map(bench.person_name(lang), given)),
        "day": lambda given: bench.day_text(str(given)[:10], lang),
        "local_time": lambda time: local_time(time, current_zone())[:-3],
        "reads_drafts": reads_drafts(),
        "signed_by": lambda one: assessing.signed_evidence(one),
        "query": bench.with_values("", **{**kept, "lang": lang if _asked_lang() else None}),
    }


def _asked_lang() -> bool:
    return "lang=" in bench.query_text()


def _quarter(given: Quarter | str) -> Quarter:
    return given if isinstance(given, Quarter) else Quarter.parse(given)


def reads_drafts() -> bool:
    """Whether this person reads what is not signed yet."""
    return bool(g.person.may(Right.PLAN) or g.person.may(Right.APPROVE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One area as the page shows it; ``number`` is the one on the map."""

    number: int
    area: AreaThreat
    said: Any
    changes: list[str]
    may_write: bool
    sees_lines: bool


def quarter_values(
    snapshot: Snapshot, wanted: Asked, problem: Problem | None, lang: str
) -> dict[str, Any]:
    """Return one quarter, or two compared.

    Raises
    ------
    FilterError
        There are no data of a quarter, or no such version.
    """
    assert wanted.quarter is not None  # noqa: S101 - else it is the list
    known = assessed(g.access)
    found = shown(known, snapshot, wanted.quarter, wanted.version)
    kept = {"quarter": str(wanted.quarter), "version": wanted.version}
    values = {
        **_shared(snapshot, lang, kept),
        "quarter": wanted.quarter,
        "quarters": quarters_of_data(snapshot),
        "against": wanted.against,
        "found": found,
        "threat": found.threat,
        "period": threat_words.period_of(found.threat, lang),
        "types": (*TYPES[:-1], ALL, POLICE),
        "all_types": ALL,
        "police": POLICE,
    }
    if wanted.against is not None:
        beside = shown(known, snapshot, wanted.against)
        return values | _compared(found, beside)
    return values | _one(snapshot, wanted, found, problem, lang)


def _compared(found: Shown, other: Shown) -> dict[str, Any]:
    rows: dict[str, list[Any]] = {}
    for row in compared(found.threat, other.threat):
        rows.setdefault(row.area, []).append(row)
    order = (*TYPES[:-1], ALL, POLICE)
    return {
        "other": None,
        "beside": other,
        "compared": {
            name: sorted(r, key=lambda x: order.index(x.type)) for name, r in rows.items()
        },
        "texts": (_texts(found), _texts(other)),
    }


def _texts(found: Shown) -> Texts:
    """Return what may be read of an assessment: a draft's words are for those who work on it."""
    one = found.one
    return found.texts if one is not None and (one.is_signed or reads_drafts()) else Texts()


def _one(
    snapshot: Snapshot, wanted: Asked, found: Shown, problem: Problem | None, lang: str
) -> dict[str, Any]:
    assert wanted.quarter is not None  # noqa: S101
    one, texts = found.one, _texts(found)
    evidence, levels = found.evidence, found.levels_before
    sees = g.person.points_in(snapshot.sector_names)
    drafting = one is not None and one.state == DRAFT and not one.problem and wanted.version != NOW
    cards = [
        Card(
            number=at,
            area=area,
            said=texts.of(area.name),
            changes=threat_words.area_changes(
                area, (texts, levels), lang, whole=found.threat.whole
            ),
            may_write=drafting and may_judge(snapshot, area.name),
            sees_lines=set(area.sectors) <= sees,
        )
        for at, area in enumerate(found.threat.areas, 1)
    ]
    return {
        "one": one,
        "evidence": evidence,
        "cards": cards,
        "summary": threat_words.summary(found.threat, lang),
        "said": texts.of(SUMMARY),
        "summary_part": SUMMARY,
        "notes": threat_words.notes(found.threat, lang),
        "map": found.map,
        "moved": _moved(snapshot, wanted.quarter, found) if evidence else None,
        "altered": [a for a in found.all if a.problem],
        "top": _top(found.threat, TYPES),
        "top_all": _top(found.threat, (ALL,)),
        "may": _may(snapshot, wanted, found, drafting),
        "missing": assessing.missing_of(one, desk.known(snapshot).areas)
        if one and drafting
        else [],
        "basis": _basis(snapshot, wanted.quarter, one),
        "history": bench.changes_of(KIND, one.key) if one and reads_drafts() else [],
        "levels": LEVELS,
        "directions": DIRECTIONS,
        "longest": LONGEST,
        "longest_reason": LONGEST_REASON,
        "choice": lambda value: choice_name(value, lang),
        "place": lambda value: 100 * value,
        "n1": lambda value: number(value, lang, 1),
        "mine": dict(problem.mine) if problem else {},
        **_entries(snapshot, found, problem, lang),
    }


def _moved(snapshot: Snapshot, quarter: Quarter, found: Shown) -> Any:
    """Return how today's figures differ from the signed ones; None where today's can't be made."""
    from ypo_dash.model.errors import FilterError

    try:
        today = threat(snapshot, threat_entries(g.access), quarter)
    except FilterError:
        return None
    return moved(found.threat, today)


def _top(found: Threat, kinds: tuple[str, ...]) -> float:
    """Return the end of the charts' scale: the same for all areas."""
    ends = [
        end
        for area in found.areas
        for kind in kinds
        if (f := area.figure(kind))
        for end in (f.here.high, f.sector.high, f.district.high)
        if end is not None
    ]
    highest = max(ends, default=1.0)
    return next((float(step) for step in _STEPS if step >= highest), highest)


def _may(snapshot: Snapshot, wanted: Asked, found: Shown, drafting: bool) -> dict[str, bool]:
    one, newest_ = found.one, found.all[-1] if found.all else None
    everywhere = may_judge(snapshot, SUMMARY)
    works = everywhere or may_sign(snapshot)
    reviewing = one is not None and one.state == REVIEW and not one.problem
    begins = any(may_judge(snapshot, name) for name in desk.known(snapshot).areas)
    last = newest_ is not None and (newest_.is_signed or bool(newest_.problem))
    return {
        "begin": one is None and begins,
        "write": drafting and everywhere,
        "send": drafting and works,
        "back": reviewing and works,
        "sign": reviewing and may_sign(snapshot),
        "correct": last and works and wanted.version != NOW,
        "enter": begins,
        "export": bool(g.person.may(Right.EXPORT)),
    }


def _basis(snapshot: Snapshot, quarter: Quarter, one: Assessment | None) -> str:
    """Return the digest of what would be signed now: who signs, signs what he sees."""
    if one is None or one.state != REVIEW or one.problem or not may_sign(snapshot):
        return ""
    return digest(canonical(basis_of(assessed(g.access), snapshot, quarter)))


def _entries(
    snapshot: Snapshot, found: Shown, problem: Problem | None, lang: str
) -> dict[str, Any]:
    """Return gang-related incidents and listings with their forms, for who may enter them."""
    mine = dict(problem.mine) if problem else {}
    first, until = found.threat.first.isoformat(), found.threat.until.isoformat()
    areas = [name for name in desk.known(snapshot).areas if may_judge(snapshot, name)]
    gang = [e for e in desk.entries(g.access, GangIncident) if first <= e.date <= until and e.area in areas]  # fmt: skip
    listings = [e for e in desk.entries(g.access, Listing) if e.area in areas]
    choices = {"area": [(name, name) for name in areas]}

    def fields(kind: type[Entry], entry: Entry | None) -> Any:
        own = mine if mine.get("entry") == (entry.key if entry else kind.KIND) else {}
        return form_fields(kind, snapshot, lang, entry_values(entry, own), choices=choices)

    return {
        "gang": sorted(gang, key=lambda e: (e.date, e.area)),
        "listings": sorted(listings, key=lambda e: (e.area, e.list, e.since)),
        "fields": fields,
        "kinds": {"gang": GangIncident, "listing": Listing},
    }
