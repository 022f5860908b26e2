"""Slides of staffing and of the safety survey."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ypo_dash.i18n import number, percent, text
from ypo_dash.model.filters import Filters
from ypo_dash.model.plan import Plan
from ypo_dash.views import slide_pictures as pictures
from ypo_dash.views.facts import Fact
from ypo_dash.views.safety import interval_text
from ypo_dash.views.slide import Footer, Slide
from ypo_dash.views.slide_words import facts, short_place
from ypo_dash.views.staffing import Staffing
from ypo_dash.views.survey import survey_of

if TYPE_CHECKING:
    from ypo_dash.stats.strata import Share
    from ypo_dash.views.slide import Wall
    from ypo_dash.views.staffing import Row
    from ypo_dash.views.survey import Survey

_MOST_BARS = 7
_MOST_PAIRS = 5  # two numbers each


def staffing(wall: Wall) -> Slide | None:
    """Return need and posts of the sectors where they lie farthest apart; None where neither is known."""
    lang = wall.lang
    found = Staffing(wall.snapshot, Filters(), Plan(), wall.edited)
    rows = [(row, row.gap) for row in found.rows if row.gap is not None]
    if not rows:
        return None
    rows.sort(key=lambda pair: (pair[1], pair[0].sector.id))
    row, gap = rows[0]
    if gap < 0:
        said = text(lang, "Sector {id} lacks most: {n} posts below its need.", id=row.sector.id, n=number(-gap, lang, 1))  # fmt: skip
    else:
        said = text(lang, "No sector has fewer posts than its need.")
    totals = found.totals()
    return Slide(
        key="staffing",
        place=text(lang, "Staffing: need and posts"),
        sentence=said,
        picture=pictures.pair_chart(
            wall, [_pair(row, lang) for row, _ in rows[:_MOST_PAIRS]], (text(lang, "Need"), text(lang, "Posts"))
        ),
        numbers=facts(
            _known(text(lang, "Need by the model"), totals.need, lang, 1),
            _known(text(lang, "Posts available"), totals.posts, lang),
            _known(text(lang, "Gap"), totals.gap, lang, 1),
        ),
        footer=Footer(caption=text(lang, "Staffing of the whole district")),
        what="staffing on the wall",
    )  # fmt: skip


def _pair(row: Row, lang: str) -> tuple[str, float, float, str, str]:
    need, posts = row.need or 0.0, row.posts or 0.0
    name = short_place(row.sector.id, row.sector.own_name)
    return name, need, posts, number(need, lang, 1), number(posts, lang)


def _known(label: str, value: float | None, lang: str, decimals: int | None = None) -> Fact | None:
    return None if value is None else Fact(label, number(value, lang, decimals))


def safety(wall: Wall) -> Slide | None:
    """Return who feels unsafe, by survey area with its interval; None where there is no survey."""
    lang = wall.lang
    survey = survey_of(wall.snapshot, wall.edited.index)
    if not survey.years:
        return None
    year = survey.years[-1]
    city = survey.city(year)
    unsafe = city.get("unsafe")
    if unsafe is None:
        return None
    known = [
        (row.area.name, row.shares["unsafe"])
        for row in survey.of_year(year)
        if "unsafe" in row.shares and row.state == "shown"
    ]
    known.sort(key=lambda pair: -pair[1].share)
    night = city.get("unsafe_night")
    rows = [_interval(text(lang, "All areas"), unsafe, lang, strong=True)]
    rows += [_interval(name, share, lang) for name, share in known[:_MOST_BARS]]
    return Slide(
        key="safety",
        place=text(lang, "Safety survey {year}", year=year),
        sentence=text(lang, "{share} feel unsafe in their neighbourhood.", share=percent(unsafe.share, lang)),
        picture=pictures.interval_chart(wall, rows, text(lang, "Unsafe in the neighbourhood")),
        numbers=facts(
            Fact(text(lang, "In the neighbourhood"), percent(unsafe.share, lang), interval_text(unsafe, lang)),
            Fact(text(lang, "Evening and night"), percent(night.share, lang), interval_text(night, lang)) if night else None,
            Fact(text(lang, "Answers"), number(unsafe.n, lang)),
        ),
        lines=(text(lang, "The {n} highest areas, with 95 % intervals.", n=len(rows) - 1),),
        footer=Footer(period=str(year), caption=_asked_words(survey, year, lang)),
        what="safety on the wall",
    )  # fmt: skip


def _asked_words(survey: Survey, year: int, lang: str) -> str:
    """Return of which areas the shares are, and how many the survey does not cover."""
    said = text(lang, "Areas with enough answers")
    n = sum(1 for row in survey.of_year(year) if row.state == "none")
    return f"{said}, {text(lang, '{n} not surveyed', n=n)}" if n else said


def _interval(
    name: str, share: Share, lang: str, *, strong: bool = False
) -> tuple[str, float, float, float, str, bool]:
    return name, share.low, share.share, share.high, percent(share.share, lang), strong
