"""Read a made-up file with a made-up profile; a small district round Bellahøj."""

from __future__ import annotations

import dataclasses
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ypo_dash.model.taxonomy import Taxonomy
from ypo_dash.sources import Counts, Profile, SourceContext, read_incidents
from ypo_dash.sources.profile import parse_profile

DATA = Path(__file__).resolve().parents[2] / "data"
CONTEXT = SourceContext(
    taxonomy=Taxonomy.read(DATA / "offences.csv", DATA / "scenes.csv"),
    timezone="Europe/Copenhagen",
    bounds=(12.44, 55.66, 12.56, 55.73),
    sector_ids=frozenset({"1", "2", "3", "010"}),
    area_ids=frozenset({"A7", "00420"}),
)
HEADER = "incident_id,type,scene,time_from,time_to,lat,lon"
GOOD = "7,BURGLARY,FLAT,2012-11-05 22:15,2012-11-06 07:00,55.69,12.5"


@dataclass(frozen=True)
class Loaded:
    rows: pd.DataFrame
    rejects: pd.DataFrame
    counts: Counts

    @property
    def reasons(self) -> list[tuple[int, str, str]]:
        """Line, column and reason of each reject."""
        return list(
            zip(self.rejects["line"], self.rejects["column"], self.rejects["reason"], strict=True)
        )


def in_zone(zone: str, bounds: tuple[float, float, float, float]) -> SourceContext:
    return dataclasses.replace(CONTEXT, timezone=zone, bounds=bounds)


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def load(
    path: Path, profile: str | Profile | None = None, context: SourceContext = CONTEXT
) -> Loaded:
    """Read all batches; ``profile`` may be TOML."""
    chosen = parse_profile(profile, name="made up") if isinstance(profile, str) else profile
    with tempfile.TemporaryDirectory() as folder:
        source = read_incidents(path, chosen, context, workdir=Path(folder))
        batches = list(source)
    return Loaded(
        pd.concat([b.rows for b in batches], ignore_index=True),
        pd.concat([b.rejects for b in batches], ignore_index=True),
        source.counts,
    )


def profile(
    columns: str = "", *, time: str = "", place: str = "", rest: str = "", file: str = ""
) -> str:
    """TOML for the columns ``id, type, from, lat, lon`` and more."""
    return f"""
[file]
{file}
[columns]
incident_id = "id"
type = "type"
time_from = "from"
{columns or 'lat = "lat"' + chr(10) + 'lon = "lon"'}
[time]
{time}
[place]
{place}
{rest}
"""


def times(path: Path, spans: list[tuple[str, str]], time: str) -> Loaded:
    """Load rows of from and to."""
    lines = [f"{i},ROBBERY,{a},{b},55.69,12.5" for i, (a, b) in enumerate(spans)]
    write(path / "times.csv", "\n".join(["id,type,from,to,lat,lon", *lines]))
    columns = 'time_to = "to"\nlat = "lat"\nlon = "lon"'
    return load(path / "times.csv", profile(columns, time=time))
