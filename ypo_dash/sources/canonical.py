"""Raw batches to canonical incidents and rejects."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ypo_dash.model.errors import InputError
from ypo_dash.sources.batches import NamedBatch, is_blank
from ypo_dash.sources.context import Counts
from ypo_dash.sources.dating import Dater
from ypo_dash.sources.identity import RowIds
from ypo_dash.sources.locating import Locator
from ypo_dash.sources.rejects import Verdicts
from ypo_dash.sources.tables import in_order
from ypo_dash.sources.words import WordBook

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from ypo_dash.sources.binding import Binding
    from ypo_dash.sources.context import SourceContext
    from ypo_dash.sources.profile import Profile
    from ypo_dash.sources.tables import Head, RawBatch

ROW_COLUMNS = (
    "incident_id",
    "type",
    "scene",
    "start_utc",
    "end_utc",
    "reported_utc",
    "lat",
    "lon",
    "area",
    "line",
)


class Canoniser:
    """Turns the batches of one file into canonical rows.

    Parameters
    ----------
    profile, binding, head
        How the source is read, what it has, and what was found in the file.
    context
        The district.
    """

    def __init__(
        self, profile: Profile, binding: Binding, head: Head, context: SourceContext
    ) -> None:
        self.counts = Counts()
        self._profile, self._binding = profile, binding
        self._words = WordBook(profile, context.taxonomy)
        self._dater = Dater(profile, binding, head, context.timezone)
        self._locator = Locator(profile, binding, head, context)
        self._ids = RowIds()
        self._reasons: Counter[str] = Counter()

    def take(self, raw: RawBatch) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return canonical rows and rejects of a batch."""
        self.counts.read += len(raw) + len(raw.rejects)
        batch = NamedBatch(raw, self._binding)
        self.counts.filtered += batch.keep(self._profile.filter)
        verdicts = Verdicts(batch.lines)
        parts = {
            "incident_id": self._identify(batch, verdicts),
            **self._name(batch, verdicts),
            **self._dater.read(batch, verdicts, self.counts),
            **self._locator.read(batch, verdicts),
            "line": batch.lines,
        }
        rejects = in_order([raw.rejects, verdicts.frame()])
        self.counts.rejected += len(rejects)
        pairs = zip(rejects["column"], rejects["reason"], strict=True)
        self._reasons.update(
            f"{column}: {reason}" if column else reason for column, reason in pairs
        )
        return _frame(parts, verdicts.stands), rejects

    def check(self, path: Path) -> None:
        """Refuse the file as a whole, once all batches are taken.

        Raises
        ------
        InputError
            It has no rows, words without meaning, points that are nowhere near, or no good row.
        """
        counts = self.counts
        if not counts.read:
            raise InputError("the file has a header and no rows", file=path)
        self._words.check(path)
        self._locator.check(path)
        if counts.rejected and counts.rejected + counts.filtered == counts.read:
            listed = "; ".join(f"{why} ({n:,})" for why, n in self._reasons.most_common(5))
            raise InputError(
                f"all {counts.rejected:,} rows were rejected: {listed}",
                file=path,
                remedy="Compare the profile's columns and formats with the file",
            )

    def _identify(self, batch: NamedBatch, verdicts: Verdicts) -> pa.Array:
        # Ids are kept to the letter: two that differ by a space are two.
        named = batch.column("incident_id", trim=False)
        if not self._binding.whole_row:
            title = self._profile.title("incident_id")
            verdicts.refuse(is_blank(named), title, "the row has no incident id", named)
            return named
        hashed, again = self._ids.of(batch.whole())
        blank = is_blank(named)
        self.counts.identical_rows += int((again & blank).sum())
        return pc.if_else(pa.array(blank), hashed, named)

    def _name(self, batch: NamedBatch, verdicts: Verdicts) -> dict[str, pa.Array]:
        words = batch.column("type")
        types, lost = self._words.types(words)
        verdicts.refuse(lost, self._profile.title("type"), "the row has no type", words)
        return {"type": types, "scene": self._words.scenes(batch.column("scene"), words)}


def _frame(
    parts: Mapping[str, pa.Array | NDArray[np.generic]], stands: NDArray[np.bool_]
) -> pd.DataFrame:
    """Return the rows that stand, with ``ROW_COLUMNS``."""
    whole, chosen = bool(stands.all()), pa.array(stands)
    columns: dict[str, object] = {}
    for name in ROW_COLUMNS:
        part = parts[name]
        if isinstance(part, np.ndarray):
            columns[name] = part if whole else part[stands]
        else:
            columns[name] = _strings(part if whole else part.filter(chosen))
    return pd.DataFrame(columns, copy=False)


def _strings(texts: pa.Array) -> object:
    """Return texts as pandas keeps them, without a copy; nulls are missing values."""
    kind: Any = pd.StringDtype("pyarrow", na_value=np.nan)
    return kind.__from_arrow__(texts)
