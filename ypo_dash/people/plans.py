"""Factors, scenarios and rules as people edit them: documents of four kinds, each with its history.

A factor is set by who may approve; who may write asks for one, and it waits. Nothing here computes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ypo_dash.model.plan import IndexRules, Plan, ProposalRules, SetFactor
from ypo_dash.people import documents
from ypo_dash.people.documents import Edit

if TYPE_CHECKING:
    from datetime import datetime

    from ypo_dash.people.access import Access
    from ypo_dash.people.database import Database

FACTOR, SCENARIO, RULES = "factor", "scenario", "rules"
PROPOSAL, INDEX = "proposal", "index"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A saved plan: name, who saved it when, and on which snapshot it was made."""

    key: str
    version: int
    name: str
    author: str
    note: str
    saved: datetime
    snapshot: str
    plan: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """Everything that is edited and that figures are made of."""

    factors: dict[str, SetFactor]
    scenarios: tuple[Scenario, ...] = ()
    proposal: ProposalRules = field(default_factory=ProposalRules)
    index: IndexRules = field(default_factory=IndexRules)


NOTHING_EDITED = Edited(factors={})


def edited(access: Access) -> Edited:
    """Return what stands now; nothing is created by looking."""
    if not access.has_database:
        return NOTHING_EDITED
    with access.database.session() as session:
        factors = {held.key: _factor(held) for held in documents.everything(session, FACTOR)}
        scenarios = tuple(_scenario(held) for held in documents.everything(session, SCENARIO))
        rules = {held.key: held for held in documents.everything(session, RULES)}
    proposal, index = rules.get(PROPOSAL), rules.get(INDEX)
    return Edited(
        factors={key: factor for key, factor in factors.items() if factor is not None},
        scenarios=scenarios,
        proposal=ProposalRules.of(proposal.content or {}, proposal.version)
        if proposal
        else ProposalRules(),
        index=IndexRules.of(index.content or {}, index.version) if index else IndexRules(),
    )


def _factor(held: documents.Held) -> SetFactor | None:
    content = held.content or {}
    now = content.get("now") or {}
    return SetFactor(
        factor=float(now.get("factor") or 0),
        reason=now.get("reason", ""),
        approved_by=now.get("approved_by", ""),
        date=now.get("date", ""),
        set_by=now.get("set_by", ""),
        version=held.version,
        wanted=content.get("wanted"),
    )


def _scenario(held: documents.Held) -> Scenario:
    content = held.content or {}
    return Scenario(
        key=held.key,
        version=held.version,
        name=content.get("name", ""),
        author=content.get("author", held.changed_by),
        note=content.get("note", ""),
        saved=held.changed,
        snapshot=content.get("snapshot", ""),
        plan=content.get("plan", {}),
    )


def set_factor(
    store: Database, sector: str, wanted: dict[str, Any], *, seen: int, by: str
) -> documents.Held:
    """Set a sector's factor (``factor``, ``reason``, ``approved_by``, ``date``); nothing waits then.

    Raises
    ------
    EditConflictError
        Somebody changed it meanwhile.
    """
    content = {"now": {**wanted, "set_by": by}, "wanted": None}
    return documents.save(
        store, FACTOR, sector, Edit(content=content, seen=seen, by=by, reason=wanted["reason"])
    )


def ask_factor(
    store: Database,
    sector: str,
    wanted: dict[str, Any],
    *,
    now: SetFactor | None,
    seen: int,
    by: str,
) -> documents.Held:
    """Ask for a factor; what is set stays until somebody approves.

    Raises
    ------
    EditConflictError
        Somebody changed it meanwhile.
    """
    content = {
        "now": {
            "factor": now.factor,
            "reason": now.reason,
            "approved_by": now.approved_by,
            "date": now.date,
            "set_by": now.set_by,
        }
        if now is not None and now.factor
        else None,
        "wanted": {**wanted, "asked_by": by},
    }
    return documents.save(
        store, FACTOR, sector, Edit(content=content, seen=seen, by=by, reason=wanted["reason"])
    )


def save_scenario(
    store: Database, key: str, content: dict[str, Any] | None, *, seen: int, by: str
) -> documents.Held:
    """Save a scenario under its key, or remove it (``content`` None).

    Raises
    ------
    EditConflictError
        Somebody changed it meanwhile.
    """
    return documents.save(store, SCENARIO, key, Edit(content=content, seen=seen, by=by))


def save_rules(
    store: Database,
    which: str,
    rules: ProposalRules | IndexRules,
    *,
    seen: int,
    by: str,
    reason: str,
) -> documents.Held:
    """Save a new edition of the proposal's or the index's rules.

    Raises
    ------
    EditConflictError
        Somebody changed them meanwhile.
    """
    edit = Edit(content=rules.content(), seen=seen, by=by, reason=reason)
    return documents.save(store, RULES, which, edit)


def scenario_content(
    name: str, note: str, plan: Plan, author: str, snapshot: str
) -> dict[str, Any]:
    """Return a scenario as it is stored."""
    return {
        "name": name,
        "note": note,
        "author": author,
        "snapshot": snapshot,
        "plan": plan.parts(),
    }
