"""Entries of the sector desk: kinds with columns, and how a form or a row of a file becomes one.

A kind is a frozen dataclass whose fields are `column`s, all of them text, so that a form, a CSV and
the relational store hold the same. `checked` is the only way in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from ypo_dash.model.cells import is_cell
from ypo_dash.model.errors import FilterError, InputError
from ypo_dash.model.evaluated import Evaluated
from ypo_dash.model.extent import Extent
from ypo_dash.model.hours import Hours
from ypo_dash.model.personal import has_cpr

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

YES = "yes"
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?[0-9 ]{4,20}")
_NUMBER = re.compile(r"[0-9]{1,9}")
EARLIEST = date(1990, 1, 1)


class Form(StrEnum):
    """What a column holds."""

    LINE = "line"
    WORDS = "words"  # several lines
    DATE = "date"
    CHOICE = "choice"
    NUMBER = "number"  # whole, 0 or more
    FLAG = "flag"  # "yes" or nothing
    EMAIL = "email"
    PHONE = "phone"
    SECTOR = "sector"
    SECTORS = "sectors"  # ids behind semicolons
    STATION = "station"
    AREA = "area"  # a designated residential area, by name
    TYPES = "types"  # offence codes behind semicolons
    HOURS = "hours"  # local, may wrap past midnight: 22-6
    PLACE = "place"  # "cell:…", "scene:FLAT", "area:Mjølnerparken"
    GROUND = "ground"  # sectors, or H3 cells of one resolution, behind semicolons
    PARTNER = "partner"  # by its key
    FIGURES = "figures"  # as they were when somebody judged by them: see `ypo_dash.model.evaluated`


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What may stand in a column; ``longest`` counts characters, ``limits`` bound a number."""

    form: Form
    required: bool = False
    longest: int = 200
    choices: tuple[str, ...] = ()
    limits: tuple[int, int] = (0, 1_000_000)


def column(
    form: Form = Form.LINE,
    *,
    required: bool = False,
    longest: int = 200,
    choices: tuple[str, ...] = (),
    limits: tuple[int, int] = (0, 1_000_000),
) -> Any:
    """Return a dataclass field that is a column; empty where nothing is given."""
    made = Column(form=form, required=required, longest=longest, choices=choices, limits=limits)
    return field(default="", metadata={"column": made})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is held of every kind: ``version`` counts from 1, 0 is not saved yet; ``changed`` is UTC.

    ``IN_ORDER`` are pairs of columns of days of which the second is never before the first;
    ``ONCE`` are columns that no two entries have alike, because they would add up.
    """

    KIND: ClassVar[str] = ""
    IN_ORDER: ClassVar[tuple[tuple[str, str], ...]] = ()
    ONCE: ClassVar[tuple[str, ...]] = ()

    key: str = ""
    version: int = 0
    changed: datetime | None = None
    changed_by: str = ""

    @staticmethod
    def problem(found: dict[str, str]) -> None:
        """Raise InputError for what only several columns together show to be wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The district's words that columns may name."""

    sectors: Collection[str]
    stations: Collection[str]
    areas: Collection[str]
    types: Collection[str]
    scenes: Collection[str]


NOTHING_KNOWN = Known(sectors=(), stations=(), areas=(), types=(), scenes=())


def columns_of(kind: type[Entry]) -> dict[str, Column]:
    """Return the columns of a kind by name, in order."""
    return {f.name: f.metadata["column"] for f in fields(kind) if "column" in f.metadata}


def checked(kind: type[Entry], given: Mapping[str, str], known: Known) -> dict[str, str]:
    """Return what was given as it is stored: every column, blanks taken off.

    Raises
    ------
    InputError
        A value is missing or impossible, or holds a civil registration number; ``column`` names it.
    """
    found = {
        name: value_of(name, one, str(given.get(name) or ""), known)
        for name, one in columns_of(kind).items()
    }
    for earlier, later in kind.IN_ORDER:
        if found[earlier] and found[later] and found[later] < found[earlier]:
            raise InputError("this day is before the one it must follow", column=later, value=found[later], remedy=f"{earlier} is {found[earlier]}")  # fmt: skip
    kind.problem(found)
    return found


def refuse_twin(
    kind: type[Entry], key: str, content: Mapping[str, str], every: Mapping[str, Mapping[str, str]]
) -> None:
    """Raise InputError where an entry of another key has the same in the columns of ``kind.ONCE``."""
    mine = [content.get(name, "") for name in kind.ONCE]
    for other, held in every.items() if mine else ():
        if other != key and held and [held.get(name, "") for name in kind.ONCE] == mine:
            raise InputError("there is one like this already", column=kind.ONCE[-1], value=", ".join(filter(None, mine)), remedy=f"Change that one: {other}")  # fmt: skip


def value_of(name: str, one: Column, given: str, known: Known = NOTHING_KNOWN) -> str:
    """Return one value as it is stored.

    Raises
    ------
    InputError
        It is missing or impossible, or holds a civil registration number; ``column`` is ``name``.
    """
    value = "\n".join(line.rstrip() for line in given.strip().splitlines())
    if one.form is not Form.WORDS:
        value = " ".join(value.split())
    if not value:
        if one.required:
            raise InputError("this is missing", column=name, remedy="Fill it in")
        return ""
    if len(value) > one.longest:
        raise InputError("this is too long", column=name, value=value[:40], remedy=f"At most {one.longest} characters")  # fmt: skip
    if one.form in (Form.LINE, Form.WORDS) and has_cpr(value):
        raise InputError("this looks like a civil registration number (CPR); persons must not be named here", column=name, remedy="Take the number out")  # fmt: skip
    reader = _READERS.get(one.form)
    return value if reader is None else reader(name, one, value, known)


def _date(name: str, _one: Column, value: str, _known: Known) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise InputError("this is not a date", column=name, value=value, remedy="Write it as 2012-11-05") from None  # fmt: skip
    if day < EARLIEST or day.year > 2200:
        raise InputError("this date can't be right", column=name, value=value)
    return day.isoformat()


def _choice(name: str, one: Column, value: str, _known: Known) -> str:
    return _one_of(name, value, one.choices)


def _number(name: str, one: Column, value: str, _known: Known) -> str:
    low, high = one.limits
    if not _NUMBER.fullmatch(value) or not low <= int(value) <= high:
        raise InputError("this is not a whole number within its limits", column=name, value=value, remedy=f"Write a number from {low} to {high}")  # fmt: skip
    return str(int(value))


def _flag(name: str, _one: Column, value: str, _known: Known) -> str:
    words = {"yes": YES, "true": YES, "1": YES, "on": YES, "ja": YES}
    no = {"no", "false", "0", "nej"}
    if value.casefold() in no:
        return ""
    if value.casefold() not in words:
        raise InputError("this is neither yes nor no", column=name, value=value, remedy="Write yes or no")  # fmt: skip
    return YES


def _email(name: str, _one: Column, value: str, _known: Known) -> str:
    if not _EMAIL.fullmatch(value):
        raise InputError("this is not an e-mail address", column=name, value=value)
    return value


def _phone(name: str, _one: Column, value: str, _known: Known) -> str:
    if not _PHONE.fullmatch(value):
        raise InputError("this is not a phone number", column=name, value=value, remedy="Digits and blanks, a + before them")  # fmt: skip
    return value


def _one_of(name: str, value: str, choices: Collection[str]) -> str:
    if value not in choices:
        some = ", ".join(list(choices)[:30])
        raise InputError("this is not known here", column=name, value=value, remedy=f"Known are: {some}")  # fmt: skip
    return value


def _several(name: str, value: str, choices: Collection[str]) -> str:
    parts = dict.fromkeys(part for part in re.split(r"[;,\s]+", value) if part)
    return ";".join(_one_of(name, part, choices) for part in parts)


def _hours(name: str, _one: Column, value: str, _known: Known) -> str:
    try:
        return str(Hours.parse(value) or "")
    except (FilterError, ValueError):
        raise InputError("these are no hours", column=name, value=value, remedy="Write them as 22-6") from None  # fmt: skip


def _place(name: str, _one: Column, value: str, known: Known) -> str:
    sort, _, code = value.partition(":")
    code = code.strip()
    if sort == "cell" and is_cell(code):
        return f"cell:{code}"
    if sort == "scene":
        return f"scene:{_one_of(name, code, known.scenes)}"
    if sort == "area":
        return f"area:{_one_of(name, code, known.areas)}"
    raise InputError("this is no place", column=name, value=value, remedy="Write cell:…, scene:… or area:…")  # fmt: skip


def _ground(name: str, _one: Column, value: str, known: Known) -> str:
    extent = Extent.of(re.split(r"[;,\s]+", value))
    for part in extent.sectors:
        _one_of(name, part, known.sectors)
    if extent.is_mixed:
        raise InputError("give sectors, or hexagons of one resolution from 8 to 11", column=name, value=value)  # fmt: skip
    return ";".join(extent.codes)


def _figures(name: str, _one: Column, value: str, _known: Known) -> str:
    try:
        return Evaluated.read(value).text()
    except ValueError as error:
        raise InputError("these are no figures of an evaluation", column=name, remedy=str(error)) from None  # fmt: skip


_READERS = {
    Form.DATE: _date,
    Form.CHOICE: _choice,
    Form.NUMBER: _number,
    Form.FLAG: _flag,
    Form.EMAIL: _email,
    Form.PHONE: _phone,
    Form.SECTOR: lambda name, _one, value, known: _one_of(name, value, known.sectors),
    Form.SECTORS: lambda name, _one, value, known: _several(name, value, known.sectors),
    Form.STATION: lambda name, _one, value, known: _one_of(name, value, known.stations),
    Form.AREA: lambda name, _one, value, known: _one_of(name, value, known.areas),
    Form.TYPES: lambda name, _one, value, known: _several(name, value, known.types),
    Form.HOURS: _hours,
    Form.PLACE: _place,
    Form.GROUND: _ground,
    Form.FIGURES: _figures,
}
