"""Set up a workspace for another district."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ypo_dash.model.district import District
from ypo_dash.model.errors import InputError
from ypo_dash.model.taxonomy import Taxonomy
from ypo_dash.sources.layers import read_polygons
from ypo_dash.store.demo import DATA
from ypo_dash.store.segments import Coding
from ypo_dash.store.workspace import Workspace, sector_layers

if TYPE_CHECKING:
    from collections.abc import Mapping


def create_district(
    home: Path,
    *,
    name: str,
    timezone: str,
    crs: str,
    sectors: Path,
    sector_id: str,
    **optional: str | Path | None,
) -> tuple[Workspace, list[str]]:
    """Create a workspace; see ``ypo init --help`` for the parameters.

    Returns
    -------
    The workspace, and notes for the user.

    Raises
    ------
    InputError
        A setting or a file was refused; nothing was created.
    """
    if not name.strip():
        raise InputError("the district needs a name", column="--name")
    columns = {key: _text(optional, key) for key in ("sector_name", "station", "population")}
    layer = read_polygons(
        sectors,
        id_column=sector_id,
        name_column=columns["sector_name"],
        station_column=columns["station"],
        population_column=columns["population"],
    )
    stations = {s: {"da": s, "en": s} for s in layer.frame["station"].dropna().unique() if s}
    district = District(
        name=name.strip(), timezone=timezone, crs=crs, languages=("en", "da"), stations=stations
    )
    district.check()
    taxonomy = {
        key: Path(optional.get(key) or DATA / f"{key}.csv") for key in ("offences", "scenes")
    }
    for path in taxonomy.values():
        if not path.is_file():
            raise InputError("there is no such file", file=path)
    words = Taxonomy.read(taxonomy["offences"], taxonomy["scenes"])
    Coding.of(tuple(words.offence), tuple(words.scene), list(layer.frame["id"]), timezone)
    layers = {key: (".csv", path.read_bytes()) for key, path in taxonomy.items()} | sector_layers(
        layer
    )
    workspace = Workspace.create(home, district, layers)
    people = layer.frame["population"]
    notes = [f"{len(layer.frame)} sectors, {people.notna().sum()} with a population", *layer.notes]
    return workspace, notes


def _text(options: Mapping[str, str | Path | None], key: str) -> str | None:
    value = options.get(key)
    return None if value is None else str(value)
