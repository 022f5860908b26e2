"""The efforts of a desk: how far each is, and what counts of before and during it can tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from ypo_dash.i18n import format_date, text
from ypo_dash.model.errors import FilterError
from ypo_dash.model.evaluated import Evaluated
from ypo_dash.model.filters import Filters
from ypo_dash.model.hours import Hours
from ypo_dash.views.effort import Evaluation, Told, evaluate, sentence, told_sentence
from ypo_dash.views.tables import DIGITS, count_value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ypo_dash.model.desk import Effort
    from ypo_dash.store.snapshot import Snapshot

PLANNED, RUNNING, REVIEW, ENDED = STATES = ("planned", "running", "review", "ended")
STATE_NAMES = {
    PLANNED: "Planned",
    RUNNING: "Running",
    REVIEW: "To review",
    ENDED: "Ended",
}
NOT_BEGUN, NO_COMPARISON, OUT_OF_REACH = "not_begun", "no_comparison", "out_of_reach"


def state_of(entry: Effort, day: date) -> str:
    """Return how far an effort is on a day; one whose day of review or last day is over waits for it."""
    today = day.isoformat()
    if entry.start > today:
        return PLANNED
    if not entry.reviewed and (entry.review <= today or entry.end < today):
        return REVIEW
    return RUNNING if entry.end >= today else ENDED


def is_on(entry: Effort, day: date) -> bool:
    """Whether an effort goes on on a day, reviewed or not."""
    return entry.start <= day.isoformat() <= entry.end


def by_state(entries: Iterable[Effort], day: date) -> dict[str, list[Effort]]:
    """Return the efforts by state: what waits longest first, the ended ones newest first."""
    found: dict[str, list[Effort]] = {state: [] for state in STATES}
    for entry in sorted(entries, key=lambda e: (e.review, e.start, e.key)):
        found[state_of(entry, day)].append(entry)
    found[ENDED].sort(key=lambda e: e.end, reverse=True)
    return found


def filters_of(entry: Effort) -> Filters:
    """Return the state of an effort's types and hours; dates and place are the effort's."""
    return Filters(types=_parts(entry.types), hours=Hours.parse(entry.hours) if entry.hours else None)  # fmt: skip


def _parts(given: str) -> tuple[str, ...]:
    return tuple(part for part in given.split(";") if part)


def fields_of(entry: Effort, last: date) -> dict[str, str]:
    """Return an effort as the fields of `ypo_dash.views.effort`; one that goes on ends with the data."""
    areas = {
        name: getattr(entry, name).replace(";", ",")
        for name in ("place", "against", "near", "near_against")
    }
    fields = {
        **areas,
        "start": entry.start,
        "end": min(entry.end, last.isoformat()),
        "before": entry.before or "previous",
    }
    return {name: value for name, value in fields.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What can be told of an effort: an evaluation, or ``why`` there is none, and that in words.

    ``address`` is the query of ``/analysis/effort`` and of ``ypo query effort`` with the same numbers.
    """

    found: Evaluation | None
    why: str
    words: str
    address: str

    def kept(self, snapshot: str) -> Evaluated:
        """Return the figures as a review keeps them."""
        if self.found is None:
            return Evaluated(snapshot=snapshot, why=self.why, counts={}, estimates={})
        one = self.found
        return Evaluated(
            snapshot=snapshot,
            verdict=one.verdict,
            period=one.effort.period,
            before=one.effort.before,
            expected=None if one.expected is None else round(one.expected, DIGITS),
            counts={k: (count_value(p.before), count_value(p.after)) for k, p in one.counts.items()},
            estimates={
                name: (round(e.value, DIGITS), round(e.low, DIGITS), round(e.high, DIGITS))
                for name, e in one.estimates()
            },
        )  # fmt: skip


def outcome(snapshot: Snapshot, entry: Effort, lang: str) -> Outcome:
    """Return what the data tell of an effort now."""
    span = snapshot.span
    if span is None or entry.start > span[1].isoformat():
        last = format_date(span[1], lang) if span else "–"
        start = format_date(date.fromisoformat(entry.start), lang)
        said = text(lang, "Nothing to tell yet: it begins on {start}, the data end on {last}.", start=start, last=last)  # fmt: skip
        return Outcome(found=None, why=NOT_BEGUN, words=said, address="")
    if not entry.against:
        said = text(lang, "No comparison is given, so what would have happened without it can't be told.")  # fmt: skip
        return Outcome(found=None, why=NO_COMPARISON, words=said, address="")
    filters, fields = filters_of(entry), fields_of(entry, span[1])
    address = urlencode([*_query(filters), *fields.items()], safe=",:")
    try:
        found = evaluate(snapshot, filters, fields)
    except FilterError as error:
        said = text(lang, "It can't be evaluated: {why}.", why=error.problem(lang).rstrip("."))
        return Outcome(found=None, why=OUT_OF_REACH, words=said, address=address)
    return Outcome(found=found, why="", words=sentence(found, lang), address=address)


def _query(filters: Filters) -> list[tuple[str, str]]:
    given = {"types": ",".join(filters.types), "hours": str(filters.hours or "")}
    return [(name, value) for name, value in given.items() if value]


WHY_NOT = {
    NOT_BEGUN: "It had not begun in the data of then.",
    NO_COMPARISON: "No comparison was given.",
    OUT_OF_REACH: "It could not be evaluated with the data of then.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What a review went by: the sentence of then, its snapshot, and whether the same days count otherwise now."""

    words: str
    snapshot: str
    figures: Evaluated
    moved: bool


def reviewed(snapshot: Snapshot, entry: Effort, lang: str) -> Reviewed | None:
    """Return what an effort's review went by; None where nothing was kept."""
    if not entry.evaluated:
        return None
    then = Evaluated.read(entry.evaluated)
    return Reviewed(
        words=kept_words(then, lang), snapshot=then.snapshot, figures=then,
        moved=_has_moved(snapshot, entry, then),
    )  # fmt: skip


def _has_moved(snapshot: Snapshot, entry: Effort, then: Evaluated) -> bool:
    """Whether the days of then are counted otherwise now: a longer effort would be another question."""
    if then.period is None or snapshot.span is None:
        return False
    fields = {**fields_of(entry, snapshot.span[1]), "end": then.period[1].isoformat()}
    try:
        found = evaluate(snapshot, filters_of(entry), fields)
    except FilterError:
        return True
    return then.counts != {k: (count_value(p.before), count_value(p.after)) for k, p in found.counts.items()}  # fmt: skip


def kept_words(then: Evaluated, lang: str) -> str:
    """Return the sentence of figures that were kept."""
    place = then.counts.get("place")
    if then.period is None or place is None:
        return text(lang, WHY_NOT.get(then.why, WHY_NOT[OUT_OF_REACH]))
    scaled = then.estimates.get("in_proportion")
    one = Told(
        period=then.period, after=place[1], expected=then.expected, scaled=scaled,
        verdict=then.verdict,
    )  # fmt: skip
    return told_sentence(one, lang)
