"""The times of a batch: start, end and report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.sources.times import (
    ABSENT,
    AMBIGUOUS,
    BAD,
    EARLY,
    LATE,
    NONEXISTENT,
    ClockRules,
    Moments,
    read_moments,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ypo_dash.sources.batches import NamedBatch
    from ypo_dash.sources.binding import Binding
    from ypo_dash.sources.context import Counts
    from ypo_dash.sources.profile import Profile
    from ypo_dash.sources.rejects import Verdicts
    from ypo_dash.sources.tables import Head

_NOTHING = np.datetime64("NaT", "s")


@dataclass(frozen=True)
class Dater:
    """Reads the times of one file.

    Parameters
    ----------
    profile, binding, head
        How the source is read, what it has, and what was found in the file.
    timezone
        The district's.
    """

    profile: Profile
    binding: Binding
    head: Head
    timezone: str

    def read(
        self, batch: NamedBatch, verdicts: Verdicts, counts: Counts
    ) -> dict[str, NDArray[np.datetime64]]:
        """Return ``start_utc``, ``end_utc`` and ``reported_utc`` of a batch.

        The end is that of the last unit stated; NaT where the start alone is known, to the minute.
        """
        begun, ended, reported = (
            self._moments(batch, ours, verdicts) for ours in ("time_from", "time_to", "reported_at")
        )
        # A coarse end comes before the start when its whole unit does.
        span = ended.end > ended.start
        backwards = (ended.end < begun.start) | (span & (ended.end <= begun.start))
        # A coarse start alone is still a span of its unit.
        alone = np.where(begun.end > begun.start, begun.end, _NOTHING)
        end = np.where(np.isnat(ended.end) | backwards, alone, ended.end)
        stands = verdicts.stands
        counts.ends_before_start += int((backwards & stands).sum())
        for moments in (begun, ended):
            counts.times_ambiguous += int(moments.has(AMBIGUOUS)[stands].sum())
            counts.times_nonexistent += int(moments.has(NONEXISTENT)[stands].sum())
        return {"start_utc": begun.start, "end_utc": end, "reported_utc": reported.start}

    def _moments(self, batch: NamedBatch, ours: str, verdicts: Verdicts) -> Moments:
        if ours not in self.binding.columns:
            return Moments.none(len(batch.lines))
        texts = batch.clock(ours)
        moments = read_moments(texts, self._rules(ours))
        written = " or ".join(self.profile.time.formats)
        reasons = {
            BAD: f"not a possible date and time of the form {written}",
            EARLY: "the date is before 1900",
            LATE: "the date is later than tomorrow",
        }
        if ours == "time_from":
            reasons[ABSENT] = "the row has no time"
        for flag, reason in reasons.items():
            verdicts.refuse(moments.has(flag), self.profile.title(ours), reason, texts)
        return moments

    def _rules(self, ours: str) -> ClockRules:
        names = self.binding.columns[ours]
        return ClockRules.of(
            self.profile.time,
            self.timezone,
            columns=len(names),
            typed=self.head.typed,
            instant=len(names) == 1 and names[0] in self.head.instants,
        )
