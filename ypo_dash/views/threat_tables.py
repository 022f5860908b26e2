"""The threat assessment as tables: what ``ypo query``, ``/export`` and the page show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from ypo_dash.model.errors import FilterError
from ypo_dash.model.quarter import Quarter
from ypo_dash.model.tiers import TIERS, require_internal
from ypo_dash.stats.etest import can_tell, e_test
from ypo_dash.stats.false_discovery import adjusted
from ypo_dash.views.tables import DIGITS, Table
from ypo_dash.views.threat import LEVEL
from ypo_dash.views.threat_model import BREAK, FEW, FEWER, MORE, NONE
from ypo_dash.views.threat_shown import NOW, latest_quarter, shown

if TYPE_CHECKING:
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.threat_model import AreaThreat, Figure, Threat
    from ypo_dash.views.threat_shown import Assessed, Shown

COLUMNS = (
    "area", "list", "population", "type", "count", "per_1000", "low", "high", "before",
    "sector_per_1000", "district_per_1000", "verdict",
)  # fmt: skip
COMPARED = ("area", "type", "count", "per_1000", "against_count", "against_per_1000", "verdict")
GANG = ("area", "date", "kind", "killed", "injured", "judged_by", "judged_on", "certainty", "note")
SAID = ("quarter", "number", "state", "area", "level", "direction", "reason", "text", "share", "signed_by", "signed_at", "snapshot", "sha256")  # fmt: skip
PARAMETERS = ("quarter", "against", "version", "area", "lang", "tier")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an address asks: a quarter, one to compare with, a version (empty: the newest signed)."""

    quarter: Quarter | None
    against: Quarter | None
    version: str
    area: str
    lang: str | None


def asked(snapshot: Snapshot, query: str) -> Asked:
    """Read a query.

    Raises
    ------
    FilterError
        A parameter is unknown or impossible.
    """
    given = dict(parse_qsl(query, keep_blank_values=True))
    for name in given:
        if name not in PARAMETERS:
            raise FilterError(name[:40], "this page does not know this parameter; use {known}", known=", ".join(PARAMETERS))  # fmt: skip
    _refuse(given, "lang", snapshot.district.languages)
    _refuse(given, "tier", TIERS)
    require_internal(given.get("tier") or TIERS[0])
    version = given.get("version", "")
    if version not in ("", NOW) and not (version.isascii() and version.isdigit() and len(version) < 4):  # fmt: skip
        raise FilterError("version", "'{value}' is unknown; use a number, or now", value=version[:40])  # fmt: skip
    one, other = (
        Quarter.parse(given[name], name) if given.get(name) else None
        for name in ("quarter", "against")
    )
    return Asked(
        quarter=one, against=other, version=version, area=given.get("area", ""),
        lang=given.get("lang") or None,
    )  # fmt: skip


def _refuse(given: dict[str, str], name: str, known: tuple[str, ...] | list[str]) -> None:
    if given.get(name) and given[name] not in known:
        raise FilterError(name, "'{value}' is unknown; use {known}", value=given[name][:40], known=", ".join(known))  # fmt: skip


def threat_table(known: Assessed, snapshot: Snapshot, query: str) -> tuple[Table, Shown]:
    """Return a quarter's figures, or two quarters compared.

    Raises
    ------
    FilterError
        A parameter is unknown or impossible.
    """
    wanted = asked(snapshot, query)
    quarter = wanted.quarter or latest_quarter(snapshot)
    found = shown(known, snapshot, quarter, wanted.version)
    areas = [a for a in found.threat.areas if wanted.area in ("", a.name)]
    if not areas:
        raise FilterError("area", "'{value}' is unknown", value=wanted.area[:40])
    if wanted.against is not None:
        other = shown(known, snapshot, wanted.against)
        rows = [row.line for row in compared(found.threat, other.threat) if wanted.area in ("", row.area)]  # fmt: skip
        return Table(COMPARED, rows), found
    return Table(COLUMNS, [_line(a, f) for a in areas for f in a.figures]), found


def _line(area: AreaThreat, f: Figure) -> tuple[Any, ...]:
    lists = ";".join(f"{one.list}:{one.since}" for one in area.lists if one.on)
    people = "" if area.population is None else int(area.population)
    rates = [f.here.rate, f.here.low, f.here.high, f.before, f.sector.rate, f.district.rate]
    return (area.name, lists, people, f.type, f.here.count, *map(_value, rates), f.verdict)


def _value(value: float | None) -> float | str:
    return "" if value is None else round(value, DIGITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A type in an area in two quarters; None where an area is in one of them alone."""

    area: str
    type: str
    now: Figure
    before: Figure | None
    verdict: str

    @property
    def line(self) -> tuple[Any, ...]:
        """A row of `COMPARED`."""
        other = self.before
        beside = ("", "") if other is None else (other.here.count, _value(other.here.rate))
        return (self.area, self.type, self.now.here.count, _value(self.now.here.rate), *beside, self.verdict)  # fmt: skip


def compared(now: Threat, before: Threat) -> list[Compared]:
    """Compare two quarters by area and type, by the E-test over their days; false findings controlled."""
    exposure = now.days / before.days
    broken = _broken_between(now, before)
    pairs = [(a.name, f, _same(before, a.name, f.type)) for a in now.areas for f in a.figures]
    p = [
        None if other is None or f.type in broken else _p(f.here.count, other.here.count, exposure)
        for _, f, other in pairs
    ]
    rows = []
    for (area, f, other), q in zip(pairs, adjusted(p), strict=True):
        verdict = BREAK if f.type in broken else _verdict(f, other, q, exposure)
        rows.append(Compared(area=area, type=f.type, now=f, before=other, verdict=verdict))
    return rows


def _same(other: Threat, area: str, kind: str) -> Figure | None:
    found = other.area(area)
    return None if found is None else found.figure(kind)


def _broken_between(now: Threat, before: Threat) -> set[str]:
    """Return the rows that are recorded otherwise in one of the quarters."""
    first, last = sorted((now, before), key=lambda t: t.first)
    days = {(b.date, b.types) for t in (now, before) for b in t.breaks}
    return {k for day, types in days if first.first.isoformat() < day <= last.until.isoformat() for k in types}  # fmt: skip


def _p(now: int, before: int, exposure: float) -> float | None:
    return e_test(now, before, exposure) if can_tell(now + before, exposure) else None


def _verdict(f: Figure, other: Figure | None, q: float | None, exposure: float) -> str:
    if other is None or q is None:
        return FEW
    if q > LEVEL:
        return NONE
    return MORE if f.here.count > other.here.count * exposure else FEWER


def gang_table(found: Threat, sectors: frozenset[str]) -> Table:
    """Return the gang-related incidents of areas in ``sectors`` one by one."""
    rows = [
        (a.name, g.date, g.kind, g.killed, g.injured, g.judged_by, g.judged_on, g.certainty, g.note)
        for a in found.areas
        if set(a.sectors) <= sectors
        for g in a.gang.lines
    ]
    return Table(GANG, rows)


def assessment_table(found: Shown) -> Table:
    """Return what a quarter's assessment says, by area; the district's words first."""
    one = found.one
    if one is None:
        return Table(SAID, [])
    evidence = found.evidence or {}
    head = (one.quarter, one.number, one.problem or one.state)
    tail = (evidence.get("signed_by", ""), evidence.get("signed_at", ""), found.threat.snapshot, one.sha256)  # fmt: skip
    names = ["-", *(a.name for a in found.threat.areas)]
    rows = []
    for name in names:
        said = one.texts.of(name)
        words = (said.level, said.direction, said.reason, said.text, "yes" if said.share else "")
        rows.append((*head, "" if name == "-" else name, *words, *tail))
    return Table(SAID, rows)
