"""The simulated district in small, and the seed files that fit it."""

from __future__ import annotations

import csv
import gzip
import io
import shutil
from functools import cache
from pathlib import Path

import pandas as pd

from ypo_dash.sources import Profile
from ypo_dash.sources.simulated import generate
from ypo_dash.store.demo import DATA, build_demo
from ypo_dash.store.workspace import Workspace

INCIDENTS = 2000
FEW = 120
_VALUES = {
    "incident_id": ("A1", "A2", "A3", "", "A1"),
    "type": ("BURGLARY", "75212", "ROBBERY", "Burglary", "THEFT"),
    "scene": ("STREET", "APARTMENT", "Gade", ""),
    "time_from": ("2012-11-05T22:15", "05-11-2012 22:15", "2012-11", "11/05/2012 10:15:00 PM", ""),
    "time_to": ("2012-11-06T02:15", "06-11-2012 02:15", "", "2012-10-28T02:30"),
    "reported_at": ("2012-11-07T08:00+01:00", "", "07-11-2012 08:00"),
    "lat": ("55.7", "55,71", "0", "", "91"),
    "lon": ("12.55", "12,56", "0", "", "200"),
    "x": ("722345.5", "722345,5", "", "0"),
    "y": ("6177890.2", "6177890,2", "", "0"),
    "geometry": ("POINT (12.55 55.7)", "", "POLYGON EMPTY"),
    "area": ("1", "2", "", "999"),
}


def build(folder: Path, incidents: int) -> Path:
    """Build the district in ``folder``; it is the one that a first start shows."""
    home = folder / "home"
    build_demo(home, incidents=incidents)
    return home


class Resettable:
    """A workspace that is as new after every change.

    Without it an input would be judged by those before it, and could not be replayed alone.
    """

    def __init__(self, folder: Path) -> None:
        self._pristine = build(folder / "pristine", FEW)
        self._home = folder / "home"
        self.reset()

    def reset(self) -> None:
        shutil.rmtree(self._home, ignore_errors=True)
        shutil.copytree(self._pristine, self._home)
        self.workspace = Workspace(self._home)


@cache
def incidents() -> pd.DataFrame:
    """Return a few simulated incidents of the last months, in our own form.

    An import reads the months that its file touches: of few months more inputs can be tried.
    """
    return generate(DATA, incidents=500).sort_values("time_from").tail(25)


def csv_bytes(frame: pd.DataFrame, **options: str) -> bytes:
    return frame.to_csv(index=False, **options).encode()


def gz(data: bytes) -> bytes:
    return gzip.compress(data, 1, mtime=0)


def table_for(profile: Profile, rows: int = 12) -> bytes:
    """Return a CSV with the columns that a profile asks for, so that its reading gets far."""
    columns = {n: ours for ours, c in profile.columns.items() for n in c.names}
    columns |= {name: "" for name in profile.filter if name not in columns}
    out = io.StringIO()
    writer = csv.writer(out, delimiter=profile.file.delimiter or ",")
    writer.writerow(columns)
    for number in range(rows):
        cells = []
        for name, ours in columns.items():
            values = _VALUES.get(ours) or profile.filter.get(name, ("",))
            cells.append(values[number % len(values)])
        writer.writerow(cells)
    return out.getvalue().encode("utf-8", "replace")
