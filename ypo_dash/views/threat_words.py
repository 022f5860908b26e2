"""A quarter's evidence in words: lists, judgements, what changed, the summary."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from ypo_dash.i18n import format_date, format_period, join_words, number, plural, text
from ypo_dash.views.threat_model import (
    BREAK,
    FEW,
    FEWER,
    HIGHER,
    HISTORY,
    LOWER,
    MORE,
    NONE,
    TYPES,
    UNKNOWN,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ypo_dash.model.assessment import Texts
    from ypo_dash.views.threat_evidence import Moved
    from ypo_dash.views.threat_model import AreaThreat, OnList, PerThousand, Threat

TYPE_NAMES = {
    "violence": "Violence and robbery",
    "burglary": "Burglary",
    "theft": "Theft",
    "vandalism": "Vandalism",
    "harassment": "Harassment",
    "drugs": "Drugs",
    "all": "Reported by residents, together",
}
VERDICT_NAMES = {
    MORE: "more",
    FEWER: "fewer",
    NONE: "no demonstrable change",
    FEW: "too few to tell",
    HISTORY: "no four whole quarters before",
    BREAK: "recorded otherwise, not compared",
}
LEVEL_NAMES = {
    HIGHER: "higher",
    LOWER: "lower",
    NONE: "no demonstrable difference",
    FEW: "too few to tell",
    UNKNOWN: "inhabitants not known",
}
THREAT_LEVEL_NAMES = {
    "low": "Low",
    "raised": "Raised",
    "high": "High",
    "very_high": "Very high",
}
DIRECTION_NAMES = {
    "falling": "Falling",
    "steady": "Steady",
    "rising": "Rising",
    "unclear": "Can't be told",
}
LIST_NAMES = {
    "police": "Police list (SUB)",
    "official": "Official list",
}
GANG_NAMES = {
    "shots_fired": "Shots fired",
    "stabbing": "Stabbing",
    "assault": "Assault",
    "threat": "Threat or extortion",
    "weapon_find": "Weapon find",
    "explosion_arson": "Explosion or arson",
    "show_of_force": "Show of force",
}
CERTAINTY_NAMES = {"certain": "Certain", "probable": "Probable", "possible": "Possible"}
STATE_NAMES = {
    "": "Not begun",
    "draft": "Draft",
    "review": "In review",
    "signed": "Signed",
}
OURS = "Levels (low, raised, high, very high) and directions are our own construction: the analyst's judgement with a reason, not a measurement. No public scale for it is known."


def wording(area: AreaThreat, lang: str) -> str:
    """Return what an area is called, with the list that it is on and its date; the official one first."""
    official, police = (area.listed(which) for which in ("official", "police"))
    if official is not None and official.on:
        return text(lang, "particularly disadvantaged residential area (list of {date})", date=day_of(official.since, lang))  # fmt: skip
    if police is not None and police.on:
        return text(lang, "particularly disadvantaged residential area (police list of {date})", date=day_of(police.since, lang))  # fmt: skip
    return text(lang, "residential area, on neither list")


def list_of(area: AreaThreat, lang: str) -> str:
    """Return the list that an area is on and its date, for a table; a dash for none."""
    for which, said in (("official", "list of {date}"), ("police", "police list of {date}")):
        one = area.listed(which)
        if one is not None and one.on:
            return text(lang, said, date=day_of(one.since, lang))
    return "–"


def day_of(day: str, lang: str) -> str:
    """Return an ISO date as people write it."""
    return format_date(date.fromisoformat(day), lang)


def list_words(one: OnList, lang: str) -> str:
    """Return how an area stands to a list: since when, until when, by which source."""
    name = text(lang, LIST_NAMES[one.list])
    values = {"list": name, "since": day_of(one.since, lang)}
    if one.until:
        values["until"] = day_of(one.until, lang)
    if one.on:
        said = "{list}: since {since}, until {until}" if one.until else "{list}: since {since}"
    else:
        said = "{list}: no longer, was on it {since} to {until}"
    beside = [text(lang, {"came": "new this quarter", "left": "left this quarter"}[one.event])] if one.event else []  # fmt: skip
    source = text(lang, "date of the imported layer; no listing is entered") if one.from_layer else one.source  # fmt: skip
    return " · ".join([text(lang, said, **values), *beside, *([source] if source else [])])


def rate_words(found: PerThousand, lang: str) -> str:
    """Return ``4.2 (1.8–8.3)``; a dash where inhabitants are not known."""
    if found.rate is None or found.low is None or found.high is None:
        return "–"
    rate, low, high = (number(v, lang, 1) for v in (found.rate, found.low, found.high))
    return f"{rate} ({low}–{high})"


def period_of(found: Threat, lang: str) -> str:
    """Return the days that are counted, and on how many a quarter in progress stands."""
    period = format_period(found.first, found.until, lang=lang)
    if found.whole:
        return period
    all_days = (found.last - found.first).days + 1
    return text(lang, "{period}: the quarter is not over, {n} of {all} days are counted", period=period, n=found.days, all=all_days)  # fmt: skip


def summary(found: Threat, lang: str) -> list[str]:
    """Return the quarter in a few sentences that claim no more than the tests do."""
    said = [_changes(found, lang), _levels(found, lang), _gangs(found, lang)]
    return [sentence for sentence in said if sentence]


def _changes(found: Threat, lang: str) -> str:
    flagged = [
        text(lang, "{area}: {verdict} {type} ({n}, {before} before)", area=a.name, verdict=text(lang, VERDICT_NAMES[f.verdict]), type=type_words(f.type, lang), n=number(f.here.count, lang), before=number(f.before or 0, lang, 1))
        for a in found.areas
        for f in a.figures
        if f.verdict in (MORE, FEWER)
    ]  # fmt: skip
    if flagged:
        return text(lang, "Beyond chance against the area's own four quarters before: {what}.", what="; ".join(flagged))  # fmt: skip
    if any(f.q is not None for a in found.areas for f in a.figures):
        return text(lang, "No area shows a demonstrable change against its own four quarters before.")  # fmt: skip
    return text(lang, "Nothing can be compared with the four quarters before.")


def _levels(found: Threat, lang: str) -> str:
    parts = [
        f"{a.name} ({join_words(high, lang)})"
        for a in found.areas
        if (high := [type_words(f.type, lang) for f in a.figures if f.level == HIGHER])
    ]
    if not parts:
        return ""
    return text(lang, "Per inhabitant more than in the rest of the district: {what}.", what=", ".join(parts))  # fmt: skip


def _gangs(found: Threat, lang: str) -> str:
    n = sum(a.gang.count for a in found.areas)
    if not n:
        return text(lang, "No incident in the areas was judged to be gang-related.")
    killed, injured = (sum(getattr(a.gang, k) for a in found.areas) for k in ("killed", "injured"))
    where = ", ".join(f"{a.name} {a.gang.count}" for a in found.areas if a.gang.count)
    said = plural(lang, "{n} incident was judged to be gang-related ({where}).", "{n} incidents were judged to be gang-related ({where}).", n, where=where)  # fmt: skip
    return f"{said} {text(lang, 'Killed {killed}, injured {injured}.', killed=killed, injured=injured)}"


def type_words(kind: str, lang: str) -> str:
    """Return a type's name inside a sentence."""
    name = text(lang, TYPE_NAMES[kind])
    return name[:1].lower() + name[1:]


def area_changes(
    area: AreaThreat,
    said: tuple[Texts, Mapping[str, tuple[str, str]]],
    lang: str,
    *,
    whole: bool = True,
) -> list[str]:
    """Return what changed in an area since the quarter before, in words.

    Parameters
    ----------
    said
        What is said of the areas now, and level and direction by area as signed before.
    whole
        Whether all of the quarter's days are counted.
    """
    texts, before = said
    found = [_list_event(one, lang) for one in area.lists if one.event]
    now, earlier = texts.of(area.name), before.get(area.name)
    if now.level and earlier and now.level != earlier[0]:
        found.append(text(lang, "Level {now}, was {before}.", now=level_name(now.level, lang), before=level_name(earlier[0], lang)))  # fmt: skip
    elif now.level and earlier:
        found.append(text(lang, "Level {now}, as before.", now=level_name(now.level, lang)))
    reported = area.all.here.count, area.all.last
    gang = area.gang.count, area.gang.last
    if reported[1] is not None:
        said_ = "{n} reported by residents, {last} in the quarter before." if whole else "{n} reported by residents so far, {last} in the whole quarter before."  # fmt: skip
        found.append(text(lang, said_, n=number(reported[0], lang), last=number(reported[1], lang)))
    if any(gang):
        one, more = ("{n} gang-related incident, {last} in the quarter before.", "{n} gang-related incidents, {last} in the quarter before.") if whole else ("{n} gang-related incident so far, {last} in the whole quarter before.", "{n} gang-related incidents so far, {last} in the whole quarter before.")  # fmt: skip
        found.append(plural(lang, one, more, gang[0], last=number(gang[1], lang)))
    return found


def level_name(level: str, lang: str) -> str:
    """Return a level inside a sentence."""
    return text(lang, THREAT_LEVEL_NAMES[level]).lower() if level in THREAT_LEVEL_NAMES else level


def _list_event(one: OnList, lang: str) -> str:
    name = text(lang, LIST_NAMES[one.list])
    if one.event == "came":
        return text(lang, "{list}: on it since {date}.", list=name, date=day_of(one.since, lang))
    return text(lang, "{list}: left it, last day {date}.", list=name, date=day_of(one.until, lang))


def moved_words(since: Moved, lang: str) -> str:
    """Return that register or entries have moved since a quarter was signed."""
    if since.counts:
        return text(lang, "The register has moved since: {n} of {all} counts differ today. What is shown is what was signed.", n=len(since.counts), all=since.compared)  # fmt: skip
    return text(lang, "What was entered of the areas has changed since, the register's counts have not. What is shown is what was signed.")  # fmt: skip


def notes(found: Threat, lang: str) -> list[str]:
    """Return definitions and what is left out."""
    said = [
        text(lang, "Counts are incidents that began in the quarter with a point inside the area, per 1,000 of its inhabitants in the quarter's days, with the exact 95 % Poisson range; not scaled to a year."),
        text(lang, "Before: the mean of the area's own four quarters before, scaled to as many days. More and fewer are said only of what is beyond chance (E-test), against the district by the exact binomial test; both with the false discovery rate held at 5 % over all areas and types ({n} tests).", n=number(found.judged, lang)),
        text(lang, "Drugs are found by the police: they show where the police looked, are no part of the sum, and say nothing of a trend by themselves."),
        text(lang, "{n} of the quarter's {all} incidents reported by residents have no point; they may have happened in an area and are in none of its figures. {unmapped} in all have no sector and are in no rate.", n=number(found.pointless, lang), all=number(found.reported, lang), unmapped=number(found.unmapped, lang)),
    ]  # fmt: skip
    for one in found.breaks:
        types = join_words([type_words(k, lang) for k in one.types if k in TYPES], lang)
        said.append(text(lang, "Recorded otherwise since {date}: {types}. It is not compared across that day, and the sum is compared without it.", date=day_of(one.date, lang), types=types))  # fmt: skip
    if found.provisional:
        said.append(text(lang, "Provisional: reports of the latest days are still to come, so fewer may only mean that."))  # fmt: skip
    return said
