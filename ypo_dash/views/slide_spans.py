"""The span a slide is of: four weeks or seven days, or the month where a source tells no more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ypo_dash.i18n import text
from ypo_dash.store.gaps import is_coarse
from ypo_dash.views.rhythm import whole_months
from ypo_dash.views.slide import RECENT_DAYS

if TYPE_CHECKING:
    from datetime import date

    from ypo_dash.views.slide import Wall


def recent(wall: Wall, days: int = RECENT_DAYS) -> tuple[date, date]:
    """Return the last ``days`` days of data; the last whole month where incidents are dated by it."""
    span = wall.snapshot.span
    assert span is not None  # noqa: S101 - without data no slide is made
    if is_coarse(wall.snapshot):
        months = whole_months(wall.snapshot)
        last = months[1] if months else span[1]
        return last.replace(day=1), last
    return span[1] - timedelta(days=days - 1), span[1]


def before_words(wall: Wall) -> str:
    """Return the name of the number that a slide's count is compared with."""
    lang = wall.lang
    return text(lang, "The month before") if is_coarse(wall.snapshot) else text(lang, "Four weeks before")  # fmt: skip


def line_words(wall: Wall) -> str:
    """Return what the line across a bar is."""
    if is_coarse(wall.snapshot):
        return text(wall.lang, "The line marks the month before.")
    return text(wall.lang, "The line marks the four weeks before.")


def sectors_words(wall: Wall) -> str:
    """Return what the slide of the sectors is of."""
    if is_coarse(wall.snapshot):
        return text(wall.lang, "Sectors, the month against the one before")
    return text(wall.lang, "Sectors, four weeks against the four before")


def spots_words(wall: Wall) -> str:
    """Return what the slide of the hot spots is of."""
    lang = wall.lang
    return text(lang, "Hot spots of the month") if is_coarse(wall.snapshot) else text(lang, "Hot spots of four weeks")  # fmt: skip


def unchanged_words(wall: Wall) -> str:
    """Return that no sector changed."""
    if is_coarse(wall.snapshot):
        return text(wall.lang, "No sector demonstrably changed in the month.")
    return text(wall.lang, "No sector demonstrably changed in four weeks.")


def change_words(wall: Wall, sector: str, amount: str, *, more: bool) -> str:
    """Return how a sector changed, in a sentence."""
    said = {"id": sector, "n": amount}
    if is_coarse(wall.snapshot):
        if more:
            return text(wall.lang, "Sector {id}: {n} more than in the month before.", **said)
        return text(wall.lang, "Sector {id}: {n} fewer than in the month before.", **said)
    if more:
        return text(wall.lang, "Sector {id}: {n} more than in the four weeks before.", **said)
    return text(wall.lang, "Sector {id}: {n} fewer than in the four weeks before.", **said)


def verdict_words(wall: Wall, incidents: str, verdict: str) -> str:
    """Return a sector's count and how it stands to the one before, in a sentence."""
    said = {"incidents": incidents, "verdict": verdict}
    if is_coarse(wall.snapshot):
        return text(wall.lang, "{incidents} in the month: {verdict}.", **said)
    return text(wall.lang, "{incidents} in four weeks: {verdict}.", **said)


def week_words(wall: Wall) -> str:
    """Return the span of a local station's slide, as part of a sentence."""
    return text(wall.lang, "in the month") if is_coarse(wall.snapshot) else text(wall.lang, "in seven days")  # fmt: skip
