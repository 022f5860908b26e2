"""What a signature is put under: the figures as they are, the map, the quarter before, software and snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ypo_dash import __version__
from ypo_dash.views.threat import threat
from ypo_dash.views.threat_evidence import map_content, threat_content
from ypo_dash.views.threat_shown import signed_before

if TYPE_CHECKING:
    from ypo_dash.model.quarter import Quarter
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.threat_shown import Assessed


def basis_of(known: Assessed, snapshot: Snapshot, quarter: Quarter) -> dict[str, Any]:
    """Return the evidence of a quarter as JSON values, before anybody has signed.

    Raises
    ------
    FilterError
        There are no designated areas, or no data of the quarter.
    """
    return {
        "figures": threat_content(threat(snapshot, known.entries, quarter)),
        "map": map_content(snapshot),
        "before": signed_before(known.every, quarter),
        "snapshot": snapshot.id,
        "software": __version__,
        "district": snapshot.district.name,
        "simulated": snapshot.district.simulated,
    }
