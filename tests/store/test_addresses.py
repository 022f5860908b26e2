"""Addresses: what a file must be, what is found of what is typed, and that nothing is half replaced."""

from __future__ import annotations

import csv
import os
import sqlite3

import pytest
from click.testing import CliRunner

from ypo_dash.cli import main
from ypo_dash.model.errors import InputError
from ypo_dash.sources.address_file import read_addresses
from ypo_dash.store import addresses
from ypo_dash.store.addresses import FILE, find_addresses, folded, write_addresses

CRS = "EPSG:25832"
HEAD = ("street", "number", "postcode", "city", "lat", "lon")
ROWS = [
    ("Mimersgade", "12", "2200", "København N", "55.6990", "12.5471"),
    ("Mimersgade", "12B", "2200", "København N", "55.6991", "12.5472"),
    ("Mimersgade", "120", "2200", "København N", "55.7012", "12.5453"),
    ("Mimersvej", "12", "2650", "Hvidovre", "55.6500", "12.4700"),
    ("Nørre Allé", "7", "2200", "København N", "55.6920", "12.5601"),
    ("Ægirsgade", "3", "2200", "København N", "55.7001", "12.5490"),
    ("Gammel Kongevej", "1", "1850", "Frederiksberg C", "55.6740", "12.5500"),
    ("Kongevejen", "1", "2840", "Holte", "55.8100", "12.4700"),
    ("10. Februar Vej", "4", "2000", "Frederiksberg", "55.6800", "12.5200"),
]


def written(path, rows, head=HEAD, delimiter=","):
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, delimiter=delimiter).writerows([head, *rows])
    return path


@pytest.fixture
def home(tmp_path):
    write_addresses(tmp_path, read_addresses(written(tmp_path / "a.csv", ROWS), CRS))
    return tmp_path


@pytest.mark.parametrize(
    ("typed", "first", "count"),
    [
        ("Mimersgade 12", "Mimersgade 12, 2200 København N", 1),
        ("mimersgade 12b", "Mimersgade 12B, 2200 København N", 1),
        ("MIMERSGADE 12 B, 2. tv", "Mimersgade 12B, 2200 København N", 1),
        ("mimersgade 12B 2200 kbh", "Mimersgade 12B, 2200 København N", 1),
        ("mimersgade 12, Køb", "Mimersgade 12, 2200 København N", 1),
        ("2200 mimersgade 12", "Mimersgade 12, 2200 København N", 1),
        ("mimersgade 2200", "Mimersgade 12, 2200 København N", 3),
        ("mimers", "Mimersgade 12, 2200 København N", 4),
        ("mimers 12", "Mimersgade 12, 2200 København N", 3),
        ("mimersvej 12, 2650", "Mimersvej 12, 2650 Hvidovre", 1),
        ("noerre alle 7", "Nørre Allé 7, 2200 København N", 1),
        ("NØRRE ALLÉ 7", "Nørre Allé 7, 2200 København N", 1),
        ("aegirs", "Ægirsgade 3, 2200 København N", 1),
        ("kongevej 1", "Kongevejen 1, 2840 Holte", 2),
        ("gammel kongevej", "Gammel Kongevej 1, 1850 Frederiksberg C", 1),
        ("10. februar vej 4", "10. Februar Vej 4, 2000 Frederiksberg", 1),
    ],
)
def test_found_by_what_is_typed(home, typed, first, count):
    found = find_addresses(home, typed)
    assert found[0].words == first
    assert len(found) == count


@pytest.mark.parametrize("typed", ["", " ", ",", "12", "zzz", "mimersgade 99", "mimersgade 12, 2650", "mimersgade 12c", "%", "'", '"*', "mimersgade 12, Hvidovre"])  # fmt: skip
def test_nothing_is_found_of_what_is_not_there(home, typed):
    assert find_addresses(home, typed) == []


def test_points_are_those_of_the_file(home, tmp_path):
    (found,) = find_addresses(home, "Ægirsgade 3")
    assert (found.lat, found.lng) == (55.7001, 12.549)
    metres = [("Ægirsgade", "3", "2200", "København N", "722937,4", "6178409,8")]
    path = written(tmp_path / "m.csv", metres, (*HEAD[:4], "x", "y"), ";")
    (one,) = read_addresses(path, CRS)
    from pyproj import Transformer

    lng, lat = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(722937.4, 6178409.8)
    assert (one.lat, one.lng) == pytest.approx((lat, lng), abs=1e-6)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("", "1", "2200", "K", "55.7", "12.5"), "line 3, column 'street': this is missing"),
        (("Vej", "", "2200", "K", "55.7", "12.5"), "line 3, column 'number': this is missing"),
        (("Vej", "12-14", "2200", "K", "55.7", "12.5"), "line 3, column 'number': this is no house number (value '12-14'). Write it as 12 or 12B"),
        (("Vej", "1", "2200", "K", "north", "12.5"), "line 3, column 'lat': this is no number (value 'north')"),
        (("Vej", "1", "2200", "K", "55.7", ""), "line 3, column 'lon': this is no number"),
        (("Vej", "1", "2200", "K", "955.7", "12.5"), "line 3, column 'lat': this is no point on earth (value '955.7 12.5')"),
        (("Vej" * 40, "1", "2200", "K", "55.7", "12.5"), "line 3, column 'street': this is too long"),
        (("Mimersgade", "12", "2200", "København N", "55.7", "12.5"), "line 3, column 'number': this address stands twice, with different points"),
    ],
)  # fmt: skip
def test_a_bad_row_refuses_the_whole_file(home, row, said):
    before = (home / FILE).read_bytes()
    path = written(home / "b.csv", [ROWS[0], row])
    with pytest.raises(InputError) as refused:
        write_addresses(home, read_addresses(path, CRS), path)
    assert said in str(refused.value)
    assert str(path) in str(refused.value)
    assert (home / FILE).read_bytes() == before
    assert not list(home.glob(".*"))


def test_a_missing_column_is_named(tmp_path):
    path = written(tmp_path / "c.csv", [("a", "1")], ("street", "number"))
    with pytest.raises(InputError, match=r"column 'postcode': there is no such column"):
        read_addresses(path, CRS)


def test_a_break_off_leaves_what_was_there(home, monkeypatch):
    before = (home / FILE).read_bytes()

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(addresses.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_addresses(home, read_addresses(written(home / "d.csv", ROWS[:2]), CRS))
    assert (home / FILE).read_bytes() == before


def test_a_damaged_file_is_said(home):
    (home / FILE).write_bytes(b"SQLite format 3\x00" + os.urandom(4000))
    with pytest.raises(InputError, match="import them again"):
        find_addresses(home, "Mimersgade")


def test_what_is_typed_is_no_pattern_and_no_code(home):
    for typed in ("Mimers%", "Mimers_ade", "'; DROP TABLE street; --", "Mimersgade\x00"):
        find_addresses(home, typed)
    with sqlite3.connect(home / FILE) as store:
        assert store.execute("SELECT count(*) FROM address").fetchone()[0] == len(ROWS)


def test_folding():
    assert folded("Nørre  ALLÉ") == folded("noerre alle")
    assert folded("Sankt Hans' Gade") == folded("sankt hans gade")
    assert folded("Aaboulevard") == folded("Åboulevard")


def test_the_command_imports_and_asks(demo_home, tmp_path):
    import shutil

    home = shutil.copytree(demo_home, tmp_path / "workspace")

    def run(*words):
        return CliRunner().invoke(main, ["desk", *words], env={"YPO_HOME": str(home)})

    refused = run("sector-at", "Mimersgade 12")
    assert refused.exit_code == 1
    assert "import addresses" in refused.stderr
    done = run("addresses", str(written(tmp_path / "a.csv", ROWS)))
    assert done.exit_code == 0, done.output
    assert done.stdout == "read 9, addresses 9, outside all sectors 2\n"
    assert run("addresses", str(written(tmp_path / "a.csv", ROWS[:1]))).stdout.startswith("read 1, addresses 1")  # fmt: skip
    assert run("sector-at", "55.7038, 12.5421").stdout.startswith("5 Mimersgade")
    assert run("sector-at", "56.0 12.0").stdout.startswith("outside all sectors\t56.0")
    assert "Mimersgade 12, 2200" in run("sector-at", "mimersgade 12").stdout
    assert run("sector-at", "95 190").exit_code == 1
    swapped = tmp_path / "swapped.csv"
    swapped.write_text(
        "street,number,postcode,city,lat,lon\nMimersgade,12,2200,N,12.5421,55.7038\n", "utf-8"
    )
    refused = run("addresses", str(swapped))
    assert refused.exit_code == 1
    assert "other way round" in refused.stderr
    assert "Mimersgade 12, 2200" in run("sector-at", "mimersgade 12").stdout  # as it was before
