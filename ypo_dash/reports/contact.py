"""Contact cards and a notice of a sector, to cut out and put up: who answers, and how he is reached.

They hold no figures, so that they are for anybody, whatever build is asked for.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ypo_dash.figures.district_map import district_map
from ypo_dash.figures.theme import PAPER
from ypo_dash.i18n import text
from ypo_dash.model.errors import FilterError
from ypo_dash.reports.document import Block, Card, Cards, Column, Page, Picture, TableBlock, Text
from ypo_dash.reports.printing import build, day_words, place_of, sector_place, sector_title
from ypo_dash.views import map_layers
from ypo_dash.views.contacts import holding, role_name
from ypo_dash.views.duty import every_day
from ypo_dash.views.today import desk_day

if TYPE_CHECKING:
    from datetime import date

    from ypo_dash.model.desk import Contact
    from ypo_dash.model.filters import Filters
    from ypo_dash.reports.document import Document
    from ypo_dash.reports.printing import Printing
    from ypo_dash.store.snapshot import Sector, Snapshot

CARD, NOTICE = (91.0, 53.0), (148.0, 105.0)  # mm; the notice is a page of A6
_MAP = (54.0, 78.0)
FEW, MANY = 4, 8  # cards beside the notice, and on a sheet of their own


def with_day(snapshot: Snapshot, filters: Filters) -> Filters:
    """Return the state with the last day of the data where it names none.

    Raises
    ------
    FilterError
        The state is of a hexagon.
    """
    if filters.cell is not None:
        raise FilterError("cell", "contact cards are of sectors; leave the hexagon out")
    assert snapshot.span is not None  # noqa: S101 - the caller has asked
    last = filters.date_to or filters.date_from or snapshot.span[1]
    return replace(filters, date_from=last, date_to=last)


def contact(snapshot: Snapshot, filters: Filters, lang: str, printing: Printing) -> Document:
    """Return a sheet with a notice and cards for each sector of the state.

    One sector has a second sheet of cards; several have a list of them all before.
    """
    day = _day(snapshot, filters, printing)
    inside = filters.place_sectors(snapshot)
    sectors = [s for s in snapshot.sectors if inside is None or s.id in inside]
    cards = {s.id: _card(snapshot, s, day, lang, printing) for s in sectors}
    pages = [_notice_page(snapshot, s, day, lang, cards[s.id]) for s in sectors]
    title = text(lang, "Contact: Your Police Officer")
    if len(sectors) == 1:
        pages.append(_cards_page(snapshot, sectors[0], day, lang, cards[sectors[0].id]))
    else:
        place = place_of(snapshot, filters, lang)
        pages.insert(0, _list_page(snapshot, sectors, (day, lang, place), printing))
    made = build(snapshot, title, pages, (lang, filters.tier), printing)
    return replace(made, classification=text(lang, "May be given to anybody"))


def _day(snapshot: Snapshot, filters: Filters, printing: Printing) -> date:
    """Return the day whose contacts are meant: today, unless the state names another one."""
    assert snapshot.span is not None  # noqa: S101 - the state has its dates
    named = filters.date_to
    return desk_day(snapshot, printing.now) if named in (None, snapshot.span[1]) else named


def _holding(printing: Printing, sector: Sector, day: date) -> list[Contact]:
    return holding((c for c in printing.contacts if c.sector == sector.id), day)


def _card(snapshot: Snapshot, sector: Sector, day: date, lang: str, printing: Printing) -> Card:
    people = _holding(printing, sector, day)
    station = snapshot.station_names.get(sector.station or "", {}).get(lang)
    foot = [every_day(snapshot, lang)]
    if station:
        foot.append(text(lang, "Local station {name}", name=station))
    foot.append(text(lang, "In an emergency: 112"))
    return Card(
        kind=text(lang, "Your Police Officer"),
        title=sector_title(snapshot, sector.id, lang),
        people=tuple((role_name(c.role, lang), c.name, c.phone, c.email) for c in people),
        nobody=text(lang, "Nobody is named for this sector yet."),
        foot=tuple(foot),
    )


def _notice_page(snapshot: Snapshot, sector: Sector, day: date, lang: str, card: Card) -> Page:
    notice = replace(card, picture=_map(snapshot, sector, lang))
    blocks: tuple[Block, ...] = (
        Text(text(lang, "A notice for the stairwell or the notice board, and cards to hand out. Cut along the dashed lines.")),
        Cards((notice,), NOTICE, large=True),
        Cards((card,) * FEW, CARD),
    )  # fmt: skip
    return _page(snapshot, sector, day, lang, text(lang, "notice and cards"), blocks)


def _cards_page(snapshot: Snapshot, sector: Sector, day: date, lang: str, card: Card) -> Page:
    blocks: tuple[Block, ...] = (
        Text(text(lang, "Cards to hand out. Cut along the dashed lines.")),
        Cards((card,) * MANY, CARD),
    )
    return _page(snapshot, sector, day, lang, text(lang, "cards"), blocks)


def _page(
    snapshot: Snapshot, sector: Sector, day: date, lang: str, what: str, blocks: tuple[Block, ...]
) -> Page:
    return Page(
        title=f"{sector_title(snapshot, sector.id, lang)}: {what}",
        place=" · ".join([snapshot.district.name, *sector_place(snapshot, sector.id, lang)]),
        period=text(lang, "as of {day}", day=day_words(day, lang)),
        foot=_foot(lang),
        blocks=blocks,
    )


def _foot(lang: str) -> tuple[str, ...]:
    return (text(lang, "This sheet holds no figures of incidents. Names, numbers and addresses are those that citizens may know."),)  # fmt: skip


def _list_page(
    snapshot: Snapshot, sectors: list[Sector], how: tuple[date, str, str], printing: Printing
) -> Page:
    day, lang, place = how
    head = (
        Column(""), Column(text(lang, "Sector"), share=1.5), Column(text(lang, "Role")),
        Column(text(lang, "Name"), share=1.2), Column(text(lang, "Phone")), Column(text(lang, "E-mail"), share=1.4),
    )  # fmt: skip
    rows = []
    for sector in sectors:
        people = _holding(printing, sector, day)
        for i, c in enumerate(people):
            first = (sector.id, sector.own_name) if i == 0 else ("", "")
            rows.append((*first, role_name(c.role, lang), c.name, c.phone or "–", c.email or "–"))
        if not people:
            rows.append((sector.id, sector.own_name, "–", "–", "–", "–"))
    return Page(
        title=text(lang, "Who answers for which sector"),
        place=place,
        period=text(lang, "as of {day}", day=day_words(day, lang)),
        foot=_foot(lang),
        blocks=(
            Text(every_day(snapshot, lang)),
            TableBlock(columns=head, rows=tuple(rows), small=True),
        ),
    )


def _map(snapshot: Snapshot, sector: Sector, lang: str) -> Picture:
    words = text(lang, "Map of {sector} and what lies around it", sector=sector_title(snapshot, sector.id, lang))  # fmt: skip
    drawn = district_map(
        map_layers.regions(snapshot, strong=(sector.id,)),
        ground=map_layers.ground(snapshot),
        bounds=map_layers.bounds_of_sectors(snapshot, (sector.id,), 0.12),
        theme=PAPER,
        size=_MAP,
        text=2.6,
        title=words,
    )
    return Picture(drawn.svg, words)
