"""The quarter's threat assessment as a printed document: signed figures, or a marked draft."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from ypo_dash.i18n import format_quarter, text
from ypo_dash.model.assessment import SUMMARY
from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.model.quarter import Quarter
from ypo_dash.reports import threat_blocks
from ypo_dash.reports.document import Block, Lead, Notes, Page, Text
from ypo_dash.reports.printing import build, moment, period_words, place_of
from ypo_dash.reports.quarter import with_quarter
from ypo_dash.views import threat_words
from ypo_dash.views.threat_evidence import moved
from ypo_dash.views.threat_shown import NOW, shown

if TYPE_CHECKING:
    from ypo_dash.reports.document import Document
    from ypo_dash.reports.printing import Printing
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.threat_model import AreaThreat
    from ypo_dash.views.threat_shown import Shown


def with_one_quarter(snapshot: Snapshot, filters: Filters) -> Filters:
    """Return the state with its quarter; the latest whole one where it names no date.

    Raises
    ------
    FilterError
        It is not one whole quarter, or the state filters what an assessment does not depend on.
    """
    bare = Filters(date_from=filters.date_from, date_to=filters.date_to, sectors=filters.sectors, station=filters.station, tier=filters.tier, lang=filters.lang)  # fmt: skip
    for name in ("types", "hours", "days", "scenes", "cell"):
        if getattr(filters, name) != getattr(bare, name):
            raise FilterError(name, "the threat assessment does not depend on this filter; leave it out")  # fmt: skip
    found = with_quarter(snapshot, bare)
    first, last = found.date_from, found.date_to
    if first is None or last is None or Quarter.of(first) != Quarter.of(last):
        raise FilterError("to", "a threat assessment is of one quarter")
    return found


def quarter_of(filters: Filters) -> Quarter:
    """Return the quarter of a state that has its dates."""
    assert filters.date_from is not None  # noqa: S101 - `with_one_quarter` was asked
    return Quarter.of(filters.date_from)


def areas_of(found: Shown, snapshot: Snapshot, filters: Filters) -> list[AreaThreat]:
    """Return the areas of a state's place.

    Raises
    ------
    FilterError
        There is none.
    """
    chosen = filters.place_sectors(snapshot)
    areas = [a for a in found.threat.areas if chosen is None or set(a.sectors) & set(chosen)]
    if not areas:
        raise FilterError("sectors" if filters.sectors else "station", "no designated residential area lies there")  # fmt: skip
    return areas


def threat(snapshot: Snapshot, filters: Filters, lang: str, printing: Printing) -> Document:
    """Return a quarter's assessment: what was signed, else today's figures and a clear mark.

    Raises
    ------
    FilterError
        The data have no designated areas, or none in this place.
    """
    quarter = quarter_of(filters)
    found = shown(printing.assessed, snapshot, quarter)
    areas = areas_of(found, snapshot, filters)
    name = text(lang, "Threat assessment")
    title = f"{name}, {format_quarter(quarter.first, lang)}"
    mark = threat_blocks.mark(found, lang)
    period = period_words(found.threat.first, found.threat.until, lang)
    foot = (
        seal_words(found, snapshot, lang) or mark,
        text(lang, "Counts and places only, never a person. No number is suppressed."),
    )
    parts = [
        (title, _overview(snapshot, found, areas, (quarter, lang), printing)),
        *((title, part) for part in _in_pairs(found, areas, lang)),
    ]
    pages = [
        Page(
            title=f"{one} · {mark}" if mark else one,
            place=place_of(snapshot, filters, lang),
            period=period,
            foot=foot,
            blocks=tuple(blocks),
        )
        for one, blocks in parts
    ]
    made = build(snapshot, title, pages, (lang, filters.tier), printing)
    return marked(made, found, mark, lang)


def marked(made: Document, found: Shown, mark: str, lang: str) -> Document:
    """Return a document with its mark on every sheet, and with the snapshot of its figures."""
    label = f"{made.classification} · {mark}" if mark else made.classification
    snapshot = text(lang, "snapshot {id}", id=found.threat.snapshot)
    return replace(made, classification=label, snapshot=snapshot)


def _in_pairs(found: Shown, areas: list[AreaThreat], lang: str) -> list[list[Block]]:
    """Return the areas two to a page: what a sheet holds."""
    blocks = [threat_blocks.area_blocks(found, area, lang) for area in areas]
    return [[b for part in blocks[i : i + 2] for b in part] for i in range(0, len(blocks), 2)]


def _overview(
    snapshot: Snapshot,
    found: Shown,
    areas: list[AreaThreat],
    how: tuple[Quarter, str],
    printing: Printing,
) -> list[Block]:
    quarter, lang = how
    said = found.texts.of(SUMMARY)
    blocks: list[Block] = [Lead(" ".join(threat_words.summary(found.threat, lang)))]
    blocks += [Text(part) for part in said.text.splitlines() if part]
    if not found.threat.whole:
        blocks.append(Text(threat_words.period_of(found.threat, lang)))
    blocks += threat_blocks.overview(found, areas, lang)
    since = moved_words(snapshot, found, quarter, lang, printing)
    blocks.append(Notes((*since, *threat_blocks.notes(found.threat, lang))))
    return blocks


def moved_words(
    snapshot: Snapshot, found: Shown, quarter: Quarter, lang: str, printing: Printing
) -> list[str]:
    """Return that the register has moved since a quarter was signed, where it has."""
    if found.evidence is None:
        return []
    try:
        today = shown(printing.assessed, snapshot, quarter, NOW).threat
    except FilterError:
        return [text(lang, "The register has no such areas or days today.")]
    since = moved(found.threat, today)
    return [threat_words.moved_words(since, lang)] if since else []


def seal_words(found: Shown, snapshot: Snapshot, lang: str, *, names: bool = True) -> str:
    """Return who signed when, on which snapshot, with which digest; empty where nobody did."""
    if found.evidence is None or found.one is None:
        return ""
    evidence = found.evidence
    at = datetime.fromisoformat(evidence["signed_at"]).astimezone(snapshot.district.zone)
    values = {
        "when": moment(at, lang), "snapshot": evidence["snapshot"],
        "digest": found.one.sha256[:16], "n": found.one.number,
    }  # fmt: skip
    if not names:
        return text(lang, "Signed on {when}, version {n}, snapshot {snapshot}, digest {digest}.", **values)  # fmt: skip
    return text(lang, "Signed by {who} on {when}, version {n}, snapshot {snapshot}, digest {digest}.", who=evidence["signed_name"], **values)  # fmt: skip
