"""Texts of a page: written in one language by the server, rewritten in place by the scripts."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from babel.messages.pofile import read_po
from dash import html

from ypo_dash.i18n import text

if TYPE_CHECKING:
    from collections.abc import Callable

    from dash.development.base_component import Component


def label(
    message: str, lang: str = "en", tag: Callable[..., Component] = html.Span, **props: object
) -> Component:
    """Return ``tag`` with ``message`` in ``lang``; the scripts find it by its English text."""
    return tag(text(lang, message), **{"data-text": message, **props})


def named(message: str, lang: str = "en", **more: str) -> dict[str, Any]:
    """Return the attributes that name an element without a text of its own; ``_`` stands for ``-``."""
    names = {"data-label": message, "aria-label": text(lang, message)}
    return names | {name.replace("_", "-"): value for name, value in more.items()}


def attributes(**more: str) -> dict[str, Any]:
    """Return ``data-`` and ``aria-`` attributes written with ``_`` for ``-``."""
    return {name.replace("_", "-"): value for name, value in more.items()}


@lru_cache(maxsize=8)
def script_texts(part: str) -> dict[str, dict[str, str]]:
    """Return the texts of one part of the catalogue (``da.{part}.po``) by language and English text."""
    source = files("ypo_dash.i18n") / f"da.{part}.po"
    with source.open("rb") as handle:
        messages = read_po(handle, locale="da")
    return {"da": {str(m.id): str(m.string) for m in messages if m.id and m.string}}
