"""Build the simulated district's workspace from ``data/``."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.model.district import District
from ypo_dash.sources import load_profile
from ypo_dash.store.ingest import import_incidents
from ypo_dash.store.inputs import import_layer, polygons_from
from ypo_dash.store.workspace import Workspace, sector_layers

if TYPE_CHECKING:
    from collections.abc import Callable

    from ypo_dash.store.report import ImportReport

DATA = Path(__file__).resolve().parents[2] / "data"
INPUTS = (
    ("areas", "safety_areas.geojson"),
    ("designated", "designated_areas.geojson"),
    ("posts", "posts.csv"),
    ("infrastructure", "infrastructure.csv"),
    ("population", "area_population.csv"),
    ("survey", "survey.csv"),
    ("holidays", "holidays.csv"),
    ("breaks", "recording_breaks.csv"),
)


def planted_changes() -> str:
    """Return the planted changes as CSV, with the column ``sectors``: where each of them lies.

    A change in all sectors has none; one at a place has the sectors its ground touches.
    """
    from ypo_dash.sources.simulated.city import build_city
    from ypo_dash.sources.simulated.inputs import read_inputs
    from ypo_dash.sources.simulated.intensity import planted_zones

    inputs = read_inputs(DATA)
    city = build_city(inputs)
    ids = np.array(inputs.sector_ids)
    frame = inputs["planted_changes"].copy()
    lies = []
    for change in frame.to_dict("records"):
        zones = planted_zones(inputs, city, change)
        inside = ids[np.unique(city.zones["sector"].to_numpy()[zones])]
        lies.append("" if len(inside) == len(ids) else ";".join(map(str, inside)))
    return str(frame.assign(sectors=lies).to_csv(index=False))


def build_demo(
    home: Path,
    *,
    incidents: int | None = None,
    progress: Callable[[str, float], None] = lambda _what, _share: None,
    finish: Callable[[Workspace], object] = lambda _workspace: None,
) -> ImportReport:
    """Build the simulated district in ``home``; it appears whole or not at all.

    Parameters
    ----------
    incidents
        How many to simulate; the district's own number if None.
    finish
        What else belongs to it, done before it appears.

    Raises
    ------
    InputError
        ``home`` already holds something.
    """
    from ypo_dash.sources.simulated import generate

    Workspace.check_free(home)
    home.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{home.name}.demo-", dir=home.parent))
    try:
        layer = polygons_from(DATA / "sectors.geojson", "sectors", {})
        layers = {
            "offences": (".csv", (DATA / "offences.csv").read_bytes()),
            "scenes": (".csv", (DATA / "scenes.csv").read_bytes()),
            **sector_layers(layer),
            # What analysis should find; only a simulated district can know.
            "planted_changes": (".csv", planted_changes().encode()),
        }
        workspace = Workspace.create(
            folder / "workspace", District.read(DATA / "district.toml"), layers, DATA
        )
        for kind, name in INPUTS:
            import_layer(workspace, kind, DATA / name, columns={})
        progress("simulating incidents", 0)
        rows = generate(
            DATA,
            incidents=incidents,
            progress=lambda share: progress("simulating incidents", share),
        )
        source = folder / "simulated.csv"
        rows.to_csv(source, index=False)
        report = import_incidents(workspace, [source], load_profile("ypo"), progress=progress)
        manifest = workspace.files.read()
        workspace.publish_layers(replace(manifest, simulated=manifest.snapshot), {})
        finish(workspace)
        with contextlib.suppress(OSError):
            home.rmdir()
        try:
            workspace.home.rename(home)
        except OSError:
            if not Workspace(home).exists:  # else another start built it meanwhile: the same one
                raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return report
