"""The caption of a state, in Danish and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ypo_dash.i18n import format_period, join_words, text, weekday_names

if TYPE_CHECKING:
    from ypo_dash.model.filters import Filters, Vocabulary

_MANY = 4


def describe(filters: Filters, vocabulary: Vocabulary, lang: str) -> str:
    """Return what ``filters`` selects: types, scenes, time, place and period."""
    parts = [
        _types(filters, vocabulary, lang),
        _scenes(filters, vocabulary, lang),
        _time(filters, lang),
    ]
    parts += _place(filters, vocabulary, lang)
    parts.append(format_period(*filters.period(vocabulary.span), lang=lang))
    caption = ", ".join(part for part in parts if part)
    return caption[:1].upper() + caption[1:]


def _types(filters: Filters, vocabulary: Vocabulary, lang: str) -> str:
    if not filters.types:
        return text(lang, "all types")
    names: list[str] = []
    left = set(filters.types)
    for codes in vocabulary.taxonomy.groups.values():
        offences = [vocabulary.taxonomy.offence[c] for c in codes if c in left]
        if len(offences) == len(codes) > 1:
            names.append(offences[0].group_name(lang).lower())
        else:
            names += [_lower(o.name(lang)) for o in offences]
    if len(names) > _MANY:
        return text(lang, "{n} types", n=len(filters.types))
    return join_words(names, lang)


def _scenes(filters: Filters, vocabulary: Vocabulary, lang: str) -> str:
    if not filters.scenes:
        return ""
    if len(filters.scenes) > _MANY:
        return text(lang, "{n} scenes", n=len(filters.scenes))
    names = [vocabulary.taxonomy.scene[c].name(lang).lower() for c in filters.scenes]
    return text(lang, "scene {names}", names=join_words(names, lang))


def _time(filters: Filters, lang: str) -> str:
    days = _day_names(filters.days, lang)
    if filters.hours is None:
        return days
    span = f"{filters.hours.start:02d}-{filters.hours.end:02d}"
    if filters.hours.wraps:
        return text(lang, "nights {days} {span}", days=days, span=span).replace("  ", " ")
    return f"{days} {text(lang, 'at {span}', span=span)}".strip()


def _day_names(days: tuple[int, ...], lang: str) -> str:
    names = [weekday_names(lang)[d - 1] for d in days]
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{names[0]}–{names[-1]}"
    return join_words(names, lang)


def _place(filters: Filters, vocabulary: Vocabulary, lang: str) -> list[str]:
    parts = []
    if filters.sectors:
        if len(filters.sectors) == 1:
            code = filters.sectors[0]
            name = vocabulary.sector_names[code]
            own = "" if name == code else name
            parts.append(text(lang, "sector {id} {name}", id=code, name=own).rstrip())
        else:
            parts.append(text(lang, "sectors {ids}", ids=join_words(list(filters.sectors), lang)))
    if filters.station is not None:
        names = vocabulary.station_names.get(filters.station, {})
        parts.append(text(lang, "local station {name}", name=names.get(lang, filters.station)))
    if filters.cell is not None:
        parts.append(text(lang, "hexagon {cell}", cell=filters.cell))
    return parts


def _lower(name: str) -> str:
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
