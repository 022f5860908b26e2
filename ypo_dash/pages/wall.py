"""What a wall screen shows after it has signed in. The wall's own pages are not in this version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from ypo_dash.components.labels import label
from ypo_dash.model.filters import LANGUAGES

if TYPE_CHECKING:
    from dash import Dash

    from ypo_dash.store.reader import Store


def layout(lang: str | None = None, **_query: str) -> html.Div:
    """Return the page in ``lang``."""
    lang = lang if lang in LANGUAGES else "en"
    return html.Div(
        html.Section(
            [
                label("Wall screen", lang, html.H1),
                label("This screen is signed in.", lang, html.P),
                label("This version has no wall pages yet.", lang, html.P, className="quiet"),
            ],
            className="card",
        ),
        className="plain narrow",
    )


def register(_app: Dash, _store: Store) -> None:
    """Bind nothing: the page does not change."""
