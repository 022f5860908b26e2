"""The pattern of the tutorials, as a peer: Dash, dash-leaflet, pandas, GeoJSON rebuilt per change.

The same incidents, the same three filters (types, dates, hours), the same H3 cells, a process of
its own. What it leaves out flatters it: no charts, no sectors, no context, no aoristic weights
(an incident counts in the hour it starts), dates without the rule of the night.

    python bench/tutorial_peer.py PARQUET RES PORT
"""

from __future__ import annotations

import sys
from pathlib import Path

import dash_leaflet as dl
import h3
import numpy as np
import pandas as pd
from dash import Dash, Input, Output, dcc, html
from h3ronpy.vector import coordinates_to_cells

COLOURS = ("#ffffcc", "#ffeda0", "#feb24c", "#fd8d3c", "#f03b20", "#bd0026", "#7a0018")
PAGE = """<!DOCTYPE html><html><head>{%metas%}<title>{%title%}</title>{%css%}</head><body>
<script>
window.peer = {
  seq: 0,
  style: function (feature) {
    window.peer.seq = feature.properties.seq;
    return {fillColor: feature.properties.colour, weight: 1, color: "#666", fillOpacity: 0.7};
  }
};
</script>
{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer></body></html>"""


def load(path: str, res: int) -> pd.DataFrame:
    frame = pd.read_parquet(path, columns=["type", "time_from", "lat", "lon"]).dropna()
    times = pd.to_datetime(frame["time_from"])
    cells = np.asarray(coordinates_to_cells(frame["lat"].to_numpy(), frame["lon"].to_numpy(), res))
    return pd.DataFrame(
        {
            "type": frame["type"].astype("category").to_numpy(),
            "time": times.to_numpy(),
            "hour": times.dt.hour.to_numpy(),
            "cell": cells.astype(np.uint64),
        }
    )


def features(frame: pd.DataFrame, filters: dict[str, str], seq: int) -> dict[str, object]:
    chosen = frame
    if "types" in filters:
        chosen = chosen[chosen["type"].isin(filters["types"].split(","))]
    after = pd.Timestamp(filters["from"])
    before = pd.Timestamp(filters["to"]) + pd.Timedelta(days=1)
    chosen = chosen[(chosen["time"] >= after) & (chosen["time"] < before)]
    if "hours" in filters:
        low, high = (int(part) for part in filters["hours"].split("-"))
        chosen = chosen[(chosen["hour"] >= low) & (chosen["hour"] < high)]
    counts = chosen.groupby("cell").size()
    limits = np.unique(counts.quantile([0.3, 0.5, 0.7, 0.85, 0.95, 0.99]))
    classes = np.searchsorted(limits, counts.to_numpy(), side="right")
    found = []
    for (cell, count), number in zip(counts.items(), classes, strict=True):
        name = h3.int_to_str(int(cell))
        ring = [[lng, lat] for lat, lng in h3.cell_to_boundary(name)]
        found.append(
            {
                "type": "Feature",
                "properties": {
                    "cell": name,
                    "count": int(count),
                    "colour": COLOURS[number],
                    "seq": seq,
                },
                "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
            }
        )
    return {"type": "FeatureCollection", "features": found}


def create(path: str, res: int) -> Dash:
    frame = load(path, res)
    first = {"from": str(frame["time"].max().date()), "to": str(frame["time"].max().date())}
    app = Dash(__name__, index_string=PAGE)
    layer = dl.GeoJSON(id="cells", style={"variable": "peer.style"})
    chart = dl.Map(
        [layer],
        center=[55.69, 12.525],
        zoom=12,
        style={"height": "100vh", "width": "100%"},
    )
    app.layout = html.Div([dcc.Store(id="filters", data={"seq": 1, "state": first}), chart])

    @app.callback(Output("cells", "data"), Input("filters", "data"))
    def update(asked: dict[str, object]) -> dict[str, object]:
        return features(frame, asked["state"], int(str(asked["seq"])))

    return app


if __name__ == "__main__":
    parquet, res, port = sys.argv[1:]
    peer = create(str(Path(parquet)), int(res))
    peer.run(port=port, debug=False)
