"""Which language an answer is in."""

from __future__ import annotations

from flask import request

from ypo_dash.model.filters import LANGUAGES


def wanted_language() -> str:
    """Return the first of our languages that the browser asks for; English otherwise."""
    return request.accept_languages.best_match(LANGUAGES) or "en"


def page_language() -> str:
    """Return the language of a plain page: that of its address, else the browser's."""
    lang = request.args.get("lang", "")
    return lang if lang in LANGUAGES else wanted_language()
