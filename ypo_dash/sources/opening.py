"""Opens a file by its format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ypo_dash.sources import files
from ypo_dash.sources.columnar import open_parquet
from ypo_dash.sources.delimited import open_delimited
from ypo_dash.sources.sheets import open_sheet
from ypo_dash.sources.vectors import open_layer

if TYPE_CHECKING:
    from pathlib import Path

    from ypo_dash.sources.profile import FileOptions
    from ypo_dash.sources.tables import Fits, Table


def open_table(path: Path, options: FileOptions, fits: Fits | None, workdir: Path) -> Table:
    """Open any tabular file.

    Parameters
    ----------
    options
        What the profile says of the file; the rest is found by looking.
    fits
        Whether a header has all columns that are needed: it decides between sheets, header rows
        and delimiters. None without a profile.
    workdir
        A folder for what has to be unpacked.

    Raises
    ------
    InputError
        The file is not readable, empty, or of no known format.
    """
    found = files.find_format(path)
    if found == files.XLSX:
        return open_sheet(path, options, fits)
    if found == files.PARQUET:
        return open_parquet(path)
    if found in files.VECTORS:
        return open_layer(path, found, options, fits)
    return open_delimited(path, options, fits, workdir)
