"""Read a safety survey: one row per respondent, or aggregates; sums are kept, never a person.

Whatever the file is, what comes out are sums by area, year, sex, age group and measure: number of
answers, and the sums of weights that every estimate is made of. So no respondent is stored.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ypo_dash.model.errors import InputError
from ypo_dash.sources.small_tables import (
    MOST,
    match_ids,
    missing_column,
    number_column,
    plain_number,
    raw_table,
)
from ypo_dash.sources.survey_profile import MEASURES, Question, SurveyProfile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ANSWERS = "answers"  # beside the measures: all respondents of a stratum
KEYS = ["area_id", "year", "sex", "age", "measure"]
SUMS = ["n", "hits", "weight", "weight2", "weight_hits"]
AGE_GROUPS = ("16-29", "30-49", "50-64", "65+")
_GROUP = re.compile(r"([0-9]{1,3})-([0-9]{1,3})|([0-9]{1,3})\+")
SEXES = {
    **dict.fromkeys(("f", "female", "woman", "k", "kvinde"), "f"),
    **dict.fromkeys(("m", "male", "man", "mand"), "m"),
    **dict.fromkeys(("", "x", "other", "andet"), ""),
}


def read_survey(
    path: Path,
    areas: Sequence[str],
    profile: SurveyProfile | None = None,
    ages: Sequence[str] = AGE_GROUPS,
) -> tuple[pd.DataFrame, str]:
    """Read a survey file.

    Parameters
    ----------
    areas
        The district's survey areas; every row must be of one of them.
    profile
        How to read a file with other columns than ours.
    ages
        Age groups for ages given in years.

    Returns
    -------
    DataFrame, str
        `KEYS` and `SUMS` (text; weights as numbers), and a note on what was read.

    Raises
    ------
    InputError
        A column is missing, or a value is not what it must be; it names line, column and value.
    """
    raw = raw_table(path).fillna("")
    raw.columns = [str(c).strip() for c in raw.columns]
    if profile is None:
        raw.columns = [c.lower() for c in raw.columns]
        # A respondents' file may number its rows as well.
        if "n" in raw.columns and not {"sex", "age", "age_group", "weight"} & set(raw.columns):
            sums = _aggregated(raw, path, areas)
            return _in_order(sums), f"{len(raw)} rows of survey answers"
        profile = _our_own(raw, path)
    if raw.empty:
        raise InputError("the table has no rows", file=path)
    rows = _rows_of(raw, path, profile, areas)
    if profile.aggregate is not None:
        sums, note = _foreign_aggregate(raw, rows, path, profile)
    else:
        sums = _respondents(raw, rows, path, profile, ages)
        note = f"{len(rows)} respondents in {rows['area_id'].nunique()} areas, kept as sums by sex and age"
    return _in_order(sums), note


def _in_order(sums: pd.DataFrame) -> pd.DataFrame:
    return sums[[*KEYS, *SUMS]].sort_values(KEYS, kind="stable").reset_index(drop=True)


_YES, _NO = ("1", "1.0", "True", "TRUE", "true"), ("0", "0.0", "False", "FALSE", "false")


def _our_own(raw: pd.DataFrame, path: Path) -> SurveyProfile:
    """Return the profile of our own columns at respondent level."""
    for needed in ("area_id", "year", "unsafe"):
        if needed not in raw.columns:
            raise missing_column(path, needed, list(raw.columns))
    age = "age_group" if "age_group" in raw.columns else "age"
    columns = {"area": "area_id", "year": "year"}
    columns |= {
        ours: theirs
        for ours, theirs in (("sex", "sex"), ("age", age), ("weight", "weight"))
        if theirs in raw.columns
    }
    measures = {
        name: Question(column=name, yes=_YES, no=_NO, missing=("",))
        for name in MEASURES
        if name in raw.columns
    }
    return SurveyProfile(columns=columns, measures=measures)


def _column(raw: pd.DataFrame, path: Path, name: str) -> pd.Series[str]:
    """Return a column as stripped text, or the constant that ``=...`` names."""
    if name.startswith("="):
        return pd.Series(name[1:], index=raw.index)
    if name not in raw.columns:
        raise missing_column(path, name, list(raw.columns))
    return raw[name].astype(str).str.strip()


def _rows_of(
    raw: pd.DataFrame, path: Path, profile: SurveyProfile, areas: Sequence[str]
) -> pd.DataFrame:
    """Return area and year of the rows that count, under their row numbers in the file."""
    theirs = _column(raw, path, profile.columns["area"])
    kept = ~theirs.isin(profile.skip)
    if profile.aggregate is not None:  # other questions of the same file are none of ours
        words = {question.word for question in profile.measures.values()}
        kept &= _column(raw, path, profile.aggregate["measure"]).isin(words)
    if not kept.any():
        raise InputError("no row of the file is left by the profile", file=path)
    wanted = theirs.map(lambda word: profile.areas.get(word, word))
    frame = pd.DataFrame({"area_id": wanted, "year": _column(raw, path, profile.columns["year"])})
    # Checked with the rows left out in place, so that an error names the line of the file.
    frame.loc[~kept, "area_id"] = areas[0] if areas else ""
    frame["area_id"] = match_ids(
        frame["area_id"], areas, path, profile.columns["area"], remedy=_MAP_AREAS
    )
    number_column(frame, "year", path, low=1900, high=2200, whole=True)
    return frame[kept]


_MAP_AREAS = "Map it in the profile's [areas], or name it in [skip] areas"


def _respondents(
    raw: pd.DataFrame, rows: pd.DataFrame, path: Path, profile: SurveyProfile, ages: Sequence[str]
) -> pd.DataFrame:
    found = rows.copy()
    found["sex"] = _sexes(raw, rows, path, profile.columns.get("sex"))
    found["age"] = _ages(raw, rows, path, profile.columns.get("age"), ages)
    found["weight"] = _weights(raw, rows, path, profile.columns.get("weight"))
    parts = [_sum(found.assign(hits=0.0, measure=ANSWERS))]
    for name, question in profile.measures.items():
        answers = _answers(raw, rows, path, question)
        given = answers.notna()
        part = found[given].assign(hits=answers[given], measure=name)
        if len(part):
            parts.append(_sum(part))
    return pd.concat(parts, ignore_index=True)


def _sum(rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows.assign(n=1, weight2=rows["weight"] ** 2, weight_hits=rows["weight"] * rows["hits"])
    return rows.groupby(KEYS, as_index=False)[SUMS].sum()


def _answers(
    raw: pd.DataFrame, rows: pd.DataFrame, path: Path, question: Question
) -> pd.Series[float]:
    """Return 1, 0 or NaN (not answered) per row."""
    given = _column(raw, path, question.column)[rows.index]
    known = {
        **dict.fromkeys(question.missing, np.nan),
        **dict.fromkeys(question.no, 0.0),
        **dict.fromkeys(question.yes, 1.0),
    }
    strange = ~given.isin(list(known))
    if strange.any():
        at = strange.index[strange.to_numpy()][0]
        raise InputError(
            "this answer is neither yes, no nor missing",
            file=path,
            line=int(at) + 2,
            column=question.column,
            value=given[at],
            remedy=f"Known are {', '.join(repr(k) for k in known)}",
        )
    answers = given.map(known).astype(float)
    return 1 - answers if question.complement else answers


def _sexes(raw: pd.DataFrame, rows: pd.DataFrame, path: Path, column: str | None) -> pd.Series[str]:
    if not column:
        return pd.Series("", index=rows.index)
    given = _column(raw, path, column)[rows.index].str.lower()
    strange = ~given.isin(list(SEXES))
    if strange.any():
        at = strange.index[strange.to_numpy()][0]
        raise InputError(
            "this is not a sex we can read",
            file=path,
            line=int(at) + 2,
            column=column,
            value=given[at],
            remedy="Write f, m, or leave it empty",
        )
    return given.map(SEXES)


def _ages(
    raw: pd.DataFrame, rows: pd.DataFrame, path: Path, column: str | None, groups: Sequence[str]
) -> pd.Series[str]:
    if not column:
        return pd.Series("", index=rows.index)
    given = _column(raw, path, column)[rows.index]
    words = {word: age_group(word, groups) for word in given.unique()}
    strange = [word for word, group in words.items() if group is None]
    if strange:
        at = given.index[(given == strange[0]).to_numpy()][0]
        raise InputError(
            "this is not an age or an age group",
            file=path,
            line=int(at) + 2,
            column=column,
            value=strange[0],
            remedy=f"Write years, or one of {', '.join(groups)}",
        )
    return given.map(words)


def age_group(text: str, groups: Sequence[str]) -> str | None:
    """Return the age group of an age in years or of a group's own name; ``""`` for no age; None if unreadable."""
    text = text.replace("–", "-").replace(" years", "").replace(" ", "")
    if text in ("", *groups):
        return text
    if _GROUP.fullmatch(text):
        return text  # a group of another division: kept, and told where it is compared
    text = text.removesuffix(".0")
    if not (text.isascii() and text.isdigit()) or len(text) > 3 or int(text) > 120:
        return None
    for group in groups:
        low, high = age_limits(group)
        if low <= int(text) <= high:
            return group
    return ""


def age_limits(group: str) -> tuple[int, int]:
    """Return first and last year of an age group such as ``16-29`` or ``65+``.

    Raises
    ------
    ValueError
        It is not one.
    """
    found = _GROUP.fullmatch(group)
    if found is None:
        raise ValueError(f"{group!r} is not an age group")
    return (int(found[3]), 200) if found[3] else (int(found[1]), int(found[2]))


def _weights(
    raw: pd.DataFrame, rows: pd.DataFrame, path: Path, column: str | None
) -> pd.Series[float]:
    if not column:
        return pd.Series(1.0, index=rows.index)
    frame = pd.DataFrame({column: _column(raw, path, column)})
    frame.loc[~frame.index.isin(rows.index), column] = "1"
    weights = number_column(frame, column, path, low=1e-6, high=1e6, decimal=True)
    return weights[rows.index]


def _aggregated(raw: pd.DataFrame, path: Path, areas: Sequence[str]) -> pd.DataFrame:
    """Read our own aggregates: number of answers, and of those that agree, by area and year."""
    for needed in ("area_id", "year", "n", "unsafe", "unsafe_night"):
        if needed not in raw.columns:
            raise missing_column(path, needed, list(raw.columns))
    if raw.empty:
        raise InputError("the table has no rows", file=path)
    frame = raw.apply(lambda column: column.astype(str).str.strip())
    frame["area_id"] = match_ids(frame["area_id"], areas, path, "area_id")
    number_column(frame, "year", path, low=1900, high=2200, whole=True)
    refuse_repeats(frame, ["area_id", "year"], path)
    n = number_column(frame, "n", path, low=1, whole=True)
    effective = number_column(frame, "n_eff", path, low=1, decimal=True) if "n_eff" in frame else n
    if (effective > n).any():
        at = int((effective > n).to_numpy().argmax())
        raise InputError(
            "more effective answers than answers",
            file=path,
            line=int(frame.index[at]) + 2,
            column="n_eff",
            value=frame["n_eff"].iloc[at],
        )
    parts = [_summed(frame, n, effective, n * 0, ANSWERS)]
    for name in MEASURES:
        if name not in frame:
            continue
        hits = number_column(frame, name, path, whole=True)
        above = (hits > n).to_numpy()
        if above.any():
            at = int(above.argmax())
            raise InputError(
                "more answers of a kind than answers",
                file=path,
                line=int(frame.index[at]) + 2,
                column=name,
                value=frame[name].iloc[at],
            )
        parts.append(_summed(frame, n, effective, hits, name))
    return pd.concat(parts, ignore_index=True)


def _summed(
    frame: pd.DataFrame,
    n: pd.Series[float],
    effective: pd.Series[float],
    hits: pd.Series[float],
    measure: str,
) -> pd.DataFrame:
    return frame[["area_id", "year"]].assign(
        sex="", age="", measure=measure, n=n, hits=hits,
        weight=n, weight2=n * n / effective, weight_hits=hits,
    )  # fmt: skip


def _foreign_aggregate(
    raw: pd.DataFrame, rows: pd.DataFrame, path: Path, profile: SurveyProfile
) -> tuple[pd.DataFrame, str]:
    """Read a list of shares with the number of answers behind each."""
    named = profile.aggregate or {}
    words = {question.word: name for name, question in profile.measures.items()}
    found = rows.copy()
    found["measure"] = _column(raw, path, named["measure"])[rows.index].map(words)
    for word, name in words.items():
        if name not in set(found["measure"]):
            raise InputError("no row of the file is of this measure", file=path, column=named["measure"], value=word, remedy=f"See [measures.{name}] of the profile")  # fmt: skip
    for key in ("n", "share"):
        texts = _column(raw, path, named[key])[rows.index].str.replace(
            named.get("thousands", "") or "\0", "", regex=False
        )
        found[key] = [
            _number(text, path, at + 2, named[key])
            for at, text in zip(texts.index.to_numpy(int), texts, strict=True)
        ]
    share = found["share"] * profile.unit
    if (share > 1).any() or (found["n"] < 1).any():
        at = int(found.index[((share > 1) | (found["n"] < 1)).to_numpy()][0])
        raise InputError(
            "no share of at least one answer",
            file=path,
            line=at + 2,
            column=f"{named['share']}, {named['n']}",
            value=f"{found['share'][at]:g} of {found['n'][at]:g}",
        )
    turned = found["measure"].map({name: q.complement for name, q in profile.measures.items()})
    share = share.where(~turned.astype(bool), 1 - share)
    refuse_repeats(found, ["area_id", "year", "measure"], path)
    parts = []
    for name in profile.measures:
        part = found.query("measure == @name")
        if len(part):
            parts.append(_summed(part, part["n"], part["n"], part["n"] * share[part.index], name))
    # Respondents are not given apart; the measure that most answered has most of them.
    most = found.groupby(["area_id", "year"], as_index=False).agg({"n": "max"})
    parts.append(_summed(most, most["n"], most["n"], most["n"] * 0, ANSWERS))
    note = f"{len(found)} shares of {most['area_id'].nunique()} areas, {len(raw) - len(rows)} rows of other questions and groups left out"
    return pd.concat(parts, ignore_index=True), note


def _number(text: str, path: Path, line: int, column: str) -> float:
    value = plain_number(text, decimal=True)
    if value is None or not 0 <= value <= MOST:
        raise InputError(
            "not a number of 0 or more", file=path, line=line, column=column, value=text
        )
    return value


def refuse_repeats(frame: pd.DataFrame, keys: list[str], path: Path) -> None:
    """Raise InputError where a row stands twice by ``keys``; it names the line."""
    again = frame.duplicated(keys)
    if again.any():
        at = int(again.to_numpy().argmax())
        raise InputError(
            "this stands twice",
            file=path,
            line=int(frame.index[at]) + 2,
            column=", ".join(keys),
            value=" ".join(str(v) for v in frame[keys].iloc[at]),
        )
