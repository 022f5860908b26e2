"""The district's organisation: groups and posts by local station, who covers which sector, and what does not agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ypo_dash.i18n import number, plural, text
from ypo_dash.model.desk import GROUPS, Cover, Group

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from ypo_dash.store.snapshot import Sector, Snapshot

OFFICERS = "your_police_officer"
DISTRICT = ""  # the station of groups of the whole district
# The founding text's three groups: yellow, green and blue on its chart.
OPERATIONAL, ADMINISTRATIVE, PREVENTION = "operational", "administrative", "prevention"
SORTS = {
    "your_police_officer": OPERATIONAL,
    "special": OPERATIONAL,
    "investigator": OPERATIONAL,
    "case_management": ADMINISTRATIVE,
    "crime_prevention": PREVENTION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StationGroups:
    """A local station (or with id `DISTRICT` the whole district): its groups, and its sectors' posts.

    ``posts`` are by group, None where the group is not there; ``staffed`` is the sum of the posts
    of Your Police Officer that the staffing page has for its sectors, None where there are none.
    """

    id: str
    name: str
    groups: tuple[Group, ...]
    posts: dict[str, int | None]
    staffed: float | None
    covers: tuple[Cover, ...]

    @property
    def total(self) -> int:
        """All posts of the station."""
        return sum(n for n in self.posts.values() if n)


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """A sector: the posts of Your Police Officer that cover it now, and the posts that staffing has for it."""

    sector: Sector
    officers: tuple[Cover, ...]
    others: tuple[Cover, ...]
    posts: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Stations in the district's order, the whole district's own groups last where there are any."""

    stations: tuple[StationGroups, ...]
    sectors: tuple[Covered, ...]
    differences: tuple[str, ...]

    @property
    def total(self) -> int:
        """All posts of the district."""
        return sum(one.total for one in self.stations)

    def of_group(self, group: str) -> int | None:
        """Return a group's posts in the whole district; None where no station has it."""
        known = [n for one in self.stations if (n := one.posts[group]) is not None]
        return sum(known) if known else None


def organisation(
    snapshot: Snapshot, groups: Sequence[Group], covers: Iterable[Cover], day: date, lang: str
) -> Organisation:
    """Return the organisation on a day; ``groups`` and ``covers`` are all that are entered."""
    holding = [c for c in covers if _holds(c, day)]
    staffed = {row["sector_id"]: float(row["posts"]) for row in snapshot.table("posts")}
    names = {key: found[lang] for key, found in snapshot.station_names.items()}
    ids = [*names, *([DISTRICT] if any(not g.station for g in groups) else [])]
    stations = tuple(
        _station(snapshot, key, names.get(key, ""), groups, holding, staffed) for key in ids
    )
    sectors = tuple(_covered(s, holding, staffed) for s in snapshot.sectors)
    return Organisation(
        stations=stations,
        sectors=sectors,
        differences=tuple(_differences(snapshot, stations, sectors, lang)),
    )


def _holds(cover: Cover, day: date) -> bool:
    on = day.isoformat()
    return cover.since <= on and (not cover.until or cover.until >= on)


def sectors_of(cover: Cover) -> tuple[str, ...]:
    """Return the sectors that a post covers."""
    return tuple(part for part in cover.sectors.split(";") if part)


def _station(
    snapshot: Snapshot,
    key: str,
    name: str,
    groups: Sequence[Group],
    covers: Sequence[Cover],
    staffed: Mapping[str, float],
) -> StationGroups:
    mine = tuple(g for g in groups if g.station == key)
    posts: dict[str, int | None] = dict.fromkeys(GROUPS)
    for group in mine:
        posts[group.group] = (posts[group.group] or 0) + int(group.posts)
    known = [staffed[s] for s in snapshot.station_sectors.get(key, ()) if s in staffed]
    return StationGroups(
        id=key,
        name=name,
        groups=mine,
        posts=posts,
        staffed=sum(known) if known else None,
        covers=tuple(c for c in covers if c.station == key),
    )


def _covered(sector: Sector, covers: Sequence[Cover], staffed: Mapping[str, float]) -> Covered:
    here = [c for c in covers if sector.id in sectors_of(c)]
    return Covered(
        sector=sector,
        officers=tuple(c for c in here if c.group == OFFICERS),
        others=tuple(c for c in here if c.group != OFFICERS),
        posts=staffed.get(sector.id),
    )


def _differences(
    snapshot: Snapshot,
    stations: Sequence[StationGroups],
    sectors: Sequence[Covered],
    lang: str,
) -> list[str]:
    """Return in sentences where groups, covers and staffing do not agree."""
    said: list[str] = []
    for one in stations:
        said += _of_station(one, lang)
    for found in sectors:
        said += _of_sector(found, lang)
    for one in stations:
        own = set(snapshot.station_sectors.get(one.id, ()))
        said += [
            text(lang, "{post} of {name} covers sector {ids}, which is another station's.", post=c.post, name=one.name, ids=", ".join(foreign))
            for c in one.covers
            if c.group == OFFICERS and (foreign := [s for s in sectors_of(c) if s not in own])
        ]  # fmt: skip
    return said


def _of_station(one: StationGroups, lang: str) -> list[str]:
    said, posts = [], one.posts[OFFICERS]
    officers = len({c.post for c in one.covers if c.group == OFFICERS})
    if posts is not None and one.staffed is not None and posts != one.staffed:
        said.append(text(lang, "{name}: {n} posts of Your Police Officer here, {m} in staffing.", name=one.name, n=number(posts, lang), m=number(one.staffed, lang)))  # fmt: skip
    if posts is not None and officers and posts != officers:
        said.append(text(lang, "{name}: {n} posts of Your Police Officer, {m} of them are written down as covering sectors.", name=one.name, n=number(posts, lang), m=number(officers, lang)))  # fmt: skip
    return said


def _of_sector(found: Covered, lang: str) -> list[str]:
    sector, count = found.sector, len({c.post for c in found.officers})
    if not count:
        return [text(lang, "Sector {id} {name} is covered by no post of Your Police Officer.", id=sector.id, name=sector.own_name)]  # fmt: skip
    alone = all(sectors_of(c) == (sector.id,) for c in found.officers)
    if alone and found.posts is not None and found.posts != count:
        return [plural(lang, "Sector {id} {name}: covered by {n} post, staffing has {m}.", "Sector {id} {name}: covered by {n} posts, staffing has {m}.", count, id=sector.id, name=sector.own_name, m=number(found.posts, lang))]  # fmt: skip
    return []
