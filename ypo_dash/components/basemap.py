"""The Leaflet map; the scripts draw the district's own layers on it, from this server alone."""

from __future__ import annotations

import dash_leaflet as dl

START = (55.69, 12.53)
START_ZOOM = 12


def basemap(map_id: str) -> dl.Map:
    """Return an empty map; the scripts fit it to the district and add everything on it."""
    return dl.Map(
        id=map_id,
        className="leaflet-map",
        center=START,
        zoom=START_ZOOM,
        minZoom=9,
        maxZoom=18,
        zoomSnap=0.125,
        zoomDelta=0.5,
        wheelPxPerZoomLevel=100,
        zoomControl=False,
        attributionControl=False,
        trackViewport=False,
    )
