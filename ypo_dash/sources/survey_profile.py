"""How to read a foreign survey file: a TOML file, as `docs/add-a-city.md` describes."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ypo_dash.model.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

MEASURES = ("unsafe", "unsafe_night", "exposed", "problem")
_COLUMNS = ("area", "year", "sex", "age", "weight")
_AGGREGATE = ("measure", "n", "share", "unit", "thousands")
_UNITS = {"percent": 0.01, "share": 1.0}
_SECTIONS = ("columns", "areas", "skip", "aggregate", "measures")
_MEASURE = {"column", "yes", "no", "missing", "is", "complement"}


@dataclass(frozen=True, kw_only=True)
class Question:
    """One measure: the answers of a column that count, or the word that names it in an aggregate.

    ``complement`` turns a share of those who feel safe into one of those who don't.
    """

    column: str = ""
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    word: str = ""
    complement: bool = False


@dataclass(frozen=True, kw_only=True)
class SurveyProfile:
    """Columns by our name (``=2018`` is a constant), their area words to ours, words to leave out.

    ``aggregate`` is None where a row is a respondent; else the columns of measure, number of answers
    and share, and the factor that makes it a share 0-1.
    """

    columns: dict[str, str]
    areas: dict[str, str] = field(default_factory=dict)
    skip: tuple[str, ...] = ()
    measures: dict[str, Question]
    aggregate: dict[str, str] | None = None

    @property
    def unit(self) -> float:
        """What a share of the file is multiplied with."""
        return _UNITS[(self.aggregate or {}).get("unit", "percent")]


def load_survey_profile(path: Path) -> SurveyProfile:
    """Read a profile.

    Raises
    ------
    InputError
        The file is not TOML, or a setting is missing, unknown or impossible.
    """
    found = _read_toml(path)
    _only(path, "", found, _SECTIONS)
    columns = _texts(path, "columns", found.get("columns", {}))
    _only(path, "columns", columns, _COLUMNS)
    _needed(path, "columns", columns, ("area", "year"))
    aggregate = _aggregate(path, found["aggregate"], columns) if "aggregate" in found else None
    skip = _table(path, "skip", found.get("skip", {}))
    _only(path, "skip", skip, ("areas",))
    return SurveyProfile(
        columns=columns,
        areas=_texts(path, "areas", found.get("areas", {})),
        skip=_list(path, "skip.areas", skip.get("areas", [])),
        measures=_measures(path, found.get("measures", {}), aggregate is not None),
        aggregate=aggregate,
    )


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise InputError("there is no such profile", file=path) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"not a TOML file: {error}", file=path) from error


def _aggregate(path: Path, given: Any, columns: dict[str, str]) -> dict[str, str]:
    found = _texts(path, "aggregate", given)
    _only(path, "aggregate", found, _AGGREGATE)
    _needed(path, "aggregate", found, ("measure", "n", "share"))
    for name in ("sex", "age", "weight"):
        if name in columns:
            raise InputError("an aggregate has no such column", file=path, column=f"columns.{name}")
    if found.get("unit", "percent") not in _UNITS:
        raise InputError("unknown unit", file=path, column="aggregate.unit", value=found["unit"])
    return found


def _measures(path: Path, given: Any, aggregate: bool) -> dict[str, Question]:
    parts = _table(path, "measures", given)
    _only(path, "measures", parts, MEASURES)
    if not parts:
        raise InputError("the profile names no measure", file=path, column="measures")
    found = {name: _question(path, name, part, aggregate) for name, part in parts.items()}
    words = [question.word for question in found.values() if question.word]
    if len(set(words)) < len(words):
        raise InputError(
            "two measures have the same word", file=path, column="measures", value=words
        )
    return found


def _question(path: Path, name: str, given: Any, aggregate: bool) -> Question:
    section = f"measures.{name}"
    given = _table(path, section, given)
    _only(path, section, given, _MEASURE)
    _needed(path, section, given, ("is",) if aggregate else ("column", "yes", "no"))
    turned = given.get("complement", False)
    if not isinstance(turned, bool):
        raise InputError(
            "not true or false", file=path, column=f"{section}.complement", value=turned
        )
    answers = {
        key: _list(path, f"{section}.{key}", given.get(key, [])) for key in ("yes", "no", "missing")
    }
    every = [word for words in answers.values() for word in words]
    if len(set(every)) < len(every):
        raise InputError("an answer stands in two lists", file=path, column=section, value=every)
    if not aggregate and not (answers["yes"] and answers["no"]):
        raise InputError("both yes and no need an answer", file=path, column=section)
    return Question(
        column=str(given.get("column", "")),
        **answers,
        word=str(given.get("is", "")),
        complement=turned,
    )


def _table(path: Path, section: str, given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise InputError("not a section", file=path, column=section)
    return given


def _list(path: Path, section: str, given: Any) -> tuple[str, ...]:
    if not isinstance(given, list) or any(isinstance(v, (list, dict)) for v in given):
        raise InputError("not a list", file=path, column=section, value=given, remedy='Write it as ["a", "b"]')  # fmt: skip
    return tuple(map(str, given))


def _only(path: Path, section: str, given: dict[str, Any], known: Any) -> None:
    for name in given:
        if name not in known:
            raise InputError(
                "unknown setting",
                file=path,
                column=f"{section}.{name}" if section else name,
                remedy=f"Known are {', '.join(sorted(known))}",
            )


def _needed(path: Path, section: str, given: dict[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        if name not in given:
            raise InputError("this setting is missing", file=path, column=f"{section}.{name}")


def _texts(path: Path, section: str, given: Any) -> dict[str, str]:
    table = _table(path, section, given)
    for key, value in table.items():
        if isinstance(value, (list, dict)):
            raise InputError("not a text", file=path, column=f"{section}.{key}", value=value)
    return {str(key): str(value) for key, value in table.items()}
