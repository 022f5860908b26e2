"""Types that a register never has: their zeros say nothing of crime."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ypo_dash.i18n import join_words, plural
from ypo_dash.model.filters import Filters
from ypo_dash.model.tiers import require_internal
from ypo_dash.store.lru import Lru
from ypo_dash.store.query import summarise

if TYPE_CHECKING:
    from collections.abc import Collection

    from ypo_dash.store.snapshot import Snapshot

_absent = Lru(8)


def absent_types(snapshot: Snapshot, filters: Filters) -> frozenset[str]:
    """Return the types without one incident in all the data; none of those a state asks for."""
    require_internal(filters.tier)
    if filters.types or snapshot.span is None:
        return frozenset()
    return _absent.fetch(snapshot.revision, lambda: _find(snapshot))


def _find(snapshot: Snapshot) -> frozenset[str]:
    assert snapshot.span is not None  # noqa: S101 - the caller has asked
    first, last = snapshot.span
    counts = summarise(snapshot, Filters(date_from=first, date_to=last)).types
    return frozenset(
        code for code, n in zip(snapshot.taxonomy.offence, counts, strict=True) if not n
    )


def absent_words(snapshot: Snapshot, absent: Collection[str], lang: str) -> list[str]:
    """Return which types are left out of a table because no incident is ever of them."""
    names = [o.name(lang) for code, o in snapshot.taxonomy.offence.items() if code in absent]
    if not names:
        return []
    return [plural(lang, "Not in the table, because no incident in all the data is of this type (its source may not tell it apart): {types}.", "Not in the table, because no incident in all the data is of these types (its source may not tell them apart): {types}.", len(names), types=join_words(names, lang))]  # fmt: skip
