"""Every statistic that the command line prints and ``/export`` serves, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ypo_dash.model.errors import FilterError
from ypo_dash.model.tiers import require_internal
from ypo_dash.views.backtest import backtest
from ypo_dash.views.change import change_table
from ypo_dash.views.concentration import concentration_table
from ypo_dash.views.duty import duty_table
from ypo_dash.views.effort import FIELDS, evaluate
from ypo_dash.views.hotspots import hotspot_table
from ypo_dash.views.nearrepeat import near_repeat
from ypo_dash.views.normal import normal_table
from ypo_dash.views.rhythm import part_table, season_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.tables import Table


@dataclass(frozen=True, slots=True)
class Statistic:
    """How a table is made; ``own`` are the parameters beside the state that it takes."""

    build: Callable[[Snapshot, Filters, Mapping[str, str]], Table]
    own: tuple[str, ...] = ()


def own_of(given: Mapping[str, list[str]], names: tuple[str, ...]) -> dict[str, str]:
    """Return the parameters beside the state, each at most once; empty ones count as left out.

    Raises
    ------
    FilterError
        One stands twice.
    """
    for name in names:
        if len(given.get(name, [])) > 1:
            raise FilterError(name, "stands twice")
    return {name: given[name][0].strip() for name in names if given.get(name, [""])[0].strip()}


def _of_state(build: Callable[[Snapshot, Filters], Table]) -> Statistic:
    return Statistic(lambda snapshot, filters, _own: build(snapshot, filters))


def _backtest(snapshot: Snapshot, filters: Filters) -> Table:
    """Return what past flags were worth; over all of the data, whatever the state."""
    require_internal(filters.tier)
    return backtest(snapshot).table()


STATISTICS: dict[str, Statistic] = {
    "change-cells": _of_state(lambda snapshot, filters: change_table(snapshot, filters, "cells")),
    "change-sectors": _of_state(
        lambda snapshot, filters: change_table(snapshot, filters, "sectors")
    ),
    "normal": _of_state(normal_table),
    "backtest": _of_state(_backtest),
    "hotspots": _of_state(hotspot_table),
    "nearrepeat": Statistic(
        lambda snapshot, filters, own: near_repeat(
            snapshot, filters, own.get("metric", "manhattan")
        ).table(),
        ("metric",),
    ),
    "dayparts": _of_state(part_table),
    "season": _of_state(season_table),
    "duty": _of_state(duty_table),
    "concentration": _of_state(concentration_table),
    "effort": Statistic(
        lambda snapshot, filters, own: evaluate(snapshot, filters, own).table(), FIELDS
    ),
}
