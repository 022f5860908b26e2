"""Targets: files of incidents of every format."""

from __future__ import annotations

import zlib
from pathlib import Path

import bombs
from case import Case, Target, WrongAnswerError
from homes import Resettable, csv_bytes, gz, incidents, table_for
from hypothesis import strategies as st
from mutate import mutated, mutated_zips
from seeds import parquets, points, typed_parquet, typed_workbook, vector, workbook

from ypo_dash.model.errors import FilterError, InputError
from ypo_dash.model.filters import Filters
from ypo_dash.sources import describe_file, load_profile, read_incidents, shipped_profiles
from ypo_dash.store.areas import source_context
from ypo_dash.store.ingest import import_incidents
from ypo_dash.store.manifest import StoreDamagedError
from ypo_dash.store.reader import open_snapshot
from ypo_dash.store.snapshot import Snapshot
from ypo_dash.views import explore
from ypo_dash.views.tables import TABLES, incident_csv, table

REFUSALS = (InputError, FilterError, StoreDamagedError, OSError)
_ALL_WAYS = 20
_ALL = "from=1900-01-01&to=2200-12-31"


def check_refusal(error: Exception) -> None:
    """A refusal says why; and memory that ran out is no damage to the file, whatever it says."""
    if not str(error):
        raise WrongAnswerError("a refusal that says nothing") from error
    if isinstance(error.__cause__, MemoryError):
        raise WrongAnswerError("memory ran out and was told as a damaged file") from error


def look_at(snapshot: Snapshot) -> None:
    """Ask for what the pages show: what an import let in must not break them afterwards."""
    for query in ("", _ALL):
        try:
            filters = Filters.from_query(query, snapshot)
            explore.view(snapshot, filters, "en")
            for name in TABLES:
                if name != "incidents":
                    table(snapshot, name, filters, context=False).csv()
            "".join(incident_csv(snapshot, filters, context=False)).encode()
        except FilterError:
            if not query:  # the last 28 days of any data are a state
                raise


class Importer:
    """Reads a file in the ways that the product has, and imports it, sometimes for good.

    Describing and importing take ten times as long as reading, so after the first files, which
    are chosen ones, only some go all the ways; which ones is up to their content.
    """

    def __init__(self, folder: Path) -> None:
        self._space, self._folder, self._done = Resettable(folder), folder, 0
        snapshot = open_snapshot(self._space.workspace)
        self._context = source_context(snapshot)
        self._profile = load_profile("ypo")

    def __call__(self, case: Case) -> None:
        path = self._folder / case.label
        path.write_bytes(case.data)
        self._done += 1
        chosen = 0 if self._done <= _ALL_WAYS else zlib.crc32(case.data) // 8 % 6
        others = {0: (self._describe, self._import), 1: (self._describe,)}
        others |= {2: (self._import,), 3: (self._import,)}
        for way in (self._read, *others.get(chosen, ())):
            try:
                way(path)
            except REFUSALS as error:
                check_refusal(error)

    def _describe(self, path: Path) -> None:
        describe_file(path, self._context).encode("utf-8", "surrogateescape")

    def _read(self, path: Path) -> None:
        source = read_incidents(path, None, self._context, workdir=self._folder)
        for _ in source:
            pass

    def _import(self, path: Path) -> None:
        workspace = self._space.workspace
        published = zlib.crc32(path.read_bytes()) % 4 == 0
        before = workspace.files.current.read_bytes()
        try:
            import_incidents(workspace, [path], self._profile, dry_run=not published)
        except REFUSALS:
            published = False
            raise
        finally:
            if not published and workspace.files.current.read_bytes() != before:
                raise WrongAnswerError("a refused or rehearsed import changed the store")
        if published:
            try:
                look_at(open_snapshot(workspace))
            finally:
                self._space.reset()


def _cases(label: str, strategy: st.SearchStrategy[bytes]) -> st.SearchStrategy[Case]:
    return strategy.map(lambda data: Case(label, data))


def texts(folder: Path) -> Target:
    """Return the target of delimited text, plain and packed."""
    frame = incidents()
    seeds = [csv_bytes(frame), csv_bytes(frame.head(3), sep=";")]
    seeds += [csv_bytes(frame).decode().encode("utf-16"), csv_bytes(frame, sep="\t")]
    seeds += [table_for(load_profile(name)) for name in shipped_profiles()]
    damaged = mutated(seeds)
    packed = st.one_of(mutated([gz(s) for s in seeds]), damaged.map(gz))
    nasty = [Case("in.csv", s) for s in seeds]
    nasty += [Case("in.csv.gz", bombs.packed_gigabyte()), Case("in.csv.gz", bombs.gz_of_gz())]
    every = st.one_of(*[_cases("in.csv", damaged)] * 3, _cases("in.csv.gz", packed))
    return Target(Importer(folder), nasty, st.one_of(every, _cases("in.csv", st.binary())))


def sheets(folder: Path) -> Target:
    """Return the target of workbooks."""
    seeds = [workbook(incidents(), typed=typed) for typed in (False, True)]
    huge = (
        bombs.far_cell(),
        bombs.column_of_blanks(),
        bombs.repeated_string(),
        bombs.laughing_entities(),
        bombs.deep_xml(),
    )
    every = st.one_of(mutated_zips(seeds), typed_workbook())
    return Target(
        Importer(folder), [Case("in.xlsx", s) for s in (*seeds, *huge)], _cases("in.xlsx", every)
    )


def columns(folder: Path) -> Target:
    """Return the target of Parquet files."""
    seeds = parquets()
    nasty = [Case("in.parquet", s) for s in (*seeds, bombs.long_texts())]
    every = st.one_of(mutated(seeds), typed_parquet())
    return Target(Importer(folder), nasty, _cases("in.parquet", every))


def vectors(folder: Path) -> Target:
    """Return the target of incidents with a geometry: GeoJSON and GeoPackage."""
    texts = [vector(folder, points(), ".geojson"), bombs.collection_of_collections()]
    packages = [vector(folder, points(), ".gpkg")]
    nasty = [Case("in.geojson", s) for s in (*texts, *bombs.deep_json())]
    nasty += [Case("in.gpkg", s) for s in packages]
    every = st.one_of(
        *[_cases("in.geojson", mutated(texts))] * 3, _cases("in.gpkg", mutated(packages))
    )
    return Target(Importer(folder), nasty, every)
