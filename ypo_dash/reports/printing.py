"""What every printed document has: who prints it when, for whom, of which data, and its definitions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ypo_dash.i18n import format_date, text, weekday_names
from ypo_dash.model.tiers import Tier
from ypo_dash.people.plans import NOTHING_EDITED, Edited
from ypo_dash.reports.document import Document, Page
from ypo_dash.views.briefing_held import NOTHING_HELD, Held
from ypo_dash.views.tables import count_value
from ypo_dash.views.threat_shown import NOTHING_ASSESSED, Assessed
from ypo_dash.views.words import count_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ypo_dash.model.desk import Contact
    from ypo_dash.model.filters import Filters
    from ypo_dash.store.query import Summary
    from ypo_dash.store.snapshot import Sector, Snapshot
    from ypo_dash.views.due import Due


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """Who prints when, what he may see, and what people have edited.

    ``points`` are the sectors whose incidents may be listed and drawn one by one, and whose log may
    be read. What one kind of document alone is made of is left out of the others: ``due`` is what
    is open in the one sector of a print, without entries that contain personal data (None where the
    sector's log is not for who prints), ``held`` what the sectors' desks hold for briefing cards,
    ``assessed`` what a threat assessment is made of, ``contacts`` who answers for which sector.
    """

    printed_by: str
    now: datetime
    points: frozenset[str] = frozenset()
    edited: Edited = field(default=NOTHING_EDITED)
    contacts: tuple[Contact, ...] = ()
    due: Due | None = None
    held: Held = field(default=NOTHING_HELD)
    assessed: Assessed = field(default=NOTHING_ASSESSED)


def build(
    snapshot: Snapshot, title: str, pages: list[Page], how: tuple[str, str], printing: Printing
) -> Document:
    """Return a document; ``how`` is its language and its tier."""
    lang, tier = how
    return Document(
        title=title,
        lang=lang,
        classification=classification(tier, lang),
        extract=extract_words(snapshot, lang),
        snapshot=text(lang, "snapshot {id}", id=snapshot.id),
        printed=printed_words(snapshot, lang, printing),
        simulated=text(lang, "Simulated data") if snapshot.district.simulated else "",
        attribution=snapshot.district.attribution,
        labels={"page": text(lang, "page"), "of": text(lang, "of")},
        pages=tuple(pages),
    )


def printed_words(snapshot: Snapshot, lang: str, printing: Printing) -> str:
    """Return who prints and when, in the district's time."""
    when = moment(printing.now.astimezone(snapshot.district.zone), lang)
    return text(lang, "printed by {who}, {when}", who=printing.printed_by, when=when)


def classification(tier: str, lang: str) -> str:
    """Return for whom a sheet is."""
    if tier == Tier.INTERNAL:
        return text(lang, "For police use only")
    return text(lang, "For named partners; not to be passed on")


def extract_words(snapshot: Snapshot, lang: str) -> str:
    """Return when the data were taken from the register, as far as it is known: the newest import."""
    imports = snapshot.manifest.imports
    if not imports:
        return text(lang, "extract –")
    when = datetime.fromisoformat(str(imports[-1]["time"]))
    when = when if when.tzinfo else when.replace(tzinfo=ZoneInfo("UTC"))
    return text(lang, "extract {when}", when=moment(when.astimezone(snapshot.district.zone), lang))


def moment(when: datetime, lang: str) -> str:
    """Return ``25/11/2012 06:45``."""
    return f"{format_date(when.date(), lang)} {when:%H:%M}"


def day_words(day: date, lang: str, *, year: bool = True) -> str:
    """Return ``Friday 23/11/2012``."""
    return f"{weekday_names(lang)[day.weekday()]} {format_date(day, lang, year=year)}"


def period_words(first: date, last: date, lang: str) -> str:
    """Return ``Friday 23/11 – Sunday 25/11/2012``, with the first year where it differs."""
    if first == last:
        return day_words(first, lang)
    begin = day_words(first, lang, year=first.year != last.year)
    return f"{begin} – {day_words(last, lang)}"


def short_period(first: date, last: date) -> str:
    """Return ``16/11–18/11``, for the head of a column; the year where it is not the last one's."""
    begin = f"{first.day}/{first.month}"
    return begin if first == last else f"{begin}–{last.day}/{last.month}"


def state_words(snapshot: Snapshot, filters: Filters, lang: str) -> str:
    """Return what a state selects beside its period and sectors; empty where it is everything."""
    described = filters.describe(snapshot, lang)
    return described.rpartition(", ")[0]  # the period ends it, and the title says it with weekdays


def counted_words(filters: Filters, lang: str) -> str:
    """Return how incidents are counted in this state, in a sentence."""
    if filters.mask is None:
        return text(lang, "An incident is counted on the local date it began.")
    return text(lang, "Hours and weekdays: an incident whose time is a span counts with the share of the span that lies in them, so numbers have a decimal; symbols and lists show each such incident. A night belongs to the day it begins on.")  # fmt: skip


def left_out(summary: Summary, notes: Sequence[str], lang: str) -> str:
    """Return what is not on the paper and why, for its foot.

    Of a place all incidents are mapped; then it is said what lies in no sector of the whole district.
    """
    lost = count_value(summary.no_coordinates + summary.outside)
    placeless = count_value(summary.sectors_context[-2:].sum())
    said = (
        text(lang, "In no sector, in the whole district: {n}; not counted here.", n=count_text(summary, placeless, lang))
        if placeless and not lost
        else text(lang, "Not on the map: {n}.", n=count_text(summary, lost, lang))
    )  # fmt: skip
    hidden = " ".join(notes) if notes else text(lang, "No number is suppressed.")
    return f"{said} {hidden}"


def place_of(snapshot: Snapshot, filters: Filters, lang: str) -> str:
    """Return the district, the local station or the sector that a sheet is of."""
    names = [snapshot.district.name]
    if filters.station is not None:
        station = snapshot.station_names[filters.station][lang]
        names.append(text(lang, "local station {name}", name=station))
    if len(filters.sectors) == 1:
        names += sector_place(snapshot, filters.sectors[0], lang)
    elif filters.sectors:
        names.append(text(lang, "sectors {ids}", ids=", ".join(filters.sectors)))
    return " · ".join(names)


def sector_place(snapshot: Snapshot, sector: str, lang: str) -> list[str]:
    """Return local station and sector in words."""
    found = next(s for s in snapshot.sectors if s.id == sector)
    station = snapshot.station_names.get(found.station or "", {}).get(lang)
    names = [text(lang, "local station {name}", name=station)] if station else []
    return [*names, text(lang, "sector {id} {name}", **_named(found)).rstrip()]


def sector_title(snapshot: Snapshot, sector: str, lang: str) -> str:
    """Return ``Sector 5 Mimersgade``; the id alone where the sector has no name of its own."""
    found = next(s for s in snapshot.sectors if s.id == sector)
    return text(lang, "Sector {id} {name}", **_named(found)).rstrip()


def _named(sector: Sector) -> dict[str, str]:
    return {"id": sector.id, "name": sector.own_name}
