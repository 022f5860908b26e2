"""Every statistic that the command line prints and ``/export`` serves, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ypo_dash.views.change import change_table
from ypo_dash.views.hotspots import hotspot_table
from ypo_dash.views.nearrepeat import near_repeat

if TYPE_CHECKING:
    from collections.abc import Callable

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.tables import Table

STATISTICS: dict[str, Callable[[Snapshot, Filters], Table]] = {
    "change-cells": lambda snapshot, filters: change_table(snapshot, filters, "cells"),
    "change-sectors": lambda snapshot, filters: change_table(snapshot, filters, "sectors"),
    "hotspots": hotspot_table,
    "nearrepeat": lambda snapshot, filters: near_repeat(snapshot, filters).table(),
}
