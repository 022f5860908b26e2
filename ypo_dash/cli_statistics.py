"""``ypo query`` of statistics: what they take beside the state, and the sentence beside the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.tables import Table

STATISTICS = (
    "change", "normal", "backtest", "hotspots", "nearrepeat", "dayparts", "season", "concentration", "effort", "duty",
)  # fmt: skip
OWN = {
    "metric": ("nearrepeat", "Distance: manhattan or euclid."),
    "place": ("effort", "Sectors, or hexagons of one resolution."),
    "against": ("effort", "The comparison, likewise."),
    "start": ("effort", "First day of the effort."),
    "end": ("effort", "Its last day; the last of the data if left out."),
    "before": ("effort", "previous, or year for the same dates."),
    "near": ("effort", "Where incidents may have moved to."),
    "near_against": ("effort", "The comparison of that."),
}


def own_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `OWN`."""
    for name, (what, words) in reversed(OWN.items()):
        option = f"--{name.replace('_', '-')}"
        command = click.option(option, name, default="", help=f"Of {what}: {words}")(command)
    return command


def own_given(what: str, own: Mapping[str, str]) -> dict[str, str]:
    """Return what was given beside the state.

    Raises
    ------
    click.UsageError
        An option is another statistic's.
    """
    given = {name: value for name, value in own.items() if value}
    for name in given:
        if OWN[name][0] != what:
            raise click.UsageError(
                f"--{name.replace('_', '-')} is of {OWN[name][0]}, not of {what}"
            )
    return given


def statistic(
    snapshot: Snapshot, what: str, filters: Filters, place: str, own: Mapping[str, str]
) -> Table:
    """Return the table of a statistic; what it says in a sentence goes beside it."""
    lang = filters.lang or "en"
    said: tuple[str, Table]
    if what == "change":
        from ypo_dash.views.change import change_table

        return change_table(snapshot, filters, place)
    said = _SAID[what](snapshot, filters, lang, own)
    click.echo(said[0], err=True)
    return said[1]


def _normal(snapshot: Snapshot, filters: Filters, lang: str, _own: Mapping[str, str]) -> Any:
    from ypo_dash.views.normal import normal, normal_table

    found = normal(snapshot, filters, lang)
    said = (*(finding.sentence for finding in found.findings), *found.sentences)
    return "\n".join(said), normal_table(snapshot, filters)


def _backtest(snapshot: Snapshot, filters: Filters, lang: str, _own: Mapping[str, str]) -> Any:
    from ypo_dash.model.tiers import require_internal
    from ypo_dash.views.backtest import backtest

    require_internal(filters.tier)
    past = backtest(snapshot)
    return past.sentence(lang), past.table()


def _near(snapshot: Snapshot, filters: Filters, lang: str, own: Mapping[str, str]) -> Any:
    from ypo_dash.views.nearrepeat import near_repeat, sentence

    found = near_repeat(snapshot, filters, own.get("metric", "manhattan"))
    return sentence(found, lang), found.table()


def _parts(snapshot: Snapshot, filters: Filters, lang: str, _own: Mapping[str, str]) -> Any:
    from ypo_dash.views.rhythm import part_table, parts_sentence, rhythm

    table = part_table(snapshot, filters)
    return parts_sentence(rhythm(snapshot, filters), lang), table


def _season(snapshot: Snapshot, filters: Filters, lang: str, _own: Mapping[str, str]) -> Any:
    from ypo_dash.views.rhythm import season_of, season_sentence, season_table

    return season_sentence(season_of(snapshot, filters), lang), season_table(snapshot, filters)


def _concentration(snapshot: Snapshot, filters: Filters, lang: str, _own: Mapping[str, str]) -> Any:
    from ypo_dash.views.concentration import concentration, concentration_table, sentence

    table = concentration_table(snapshot, filters)
    return sentence(concentration(snapshot, filters), lang), table


def _effort(snapshot: Snapshot, filters: Filters, lang: str, own: Mapping[str, str]) -> Any:
    from ypo_dash.views.effort import evaluate, sentence

    found = evaluate(snapshot, filters, own)
    return sentence(found, lang), found.table()


def _duty(snapshot: Snapshot, filters: Filters, lang: str, _own: Mapping[str, str]) -> Any:
    from ypo_dash.views.duty import duty, sentence

    found = duty(snapshot, filters)
    return sentence(found, lang), found.table()


def _hotspots(snapshot: Snapshot, filters: Filters, lang: str, _own: Mapping[str, str]) -> Any:
    from ypo_dash.views.hotspots import hotspot_table, hotspots, method_sentence, sentence

    found = hotspots(snapshot, filters)
    said = f"{sentence(found, lang)} {method_sentence(found, lang)}"
    return said, hotspot_table(snapshot, filters)


_SAID: dict[str, Callable[..., Any]] = {
    "normal": _normal,
    "backtest": _backtest,
    "nearrepeat": _near,
    "dayparts": _parts,
    "season": _season,
    "concentration": _concentration,
    "effort": _effort,
    "duty": _duty,
    "hotspots": _hotspots,
}
