"""A quarter's evidence as plain JSON values and back, and how far the register has moved since."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from ypo_dash.figures.outline import WIDTH, Outline
from ypo_dash.store.designated import estates_of
from ypo_dash.views.threat_model import (
    AreaThreat,
    Broken,
    EffortLine,
    Figure,
    Gang,
    GangLine,
    OnList,
    PerThousand,
    Threat,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ypo_dash.store.snapshot import Snapshot

_DAYS = ("first", "last", "until")


def threat_content(found: Threat) -> dict[str, Any]:
    """Return evidence as JSON values."""
    content = asdict(found)
    return content | {name: content[name].isoformat() for name in _DAYS}


def threat_from(content: Mapping[str, Any]) -> Threat:
    """Return evidence from what `threat_content` made, in this version or an earlier one."""
    given = dict(content) | {name: date.fromisoformat(content[name]) for name in _DAYS}
    given["areas"] = tuple(_area(area) for area in content["areas"])
    given["breaks"] = tuple(
        Broken(**{**one, "types": tuple(one["types"])}) for one in content["breaks"]
    )
    return Threat(**given)


def _area(content: Mapping[str, Any]) -> AreaThreat:
    gang = content["gang"]
    given = dict(content) | {
        "sectors": tuple(content["sectors"]),
        "lists": tuple(OnList(**one) for one in content["lists"]),
        "figures": tuple(_figure(one) for one in content["figures"]),
        "gang": Gang(lines=tuple(GangLine(**line) for line in gang["lines"]), last=gang["last"]),
        "efforts": tuple(EffortLine(**one) for one in content["efforts"]),
    }
    return AreaThreat(**given)


def _figure(content: Mapping[str, Any]) -> Figure:
    places = {name: PerThousand(**content[name]) for name in ("here", "sector", "district")}
    return Figure(**{**content, **places})


def map_content(snapshot: Snapshot) -> dict[str, Any]:
    """Return the map of the areas in the district as paths of a picture: kept with the evidence."""
    outline = Outline.of(snapshot.layer_text("outline"))
    areas = Outline.of(snapshot.layer_text("designated"), "name").shapes
    return {
        "width": WIDTH,
        "height": outline.height,
        "sectors": [outline.path(s.id) for s in snapshot.sectors],
        "areas": [
            {
                "name": e.name,
                "path": outline.projection.path(areas.get(e.name, [])),
                "at": list(outline.place(e.label[1], e.label[0])),
            }
            for e in estates_of(snapshot)
        ],
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """How the register's figures of a signed quarter differ today.

    ``counts`` are area, type, count as signed, count today; ``gang`` area, as signed, today.
    ``beside`` are areas whose lists, inhabitants or efforts stand otherwise, ``areas`` those that are
    areas in one of the two alone; ``compared`` is how many counts were compared.
    """

    compared: int
    counts: tuple[tuple[str, str, int, int], ...]
    gang: tuple[tuple[str, int, int], ...]
    beside: tuple[str, ...]
    areas: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.counts or self.gang or self.beside or self.areas)

    def now(self, area: str, kind: str) -> int | None:
        """Return a count of today where it differs."""
        return next((new for a, k, _, new in self.counts if (a, k) == (area, kind)), None)


def moved(signed: Threat, today: Threat) -> Moved:
    """Compare a signed quarter with what the register and the entries say today."""
    pairs = [(area, other) for area in signed.areas if (other := today.area(area.name))]
    rows = [
        (area.name, f.type, f.here.count, other.figure(f.type).here.count)
        for area, other in pairs
        for f in area.figures
    ]
    gang = [(a.name, a.gang.count, b.gang.count) for a, b in pairs if a.gang.lines != b.gang.lines]
    others = [a.name for a, b in pairs if _rest(a) != _rest(b)]
    names = {area.name for area in signed.areas} ^ {area.name for area in today.areas}
    return Moved(
        compared=len(rows),
        counts=tuple(row for row in rows if row[2] != row[3]),
        gang=tuple(gang),
        beside=tuple(others),
        areas=tuple(sorted(names)),
    )


def _rest(area: AreaThreat) -> tuple[Any, ...]:
    return (area.lists, area.population, area.population_date, area.efforts)
