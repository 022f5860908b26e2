"""Vector layers (GeoJSON, GeoPackage, Shapefile) as batches of raw texts and points."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from ypo_dash.model.errors import InputError
from ypo_dash.sources.columnar import as_text, wkb_points
from ypo_dash.sources.files import GEOJSON, GEOPACKAGE, SHAPEFILE
from ypo_dash.sources.tables import BATCH_ROWS, Head, RawBatch, no_rejects

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ypo_dash.sources.profile import FileOptions
    from ypo_dash.sources.tables import Fits

_GEOMETRY = "wkb_geometry"
# Names of damaged bytes come as they are, and fail where they are made text.
_ERRORS = (DataSourceError, DataLayerError, RuntimeError, UnicodeDecodeError)
_DRIVERS = {GEOJSON: "GeoJSON", GEOPACKAGE: "GPKG", SHAPEFILE: "ESRI Shapefile"}


@dataclass
class Layer:
    """An opened layer."""

    path: Path
    head: Head
    layer: str
    features: int
    encoding: str | None

    def batches(self, wanted: Sequence[str]) -> Iterator[RawBatch]:
        """Yield the features; only ``wanted`` columns, in that order.

        The line of a feature is its number and one: there is no header, but one is counted.

        Raises
        ------
        InputError
            The file is damaged.
        """
        done = 0
        options = {"encoding": self.encoding} if self.encoding else {}
        try:
            with pyogrio.open_arrow(
                self.path,
                layer=self.layer,
                columns=list(wanted),
                batch_size=BATCH_ROWS,
                use_pyarrow=True,
                # As text a time keeps the offset it was written with, or none.
                datetime_as_string=True,
                **options,
            ) as (meta, reader):
                geometry = meta["geometry_name"] or _GEOMETRY
                for found in reader:
                    lines = np.arange(done + 2, done + 2 + len(found), dtype=np.int64)
                    done += len(found)
                    texts = {name: as_text(found.column(name)) for name in wanted}
                    has_geometry = geometry in found.schema.names
                    points = wkb_points(found.column(geometry)) if has_geometry else None
                    bytes_done = self.head.total_bytes * done // max(self.features, done)
                    yield RawBatch(texts, lines, no_rejects(), bytes_done, points)
        except (*_ERRORS, pa.ArrowException, OSError) as error:
            raise InputError(
                f"the layer cannot be read to its end: {error}",
                file=self.path,
                remedy="It is damaged; fetch it again",
            ) from error

    def close(self) -> None:
        """Do nothing: a layer is open only while it is read."""


def open_layer(path: Path, kind: str, options: FileOptions, fits: Fits | None) -> Layer:
    """Open a layer: the one named, or the only one that has all needed columns.

    Raises
    ------
    InputError
        The file is damaged or lacks its parts, or there is no such layer.
    """
    names = _layers(path, kind)
    _check_driver(path, kind, names[0])
    if options.layer is not None and options.layer not in names:
        raise InputError(
            "there is no such layer",
            file=path,
            value=options.layer,
            remedy=f"The file has {', '.join(names)}",
        )
    chosen = [options.layer] if options.layer is not None else names
    infos = {name: _info(path, name, options.encoding) for name in chosen}
    fitting = [n for n, info in infos.items() if fits is not None and _fits(fits, info)]
    if sum(infos[n]["features"] != 0 for n in fitting) > 1:
        raise InputError(
            f"the layers {', '.join(fitting)} all have the columns of the profile",
            file=path,
            remedy='Name one in the profile, [file] layer = "...", and import the others after it',
        )
    name = next(iter(fitting), chosen[0])
    info = infos[name]
    columns = tuple(str(f) for f in info["fields"])
    geometry = info["geometry_type"] is not None
    head = Head(
        format=kind,
        columns=columns,
        total_bytes=path.stat().st_size,
        typed=True,
        geometry=geometry,
        crs=info["crs"],
        facts={
            "layer": name,
            "features": f"{info['features']:,}",
            "geometry": str(info["geometry_type"]),
        }
        | ({"crs": info["crs"]} if info["crs"] else {}),
    )
    return Layer(path, head, name, int(info["features"]), options.encoding)


def _check_driver(path: Path, kind: str, layer: str) -> None:
    """Refuse a damaged file that its name would let another reader take for something else."""
    if _info(path, layer, None)["driver"] != _DRIVERS[kind]:
        raise _unreadable(path, kind, "its inside is damaged")


def _unreadable(path: Path, kind: str, why: object) -> InputError:
    remedy = "It is damaged or cut off; fetch it again"
    if kind == SHAPEFILE:
        remedy = "A shapefile needs its .shx and .dbf beside it"
    return InputError(f"the {kind} cannot be read: {why}", file=path, remedy=remedy)


def _fits(fits: Fits, info: dict[str, Any]) -> bool:
    return fits(list(info["fields"]), geometry=info["geometry_type"] is not None)


def _layers(path: Path, kind: str) -> list[str]:
    try:
        found = [str(name) for name, _ in pyogrio.list_layers(path)]
    except _ERRORS as error:
        raise _unreadable(path, kind, error) from error
    if not found:
        raise InputError(
            f"the {kind} has no layer" if kind != GEOJSON else "the GeoJSON has no features",
            file=path,
        )
    return found


def _info(path: Path, layer: str, encoding: str | None) -> dict[str, Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found: dict[str, Any] = pyogrio.read_info(
                path, layer=layer, encoding=encoding, force_feature_count=True
            )
    except _ERRORS as error:
        raise InputError(
            f"the layer {layer} cannot be read: {error}",
            file=path,
            remedy="It is damaged; fetch it again",
        ) from error
    return found
