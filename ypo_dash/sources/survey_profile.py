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
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError("there is no such profile", file=path) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"not a TOML file: {error}", file=path) from error
    _only(path, "", found, _SECTIONS)
    columns = _texts(path, "columns", found.get("columns", {}))
    _only(path, "columns", columns, _COLUMNS)
    for needed in ("area", "year"):
        if needed not in columns:
            raise InputError("the profile names no such column", file=path, column=needed)
    aggregate = found.get("aggregate")
    if aggregate is not None:
        _only(path, "aggregate", aggregate, _AGGREGATE)
        aggregate = _texts(path, "aggregate", aggregate)
        _needed(path, "aggregate", aggregate, ("measure", "n", "share"))
        if aggregate.get("unit", "percent") not in _UNITS:
            raise InputError(
                "unknown unit", file=path, column="aggregate.unit", value=aggregate["unit"]
            )
    measures = {
        name: _question(path, name, given, aggregate is not None)
        for name, given in found.get("measures", {}).items()
    }
    _only(path, "measures", measures, MEASURES)
    if not measures:
        raise InputError("the profile names no measure", file=path, column="measures")
    return SurveyProfile(
        columns=columns,
        areas=_texts(path, "areas", found.get("areas", {})),
        skip=tuple(map(str, found.get("skip", {}).get("areas", ()))),
        measures=measures,
        aggregate=aggregate,
    )


def _question(path: Path, name: str, given: Any, aggregate: bool) -> Question:
    section = f"measures.{name}"
    if not isinstance(given, dict):
        raise InputError("not a section", file=path, column=section)
    _only(path, section, given, _MEASURE)
    _needed(path, section, given, ("is",) if aggregate else ("column", "yes", "no"))
    return Question(
        column=str(given.get("column", "")),
        **{key: tuple(map(str, given.get(key, ()))) for key in ("yes", "no", "missing")},
        word=str(given.get("is", "")),
        complement=given.get("complement") is True,
    )


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
    if not isinstance(given, dict):
        raise InputError("not a section", file=path, column=section)
    return {str(key): str(value) for key, value in given.items()}
