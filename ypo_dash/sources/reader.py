"""Reads an incident file with a profile: batches of canonical rows and rejects."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ypo_dash.sources.binding import bind, fits
from ypo_dash.sources.canonical import Canoniser
from ypo_dash.sources.guess import fitting, no_profile, open_for_any
from ypo_dash.sources.opening import open_table
from ypo_dash.sources.profile import Profile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd

    from ypo_dash.sources.binding import Binding
    from ypo_dash.sources.context import Counts, SourceContext
    from ypo_dash.sources.tables import Table

REJECT_FILE_COLUMNS = ("file", "line", "column", "value", "reason")


@dataclass(frozen=True)
class Batch:
    """Canonical ``rows``, and ``rejects`` with one row for each refused one.

    ``rows`` has ``incident_id``, ``type`` and ``scene`` (codes of the taxonomy), ``start_utc``,
    ``end_utc`` and ``reported_utc`` (datetime64[s], naive UTC; NaT: not known), ``lat`` and
    ``lon`` (WGS84; NaN: none), ``area`` (only where there is no point) and ``line``.
    ``rejects`` has ``file``, ``line``, ``column``, ``value`` and ``reason``.
    """

    rows: pd.DataFrame
    rejects: pd.DataFrame
    bytes_done: int


class Source:
    """An incident file: iterate over it once for its batches.

    ``counts`` are whole after the iteration, which ends with an InputError if the file as a whole
    is to be refused.
    """

    def __init__(
        self, path: Path, profile: Profile, table: Table, canoniser: tuple[Binding, Canoniser]
    ) -> None:
        self.path, self.profile = path, profile
        self.total_bytes = table.head.total_bytes
        self._table = table
        self._binding, self._canoniser = canoniser

    @property
    def counts(self) -> Counts:
        """What became of the rows so far."""
        return self._canoniser.counts

    def __iter__(self) -> Iterator[Batch]:
        with closing(self._table):
            for raw in self._table.batches(self._binding.wanted):
                rows, rejects = self._canoniser.take(raw)
                rejects.insert(0, "file", str(self.path))
                yield Batch(rows, rejects[list(REJECT_FILE_COLUMNS)], raw.bytes_done)
        self._canoniser.check(self.path)


def read_incidents(
    path: Path, profile: Profile | None, context: SourceContext, *, workdir: Path
) -> Source:
    """Open an incident file.

    Parameters
    ----------
    path
        CSV (any delimiter and common encoding, also packed with gzip), XLSX, Parquet, GeoJSON,
        GeoPackage or Shapefile.
    profile
        How to read it; None takes the shipped profile whose columns all fit.
    context
        What the district is.
    workdir
        A folder for nameless temporary files.

    Raises
    ------
    InputError
        The file is not readable, of no known format, or lacks a column.
    """
    if profile is None:
        table = open_for_any(path, workdir)
        profile = fitting(table.head.columns)
        if profile is None:
            raise no_profile(path, table.head.columns)
    else:
        table = open_table(path, profile.file, fits(profile), workdir)
    binding = bind(profile, table.head, path)
    return Source(path, profile, table, (binding, Canoniser(profile, binding, table.head, context)))
