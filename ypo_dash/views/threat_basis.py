"""What a signature is put under: the figures as they are, the map, the quarter before, software and snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ypo_dash import __version__
from ypo_dash.people.assessing import newest, signed_evidence
from ypo_dash.people.assessments import assessments
from ypo_dash.views.threat import threat
from ypo_dash.views.threat_evidence import map_content, threat_content
from ypo_dash.views.threat_lists import threat_entries

if TYPE_CHECKING:
    from ypo_dash.model.quarter import Quarter
    from ypo_dash.people.access import Access
    from ypo_dash.store.snapshot import Snapshot


def basis_of(access: Access, snapshot: Snapshot, quarter: Quarter) -> dict[str, Any]:
    """Return the evidence of a quarter as JSON values, before anybody has signed.

    Raises
    ------
    FilterError
        There are no designated areas, or no data of the quarter.
    """
    return {
        "figures": threat_content(threat(snapshot, threat_entries(access), quarter)),
        "map": map_content(snapshot),
        "before": signed_before(access, quarter),
        "snapshot": snapshot.id,
        "software": __version__,
        "district": snapshot.district.name,
        "simulated": snapshot.district.simulated,
    }


def signed_before(access: Access, quarter: Quarter) -> dict[str, Any] | None:
    """Return levels and directions of the quarter before as they were signed; None where none was."""
    one = newest(assessments(access, str(quarter.moved(-1))))
    if one is None or not one.is_signed:
        return None
    parts = signed_evidence(one)["parts"]
    levels = {name: [said["level"], said["direction"]] for name, said in parts.items() if said["level"]}  # fmt: skip
    return {"quarter": one.quarter, "number": one.number, "sha256": one.sha256, "levels": levels}
