"""Staffing and safety as tables: what the command line prints, `/export` serves and the pages show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ypo_dash.i18n import text
from ypo_dash.model.errors import FilterError
from ypo_dash.views.staffing import Staffing, staffing_state
from ypo_dash.views.survey import Survey, safety_state, survey_of

if TYPE_CHECKING:
    from ypo_dash.people.plans import Edited
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.tables import Table

WORKBENCH = ("staffing", "safety")


def workbench_table(
    snapshot: Snapshot, name: str, query: str, edited: Edited
) -> tuple[Table, list[str]]:
    """Return one of `WORKBENCH` for a query, and what can't be said, in words.

    Raises
    ------
    FilterError
        A parameter is unknown or impossible, or the query's own plan can't be carried out.
    """
    if name == "staffing":
        filters, plan, _ = staffing_state(query, snapshot, edited.scenarios)
        staffing = Staffing(snapshot, filters, plan, edited)
        problems = problem_texts(staffing, filters.lang or "en")
        if problems and not plan.is_today:
            raise FilterError(
                "minimum" if plan.minimum != 1 else "posts", "{what}", what=problems[0]
            )
        return staffing.table(), problems
    filters, own = safety_state(query, snapshot)
    survey = survey_of(snapshot, edited.index)
    survey_year("against", own, survey)
    years = (survey_year("year", own, survey),) if "year" in own else survey.years
    return survey.table(years, survey.areas_in(filters)), []


def problem_texts(staffing: Staffing, lang: str) -> list[str]:
    """Return why posts of a pool could not be shared out, in words."""
    found = []
    for problem, values in staffing.problems:
        shown = {k: f"{v:g}" if isinstance(v, float) else v for k, v in values.items()}
        station = staffing.snapshot.station_names.get(str(values["station"]), {}).get(lang, "")
        said = text(lang, problem, **shown)
        found.append(f"{station}: {said}" if station and staffing.plan.pool == "station" else said)
    return found


def survey_year(name: str, given: dict[str, str], survey: Survey, default: int = 0) -> int:
    """Return a year of the survey that a parameter names.

    Raises
    ------
    FilterError
        The survey has no such year.
    """
    value = given.get(name)
    if value is None:
        return default
    if value not in map(str, survey.years):
        raise FilterError(
            name,
            "'{value}' is unknown; use {known}",
            value=value[:40],
            known=", ".join(map(str, survey.years)) or "–",
        )
    return int(value)
