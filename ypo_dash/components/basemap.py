"""The quiet base map: the district's own layers in panes that CSS colours, and optional tiles."""

from __future__ import annotations

import dash_leaflet as dl

# Panes from below; sector fills, hexagons, sector borders, labels and pins lie at 215, 350, 420,
# 600 and 610. The classes of the panes let themes switch without drawing anything again.
LAYERS: tuple[tuple[str, int], ...] = (
    ("land", 205),
    ("parks", 220),
    ("water", 225),
    ("streets", 230),
    ("rail", 235),
    ("designated", 410),
)
START = (55.69, 12.53)
START_ZOOM = 12


def basemap(map_id: str, tile_url: str | None = None) -> dl.Map:
    """Return the map; the scripts add hexagons, sectors, labels and pins to it."""
    tiles = [dl.TileLayer(url=tile_url, className="tiles", maxZoom=19)] if tile_url else []
    return dl.Map(
        [*tiles, *(_layer(name, index) for name, index in LAYERS), _stations()],
        id=map_id,
        className="leaflet-map",
        center=START,
        zoom=START_ZOOM,
        minZoom=9,
        maxZoom=18,
        zoomSnap=0.25,
        zoomDelta=0.5,
        wheelPxPerZoomLevel=100,
        zoomControl=False,
        attributionControl=False,
        trackViewport=False,
    )


def _layer(name: str, index: int) -> dl.Pane:
    return dl.Pane(
        dl.GeoJSON(url=f"/api/layers/{name}.geojson", interactive=False, pane=f"ypo-{name}"),
        name=f"ypo-{name}",
        style={"zIndex": index},
    )


def _stations() -> dl.Pane:
    return dl.Pane(
        dl.GeoJSON(
            url="/api/layers/stations.geojson",
            interactive=False,
            pane="ypo-stations",
            pointToLayer={"variable": "ypo.leaflet.station"},
        ),
        name="ypo-stations",
        style={"zIndex": 240},
    )
