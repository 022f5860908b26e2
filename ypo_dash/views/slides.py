"""The slides of a wall: which ones a rotation has now, and each of them made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from ypo_dash.i18n import text
from ypo_dash.model.errors import FilterError
from ypo_dash.store.gaps import is_coarse
from ypo_dash.views import (
    slide_briefing,
    slide_hours,
    slide_people,
    slide_places,
    slide_state,
    slide_unusual,
)
from ypo_dash.views.slide import Slide
from ypo_dash.views.slide_state import shown_notices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ypo_dash.model.rotation import SlideSpec
    from ypo_dash.views.slide import Wall

__all__ = ["OWN", "Ref", "build", "expand", "shown_notices"]
_BY_WEEK = ("unusual", "nights", "shift")  # say nothing where a source tells the month alone
OWN = ("kind", "station", "sector", "finding", "notice", "theme")
"""Parameters of a slide beside its state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """A slide that a rotation has now: its key, what it is asked for by, how long it stands."""

    key: str
    query: str
    seconds: int
    every: int


def expand(wall: Wall) -> tuple[Ref, ...]:
    """Return the slides of a rotation now; a kind that has nothing to show here is left out."""
    only = ("notice",) if wall.snapshot.span is None else ()
    found = tuple(_refs(wall, only))
    # Without anything to show, the slide that says so.
    return found or (
        Ref(key="briefing", query="kind=briefing", seconds=wall.rotation.seconds, every=1),
    )


def build(wall: Wall, kind: str, given: Mapping[str, str], state: str = "") -> Slide | None:
    """Return one slide; None where it is gone: a notice that ended, a finding of another week.

    Where the data allow no comparison, the slide says why.

    Raises
    ------
    FilterError
        The kind, a parameter or the state is unknown or impossible.
    """
    if kind not in _KINDS:
        raise FilterError("kind", "'{value}' is unknown; use {known}", value=kind[:40], known=", ".join(_KINDS))  # fmt: skip
    if state and kind != "state":
        raise FilterError(state.partition("=")[0][:40], "only a slide of the kind state has one")
    if kind == "state":
        return slide_state.state(wall, state)
    if kind == "notice":
        return _notice(wall, given)
    if wall.snapshot.span is None:
        return _without(wall, kind, text(wall.lang, "There are no incidents yet."))
    place = {name: _place(wall, name, given[name]) for name in ("station", "sector") if given.get(name)}  # fmt: skip
    try:
        return _KINDS[kind](wall, {**given, **place})
    except FilterError as error:
        return _without(wall, kind, error.problem(wall.lang))


def _without(wall: Wall, kind: str, why: str) -> Slide:
    said = text(wall.lang, "Nothing can be compared here.")
    return Slide(key=kind, place=wall.snapshot.district.name, sentence=said, lines=(why,))


def _place(wall: Wall, name: str, value: str) -> str:
    known = wall.snapshot.station_sectors if name == "station" else wall.snapshot.sector_names
    if value not in known:
        raise FilterError(name, "'{value}' is unknown; known are {known}", value=value[:60], known=", ".join(known))  # fmt: skip
    return value


def _notice(wall: Wall, given: Mapping[str, str]) -> Slide | None:
    told = next((n for n in wall.notices if n.key == given.get("notice")), None)
    return slide_state.notice(wall, told) if told else None


def _station(wall: Wall, given: Mapping[str, str]) -> Slide | None:
    station = given.get("station") or next(iter(wall.snapshot.station_sectors), "")
    return slide_places.station(wall, station) if station else None


def _sector(wall: Wall, given: Mapping[str, str]) -> Slide | None:
    return slide_places.sector(wall, given.get("sector") or slide_places.focus(wall))


_KINDS: dict[str, Callable[[Wall, Mapping[str, str]], Slide | None]] = {
    "briefing": lambda wall, _given: slide_places.briefing(wall),
    "station": _station,
    "unusual": lambda wall, given: slide_unusual.unusual(wall, given.get("finding", "")),
    "sectors": lambda wall, _given: slide_places.sectors(wall),
    "sector": _sector,
    "nights": lambda wall, _given: slide_hours.nights(wall),
    "shift": lambda wall, _given: slide_hours.shift(wall),
    "card": lambda wall, given: slide_briefing.card(wall, given.get("sector", "")),
    "hotspots": lambda wall, _given: slide_unusual.hot_spots(wall),
    "staffing": lambda wall, _given: slide_people.staffing(wall),
    "safety": lambda wall, _given: slide_people.safety(wall),
    "notice": _notice,
    "state": lambda wall, given: slide_state.state(wall, given.get("state", "")),
}


def _refs(wall: Wall, only: tuple[str, ...] = ()) -> Iterator[Ref]:
    taken: set[str] = set()
    for spec in wall.rotation.slides:
        if not spec.on or (only and spec.kind not in only):
            continue
        for key, query in _each(wall, spec):
            if key not in taken:
                taken.add(key)
                seconds = spec.seconds or wall.rotation.seconds
                yield Ref(key=key, query=query, seconds=seconds, every=spec.every)


def _each(wall: Wall, spec: SlideSpec) -> Iterator[tuple[str, str]]:
    """Yield key and query of the slides that one entry of the rotation stands for."""
    kind = spec.kind
    if kind in _BY_WEEK and is_coarse(wall.snapshot):
        return
    if kind == "state":
        yield f"state-{spec.state}", f"kind=state&{spec.state}"
        return
    name, values = _VALUES[kind](wall, spec) if kind in _VALUES else ("", [""])
    for value in values:
        pairs = {"kind": kind, **({name: value} if value else {})}
        yield f"{kind}-{value}" if value else kind, urlencode(pairs)


def _stations(wall: Wall, spec: SlideSpec) -> tuple[str, list[str]]:
    return "station", [spec.station] if spec.station else list(wall.snapshot.station_sectors)


def _findings(wall: Wall, _spec: SlideSpec) -> tuple[str, list[str]]:
    try:
        return "finding", slide_unusual.findings(wall) or [""]
    except FilterError:
        return "finding", [""]


def _sectors(_wall: Wall, spec: SlideSpec) -> tuple[str, list[str]]:
    return "sector", [spec.sector]


def _notices(wall: Wall, _spec: SlideSpec) -> tuple[str, list[str]]:
    return "notice", [n.key for n in wall.notices]


def _has_hours(wall: Wall) -> bool:
    """Whether incidents are dated nearer than by the month."""
    return not is_coarse(wall.snapshot)


def _if_known(build_one: Callable[[Wall], Slide | None]) -> Callable[..., tuple[str, list[str]]]:
    """Return what leaves a kind out where there is nothing to show of it."""
    return lambda wall, _spec: ("", [""] if build_one(wall) is not None else [])


_VALUES: dict[str, Callable[[Wall, SlideSpec], tuple[str, list[str]]]] = {
    "station": _stations,
    "unusual": _findings,
    "sector": _sectors,
    "notice": _notices,
    "card": lambda wall, spec: ("sector", slide_briefing.sectors(wall, spec.station, spec.sector)),
    "shift": lambda wall, _spec: ("", [""] if wall.rotation.shifts and _has_hours(wall) else []),
    "nights": lambda wall, _spec: ("", [""] if _has_hours(wall) else []),
    "staffing": _if_known(slide_people.staffing),
    "safety": _if_known(slide_people.safety),
}
