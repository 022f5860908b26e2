"""Counts in words, the same on the page, in panels and in captions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ypo_dash.i18n import number, text

if TYPE_CHECKING:
    from ypo_dash.store.query import Summary


def count_text(summary: Summary, value: float, lang: str) -> str:
    """Return a count as pages show it: whole, or with one decimal under an hour or weekday mask."""
    return number(value, lang, 1 if summary.masked else 0)


def incidents_text(summary: Summary, value: float, lang: str) -> str:
    """Return "41 incidents"."""
    one = value == 1 and not summary.masked
    return text(
        lang, "{n} incident" if one else "{n} incidents", n=count_text(summary, value, lang)
    )
