"""What draws people into a sector, counted from the simulated district's own map and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import shapely

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from ypo_dash.sources.simulated.inputs import Inputs


def draw_infrastructure(inputs: Inputs) -> pd.DataFrame:
    """Return one row per sector: ``stations``, ``nightlife``, ``shops``, ``schools``, ``through_roads_km``.

    Stations within the settings' distance of a sector and kilometres of its main streets come from
    the map; places of nightlife from ``attractors.csv``; shops per kilometre of its shopping
    streets and schools per inhabitant are simulated.
    """
    settings = inputs.settings["infrastructure"]
    stations = shapely.unary_union([shape for _, shape in inputs.layers["stations"]])
    nightlife = [
        shapely.Point(inputs.to_metres.transform(row.lon, row.lat))
        for row in inputs.rows("attractors", kind="nightlife")
    ]
    main = [shape for p, shape in inputs.layers["streets"] if p["class"] == "main"]
    weight = {row.name: row.weight for row in inputs.rows("attractors", kind="shopping")}
    shopping = [
        (weight[p["name"]], shape) for p, shape in inputs.layers["streets"] if p["name"] in weight
    ]
    rows = []
    for sector, shape in inputs.layers["sectors"]:
        near = shape.buffer(settings["station_reach_m"])
        rows.append(
            {
                "sector_id": sector["sector_id"],
                "stations": len(_parts(shapely.intersection(stations, near))),
                "nightlife": sum(bool(shapely.intersects(shape, point)) for point in nightlife),
                "shops": round(
                    sum(w * shapely.intersection(s, near).length for w, s in shopping)
                    / 1000
                    * settings["shops_per_weighted_km"]
                ),
                "schools": max(1, round(sector["population"] / settings["inhabitants_per_school"])),
                "through_roads_km": round(
                    sum(shapely.intersection(s, shape).length for s in main) / 1000, 1
                ),
            }
        )
    return pd.DataFrame(rows)


def _parts(shape: BaseGeometry) -> list[BaseGeometry]:
    return [] if shape.is_empty else list(getattr(shape, "geoms", [shape]))
