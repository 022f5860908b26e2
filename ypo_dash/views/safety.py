"""The safety survey in words: the side panel's section, and what a change says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ypo_dash.i18n import number, percent, text
from ypo_dash.views.facts import Fact, Section
from ypo_dash.views.survey import HIDDEN_BELOW, Survey

if TYPE_CHECKING:
    from ypo_dash.stats.strata import Share
    from ypo_dash.store.snapshot import Sector
    from ypo_dash.views.survey import AreaYear, Change

ALONE = 0.05
LEVEL_NAMES = {
    "markant": "markant (marked effort)",
    "intensiveret": "intensiveret (intensified effort)",
    "almindelig": "ordinary effort",
    "ingen": "no particular effort",
}


def safety_section(
    survey: Survey, sectors: list[Sector], everywhere: bool, lang: str
) -> Section | None:
    """Return the latest survey year; ``everywhere``: the district, else its one sector's areas."""
    if not survey.years:
        return None
    year = survey.years[-1]
    heading = text(lang, "Safety survey {year}", year=year)
    link = (text(lang, "Open in Safety"), f"/safety?lang={lang}")
    if everywhere:
        return _of_all(survey, sectors, (year, heading, link), lang)
    if len(sectors) > 1:
        said = text(lang, "Choose one sector to see the survey areas that touch it.")
        return Section(heading, (), (said,), link)
    touching = [
        (row, share)
        for row in survey.of_year(year)
        for sector, share in row.area.sectors
        if sectors and sector == sectors[0].id and row.state != "none"
    ]
    touching.sort(key=lambda pair: -pair[1])
    facts = tuple(_area(row, share, lang) for row, share in touching)
    if not facts:
        said = text(lang, "No index: the survey does not cover this sector.")
        return Section(heading, (), (said,), link)
    note = text(
        lang,
        "Unsafe in the neighbourhood, by survey areas that touch this sector; there is no score of the sector itself.",
    )
    first = touching[0][0].area.id
    return Section(heading, facts, (note,), (link[0], f"/safety?area={first}&lang={lang}"))


def _of_all(
    survey: Survey, sectors: list[Sector], head: tuple[int, str, tuple[str, str]], lang: str
) -> Section:
    year, heading, link = head
    city = survey.city(year)
    facts = tuple(
        Fact(text(lang, name), percent(share.share, lang), share_note(share, lang))
        for measure, name in (
            ("unsafe", "Unsafe in the neighbourhood"),
            ("unsafe_night", "Unsafe evening and night"),
        )
        if (share := city.get(measure))
    )
    surveyed = {
        sector
        for row in survey.of_year(year)
        if row.state != "none"
        for sector, _ in row.area.sectors
    }
    missing = sum(s.id not in surveyed for s in sectors)
    notes = [text(lang, "No survey in {n} sectors.", n=missing)] if missing else []
    if all(row.weighted for row in survey.of_year(year) if row.n):
        notes.append(text(lang, "Answers weighted to inhabitants by sex and age."))
    else:
        notes.append(text(lang, "Answers as they are, not weighted by sex and age."))
    return Section(heading, facts, tuple(notes), link)


def _area(row: AreaYear, share: float, lang: str) -> Fact:
    of_sector = text(lang, "{share} of the sector", share=percent(share, lang))
    label = f"{row.area.name} ({of_sector})"
    found = row.shares.get("unsafe")
    if found is None:
        note = text(lang, "fewer than {n} answers", n=HIDDEN_BELOW)
        return Fact(label, text(lang, "hidden"), note)
    doubt = " · " + text(lang, "uncertain") if row.state == "uncertain" else ""
    return Fact(label, percent(found.share, lang), share_note(found, lang) + doubt)


def interval_text(share: Share, lang: str, decimals: int = 0) -> str:
    """Return an interval such as ``8–17 %``."""
    low, high = (number(100 * v, lang, decimals) for v in (share.low, share.high))
    return f"{low}–{high} %"


def share_note(share: Share, lang: str) -> str:
    """Return interval and number of answers: ``8–17 % · n 229``."""
    return f"{interval_text(share, lang)} · n {number(share.n, lang)}"


def share_text(share: Share, lang: str) -> str:
    """Return a share with its interval: ``12 % (8–17 %)``."""
    return f"{percent(share.share, lang)} ({interval_text(share, lang)})"


def change_sentence(change: Change, years: tuple[int, int], lang: str) -> str:
    """Return what a change says, in a sentence that claims no more than the test does."""
    smallest = number(100 * change.smallest, lang, 0)
    if change.is_shown:
        more = change.difference > 0
        said = (
            "Higher than in {before}, beyond chance."
            if more
            else "Lower than in {before}, beyond chance."
        )
        return text(lang, said, before=years[1])
    if change.p < ALONE:
        return text(
            lang,
            "No demonstrable change: alone it would pass for one, but among all comparisons such a difference is to be expected by chance.",
        )
    return text(
        lang,
        "No demonstrable change. With so many answers only about {n} percentage points or more would show.",
        n=smallest,
    )
