"""A workspace: one district's settings, its base map, and its store.

::

    district.toml   settings a person may edit
    map/            optional base map: land, water, parks, streets, rail, stations (.geojson)
    rejects/        rows that imports refused, with their reasons
    store/          see `ypo_dash.store.manifest`
"""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ypo_dash import __version__
from ypo_dash.model.district import District
from ypo_dash.model.errors import InputError
from ypo_dash.store.manifest import Files, Manifest

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

    from ypo_dash.sources.layers import Layer

BASE_MAP = ("land", "water", "parks", "streets", "rail", "stations")
_METRE = 1e-5  # degrees, roughly; outlines are simplified by a few of them for display


class Workspace:
    """The folder of one district."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.files = Files(home / "store")

    @property
    def exists(self) -> bool:
        """Whether a district has been set up here."""
        return self.files.current.exists()

    @property
    def district(self) -> District:
        """The settings, read anew."""
        return District.read(self.home / "district.toml")

    def require(self) -> None:
        """Raise InputError if there is no district here."""
        if not self.exists:
            raise InputError(
                "there is no workspace here",
                file=self.home,
                remedy="Set one up with 'ypo init' or 'ypo demo', or point YPO_HOME to one",
            )

    @classmethod
    def create(
        cls,
        home: Path,
        district: District,
        layers: dict[str, tuple[str, bytes]],
        base_map: Path | None = None,
    ) -> Workspace:
        """Set up a new workspace; it appears whole or not at all.

        Parameters
        ----------
        layers
            Suffix and content by layer name: ``offences``, ``scenes``, ``sectors``, ``outline`` ...
        base_map
            A folder with ``land.geojson`` and so on, copied where they exist.

        Raises
        ------
        InputError
            ``home`` already holds something.
        """
        cls.check_free(home)
        home.parent.mkdir(parents=True, exist_ok=True)
        building = cls(home.parent / f".{home.name}.new-{os.getpid()}")
        try:
            building.files.create()
            district.write(building.home / "district.toml")
            building.copy_map(base_map)
            building.publish_layers(Manifest(timezone=district.timezone), layers)
            if home.exists():
                home.rmdir()
            building.home.rename(home)
        finally:
            shutil.rmtree(building.home, ignore_errors=True)
        return cls(home)

    @staticmethod
    def check_free(home: Path) -> None:
        """Raise InputError if ``home`` already holds something."""
        if home.exists() and (not home.is_dir() or any(home.iterdir())):
            raise InputError(
                "this folder already holds something",
                file=home,
                remedy="Give YPO_HOME a new folder, or remove this one first",
            )

    def copy_map(self, folder: Path | None) -> None:
        """Copy the base map's files that ``folder`` has."""
        for name in BASE_MAP:
            source = folder / f"{name}.geojson" if folder else None
            if source is not None and source.exists():
                (self.home / "map").mkdir(exist_ok=True)
                shutil.copyfile(source, self.home / "map" / source.name)

    def publish_layers(
        self, manifest: Manifest, layers: dict[str, tuple[str, bytes]], **changes: Any
    ) -> Manifest:
        """Publish ``manifest`` with other layers (and other ``changes``)."""
        from dataclasses import replace

        names, digests = dict(manifest.layers), {**manifest.files, **changes.pop("files", {})}
        for name, (suffix, content) in layers.items():
            names[name], digest = self.files.add(name, suffix, writer(content))
            digests[names[name]] = digest
        stamp = datetime.now(UTC).isoformat(timespec="seconds")
        return self.files.publish(
            replace(
                manifest,
                layers=names,
                files=digests,
                created=stamp,
                software=__version__,
                **changes,
            )
        )


def writer(content: bytes) -> Callable[[Path], None]:
    """Return a function that writes ``content`` to a path."""

    def write(path: Path) -> None:
        path.write_bytes(content)

    return write


def sector_layers(layer: Layer) -> dict[str, tuple[str, bytes]]:
    """Return the stored form of sectors: the exact polygons, and outlines for display."""
    import shapely

    frame = layer.frame.rename(columns={"id": "sector_id"})
    shown = frame.copy()
    shown["geometry"] = shapely.coverage_simplify(frame.geometry.to_numpy(), 2 * _METRE)
    points = frame.geometry.representative_point()
    frame["label_lng"], frame["label_lat"] = points.x, points.y
    return {
        "sectors": (".geojson", geojson(frame)),
        "outline": (".geojson", geojson(shown, digits=6)),
    }


def geojson(frame: gpd.GeoDataFrame, digits: int | None = None) -> bytes:
    """Return a frame as GeoJSON text, one feature a line; coordinates rounded to ``digits``."""
    import shapely

    # Exterior rings counter-clockwise, as RFC 7946 asks.
    shapes = shapely.orient_polygons(frame.geometry.to_numpy())
    if digits is not None:
        shapes = shapely.transform(shapes, lambda xy: xy.round(digits))
    lines = []
    properties = json.loads(frame.drop(columns="geometry").to_json(orient="records"))
    for values, shape in zip(properties, shapely.to_geojson(shapes), strict=True):
        lines.append(
            f'{{"type":"Feature","properties":{json.dumps(values, ensure_ascii=False)},"geometry":{shape}}}'
        )
    return ('{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n").encode()


def default_home() -> Path:
    """Return ``YPO_HOME`` or ``./var``."""
    return Path(os.environ.get("YPO_HOME") or "var").absolute()
