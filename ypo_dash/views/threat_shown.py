"""A quarter as it is shown: what was signed, or else what register and entries say today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ypo_dash.model.assessment import Texts
from ypo_dash.model.errors import FilterError
from ypo_dash.people.assessing import newest, signed_evidence
from ypo_dash.people.assessments import Assessment, assessments
from ypo_dash.views.threat import quarters_of_data, threat
from ypo_dash.views.threat_evidence import map_content, threat_from
from ypo_dash.views.threat_lists import NO_ENTRIES, ThreatEntries, threat_entries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ypo_dash.model.quarter import Quarter
    from ypo_dash.people.access import Access
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.threat_model import Threat

NOW = "now"  # a version: the register as it is today, whatever was signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """What people have entered and written, as far as it is read: all that a print is made of."""

    entries: ThreatEntries = NO_ENTRIES
    every: tuple[Assessment, ...] = ()

    def of(self, quarter: Quarter) -> tuple[Assessment, ...]:
        """Return a quarter's assessments by their number."""
        return tuple(one for one in self.every if one.quarter == str(quarter))


NOTHING_ASSESSED = Assessed()


def assessed(access: Access) -> Assessed:
    """Return what stands now; nothing is created by looking."""
    return Assessed(entries=threat_entries(access), every=tuple(assessments(access)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A quarter as it is shown: ``evidence`` is what was signed, else None and the figures are today's.

    ``one`` is the assessment they belong to (None: none begun), ``all`` those of the quarter,
    ``map`` the areas as paths, ``before`` levels and directions of the quarter before as signed.
    """

    threat: Threat
    one: Assessment | None
    all: tuple[Assessment, ...]
    evidence: dict[str, Any] | None
    map: dict[str, Any]
    before: dict[str, Any] | None

    @property
    def levels_before(self) -> dict[str, tuple[str, str]]:
        """Level and direction by area, as signed for the quarter before."""
        levels = (self.before or {}).get("levels", {})
        return {name: (pair[0], pair[1]) for name, pair in levels.items()}

    @property
    def texts(self) -> Texts:
        """What the assessment says; nothing where there is none, or it was altered."""
        return self.one.texts if self.one is not None and not self.one.problem else Texts()


def shown(known: Assessed, snapshot: Snapshot, quarter: Quarter, version: str = "") -> Shown:
    """Return a quarter: what was signed where it was, and is unaltered, else what the register has now.

    Raises
    ------
    FilterError
        There is no such version, or neither a signature nor data of the quarter.
    """
    every = known.of(quarter)
    one = newest(every)
    if version not in ("", NOW):
        one = next((a for a in every if a.number == int(version)), None)
        if one is None:
            raise FilterError("version", "there is no version {value} of this quarter", value=version)  # fmt: skip
    if one is not None and one.is_signed and version != NOW:
        signed = signed_evidence(one)
        return Shown(
            threat=threat_from(signed["figures"]), one=one, all=every, evidence=signed,
            map=signed["map"], before=signed["before"],
        )  # fmt: skip
    today = threat(snapshot, known.entries, quarter)
    return Shown(
        threat=today, one=one, all=every, evidence=None, map=map_content(snapshot),
        before=signed_before(known.every, quarter),
    )  # fmt: skip


def signed_before(every: Sequence[Assessment], quarter: Quarter) -> dict[str, Any] | None:
    """Return levels and directions of the quarter before as they were signed; None where none was."""
    name = str(quarter.moved(-1))
    one = newest([a for a in every if a.quarter == name])
    if one is None or not one.is_signed:
        return None
    parts = signed_evidence(one)["parts"]
    levels = {name: [said["level"], said["direction"]] for name, said in parts.items() if said["level"]}  # fmt: skip
    return {"quarter": one.quarter, "number": one.number, "sha256": one.sha256, "levels": levels}


def latest_quarter(snapshot: Snapshot) -> Quarter:
    """Return the latest whole quarter of the data; the one in progress where there is none.

    Raises
    ------
    FilterError
        No quarter begins within the data.
    """
    known = quarters_of_data(snapshot)
    span = snapshot.span
    whole = [q for q in known if span and q.last <= span[1]]
    if not known:
        raise FilterError("quarter", "the data hold no quarter yet")
    return (whole or known)[0]
