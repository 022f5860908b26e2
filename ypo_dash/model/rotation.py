"""What a wall screen shows, in which order and for how long: ``wall.toml`` of a workspace.

Without the file the default stands: see `DEFAULT_SLIDES`, 20 seconds each, one briefing at 06:45,
shifts 7-15, 15-23 and 23-7, dark.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING, Any

from ypo_dash.model.briefings import parse_time
from ypo_dash.model.errors import FilterError, InputError
from ypo_dash.model.hours import Hours

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "wall.toml"
THEMES = ("dark", "light")
SECONDS = (5, 600)
EVERY = (1, 50)
MOST_SLIDES = 60
MOST_BRIEFINGS = 12
KINDS = (
    "briefing",
    "station",
    "unusual",
    "sectors",
    "sector",
    "nights",
    "shift",
    "card",
    "hotspots",
    "staffing",
    "safety",
    "notice",
    "state",
)
_SETTINGS = ("theme", "lang", "seconds", "briefings", "shifts", "slides")
_OF_SLIDE = ("kind", "seconds", "every", "state", "station", "sector", "on")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlideSpec:
    """One entry of a rotation; it may become several slides.

    ``seconds`` None stands for the rotation's own, ``every`` 4 for "in every fourth round". A spec
    that is not ``on`` keeps its place for the page that arranges them.
    """

    kind: str
    seconds: int | None = None
    every: int = 1
    state: str = ""
    station: str = ""
    sector: str = ""
    on: bool = True


DEFAULT_SLIDES = (
    SlideSpec(kind="notice"),
    SlideSpec(kind="briefing"),
    SlideSpec(kind="unusual"),
    SlideSpec(kind="shift"),
    SlideSpec(kind="card", every=2),
    SlideSpec(kind="station"),
    SlideSpec(kind="sectors"),
    SlideSpec(kind="sector"),
    SlideSpec(kind="nights"),
    SlideSpec(kind="hotspots", every=2),
    SlideSpec(kind="staffing", every=4),
    SlideSpec(kind="safety", every=4),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """A wall's arrangement. ``lang`` is empty where the district's first language is meant."""

    theme: str = "dark"
    lang: str = ""
    seconds: int = 20
    briefings: tuple[time, ...] = (time(6, 45),)
    shifts: tuple[Hours, ...] = (Hours(7, 15), Hours(15, 23), Hours(23, 7))
    slides: tuple[SlideSpec, ...] = DEFAULT_SLIDES

    @classmethod
    def read(cls, path: Path) -> Rotation:
        """Read ``wall.toml``; the default where there is none.

        Raises
        ------
        InputError
            The file is not TOML, or a setting is unknown or impossible; it names it.
        """
        if not path.exists():
            return cls()
        try:
            found = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InputError(f"not a TOML file: {error}", file=path) from error
        return cls.of(found, path)

    @classmethod
    def of(cls, found: Mapping[str, Any], file: object = None) -> Rotation:
        """Read the settings of a rotation; what is left out is as by default.

        Raises
        ------
        InputError
            A setting is unknown or impossible; it names file, key, value and remedy.
        """
        read = _Reader(file)
        read.known(found, _SETTINGS, "")
        slides, usual = found.get("slides"), cls()
        if slides is not None and not isinstance(slides, list):
            raise read.wrong("slides", slides, "Write each slide as [[slides]]")
        if slides is not None and not 1 <= len(slides) <= MOST_SLIDES:
            raise read.wrong("slides", len(slides), f"Give 1 to {MOST_SLIDES} slides")
        return cls(
            theme=read.one_of(found, "theme", THEMES, usual.theme),
            lang=read.one_of(found, "lang", ("da", "en"), ""),
            seconds=read.whole(found, "seconds", SECONDS, usual.seconds),
            briefings=read.briefings(found.get("briefings")) or usual.briefings,
            shifts=read.shifts(found["shifts"]) if "shifts" in found else usual.shifts,
            slides=usual.slides
            if slides is None
            else tuple(read.slide(entry, i) for i, entry in enumerate(slides, 1)),
        )

    def content(self) -> dict[str, Any]:
        """Return the rotation as ``wall.toml`` and a stored document have it."""
        slides = []
        for spec in self.slides:
            given = {name: getattr(spec, name) for name in _OF_SLIDE}
            default = SlideSpec(kind=spec.kind)
            slides.append(
                {k: v for k, v in given.items() if k == "kind" or v != getattr(default, k)}
            )
        return {
            "theme": self.theme,
            **({"lang": self.lang} if self.lang else {}),
            "seconds": self.seconds,
            "briefings": [f"{at:%H:%M}" for at in self.briefings],
            "shifts": [str(shift) for shift in self.shifts],
            "slides": slides,
        }


class _Reader:
    """Reads settings and says, of a wrong one, where it stands and what to write."""

    def __init__(self, file: object) -> None:
        self.file = file

    def wrong(self, key: str, value: object, remedy: str) -> InputError:
        return InputError(
            "this setting is not possible", file=self.file, column=key, value=value, remedy=remedy
        )

    def known(self, found: Mapping[str, Any], names: tuple[str, ...], where: str) -> None:
        for name in found:
            if name not in names:
                key = f"{where}.{name}" if where else str(name)
                raise self.wrong(key, name, f"Known here are {', '.join(names)}")

    def one_of(
        self, found: Mapping[str, Any], key: str, allowed: tuple[str, ...], default: str
    ) -> str:
        value = found.get(key, default)
        if value != default and value not in allowed:
            raise self.wrong(key, value, f"Use {' or '.join(allowed)}")
        return str(value)

    def whole(
        self, found: Mapping[str, Any], key: str, limits: tuple[int, int], default: int
    ) -> int:
        value = found.get(key.rpartition(".")[2], default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.wrong(key, value, f"Use a whole number from {limits[0]} to {limits[1]}")
        if not limits[0] <= value <= limits[1]:
            raise self.wrong(key, value, f"Use a whole number from {limits[0]} to {limits[1]}")
        return value

    def briefings(self, value: object) -> tuple[time, ...]:
        if value is None:
            return ()
        remedy = f'Write 1 to {MOST_BRIEFINGS} local times such as ["06:45", "22:45"]'
        if not isinstance(value, list) or not 1 <= len(value) <= MOST_BRIEFINGS:
            raise self.wrong("briefings", value, remedy)
        found = [parse_time(part) if isinstance(part, str) else None for part in value]
        for part, at in zip(value, found, strict=True):
            if at is None:
                raise self.wrong("briefings", part, remedy)
        return tuple(sorted({at for at in found if at is not None}))

    def shifts(self, value: object) -> tuple[Hours, ...]:
        remedy = 'Write hours such as ["7-15", "15-23", "23-7"]'
        if not isinstance(value, list) or len(value) > MOST_BRIEFINGS:
            raise self.wrong("shifts", value, remedy)
        found = []
        for part in value:
            try:
                hours = Hours.parse(part) if isinstance(part, str) else None
            except FilterError:
                hours = None
            if hours is None:
                raise self.wrong("shifts", part, remedy)
            found.append(hours)
        return tuple(found)

    def slide(self, entry: object, place: int) -> SlideSpec:
        where = f"slides[{place}]"
        if not isinstance(entry, dict):
            raise self.wrong(where, entry, "Write each slide as [[slides]]")
        self.known(entry, _OF_SLIDE, where)
        kind = entry.get("kind")
        if kind not in KINDS:
            raise self.wrong(f"{where}.kind", kind, f"Use one of {', '.join(KINDS)}")
        texts = {name: entry.get(name, "") for name in ("state", "station", "sector")}
        for name, value in texts.items():
            if not isinstance(value, str):
                raise self.wrong(f"{where}.{name}", value, "Write it in quotation marks")
        if kind == "state" and not texts["state"]:
            raise self.wrong(f"{where}.state", "", 'Write the state, such as "types=BURGLARY"')
        if not isinstance(entry.get("on", True), bool):
            raise self.wrong(f"{where}.on", entry["on"], "Use true or false")
        seconds = (
            self.whole(entry, f"{where}.seconds", SECONDS, SECONDS[0])
            if "seconds" in entry
            else None
        )
        return SlideSpec(
            kind=str(kind),
            seconds=seconds,
            every=self.whole(entry, f"{where}.every", EVERY, 1),
            on=entry.get("on", True),
            **texts,
        )
