"""Efforts of the desks on Explore: the layer of the map, and the side panel's section."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from flask import g, has_request_context

from ypo_dash.model.desk import Effort
from ypo_dash.model.rights import Right
from ypo_dash.pages.languages import page_language
from ypo_dash.pages.watch import Look, watch
from ypo_dash.people import database
from ypo_dash.people import desk as entries
from ypo_dash.views.effort_layer import effort_features, effort_section
from ypo_dash.views.today import desk_day

if TYPE_CHECKING:
    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.facts import Panel

EFFORTS = "efforts"


def effort_layer(snapshot: Snapshot) -> bytes:
    """Return the efforts that run or are planned as GeoJSON, once the look is recorded.

    Raises
    ------
    RecordError
        It can't be recorded.
    """
    day = desk_day(snapshot, database.now())
    found = effort_features(snapshot, entries.entries(g.access, Effort), day, page_language())
    if g.access.required and found["features"]:
        watch(snapshot, Look(what="efforts on the map", query="", passing=True))
    return json.dumps(found, ensure_ascii=False).encode()


def with_efforts(panel: Panel, snapshot: Snapshot, filters: Filters, lang: str) -> Panel:
    """Return the side panel with the efforts of its place after the counts."""
    if not has_request_context() or "access" not in g:
        return panel
    writes = frozenset(s for s in snapshot.sector_names if g.person.may_in(Right.WRITE, s))
    how = desk_day(snapshot, database.now()), lang, writes
    section = effort_section(snapshot, filters, entries.entries(g.access, Effort), how)
    if section is None:
        return panel
    return replace(panel, sections=(panel.sections[0], section, *panel.sections[1:]))
