"""Imports: what counts as new, updated, unchanged; layers; snapshots; what a reader sees."""

from __future__ import annotations

import json

import pytest

from tests.conftest import DATA
from ypo_dash.model.district import District
from ypo_dash.model.errors import InputError
from ypo_dash.model.filters import Filters
from ypo_dash.sources import load_profile
from ypo_dash.store.ingest import import_incidents
from ypo_dash.store.inputs import import_layer, polygons_from
from ypo_dash.store.manifest import StoreDamagedError
from ypo_dash.store.reader import Store, open_snapshot
from ypo_dash.store.verify import verify
from ypo_dash.store.workspace import Workspace, sector_layers
from ypo_dash.views.tables import table

HEADER = "incident_id,type,scene,time_from,time_to,lat,lon"
A = "a,BURGLARY,FLAT,2012-11-23T22:00,2012-11-24T01:00,55.6866,12.5569"
B = "b,VIOLENCE,STREET,2012-11-24T02:30,,55.7038,12.5421"
C = "c,FIRE,UNKNOWN,2012-10-01T12:00,,,"


@pytest.fixture
def space(tmp_path):
    layers = {key: (".csv", (DATA / f"{key}.csv").read_bytes()) for key in ("offences", "scenes")}
    layers |= sector_layers(polygons_from(DATA / "sectors.geojson", "sectors", {}))
    return Workspace.create(tmp_path / "home", District.read(DATA / "district.toml"), layers)


@pytest.fixture
def load(space, tmp_path):
    def run(*rows, name="rows.csv", **options):
        path = tmp_path / name
        path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
        return import_incidents(space, [path], load_profile("ypo"), **options)

    return run


def counts(report):
    return (report.read, report.new, report.updated, report.unchanged, report.rejected)


def total(space, query="from=2012-01-01&to=2012-12-31"):
    snapshot = open_snapshot(space)
    return {
        code: n
        for code, n in table(snapshot, "types", Filters.from_query(query, snapshot)).rows
        if n
    }


def test_new_updated_unchanged(space, load):
    first = load(A, B, C)
    assert counts(first) == (3, 3, 0, 0, 0)
    assert (first.no_coordinates, first.outside) == (1, 0)
    assert total(space) == {"BURGLARY": 1, "VIOLENCE": 1, "FIRE": 1}
    again = load(A, B, C)
    assert again.already
    assert (again.snapshot, again.changed) == (first.snapshot, False)
    moved = load(
        A.replace("BURGLARY", "ROBBERY")
        .replace("2012-11-23", "2012-09-23")
        .replace("2012-11-24", "2012-09-24"),
        B,
    )
    assert counts(moved) == (2, 0, 1, 1, 0)
    assert total(space) == {"ROBBERY": 1, "VIOLENCE": 1, "FIRE": 1}
    assert verify(space) == []


def test_the_last_row_of_an_id_wins_and_every_row_is_counted(space, load):
    report = load(A, A.replace("BURGLARY", "ROBBERY"), A.replace("BURGLARY", "ROBBERY"))
    assert counts(report) == (3, 1, 1, 1, 0)
    assert total(space) == {"ROBBERY": 1}
    back = load(A, A.replace("BURGLARY", "ROBBERY"), name="two.csv")
    assert counts(back) == (2, 0, 2, 0, 0)
    assert back.changed is False


def test_equal_data_has_equal_ids_whatever_way_it_came(space, load, tmp_path):
    load(A, name="1.csv")
    by_steps = load(C, B, name="2.csv").snapshot
    other = Workspace.create(
        tmp_path / "other",
        space.district,
        {
            k: (space.files.path(n).suffix, space.files.path(n).read_bytes())
            for k, n in space.files.read().layers.items()
        },
    )
    path = tmp_path / "all.csv"
    path.write_text("\n".join([HEADER, B, A, C]) + "\n", encoding="utf-8")
    assert import_incidents(other, [path], load_profile("ypo")).snapshot == by_steps


def test_dry_run_changes_nothing(space, load):
    before = space.files.read()
    assert counts(load(A, B, dry_run=True)) == (2, 2, 0, 0, 0)
    assert space.files.read() == before


def test_rejects_are_written_with_place_and_reason(space, load, tmp_path):
    report = load(A, B.replace("2012-11-24", "2012-13-24"), rejects=tmp_path / "rejects.csv")
    assert counts(report) == (2, 1, 0, 0, 1)
    header, row = (tmp_path / "rejects.csv").read_text(encoding="utf-8").splitlines()
    assert header == "file,line,column,value,reason"
    assert ("rows.csv,3,time_from,2012-13-24T02:30,") in row
    assert list((space.home / "rejects").glob("*.csv"))


def test_all_rows_rejected_is_a_refusal(space, load):
    before = space.files.read()
    with pytest.raises(InputError, match="rejected"):
        load(B.replace("2012-11-24", "2012-13-24"))
    assert space.files.read() == before


def test_new_sectors_place_stored_incidents_anew(space, load, tmp_path):
    load(A, B, C)
    collection = json.loads((DATA / "sectors.geojson").read_text(encoding="utf-8"))
    collection["features"] = [
        f for f in collection["features"] if f["properties"]["sector_id"] == 8
    ]
    collection["features"][0]["properties"]["sector_id"] = "X8"
    path = tmp_path / "sectors.geojson"
    path.write_text(json.dumps(collection), encoding="utf-8")
    snapshot, _ = import_layer(space, "sectors", path, columns={})
    opened = open_snapshot(space)
    assert opened.id == snapshot
    assert opened.totals == {
        "incidents": 3,
        "mapped": 1,
        "not_mapped": 2,
        "no_coordinates": 1,
        "outside": 1,
        "sector_only": 0,
    }
    assert table(
        opened, "sectors", Filters.from_query("from=2012-01-01&to=2012-12-31", opened)
    ).rows == [("X8", "Blågården & Sankt Hans Torv", 1)]
    assert verify(space) == []


def test_population_posts_and_survey(space, tmp_path):
    population = tmp_path / "p.csv"
    population.write_text("sector_id;population\n08;99\n", encoding="utf-8")
    import_layer(space, "population", population, columns={})
    assert next(s for s in open_snapshot(space).sectors if s.id == "8").population == 99
    import_layer(space, "areas", DATA / "safety_areas.geojson", columns={})
    import_layer(space, "survey", DATA / "survey.csv", columns={})
    import_layer(space, "posts", DATA / "posts.csv", columns={})
    import_layer(space, "designated", DATA / "designated_areas.geojson", columns={})
    assert set(open_snapshot(space).manifest.layers) >= {
        "areas",
        "survey",
        "posts",
        "designated",
        "population",
    }


@pytest.mark.parametrize(
    ("kind", "content", "says"),
    [
        ("population", "sector_id,population\n99,5\n", "not known here"),
        ("population", "sector_id,population\n8,many\n", "line 2, column 'population'"),
        ("population", "sector_id,population\n8,1\n8,2\n", "stands twice"),
        ("population", "sector,people\n8,1\n", "no such column"),
        ("posts", "sector_id,posts,factor\n8,2,7\n", "from 1 to 5"),
        ("survey", "area_id,year,n,unsafe,unsafe_night\n1,2012,10,3,4\n", "no survey areas yet"),
    ],
)
def test_wrong_tables_are_refused_and_change_nothing(space, tmp_path, kind, content, says):
    before = space.files.read()
    path = tmp_path / "t.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=says):
        import_layer(space, kind, path, columns={})
    assert space.files.read() == before


def test_a_reader_moves_to_the_new_snapshot_and_keeps_the_old_one_usable(space, load):
    load(A)
    store = Store(space)
    old = store.snapshot()
    load(B, name="b.csv")
    assert store.snapshot().totals["incidents"] == 2
    assert (
        sum(
            n
            for _, n in table(
                old, "types", Filters.from_query("from=2012-01-01&to=2012-12-31", old)
            ).rows
        )
        == 1
    )


@pytest.mark.parametrize("suffix", [".arrow", ".parquet", ".geojson", ".csv"])
def test_damage_is_found_and_never_shown(space, load, suffix):
    load(A, B)
    name = next(
        n for n in space.files.read().names() if n.endswith(suffix) and not n.startswith("cells")
    )
    path = space.files.path(name)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert any(name in problem for problem in verify(space))
    if suffix != ".parquet":
        with pytest.raises(StoreDamagedError, match=name):
            Store(space).snapshot()


def test_a_missing_file_is_named(space, load):
    load(A)
    name = next(n for n in space.files.read().names() if n.endswith(".arrow"))
    space.files.path(name).unlink()
    assert any(name in problem for problem in verify(space))


def test_a_folder_in_use_is_not_overwritten(space):
    with pytest.raises(InputError, match="already holds something"):
        Workspace.create(space.home, space.district, {})


def test_an_earlier_file_after_another_puts_its_rows_back(space, load):
    """The same file twice changes nothing; after another file it is a correction like any other."""
    load(A, name="a.csv")
    load(A.replace("BURGLARY", "FIRE"), name="b.csv")
    back = load(A, name="a.csv")
    assert counts(back) == (1, 0, 1, 0, 0)
    assert total(space) == {"BURGLARY": 1}
    assert load(A, name="a.csv").already


def test_the_same_file_under_new_sectors_tells_what_is_not_mapped_now(space, load, tmp_path):
    import geopandas as gpd

    assert load(A, B, name="a.csv").not_mapped == 0
    far = gpd.read_file(DATA / "sectors.geojson").iloc[12:13]
    far.to_file(tmp_path / "far.gpkg")
    import_layer(space, "sectors", tmp_path / "far.gpkg", columns={})
    again = load(A, B, name="a.csv")
    assert (again.unchanged, again.outside) == (2, 2)
    assert open_snapshot(space).totals["not_mapped"] == 2


def test_the_rejects_file_is_written_whenever_it_is_asked_for(load, tmp_path):
    bad = "x,BURGLARY,FLAT,soon,,55.6866,12.5569"
    load(A, bad, name="a.csv")
    load(A, bad, name="a.csv", rejects=tmp_path / "again.csv")
    assert "soon" in (tmp_path / "again.csv").read_text()
    with pytest.raises(InputError, match="all 1 rows"):
        load(bad, name="bad.csv", rejects=tmp_path / "all.csv")
    assert "soon" in (tmp_path / "all.csv").read_text()


@pytest.mark.parametrize(
    "value", ["1,000", "1.000", "25,300", "1'000", "12.5", "1 000", "-3", "many", ""]
)
def test_a_number_that_can_be_read_two_ways_is_refused(space, tmp_path, value):
    path = tmp_path / "population.csv"
    path.write_text(f"sector_id;population\n1;{value}\n")
    with pytest.raises(InputError, match=r"line 2, column 'population'"):
        import_layer(space, "population", path, columns={})
    path.write_text("sector_id;population\n1;1000\n")
    import_layer(space, "population", path, columns={})
    assert open_snapshot(space).sectors[0].population == 1000


@pytest.mark.parametrize(
    ("kind", "text", "column"),
    [
        ("posts", 'sector_id,posts\n1,"1,000"\n', "posts"),
        ("posts", "sector_id,posts,date\n1,2,foo\n", "date"),
        ("posts", "sector_id,posts,date\n1,2,01-09-2011\n", "date"),
        ("posts", "sector_id,posts,factor\n1,2,6\n", "factor"),
    ],
)
def test_posts_that_are_no_numbers_or_dates_are_refused(space, tmp_path, kind, text, column):
    path = tmp_path / "posts.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=f"line 2, column '{column}'"):
        import_layer(space, kind, path, columns={})


def test_decimal_commas_are_stored_as_every_reader_reads_them(space, tmp_path):
    path = tmp_path / "posts.csv"
    path.write_text("sector_id;posts;factor\n1;2,5;1,5\n2;1;\n")
    import_layer(space, "posts", path, columns={})
    assert [(r["posts"], r["factor"]) for r in open_snapshot(space).table("posts")] == [
        ("2.5", "1.5"),
        ("1", ""),
    ]


def test_two_sheets_or_layers_that_fit_are_asked_about(space, tmp_path):
    import geopandas as gpd
    import pandas as pd

    rows = [line.split(",") for line in (A, B)]
    frame = pd.DataFrame(rows, columns=HEADER.split(","))
    with pd.ExcelWriter(tmp_path / "two.xlsx") as book:
        frame.to_excel(book, sheet_name="old", index=False)
        frame.to_excel(book, sheet_name="new", index=False)
    with pytest.raises(InputError, match="sheets old and new"):
        import_incidents(space, [tmp_path / "two.xlsx"], load_profile("ypo"))
    places = gpd.GeoDataFrame(
        frame,
        geometry=gpd.points_from_xy(frame["lon"].astype(float), frame["lat"].astype(float)),
        crs="EPSG:4326",
    )
    for name in ("old", "new"):
        places.to_file(tmp_path / "two.gpkg", layer=name)
    with pytest.raises(InputError, match="layers old, new"):
        import_incidents(space, [tmp_path / "two.gpkg"], load_profile("ypo"))


def test_area_codes_that_were_decimals_once_are_known(space, tmp_path):
    rows = ["1,BURGLARY,2012-11-24T12:00,10.0", "2,BURGLARY,2012-11-24T12:00,2"]
    (tmp_path / "areas.csv").write_text("ID,T,F,S\n" + "\n".join(rows) + "\n")
    (tmp_path / "areas.toml").write_text(
        '[columns]\nincident_id = "ID"\ntype = "T"\ntime_from = "F"\narea = "S"\n'
        '[time]\nformat = "iso"\ntimezone = "Europe/Copenhagen"\n'
    )
    report = import_incidents(
        space, [tmp_path / "areas.csv"], load_profile(str(tmp_path / "areas.toml"))
    )
    assert (report.new, report.not_mapped) == (2, 0)
