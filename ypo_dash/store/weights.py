"""The weight of one incident, through the same columns and counting pass as every query."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ypo_dash.store.kernel import count_partition, fold_hours
from ypo_dash.store.local import local_times
from ypo_dash.store.vectors import Layout, Partition, Selection

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray


def hour_weights(start_utc: datetime, end_utc: datetime | None, zone: str) -> NDArray[np.float64]:
    """Return the share of one incident in each of the 168 hours of the local week; sums to 1."""
    vector, layout = _count_one(start_utc, end_utc, zone, None)
    parts = layout.parts()
    return fold_hours(vector[parts["hours"]], vector[parts["totals"]][2])


def mask_weight(
    start_utc: datetime, end_utc: datetime | None, zone: str, mask: NDArray[np.bool_] | None
) -> float:
    """Return the share of one incident that lies in a mask of the 168 hours."""
    vector, layout = _count_one(start_utc, end_utc, zone, mask)
    return float(vector[layout.parts()["sectors"]].sum())


def _count_one(
    start_utc: datetime, end_utc: datetime | None, zone: str, mask: NDArray[np.bool_] | None
) -> tuple[NDArray[np.float64], Layout]:
    # pandas 3 keeps seconds; a missing end counts as "the start alone is known".
    start = pd.Series([start_utc]).astype("datetime64[s]")
    end = pd.Series([pd.NaT if end_utc is None else end_utc]).astype("datetime64[s]")
    times = local_times(start, end, zone)
    day = int(times.day[0])
    partition = Partition(
        offence_scene=np.zeros(1, np.uint16),
        sector=np.zeros(1, np.uint16),
        start=times.start,
        span=times.span,
        cell=np.zeros(1, np.uint32),
        first_day=day,
        offsets=np.array([0, 1]),
        piece_row=times.piece_row,
        piece_offset=times.piece_offset,
        piece_start=times.piece_start,
        piece_length=times.piece_length,
    )
    layout = Layout(cells=1, sectors=3, pairs=1, first_day=day - 1, days=3)
    selection = Selection(
        np.zeros(1, np.uint8), np.zeros(3, np.uint8), -1, mask, 0, day - 1, day + 1, every_day=True
    )
    return count_partition(partition, selection, layout), layout
