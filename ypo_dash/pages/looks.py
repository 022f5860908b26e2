"""What a request for figures looks at: its state, and what the record says of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import g, request

from ypo_dash.model.filters import Filters
from ypo_dash.pages.languages import wanted_language
from ypo_dash.pages.watch import Look, is_moving, reason_given, was_looked_at
from ypo_dash.people.entry import Action
from ypo_dash.store.query import summarise
from ypo_dash.views import explore
from ypo_dash.views.statistics import STATISTICS, own_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ypo_dash.store.snapshot import Snapshot

BESIDE = ("context", "reason", "recipient")  # parameters of an export that are no part of its state


def beside(stem: str) -> tuple[str, ...]:
    """Return the parameters of an export that are no part of its state."""
    return (*BESIDE, *(STATISTICS[stem].own if stem in STATISTICS else ()))


def filters_of(snapshot: Snapshot, beside: tuple[str, ...] = ()) -> tuple[Filters, str]:
    """Return the state of the request's address and the answer's language; ``beside`` are no part of it."""
    if "asked" not in g:  # the answer and its entry in the record both ask
        query = "&".join(
            p
            for p in request.query_string.decode("utf-8", "replace").split("&")
            if p.split("=")[0] not in beside
        )
        g.asked = Filters.from_query(query, snapshot)
    filters: Filters = g.asked
    return filters, explore.language(filters, snapshot, wanted_language())


def state_of(filters: Filters) -> str:
    """Return the state as the record has it: what was looked at, in whatever language."""
    return replace(filters, lang=None).to_query()


def with_own(filters: Filters, own: Mapping[str, str]) -> str:
    """Return a state as the record has it, with what was asked beside it."""
    return "&".join(part for part in (state_of(filters), urlencode(own, safe=",:")) if part)


def at_map(snapshot: Snapshot) -> Look:
    """Return the look that is the answer to a filter change; a step of a drag passes."""
    filters, _ = filters_of(snapshot)
    rows = summarise(snapshot, filters).rows
    return Look(what="map", query=state_of(filters), rows=rows, passing=is_moving())


def at_measure(snapshot: Snapshot) -> Look:
    """Return the look that is a statistic on the map; it belongs to the map's, if that one was."""
    filters, _ = filters_of(snapshot)
    rows, state = summarise(snapshot, filters).rows, state_of(filters)
    seen = was_looked_at(snapshot, state)
    return Look(what="statistic on the map", query=state, rows=rows, passing=seen)


def at_usual(snapshot: Snapshot) -> Look:
    """Return the look that is a normal range behind the weeks, which belongs to the map beside it."""
    filters, _ = filters_of(snapshot)
    return Look(what="weekly normal range", query=state_of(filters), passing=True)


def at_card(snapshot: Snapshot) -> Look:
    """Return the look that is a hover card, which belongs to the map it is on."""
    filters, _ = filters_of(snapshot)
    rows = summarise(snapshot, filters).rows
    return Look(what="hover card", query=state_of(filters), rows=rows, passing=True)


def at_pins(snapshot: Snapshot) -> Look:
    """Return the look that is incidents one by one."""
    filters, _ = filters_of(snapshot)
    rows = summarise(snapshot, filters).rows
    return Look(what="incidents as points", query=state_of(filters), rows=rows)


def at_export(snapshot: Snapshot, name: str) -> Look:
    """Return the look that is a file, which needs a reason; one for somebody else is a disclosure."""
    stem = name.partition(".")[0]
    filters, _ = filters_of(snapshot, beside(stem))
    reason, recipient = reason_given()
    own = STATISTICS[stem].own if stem in STATISTICS else ()
    return Look(
        what=f"export {name}",
        query=with_own(filters, own_of(request.args.to_dict(flat=False), own)),
        rows=summarise(snapshot, filters).rows,
        action=Action.DISCLOSURE if recipient else Action.CONSULTATION,
        reason=reason,
        recipient=recipient,
    )
