"""The efforts of a sector's desk: planned, running, to review and ended, with what the counts can tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import h3
from flask import g, request

from ypo_dash.i18n import format_period, text
from ypo_dash.model.desk import Effort
from ypo_dash.model.errors import InputError
from ypo_dash.model.extent import Extent
from ypo_dash.pages import bench
from ypo_dash.pages.desk_forms import entry_values, form_fields, found, removed, saved
from ypo_dash.pages.plain import current_zone, local_time
from ypo_dash.people import desk as entries
from ypo_dash.views import desk_series
from ypo_dash.views.desk_efforts import (
    RUNNING,
    STATE_NAMES,
    by_state,
    filters_of,
    outcome,
    reviewed,
    state_of,
)
from ypo_dash.views.effort import PART_NAMES
from ypo_dash.views.effort_words import place_words, police_words, type_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ypo_dash.pages.bench import Form
    from ypo_dash.pages.sector import Desk
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.desk_efforts import Outcome, Reviewed

OWN = ("new", "edit", "review", "effort", "place", "types", "hours")
_BY_PAGE = (
    "sector",
    "types",
    "reviewed",
    "result",
    "evaluated",
)  # columns that are not of the form
_PICTURE, _TEXT = (960.0, 250.0), 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An effort as the page shows it."""

    entry: Effort
    state: str
    where: str
    explore: str
    types: str
    by_police: str
    period: str
    told: Outcome
    review: Reviewed | None
    changes: list[Any]

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return f"effort-{self.entry.key.rpartition('/')[2]}"


def efforts(desk: Desk) -> dict[str, Any]:
    """Return what the part shows."""
    known = entries.entries(g.access, Effort, desk.sector.id)
    groups = by_state(known, desk.day)
    by_key = {e.key: e for e in known}
    chosen = by_key.get(desk.given.get("effort", "")) or next(
        (e for state in (RUNNING, "review", "planned", "ended") for e in groups[state]), None
    )
    edit, review = (by_key.get(_asked(desk, name)) for name in ("edit", "review"))
    writes = desk.may_write
    return {
        "groups": [(s, STATE_NAMES[s], [shown(desk, e) for e in group]) for s, group in groups.items()],
        "none": not known,
        "chart": _chart(desk, chosen, known) if chosen else None,
        "form": _form(desk, edit) if writes and _is_written(desk, edit) else None,
        "review": _review(desk, review) if writes and review else None,
        "names": PART_NAMES,
        "query": urlencode(desk.given, safe=",:"),
        "local_time": lambda moment: local_time(moment, current_zone())[:-3],
        "period_words": lambda days: format_period(*days, lang=desk.lang),
    }  # fmt: skip


def _is_written(desk: Desk, edit: Effort | None) -> bool:
    """Whether the form is open; also where what it was about is gone, so that nothing written is lost."""
    return bool(edit or desk.given.get("new") or desk.mine.get("do") == "save")


def _asked(desk: Desk, name: str) -> str:
    """Return the key that the address names."""
    return desk.given.get(name, "")


def shown(desk: Desk, entry: Effort) -> Shown:
    """Return an effort with its place in words, and what can be told of it."""
    lang, snapshot = desk.lang, desk.snapshot
    told = outcome(snapshot, entry, lang)
    begin, end = (date.fromisoformat(day) for day in (entry.start, entry.end))
    return Shown(
        entry=entry,
        state=state_of(entry, desk.day),
        where=place_words(snapshot, entry.place, lang),
        explore=explore_address(entry, lang if desk.given.get("lang") else ""),
        types=type_words(snapshot, entry, lang),
        by_police=police_words(snapshot, entry, lang),
        period=format_period(begin, end, lang=lang),
        told=told,
        review=reviewed(snapshot, entry, lang),
        changes=bench.changes_of(Effort.KIND, entry.key) if entry.version > 1 else [],
    )


def explore_address(entry: Effort, lang: str = "") -> str:
    """Return the address of Explore at an effort's place, with its types and hours."""
    filters, extent = filters_of(entry), Extent.read(entry.place)
    place = {"sectors": ",".join(extent.sectors)}
    if extent.cells:
        alone = len(extent.cells) == 1
        place = {"cell": extent.cells[0]} if alone else {"sectors": entry.sector}
        place["res"] = str(h3.get_resolution(extent.cells[0]))
    given = {"types": ",".join(filters.types), "hours": str(filters.hours or ""), **place, "lang": lang}  # fmt: skip
    if given.get("res") == "9":
        del given["res"]
    return "/?" + urlencode({k: v for k, v in given.items() if v}, safe=",:")


def _chart(desk: Desk, chosen: Effort, known: list[Effort]) -> dict[str, Any] | None:
    made = desk_series.series(desk.snapshot, chosen, known, desk.day)
    if made is None:
        return None
    words = text(
        desk.lang, "Sector {id}, {types}, by week: “{title}” and the sector's other efforts",
        id=desk.sector.id, types=type_words(desk.snapshot, chosen, desk.lang), title=chosen.title,
    )  # fmt: skip
    svg = desk_series.drawn(made, words, desk.lang, size=_PICTURE, text_size=_TEXT)
    table = [
        (start, None if n != n else n, None if low != low else (low, high))  # noqa: PLR0124 - NaN
        for start, n, low, high in zip(made.starts, made.counts, made.low, made.high, strict=True)
    ]
    return {"svg": svg, "words": words, "period": format_period(made.starts[0], made.starts[-1] + timedelta(days=6), lang=desk.lang), "key": chosen.key, "weeks": [row for row in table if row[1] is not None]}  # fmt: skip


def _form(desk: Desk, entry: Effort | None) -> dict[str, Any]:
    """Return the form of an effort: what was refused, what is saved, or what Explore sent."""
    mine = desk.mine if desk.mine.get("do") == "save" else {}
    values = entry_values(entry, mine)
    if entry is None and not mine:
        values = _from_address(desk)
    if mine and entry is not None and "agreed" not in mine:
        values["agreed"] = ""  # a box that is not ticked is not sent
    fields = form_fields(Effort, desk.snapshot, desk.lang, values, leave_out=_BY_PAGE)
    ticked = _ticked(mine) if mine else values.get("types", "")
    return {
        "fields": fields,
        "types": _type_choices(desk.snapshot, ticked.split(";"), desk.lang),
        "entry": entry,
        "seen": entry.version if entry else 0,
    }


def _from_address(desk: Desk) -> dict[str, str]:
    given = {name: desk.given.get(name, "")[:4000].replace(",", ";") for name in ("place", "types")}
    hours = desk.given.get("hours", "")[:10]
    return {"place": given["place"] or desk.sector.id, "types": given["types"], "hours": hours}


def _type_choices(snapshot: Snapshot, chosen: list[str], lang: str) -> list[tuple[str, str, bool]]:
    return [(o.code, o.name(lang), o.code in chosen) for o in snapshot.taxonomy.offences]


def _ticked(form: Mapping[str, str]) -> str:
    return ";".join(name.removeprefix("type.") for name in form if name.startswith("type."))


def _review(desk: Desk, entry: Effort) -> dict[str, Any]:
    mine = desk.mine if desk.mine.get("do") == "review" else {}
    return {
        "shown": shown(desk, entry),
        "reviewed": mine.get("reviewed") or entry.reviewed or desk.day.isoformat(),
        "result": mine.get("result", entry.result),
        "seen": entry.version,
    }


def save(snapshot: Snapshot, sector: str, form: Form) -> str:
    """Save, review or remove an effort; returns where to on the page."""
    if form.get("key"):
        found(Effort, form["key"], sector)
    what = form.get("do", "save")
    if what == "remove":
        removed(snapshot, Effort, form)
    elif what == "review":
        saved(snapshot, Effort, form, _judgement(snapshot, form))
    else:
        given = {name: form.get(name, "") for name in entries.content_of(Effort()) if name not in _BY_PAGE}  # fmt: skip
        saved(snapshot, Effort, form, {**given, "sector": sector, "types": _ticked(request.form)})
    return "saved"


def _judgement(snapshot: Snapshot, form: Form) -> dict[str, str]:
    """Return a review with the figures that were on the page.

    Raises
    ------
    InputError
        The data are others by now than those that were looked at.
    """
    if form.get("snapshot", "") != snapshot.id:
        raise InputError("new data came in meanwhile; look at the figures again")
    entry = found(Effort, form.get("key", ""))
    kept = outcome(snapshot, entry, "en").kept(snapshot.id)
    given = {name: form.get(name, "") for name in ("reviewed", "result")}
    return {**given, "evaluated": kept.text() if given["reviewed"] else ""}
