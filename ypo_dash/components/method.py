"""A quiet link from a figure to what it is, on the page Method."""

from __future__ import annotations

from dash import html

from ypo_dash.components.labels import attributes, named
from ypo_dash.i18n import text
from ypo_dash.views.method import method_address


def method_link(anchor: str, what: str, lang: str, **by_measure: str) -> html.A:
    """Return an icon that links to an entry; ``what`` is its name, a whole text of the catalogue.

    The scripts keep the language of its address the reader's.

    Parameters
    ----------
    by_measure
        The entries that it leads to instead where the map shows these measures.
    """
    names = named(what, lang, data_icon="info", data_anchor=anchor)
    return html.A(
        href=method_address(anchor, lang),
        className="method-link",
        title=text(lang, what),
        **names,
        **attributes(**{f"data_{measure}": entry for measure, entry in by_measure.items()}),
    )
