"""What a snapshot promises: its id, its numbering, its clock; what readers see of new and damaged ones."""

from __future__ import annotations

import json
import os
import time

import numpy as np
import pytest

from tests.conftest import DATA
from ypo_dash.model.district import District
from ypo_dash.model.errors import InputError
from ypo_dash.model.filters import Filters
from ypo_dash.sources import load_profile
from ypo_dash.store.ingest import import_incidents
from ypo_dash.store.inputs import import_layer, polygons_from
from ypo_dash.store.manifest import StoreDamagedError
from ypo_dash.store.query import summarise
from ypo_dash.store.reader import Store, open_snapshot
from ypo_dash.store.segments import Coding, derive_twin, read_truth
from ypo_dash.store.verify import verify
from ypo_dash.store.workspace import Workspace, sector_layers
from ypo_dash.views import explore
from ypo_dash.views.tables import cell_counts, table

HEADER = "incident_id,type,scene,time_from,time_to,lat,lon"
A = "a,BURGLARY,FLAT,2012-11-23T22:00,2012-11-24T01:00,55.6866,12.5569"
B = "b,VIOLENCE,STREET,2012-11-24T02:30,,55.7038,12.5421"
ALL = "from=2012-01-01&to=2012-12-31"


def make(home, timezone="Europe/Copenhagen"):
    layers = {key: (".csv", (DATA / f"{key}.csv").read_bytes()) for key in ("offences", "scenes")}
    layers |= sector_layers(polygons_from(DATA / "sectors.geojson", "sectors", {}))
    district = District.read(DATA / "district.toml")
    return Workspace.create(home, District(**{**vars(district), "timezone": timezone}), layers)


def load(space, *rows):
    path = space.home.parent / f"rows-{time.monotonic_ns()}.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return import_incidents(space, [path], load_profile("ypo"))


def hexagons(snapshot):
    return dict(cell_counts(snapshot, Filters.from_query(ALL, snapshot)))


def test_equal_data_are_one_snapshot_however_they_came_but_number_their_cells_apart(tmp_path):
    one, other = make(tmp_path / "one"), make(tmp_path / "other")
    load(one, A)
    load(one, B)
    load(other, B)
    load(other, A)
    first, second = open_snapshot(one), open_snapshot(other)
    assert first.id == second.id
    assert first.geometry_key != second.geometry_key
    assert explore.geometry(first, 9) != explore.geometry(second, 9)
    # Answers of one are never served for the other.
    assert hexagons(first) == hexagons(second)
    ids = [
        s.cells.cells[9][np.flatnonzero(summarise(s, Filters.from_query(ALL, s)).cells)]
        for s in (first, second)
    ]
    assert sorted(ids[0]) == sorted(ids[1])


def test_new_incidents_in_known_cells_leave_the_geometry_as_it_is(tmp_path):
    space = make(tmp_path / "home")
    load(space, A)
    before = open_snapshot(space)
    load(space, A.replace("a,", "c,"))
    after = open_snapshot(space)
    assert before.id != after.id
    assert before.geometry_key == after.geometry_key


def test_another_time_zone_under_the_same_incidents_is_refused(tmp_path):
    space = make(tmp_path / "home")
    load(space, A)
    path = space.home / "district.toml"
    path.write_text(path.read_text().replace("Europe/Copenhagen", "America/New_York"))
    with pytest.raises(InputError, match=r"district\.toml.*timezone.*Europe/Copenhagen"):
        open_snapshot(space)
    with pytest.raises(InputError, match="time zone"):
        load(space, B)
    assert "time zone" in verify(space)[0]
    assert (
        make(tmp_path / "there", "America/New_York").files.read().snapshot
        != space.files.read().snapshot
    )


@pytest.mark.parametrize(("offences", "scenes", "sectors"), [(257, 256, 1), (1, 1, 65_535)])
def test_more_codes_than_the_columns_hold_are_refused(offences, scenes, sectors):
    def names(n):
        return [str(i) for i in range(n)]

    with pytest.raises(InputError, match="more than can be numbered"):
        Coding.of(names(offences), names(scenes), names(sectors), "UTC")
    assert Coding.of(names(256), names(256), names(65_534), "UTC")


def test_too_many_codes_leave_no_workspace_behind(tmp_path):
    from ypo_dash.store.setup import create_district

    for kind in ("offences", "scenes"):
        rows = "".join(f"{kind[0]}{i},{i}\n" for i in range(300))
        (tmp_path / f"{kind}.csv").write_text(f"code,name_en\n{rows}")
    with pytest.raises(InputError, match="301 offences x 301 scenes"):
        create_district(
            tmp_path / "home",
            name="Big",
            timezone="Europe/Copenhagen",
            crs="EPSG:25832",
            sectors=DATA / "sectors.geojson",
            sector_id="sector_id",
            offences=tmp_path / "offences.csv",
            scenes=tmp_path / "scenes.csv",
        )
    assert not (tmp_path / "home").exists()


def flip(path, at):
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("kind", ["arrow", "parquet", "sectors"])
def test_an_import_refuses_a_damaged_store_and_writes_nothing(tmp_path, kind):
    """Else what is damaged would be written anew with fresh checksums."""
    space = make(tmp_path / "home")
    load(space, A)
    manifest = space.files.read()
    entry = manifest.segments[0]
    name = {"arrow": entry.twin, "parquet": entry.parquet, "sectors": manifest.layers["sectors"]}[
        kind
    ]
    flip(space.files.path(name), -200)
    with pytest.raises(StoreDamagedError, match=name):
        load(space, B)
    population = tmp_path / "population.csv"
    population.write_text("sector_id,population\n1,10\n")
    with pytest.raises(StoreDamagedError, match=name):
        import_layer(space, "population", population, columns={})
    assert space.files.read() == manifest


def test_no_flipped_bit_of_a_parquet_footer_is_answered(tmp_path):
    space = make(tmp_path / "home")
    load(space, A, B)
    path = space.files.path(space.files.read().segments[0].parquet)
    whole = path.read_bytes()
    length = int.from_bytes(whole[-8:-4], "little")
    for at in np.linspace(-8 - length, -1, 60).astype(int):
        flip(path, int(at))
        with pytest.raises(StoreDamagedError):
            open_snapshot(space)
        path.write_bytes(whole)
    assert open_snapshot(space).totals["incidents"] == 2


def republish(space, change):
    """Publish the month with another twin or entry that has its right checksum: only deriving finds it."""
    import pyarrow as pa

    snapshot = open_snapshot(space)
    entry = snapshot.manifest.segments[0]
    twin, entry = change(snapshot.twins[0], entry)

    def write(path):
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, twin.schema) as out:
            out.write_table(twin.combine_chunks())

    from dataclasses import replace

    name, digest = space.files.add(entry.month, ".arrow", write)
    manifest = snapshot.manifest
    files = {**manifest.files, name: digest}
    space.files.publish(replace(manifest, segments=(replace(entry, twin=name),), files=files))


def column(name, values):
    def change(twin, entry):
        import pyarrow as pa

        at = twin.schema.get_field_index(name)
        array = pa.array(np.array(values, twin.schema.field(name).type.to_pandas_dtype()))
        return twin.set_column(at, twin.schema.field(name), array), entry

    return change


def fact(**values):
    from dataclasses import replace

    return lambda twin, entry: (twin, replace(entry, **values))


def metadata(twin, entry):
    meta = {**twin.schema.metadata, b"first_day": b"15000"}
    return twin.replace_schema_metadata(meta), entry


@pytest.mark.parametrize(
    "change",
    [
        column("pair", [3, 3]),
        column("sector", [2, 2]),
        column("start", [0, 0]),
        column("span", [1, 1]),
        column("c9", [2, 1]),
        column("c9", [7, 7]),
        metadata,
        fact(no_coordinates=1),
        fact(first_day=15_000),
    ],
    ids=["pair", "sector", "start", "span", "cells", "order", "metadata", "unmapped", "day"],
)
def test_verify_derives_every_column_anew(tmp_path, change):
    space = make(tmp_path / "home")
    load(space, A, B)
    assert verify(space) == []
    republish(space, change)
    assert verify(space) != []


def test_a_twin_is_what_its_truth_says(tmp_path):
    space = make(tmp_path / "home")
    load(space, A, B)
    snapshot = open_snapshot(space)
    entry = snapshot.manifest.segments[0]
    cells = {f"c{res}": snapshot.twins[0][f"c{res}"].to_numpy() for res in (8, 9, 10, 11)}
    twin, facts = derive_twin(read_truth(space.files, entry), cells, snapshot.coding)
    assert twin.equals(snapshot.twins[0], check_metadata=True)
    assert facts["rows"] == 2


def test_a_server_nobody_asked_sees_a_new_snapshot_by_itself(tmp_path, monkeypatch):
    monkeypatch.setattr("ypo_dash.store.reader.LOOK_EVERY_S", 0.02)
    space = make(tmp_path / "home")
    load(space, A)
    store = Store(space)
    old = store.snapshot()
    for i in range(5):
        load(space, B.replace("b,", f"b{i},"))
    end = time.monotonic() + 10
    while store._snapshot.id == old.id and time.monotonic() < end:
        time.sleep(0.02)
    end = time.monotonic() + 10
    while store._snapshot.totals["incidents"] < 6 and time.monotonic() < end:
        time.sleep(0.02)
    assert store._snapshot.totals["incidents"] == 6


def test_the_first_answer_after_an_import_is_of_the_new_snapshot(tmp_path, monkeypatch):
    monkeypatch.setattr("ypo_dash.store.reader.LOOK_EVERY_S", 3600)
    space = make(tmp_path / "home")
    load(space, A)
    store = Store(space)
    store.snapshot()
    for i in range(5):
        report = load(space, B.replace("b,", f"b{i},"))
        assert store.snapshot().id == report.snapshot


def test_what_was_in_force_within_the_hour_stays_readable(tmp_path):
    """A long export, or a copy being made, reads files long after newer imports."""
    space = make(tmp_path / "home")
    load(space, A)
    old = open_snapshot(space)
    query = Filters.from_query(ALL, old)
    for i in range(6):
        load(space, B.replace("b,", f"b{i},"))
    assert len(table(old, "incidents", query).rows) == 1
    past = time.time() - 7200
    for path in space.files.manifests.iterdir():
        os.utime(path, (past, past))
    load(space, B)
    assert len(list(space.files.manifests.iterdir())) == 3
    kept = set()
    for path in space.files.manifests.iterdir():
        kept |= set(json.loads(path.read_text(encoding="utf-8"))["files"])
    assert {p.name for p in space.files.files.iterdir()} == kept


def test_a_damaged_new_snapshot_is_said_and_never_shown(tmp_path, capfd):
    space = make(tmp_path / "home")
    load(space, A)
    store = Store(space)
    old = store.snapshot()
    load(space, B)
    name = space.files.read().segments[0].twin
    flip(space.files.path(name), -100)
    for _ in range(3):
        assert store.snapshot() is old
    assert name in store.problem
    assert capfd.readouterr().err.count("can't be shown") == 1
    flip(space.files.path(name), -100)
    load(space, B.replace("b,", "d,"))
    assert store.snapshot().totals["incidents"] == 3
    assert store.problem is None


def test_clean_up_that_fails_does_not_undo_what_is_published(tmp_path, monkeypatch):
    space = make(tmp_path / "home")

    def full(_self):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ypo_dash.store.manifest.Files.clean", full)
    report = load(space, A)
    assert report.changed
    assert open_snapshot(space).id == report.snapshot


def test_new_sectors_bring_their_own_inhabitants(tmp_path):
    import geopandas as gpd

    space = make(tmp_path / "home")
    table_ = tmp_path / "population.csv"
    table_.write_text("sector_id,population\n1,10\n2,20\n")
    import_layer(space, "population", table_, columns={})
    assert {s.id: s.population for s in open_snapshot(space).sectors}["1"] == 10
    frame = gpd.read_file(DATA / "sectors.geojson").iloc[:5]
    frame["people"] = 5000
    frame.to_file(tmp_path / "five.gpkg")
    columns = {"id": "sector_id", "population": "people"}
    _, notes = import_layer(space, "sectors", tmp_path / "five.gpkg", columns=columns)
    assert {s.population for s in open_snapshot(space).sectors} == {5000}
    assert any("earlier import" in note for note in notes)


def test_rows_of_sectors_that_are_no_more_are_named(tmp_path):
    import geopandas as gpd

    space = make(tmp_path / "home")
    import_layer(space, "posts", DATA / "posts.csv", columns={})
    gpd.read_file(DATA / "sectors.geojson").iloc[:20].to_file(tmp_path / "twenty.gpkg")
    _, notes = import_layer(space, "sectors", tmp_path / "twenty.gpkg", columns={})
    assert any("1 rows of posts are of sectors that are no more: 21" in note for note in notes)


def test_stored_rings_run_as_the_format_asks(tmp_path):
    import shapely

    space = make(tmp_path / "home")
    for shape in open_snapshot(space).polygons():
        parts = getattr(shape, "geoms", [shape])
        assert all(shapely.is_ccw(part.exterior) for part in parts)


def test_a_period_far_beyond_the_data_costs_no_memory(tmp_path):
    space = make(tmp_path / "home")
    load(space, A, B)
    snapshot = open_snapshot(space)
    wide = summarise(snapshot, Filters.from_query("from=1900-01-01&to=2199-12-31", snapshot))
    assert wide.total == 2
    assert len(wide.weeks) < 10
    rows = table(
        snapshot, "weeks", Filters.from_query("from=2012-10-01&to=2013-01-06", snapshot)
    ).rows
    assert [n for _, n in rows] == [0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0]
    assert rows[0][0] == "2012-10-01"
    early = Filters.from_query("from=2001-01-01&to=2001-01-21", snapshot)
    assert table(snapshot, "weeks", early).rows == [
        ("2001-01-01", 0),
        ("2001-01-08", 0),
        ("2001-01-15", 0),
    ]


def test_the_first_night_of_all_data_is_in_the_weeks_of_the_page(tmp_path):
    """It belongs to the Sunday before the first date of the data."""
    from tests.faults.harness import decode_view

    space = make(tmp_path / "home")
    load(
        space,
        "n,VIOLENCE,STREET,2012-11-05T03:00,,55.7038,12.5421",
        "m,VIOLENCE,STREET,2012-11-12T23:00,,55.7038,12.5421",
    )
    snapshot = open_snapshot(space)
    state = Filters.from_query("from=2012-10-01&to=2012-11-30&hours=22-6", snapshot)
    head = decode_view(explore.view(snapshot, state, "en"))[0]
    assert head["weeks"] == {"start": "2012-10-29", "count": [1, 0, 1], "context": [1, 0, 1]}
    rows = dict(table(snapshot, "weeks", state).rows)
    assert rows["2012-10-29"] == 1
