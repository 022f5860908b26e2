"""Places without a point: area codes to sectors; and what reading a source needs of a district."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from ypo_dash.sources import SourceContext

if TYPE_CHECKING:
    from ypo_dash.store.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class AreaIndex:
    """Sector id by area code: a sector's own id, or an area that lies in one sector."""

    sector: dict[str, str]

    @classmethod
    def of(cls, snapshot: Snapshot) -> AreaIndex:
        """Build from a snapshot's layers; leading zeros lost by a spreadsheet are forgiven."""
        found = {}
        collection = json.loads(snapshot.layer_text("areas"))
        polygons = snapshot.polygons() if collection["features"] else []
        for feature in collection["features"]:
            shape = shapely.from_geojson(json.dumps(feature["geometry"]))
            inside = [
                i
                for i, p in enumerate(polygons)
                if shapely.intersection(p, shape).area >= 0.99 * shape.area
            ]
            if inside:
                found[str(feature["properties"]["id"])] = snapshot.sectors[inside[0]].id
        found |= {s.id: s.id for s in snapshot.sectors}
        bare: dict[str, list[str]] = {}
        for code, sector in found.items():
            bare.setdefault(code.lstrip("0"), []).append(sector)
        forgiven = {code: sectors[0] for code, sectors in bare.items() if len(set(sectors)) == 1}
        return cls({**forgiven, **found})


def source_context(snapshot: Snapshot) -> SourceContext:
    """Return what reading a source needs to know of the district."""
    areas = json.loads(snapshot.layer_text("areas"))["features"]
    return SourceContext(
        taxonomy=snapshot.taxonomy,
        timezone=snapshot.district.timezone,
        bounds=snapshot.bounds,
        sector_ids=frozenset(snapshot.sector_names),
        area_ids=frozenset(str(a["properties"]["id"]) for a in areas),
    )


def sector_ids(index: Any, area: pd.Series[str], snapshot: Snapshot, areas: AreaIndex) -> Any:
    """Return the sector id of each row by its point's sector index, else by its area code; else None."""
    names = np.array([*(s.id for s in snapshot.sectors), None, None], dtype=object)
    found = pd.Series(names[index], dtype=object)  # -1 and -2 pick the two Nones
    by_area = (index == -2) & area.notna().to_numpy()
    if by_area.any():
        found[by_area] = area[by_area].astype(str).map(areas.sector).astype(object).to_numpy()
    return found.where(found.notna(), None).to_numpy()
