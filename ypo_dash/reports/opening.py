"""What a sheet begins with: the finding in a sentence, and what the state selects."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ypo_dash.i18n import text
from ypo_dash.reports.blocks import range_words, verdict_words
from ypo_dash.reports.document import Block, Text
from ypo_dash.reports.printing import state_words
from ypo_dash.views.explore import finding

if TYPE_CHECKING:
    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.compared import Compared


def lead(snapshot: Snapshot, found: Compared, lang: str) -> str:
    """Return how many, and how that stands to what is normal."""
    said = finding(found.summary, snapshot, lang)
    usual = found.all.usual
    if usual is None or usual.low is None:
        return said
    normal_, verdict = range_words(usual, lang), verdict_words(usual, lang, found.all.count)
    return (
        f"{said} {text(lang, 'Normal range {range}: {verdict}.', range=normal_, verdict=verdict)}"
    )


def state_line(snapshot: Snapshot, filters: Filters, lang: str) -> list[Block]:
    """Return what the state selects beside period and place, where it does."""
    bare = replace(filters, sectors=(), station=None)
    words = state_words(snapshot, bare, lang)
    return [Text(words)] if bare.types or bare.scenes or bare.mask is not None else []
