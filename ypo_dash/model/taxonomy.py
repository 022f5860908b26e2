"""Offences and scenes: codes, names, groups, and what their police codes mean."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ypo_dash.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FALLBACK_OFFENCE = "OTHER"
FALLBACK_SCENE = "UNKNOWN"
DETECTION = ("reported", "police_initiated", "mixed")
POINT_RULES = ("always", "public_scenes", "never")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offence:
    """One offence type.

    ``detection`` is *reported*, *police_initiated* or *mixed*; police-initiated types show where
    the police looked and stay out of rates. ``severity`` 1-5 is this project's own ranking.
    ``points`` says when an incident may be drawn as a point: *always*, *public_scenes* (not in
    private space) or *never*.
    """

    code: str
    name_en: str
    name_da: str
    group: str
    group_en: str
    group_da: str
    letter: str
    severity: int
    detection: str
    index_type: str
    points: str

    def name(self, lang: str) -> str:
        """Return the name in ``lang`` (``da`` or ``en``)."""
        return self.name_da if lang == "da" else self.name_en

    def group_name(self, lang: str) -> str:
        """Return the group's name in ``lang``."""
        return self.group_da if lang == "da" else self.group_en


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One kind of scene of crime. ``private`` scenes are homes and their shared areas."""

    code: str
    name_en: str
    name_da: str
    group_en: str
    group_da: str
    private: bool

    def name(self, lang: str) -> str:
        """Return the name in ``lang`` (``da`` or ``en``)."""
        return self.name_da if lang == "da" else self.name_en


@dataclass(frozen=True)
class Taxonomy:
    """The offences and scenes of one district, in display order.

    ``subtypes`` maps a finer code to the offence it counts under; ``offence_codes`` and
    ``scene_codes`` map police codes (Danish *gerningskoder*; ``751*`` is a prefix) to our codes.
    """

    offences: tuple[Offence, ...]
    scenes: tuple[Scene, ...]
    subtypes: dict[str, str]
    offence_codes: dict[str, str]
    scene_codes: dict[str, str]

    @cached_property
    def offence(self) -> dict[str, Offence]:
        """Offences by code."""
        return {o.code: o for o in self.offences}

    @cached_property
    def scene(self) -> dict[str, Scene]:
        """Scenes by code."""
        return {s.code: s for s in self.scenes}

    @cached_property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Offence codes by group code, in display order."""
        found: dict[str, tuple[str, ...]] = {}
        for o in self.offences:
            found[o.group] = (*found.get(o.group, ()), o.code)
        return found

    def resolve_offence(self, word: str) -> str | None:
        """Return the offence code for one of our codes, a finer code, or a police code."""
        if word in self.offence:
            return word
        return self.subtypes.get(word) or _by_prefix(self.offence_codes, word)

    def resolve_scene(self, word: str) -> str | None:
        """Return the scene code for one of our codes or a police code that carries a scene."""
        return word if word in self.scene else _by_prefix(self.scene_codes, word)

    @classmethod
    def read(cls, offences: Path, scenes: Path) -> Taxonomy:
        """Read ``offences.csv`` and ``scenes.csv``.

        Offences need ``code`` and ``name_en``; scenes too. Missing optional columns get neutral
        values, and ``OTHER`` and ``UNKNOWN`` are added where they are absent.

        Raises
        ------
        InputError
            A column is missing, a code stands twice, or a value is not one of the allowed ones.
        """
        core: list[Offence] = []
        subtypes: dict[str, str] = {}
        codes: dict[str, str] = {}
        for line, row in _rows(offences):
            counted = row["code"]
            if row.get("level") == "sub":
                counted = row.get("parent") or FALLBACK_OFFENCE
                subtypes[row["code"]] = counted
            else:
                core.append(_offence(row, offences, line))
            codes |= dict.fromkeys(_split(row.get("police_codes")), counted)
        if FALLBACK_OFFENCE not in {o.code for o in core}:
            core.append(
                _offence({"code": FALLBACK_OFFENCE, "name_en": "Other", "name_da": "Andet"})
            )
        known = {o.code for o in core}
        for code, parent in subtypes.items():
            if parent not in known:
                raise InputError(
                    "parent is not a core code",
                    file=offences,
                    column="parent",
                    value=f"{code} -> {parent}",
                )
        places: list[Scene] = []
        where: dict[str, str] = {}
        for _, row in _rows(scenes):
            places.append(_scene(row))
            where |= dict.fromkeys(_split(row.get("police_codes")), row["code"])
        if FALLBACK_SCENE not in {s.code for s in places}:
            places.append(
                _scene({"code": FALLBACK_SCENE, "name_en": "Not stated", "name_da": "Uoplyst"})
            )
        return cls(tuple(core), tuple(places), subtypes, codes, where)


def _by_prefix(codes: dict[str, str], word: str) -> str | None:
    if word in codes:
        return codes[word]
    tries = (word[:n] + "*" for n in range(len(word) - 1, 1, -1))
    return next((codes[t] for t in tries if t in codes), None)


def _split(text: str | None) -> Iterable[str]:
    return (part.strip() for part in (text or "").split(";") if part.strip())


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            "the file is not UTF-8 text", file=path, remedy="Save it as CSV UTF-8"
        ) from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    for needed in ("code", "name_en"):
        if needed not in (reader.fieldnames or ()):
            raise InputError(
                "this taxonomy has no such column",
                file=path,
                column=needed,
                remedy="It needs at least 'code' and 'name_en'",
            )
    rows = [
        (reader.line_num, {k: (v or "").strip() for k, v in row.items() if k}) for row in reader
    ]
    seen: set[str] = set()
    for line, row in rows:
        if not row["code"] or row["code"] in seen or "," in row["code"]:
            raise InputError(
                "a code is empty, stands twice or has a comma",
                file=path,
                line=line,
                column="code",
                value=row["code"],
            )
        seen.add(row["code"])
    if not rows:
        raise InputError("this taxonomy has no rows", file=path)
    return rows


def _choice(
    row: dict[str, str],
    key: str,
    allowed: tuple[str, ...],
    default: str,
    path: object,
    line: int | None,
) -> str:
    value = row.get(key) or default
    if value not in allowed:
        raise InputError(
            "not an allowed value",
            file=path,
            line=line,
            column=key,
            value=value,
            remedy=f"Use one of {', '.join(allowed)}",
        )
    return value


def _offence(row: dict[str, str], path: object = None, line: int | None = None) -> Offence:
    severity = row.get("severity") or "1"
    if not severity.isdigit() or not 1 <= int(severity) <= 5:
        raise InputError(
            "severity is not 1 to 5", file=path, line=line, column="severity", value=severity
        )
    group = row.get("group") or "REST"
    return Offence(
        code=row["code"],
        name_en=row["name_en"] or row["code"],
        name_da=row.get("name_da") or row["name_en"] or row["code"],
        group=group,
        group_en=row.get("group_en") or group.capitalize(),
        group_da=row.get("group_da") or row.get("group_en") or group.capitalize(),
        letter=(row.get("letter") or row["code"])[:1].upper(),
        severity=int(severity),
        detection=_choice(row, "detection", DETECTION, "reported", path, line),
        index_type=row.get("index_type") or row.get("safety_index_type") or "none",
        points=_choice(row, "points", POINT_RULES, "public_scenes", path, line),
    )


def _scene(row: dict[str, str]) -> Scene:
    return Scene(
        code=row["code"],
        name_en=row["name_en"] or row["code"],
        name_da=row.get("name_da") or row["name_en"] or row["code"],
        group_en=row.get("group_en") or "",
        group_da=row.get("group_da") or row.get("group_en") or "",
        private=(row.get("private") or row.get("private_space") or "no") == "yes",
    )
