"""One opened snapshot: the words of the district, and the hot columns of its incidents."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from ypo_dash.model.errors import InputError
from ypo_dash.model.taxonomy import Taxonomy
from ypo_dash.store.manifest import Manifest, StoreDamagedError
from ypo_dash.store.place import CellIds
from ypo_dash.store.segments import Coding, partition, read_twin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ypo_dash.store.vectors import Partition
    from ypo_dash.store.workspace import Workspace

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sector:
    """A sector: ``population`` is None where unknown; ``label`` is (lat, lng) of a point inside."""

    id: str
    name: str
    station: str | None
    population: float | None
    label: tuple[float, float]

    @property
    def own_name(self) -> str:
        """What it is called beside its id; empty where the id is all it has."""
        return "" if self.name == self.id else self.name


class Snapshot:
    """A consistent view of the store, good for as long as it is held.

    Satisfies `ypo_dash.model.filters.Vocabulary`.

    Raises
    ------
    InputError
        ``district.toml`` can't be read, or names another time zone than the incidents have.
    StoreDamagedError
        A file is missing or unreadable.
    """

    def __init__(self, workspace: Workspace, manifest: Manifest) -> None:
        self.workspace, self.manifest, self.files = workspace, manifest, workspace.files
        self.id = manifest.snapshot
        self.revision = manifest.revision
        self.district = workspace.district
        if self.district.timezone != manifest.timezone:
            raise InputError(
                f"the incidents were imported with the time zone {manifest.timezone}",
                file=workspace.home / "district.toml",
                column="timezone",
                value=self.district.timezone,
                remedy="Set it back, or make a new workspace and import the sources there",
            )
        self.taxonomy = Taxonomy.read(self.layer_path("offences"), self.layer_path("scenes"))
        self.sectors = _sectors(json.loads(self.layer_text("sectors")), self.table("population"))
        self.coding = Coding.of(
            tuple(self.taxonomy.offence),
            tuple(self.taxonomy.scene),
            [s.id for s in self.sectors],
            self.district.timezone,
        )
        self.twins = [read_twin(self.files, entry) for entry in manifest.segments]
        self._partitions: dict[int, list[Partition]] = {}

    def layer_path(self, name: str) -> Any:
        """Return the path of a stored layer."""
        return self.files.path(self.manifest.layers[name])

    def layer_text(self, name: str) -> str:
        """Return a layer's text; an empty feature collection where there is none."""
        if name not in self.manifest.layers:
            return '{"type":"FeatureCollection","features":[]}'
        try:
            return str(self.layer_path(name).read_text(encoding="utf-8"))
        except OSError as error:
            raise StoreDamagedError(
                f"{self.layer_path(name)}: this stored file is missing: {error}"
            ) from error

    def table(self, name: str) -> list[dict[str, str]]:
        """Return the rows of a CSV layer; none where there is no such layer."""
        if name not in self.manifest.layers:
            return []
        return list(csv.DictReader(io.StringIO(self.layer_text(name))))

    @cached_property
    def cells(self) -> CellIds:
        """The dense cell ids."""
        if self.manifest.cells is None:
            return CellIds()
        path = self.files.path(self.manifest.cells)
        try:
            with pa.memory_map(str(path)) as source:
                return CellIds.from_table(pa.ipc.open_file(source).read_all())
        except (OSError, pa.ArrowException) as error:
            raise StoreDamagedError(
                f"{path}: this stored file is missing or damaged: {error}"
            ) from error

    @property
    def geometry_key(self) -> str:
        """Names the numbering of the cells and the sectors; equal keys, equal hexagons under equal numbers."""
        made_of = f"{self.manifest.cells} {self.manifest.layers['sectors']}"
        return hashlib.sha256(made_of.encode()).hexdigest()[:16]

    def partitions(self, res: int) -> list[Partition]:
        """Return the hot columns of every month for ``res``."""
        if res not in self._partitions:
            self._partitions[res] = [partition(twin, res) for twin in self.twins]
        return self._partitions[res]

    @cached_property
    def sector_names(self) -> Mapping[str, str]:
        """Sector names by id, lowest id first."""
        return {s.id: s.name for s in self.sectors}

    @cached_property
    def own_names(self) -> Mapping[str, str]:
        """What sectors are called beside their ids, by id; empty for one that has only its id."""
        return {s.id: s.own_name for s in self.sectors}

    @cached_property
    def station_sectors(self) -> Mapping[str, tuple[str, ...]]:
        """Sector ids by station."""
        found: dict[str, tuple[str, ...]] = {}
        for s in self.sectors:
            if s.station is not None:
                found[s.station] = (*found.get(s.station, ()), s.id)
        return found

    @cached_property
    def station_names(self) -> Mapping[str, Mapping[str, str]]:
        """Station names by id and language; the id itself where the district gives none."""
        named = self.district.stations
        return {
            s: {lang: named.get(s, {}).get(lang, s) for lang in ("da", "en")}
            for s in self.station_sectors
        }

    @cached_property
    def span(self) -> tuple[date, date] | None:
        """First and last local date of an incident; None without data."""
        if not self.manifest.segments:
            return None
        first = min(e.first_day for e in self.manifest.segments)
        last = max(e.last_day for e in self.manifest.segments)
        return EPOCH + timedelta(days=first), EPOCH + timedelta(days=last)

    @cached_property
    def totals(self) -> dict[str, int]:
        """Incidents, mapped, and why the others are not: ``no_coordinates``, ``outside``."""
        entries = self.manifest.segments
        incidents = sum(e.rows for e in entries)
        lost = {
            k: sum(getattr(e, k) for e in entries)
            for k in ("no_coordinates", "outside", "sector_only")
        }
        not_mapped = lost["no_coordinates"] + lost["outside"]
        return {
            "incidents": incidents,
            "mapped": incidents - not_mapped,
            "not_mapped": not_mapped,
            **lost,
        }

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the sectors, WGS84."""
        from shapely import from_geojson, total_bounds

        return tuple(float(v) for v in total_bounds(from_geojson(self.layer_text("outline"))))  # type: ignore[return-value]

    def polygons(self) -> list[Any]:
        """Return the exact polygons of the sectors, lowest id first."""
        import shapely

        collection = json.loads(self.layer_text("sectors"))
        return [shapely.from_geojson(json.dumps(f["geometry"])) for f in collection["features"]]


def _sectors(collection: dict[str, Any], population: list[dict[str, str]]) -> tuple[Sector, ...]:
    newer = {row["sector_id"]: float(row["population"]) for row in population}
    found = []
    for feature in collection["features"]:
        p = feature["properties"]
        people = newer.get(p["sector_id"], p["population"])
        found.append(
            Sector(
                id=p["sector_id"],
                name=p["name"],
                station=p["station"] or None,
                population=None if people is None or np.isnan(people) else float(people),
                label=(p["label_lat"], p["label_lng"]),
            )
        )
    return tuple(found)
