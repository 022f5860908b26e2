"""Whom a sector works with: contacts, agreed visits, the last and the next one, and what was said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import g

from ypo_dash.model.desk import PARTNER_KINDS, Partner, Visit
from ypo_dash.model.errors import InputError
from ypo_dash.pages import desk_forms
from ypo_dash.pages.desk_forms import Field, choice_name, entry_id, entry_values, form_fields
from ypo_dash.people import database, desk
from ypo_dash.views.due import due_words, has_ended, partners_in, soonest, visits_of
from ypo_dash.views.today import desk_day

if TYPE_CHECKING:
    from ypo_dash.pages.bench import Form
    from ypo_dash.pages.sector import Desk
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.due import Visits

OWN = ("edit", "plan", "made")
_PARTNER, _VISIT = "partner", "visit"  # which form was sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A partner as the page shows it; ``own`` says that it belongs to this sector, not only also to it."""

    visits: Visits
    id: str
    next: str
    ended: bool
    own: bool
    others: tuple[str, ...]

    @property
    def partner(self) -> Partner:
        """The partner himself."""
        return self.visits.partner


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The form that is open: ``what`` names it, ``partner`` whom a visit is to."""

    what: str
    fields: list[Field]
    entry: Partner | Visit | None
    partner: Partner | None
    extra: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnersPart:
    """What ``sector_partners.html`` shows; ``due`` are the visits due within two weeks, soonest first."""

    kinds: list[tuple[str, list[Row]]]
    due: list[Row]
    overdue: int
    form: Written | None
    new: list[Field]


def partners(desk_: Desk) -> PartnersPart:
    """Build the partners of a desk."""
    found = partners_in(desk.entries(g.access, Partner), desk_.sector.id)
    found.sort(key=lambda one: one.name.casefold())
    known = visits_of(found, desk.entries(g.access, Visit), desk_.day)
    rows = {one.partner.key: _row(desk_, one) for one in known}
    form = _form(desk_, {one.key: one for one in found})
    due = soonest([one for one in known if one.is_due(desk_.day)])
    return PartnersPart(
        kinds=[
            (choice_name(kind, desk_.lang), mine)
            for kind in PARTNER_KINDS
            if (mine := [row for row in rows.values() if row.partner.kind == kind])
        ],
        due=[rows[one.partner.key] for one in due],
        overdue=sum(one.overdue > 0 for one in due),
        form=form,
        new=_partner_fields(desk_, None, {}) if desk_.may_write and form is None else [],
    )


def _row(desk_: Desk, visits: Visits) -> Row:
    partner = visits.partner
    everywhere = (partner.sector, *(part for part in partner.also.split(";") if part))
    return Row(
        visits=visits,
        id=entry_id(partner.key),
        next=due_words(visits.next, desk_.day, desk_.lang) if visits.next else "",
        ended=has_ended(partner, desk_.day),
        own=partner.sector == desk_.sector.id,
        others=tuple(part for part in everywhere if part != desk_.sector.id),
    )


def _form(desk_: Desk, there: dict[str, Partner]) -> Written | None:
    """Return the form that the address asks for, or the one that was refused."""
    if not desk_.may_write:
        return None
    if desk_.mine.get("do") in (_PARTNER, _VISIT):
        return _refused(desk_, there)
    for name in OWN:
        found = _asked(desk_, name, desk_.given.get(name, ""), there)
        if found is not None:
            return found
    return None


def _asked(desk_: Desk, name: str, key: str, there: dict[str, Partner]) -> Written | None:
    """Return the form for a partner to change, a visit to plan, or one that was made."""
    if key not in there:
        visit = _visit(desk_, key) if key and name == "made" else None
        if visit is None or visit.partner not in there:
            return None
        done = {"done": "yes", "by": visit.by or _me()}
        return _visit_form(desk_, there[visit.partner], visit, done)
    if name == "edit":
        return (
            _partner_form(desk_, there[key], {}) if there[key].sector == desk_.sector.id else None
        )
    done = {"done": "yes", "date": desk_.day.isoformat()} if name == "made" else {}
    return _visit_form(desk_, there[key], None, {"kind": "visit", "by": _me(), **done})


def _refused(desk_: Desk, there: dict[str, Partner]) -> Written | None:
    mine = desk_.mine
    key = mine.get("key", "")
    if mine["do"] == _PARTNER:
        return _partner_form(desk_, there.get(key), mine)
    partner = there.get(mine.get("partner", ""))
    return None if partner is None else _visit_form(desk_, partner, _visit(desk_, key), mine)


def _visit(desk_: Desk, key: str) -> Visit | None:
    found = desk.find(g.access, Visit, key[:200]) if key else None
    return found if found is not None and found.sector == desk_.sector.id else None


def _me() -> str:
    return "" if g.visit is None else str(g.person.full_name or g.person.name)


def _partner_form(desk_: Desk, partner: Partner | None, mine: dict[str, str]) -> Written:
    fields = _partner_fields(desk_, partner, mine)
    return Written(what=_PARTNER, fields=fields, entry=partner, partner=partner, extra={"do": _PARTNER})  # fmt: skip


def _partner_fields(desk_: Desk, partner: Partner | None, mine: dict[str, str]) -> list[Field]:
    values = entry_values(partner, mine)
    fields = form_fields(Partner, desk_.snapshot, desk_.lang, values, leave_out=("sector",))
    return sorted(fields, key=lambda one: one.name in ("also", "note"))  # whom it is about first


def _visit_form(
    desk_: Desk, partner: Partner, visit: Visit | None, values: dict[str, str]
) -> Written:
    held = entry_values(visit, values)
    left = ("sector", "partner", "done")
    fields = form_fields(Visit, desk_.snapshot, desk_.lang, held, leave_out=left)
    extra = {"do": _VISIT, "partner": partner.key, "done": held.get("done", "")}
    return Written(what=_VISIT, fields=fields, entry=visit, partner=partner, extra=extra)


def save_partners(snapshot: Snapshot, sector: str, form: Form) -> str:
    """Save a partner, or a visit planned or made; call a planned visit off.

    Raises
    ------
    InputError
        A field is missing or impossible, or the entry is not of this sector.
    EditConflictError
        Somebody changed it meanwhile.
    """
    do = form.get("do", "")
    if do == _PARTNER:
        given = desk_forms.written(Partner, form) | {"sector": sector}
        saved = desk_forms.saved(snapshot, Partner, form, given)
        return entry_id(saved.key)
    if do == "call-off":
        visit = desk_forms.found(Visit, form.get("key", ""), sector)
        desk_forms.removed(snapshot, Visit, form, sector)
        return entry_id(visit.partner)
    if do != _VISIT:
        raise InputError("this form is not known here", value=do[:40])
    given = desk_forms.written(Visit, form) | {"sector": sector}
    known = [one.key for one in partners_in(desk.entries(g.access, Partner), sector)]
    if given["partner"] not in known:
        raise InputError("this is no partner of the sector", column="partner")
    day = desk_day(snapshot, database.now())
    if given["done"] and desk_forms.is_later(given["date"], day):
        raise InputError("this day is yet to come; a visit is made on its day or later", column="date")  # fmt: skip
    desk_forms.saved(snapshot, Visit, form, given)
    return entry_id(given["partner"])
