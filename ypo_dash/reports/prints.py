"""Prints that were just made: a preview asks for one sheet after another, the file for all of them."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from ypo_dash.reports.kinds import document, language
from ypo_dash.reports.printing import printed_words
from ypo_dash.store.lru import Lru

if TYPE_CHECKING:
    from collections.abc import Hashable

    from ypo_dash.model.filters import Filters
    from ypo_dash.reports.document import Document
    from ypo_dash.reports.printing import Printing
    from ypo_dash.store.snapshot import Snapshot

_MADE = 4  # a weekly overview's sheets are some 2 MB packed


class Prints:
    """The last prints of one process; nobody gets what was made for another's sectors."""

    def __init__(self) -> None:
        self._documents, self._sheets = Lru(_MADE), Lru(_MADE)

    def document(
        self, snapshot: Snapshot, kind: str, filters: Filters, printing: Printing
    ) -> Document:
        """Return the document of a state that has its dates.

        Raises
        ------
        FilterError
            The state is impossible for the data or for this kind.
        """
        return self._documents.fetch(
            _key(snapshot, kind, filters, printing),
            lambda: document(snapshot, kind, filters, printing),
        )

    def sheets(
        self, snapshot: Snapshot, kind: str, filters: Filters, printing: Printing
    ) -> tuple[bytes, ...]:
        """Return each sheet as an SVG picture, packed with gzip.

        Raises
        ------
        FilterError
            The state is impossible for the data or for this kind.
        """
        from ypo_dash.reports.typst import pictures_of

        def make() -> tuple[bytes, ...]:
            made = self.document(snapshot, kind, filters, printing)
            return tuple(gzip.compress(svg, 1) for svg in pictures_of(made))

        return self._sheets.fetch(_key(snapshot, kind, filters, printing), make)

    def pdf(self, snapshot: Snapshot, kind: str, filters: Filters, printing: Printing) -> bytes:
        """Return the file, with the time it is asked for.

        Raises
        ------
        FilterError
            The state is impossible for the data or for this kind.
        """
        from ypo_dash.reports.typst import pdf_of

        made = self.document(snapshot, kind, filters, printing)
        now = printed_words(snapshot, language(snapshot, filters), printing)
        return pdf_of(replace(made, printed=now))


def _key(snapshot: Snapshot, kind: str, filters: Filters, printing: Printing) -> Hashable:
    """Return all that decides over a print; what depends on the day is made anew with the hour."""
    hour = printing.now.replace(minute=0, second=0, microsecond=0)
    # A set is written in no order of its own, so it stands apart.
    desk = replace(printing, now=hour, points=frozenset())
    return (
        kind,
        filters.to_query(),
        snapshot.id,
        snapshot.revision,
        repr(snapshot.district),
        printing.points,
        hashlib.sha256(repr(desk).encode()).digest(),
    )
