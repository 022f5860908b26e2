"""Target: import profiles, and the reading of a file with those that were accepted."""

from __future__ import annotations

import tomllib
from pathlib import Path

from case import Case, Target
from homes import FEW, build, table_for
from hypothesis import strategies as st
from mutate import mutated

from ypo_dash.model.errors import InputError
from ypo_dash.sources import load_profile, read_incidents
from ypo_dash.sources.profile import PROFILES
from ypo_dash.sources.profile_check import KEYS
from ypo_dash.store.areas import source_context
from ypo_dash.store.reader import open_snapshot
from ypo_dash.store.workspace import Workspace

_HEAD = 3000
_VALUES = (
    '"lat"',
    '""',
    '"="',
    '"?"',
    '"=BURGLARY"',
    '["a", "b?"]',
    "[]",
    "[[0, 0]]",
    "[[nan, inf], [1, 1e400]]",
    "[[1" + "0" * 400 + ", 0]]",
    "1" * 5000,
    "-1",
    "0",
    "true",
    "nan",
    "2012-11-05",
    "0x10",
    '"\\u0000"',
    '"utf-8"',
    '"base64"',
    '"idna"',
    '"undefined"',
    '"unicode_escape"',
    '"utf-7"',
    '"cp1252\\u0000"',
    '"EPSG:25832"',
    '"EPSG:4978"',
    '"EPSG:5773"',
    '"+proj=pipeline"',
    '"+proj=longlat +datum=WGS84"',
    '"{}"',
    '"Europe/Copenhagen"',
    '"Europe"',
    '"../etc"',
    '"trust-offset"',
    '"month"',
    '["minute"]',
    "{}",
    "{a = 1}",
    '"%Y-%m-%d %H:%M"',
    '"%"',
    '"%d%d"',
    '"%Z"',
    '";"',
    '"\\t"',
    '"§"',
    '"refuse"',
    '"*"',
    '"OTHER"',
)
_NEEDED = '[columns]\ntype = "T"\ntime_from = "F"\nlat = "A"\nlon = "O"\n'


@st.composite
def _written(draw: st.DrawFn) -> bytes:
    """Return a profile of known sections and keys with any values: most of it parses."""
    lines, values = [], st.sampled_from(_VALUES)
    for name in draw(st.lists(st.sampled_from(list(KEYS)), unique=True, max_size=4)):
        needed = name == "columns" and draw(st.booleans())
        lines.append(_NEEDED if needed else f"[{name}]")
        keys = KEYS[name] or ('"a"', '"*"', '""', "x", '"T"')
        chosen = draw(st.lists(st.sampled_from(keys), unique=True, max_size=4))
        lines += [f"{key} = {draw(values)}" for key in chosen if f"\n{key} =" not in lines[-1]]
    if not any(line.startswith("[columns]") for line in lines) and draw(st.integers(0, 5)):
        lines.append(_NEEDED)
    return "\n".join(lines).encode()


def profiles(folder: Path) -> Target:
    """Return the target: only ``InputError`` may come of a profile, and of reading with it."""
    home = build(folder, FEW)
    context = source_context(open_snapshot(Workspace(home)))
    path, table = folder / "fuzzed.toml", folder / "in.csv"

    def check(case: Case) -> None:
        path.write_bytes(case.data)
        try:
            profile = load_profile(path)
            _ = profile.digest
            table.write_bytes(table_for(profile))
            for _ in read_incidents(table, profile, context, workdir=folder):
                pass
        except InputError as error:
            str(error).encode("utf-8", "surrogateescape")

    # The long lists of words say nothing new to a reader: their heads make for small findings.
    seeds = [
        "\n".join(p.read_text().splitlines()[:60]).encode()[:_HEAD] for p in PROFILES.glob("*.toml")
    ]
    seeds = [s for s in seeds if tomllib.loads(s.decode(errors="ignore"))]
    deep = [
        b"a = " + b"[" * 100_000,
        b"[" + b"a." * 50_000 + b"a]",
        b"a" + b".a" * 50_000 + b" = 1",
    ]
    every = st.one_of(mutated(seeds), _written(), _written(), st.binary(max_size=60))
    return Target(
        check,
        [Case("profile", d) for d in (*seeds, *deep)],
        every.map(lambda d: Case("profile", d)),
    )
