"""Import profiles: how a source's columns, times, places and words become ours."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ypo_dash.model.errors import InputError
from ypo_dash.sources.profile_check import Settings, check

if TYPE_CHECKING:
    from collections.abc import Iterator

PROFILES = Path(__file__).parent / "profiles"
TEMPLATE = "template"
TRUST_OFFSET = "trust-offset"
REFUSE = "refuse"
ANY_WORD = "*"
# A key of many parts costs the parser their square in memory; a profile has keys of two.
SIZE_LIMIT, DOTS_LIMIT = 1 << 20, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOptions:
    """How the file is laid out; None means: found by looking."""

    delimiter: str | None = None
    encoding: str | None = None
    decimal: str | None = None
    sheet: str | None = None
    layer: str | None = None
    header_row: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Where one of our columns comes from: some of theirs, joined, or a constant.

    An ``optional`` column (written with a question mark behind it) may be absent from the file.
    """

    names: tuple[str, ...] = ()
    constant: str | None = None
    optional: bool = False

    @property
    def title(self) -> str:
        """The column as a message names it."""
        return " + ".join(self.names) if self.constant is None else f"={self.constant}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOptions:
    """Formats of the clock, the zone it shows, and the finest unit that it states.

    ``timezone`` is an IANA name, ``trust-offset``, or None for offsets where they stand and the
    district's own zone elsewhere. ``precision`` None takes the unit that the format ends with.
    """

    formats: tuple[str, ...] = ("iso",)
    timezone: str | None = None
    precision: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOptions:
    """The coordinate system of the points, and the pairs that mean "withheld"."""

    crs: str | None = None
    missing: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A parsed import profile. ``columns`` maps our column names to theirs."""

    name: str
    columns: dict[str, Column]
    file: FileOptions = field(default_factory=FileOptions)
    time: TimeOptions = field(default_factory=TimeOptions)
    place: PlaceOptions = field(default_factory=PlaceOptions)
    types: dict[str, str] = field(default_factory=dict)
    scenes: dict[str, str] = field(default_factory=dict)
    unmapped_types: str = REFUSE
    unmapped_scenes: str = "UNKNOWN"
    filter: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def title(self, ours: str) -> str:
        """Return how a message names one of our columns: by the file's own names."""
        column = self.columns.get(ours)
        return column.title if column else ours

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the profile's meaning; its name and layout do not matter."""
        meaning = {key: value for key, value in asdict(self).items() if key != "name"}
        text = json.dumps(meaning, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def shipped_profiles() -> tuple[str, ...]:
    """Return the names of the profiles that come with the product, the template aside."""
    return tuple(sorted(p.stem for p in PROFILES.glob("*.toml") if p.stem != TEMPLATE))


def load_profile(name_or_path: str | Path) -> Profile:
    """Read a shipped profile by name, or a TOML file.

    Raises
    ------
    InputError
        There is no such profile, the file is not TOML, or a key or value is unknown or impossible.
    """
    path = PROFILES / f"{name_or_path}.toml"
    if str(name_or_path) not in (*shipped_profiles(), TEMPLATE):
        path = Path(name_or_path)
    if not path.is_file():
        raise InputError(
            "there is no such import profile",
            value=str(name_or_path),
            remedy=f"Use {', '.join(shipped_profiles())} or the path of a TOML file",
        )
    try:
        found = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the profile cannot be read: {error}", file=path) from error
    return parse_profile(found, name=path.stem, file=path)


def parse_profile(toml: str, *, name: str, file: object = None) -> Profile:
    """Parse the TOML text of a profile.

    Raises
    ------
    InputError
        It is not TOML, or a key or value is unknown or impossible.
    """
    if len(toml) > SIZE_LIMIT or max(map(_dots, toml.splitlines()), default=0) > DOTS_LIMIT:
        raise InputError("this is far more than a profile", file=file)
    try:
        found = tomllib.loads(toml)
    except (ValueError, RecursionError) as error:  # also whole numbers of thousands of digits
        raise InputError(f"the profile is not TOML: {error}", file=file) from error
    check(found, file)
    return _build(Settings(found), name)


def _dots(line: str) -> int:
    return line.count(".")


def _build(settings: Settings, name: str) -> Profile:
    time, place = settings.section("time"), settings.section("place")
    unmapped = settings.section("unmapped")
    return Profile(
        name=name,
        columns=dict(_columns(settings.section("columns"))),
        file=FileOptions(**settings.section("file")),
        time=TimeOptions(
            formats=_texts(time.get("format", "iso")),
            timezone=time.get("timezone"),
            precision=time.get("precision"),
        ),
        place=PlaceOptions(
            crs=place.get("crs"),
            missing=tuple((float(a), float(b)) for a, b in place.get("missing", ())),
        ),
        types=dict(settings.section("types")),
        scenes=dict(settings.section("scenes")),
        unmapped_types=unmapped.get("types", REFUSE),
        unmapped_scenes=unmapped.get("scenes", "UNKNOWN"),
        filter={column: _texts(kept) for column, kept in settings.section("filter").items()},
    )


def _columns(section: dict[str, str | list[str]]) -> Iterator[tuple[str, Column]]:
    for ours, theirs in section.items():
        if isinstance(theirs, str) and theirs.startswith("="):
            yield ours, Column(constant=theirs[1:])
            continue
        names = _texts(theirs)
        optional = all(n.endswith("?") for n in names)
        yield ours, Column(names=tuple(n.removesuffix("?") for n in names), optional=optional)


def _texts(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
