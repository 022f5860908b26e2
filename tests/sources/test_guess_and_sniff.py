from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from pyproj import Transformer

from tests.sources.loading import CONTEXT, GOOD, HEADER, Loaded, load, write
from ypo_dash.model.errors import InputError
from ypo_dash.sources import describe_file, guess_profile
from ypo_dash.sources.drafts import similar
from ypo_dash.sources.profile import parse_profile
from ypo_dash.sources.sniff import DRAFT_BEGINS

if TYPE_CHECKING:
    from pathlib import Path


def drafted(path: Path) -> tuple[str, Loaded]:
    """Return the description, and the file read with the draft as it stands."""
    text = describe_file(path, CONTEXT)
    draft = text[text.index(DRAFT_BEGINS) :]
    return text, load(path, parse_profile(draft, name="draft"))


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (HEADER, "ypo"),
        ("lon,lat,time_from,type,incident_id", "ypo"),
        ("JOURNALNR;GERNINGSKODE;GERNINGSTID_FRA;X;Y", "polsas"),
        ("JOURNALNR;GERNINGSKODE;GERNINGSTID_FRA;LAT;LON", "polsas"),
        ("Crime ID,Month,Reported by,Longitude,Latitude,Location,Crime type", "data_police_uk"),
        ("ID,Date,Primary Type,Location Description,Latitude,Longitude,Year", "chicago"),
        ("JOURNALNR;GERNINGSKODE;GERNINGSTID_FRA;X", None),
        ("a,b,c", None),
    ],
)
def test_shipped_profiles_are_known_by_their_columns(
    tmp_path: Path, header: str, name: str | None
) -> None:
    path = write(tmp_path / "in.csv", header + "\n")
    if name is None:
        with pytest.raises(InputError, match="no shipped profile"):
            guess_profile(path)
    else:
        assert guess_profile(path).name == name


def test_a_street_file_of_data_police_uk(tmp_path: Path) -> None:
    text = (
        "Crime ID,Month,Longitude,Latitude,Crime type,Last outcome category\n"
        "abc,2012-03,12.5,55.69,Burglary,None\n"
        ",2012-03,12.5,55.69,Anti-social behaviour,\n"
        ",2012-03,12.5,55.69,Anti-social behaviour,\n"
        ",2012-03,,,Something new,\n"
    )
    found = load(write(tmp_path / "in.csv", text))
    assert found.rows["type"].tolist() == ["BURGLARY", "HARASSMENT", "HARASSMENT", "OTHER"]
    assert found.rows["incident_id"].is_unique
    assert found.rows["incident_id"][0] == "abc"
    # March 2012 in London: from midnight UTC to midnight summer time.
    assert str(found.rows["start_utc"][0]) == "2012-03-01 00:00:00"
    assert str(found.rows["end_utc"][0]) == "2012-03-31 23:00:00"


def test_a_fitting_shipped_profile_is_named(tmp_path: Path) -> None:
    text = describe_file(write(tmp_path / "in.csv", f"{HEADER}\n{GOOD}\n"), CONTEXT)
    assert "in.csv: CSV, 110 bytes" in text
    assert "the shipped profile 'ypo' reads this file" in text


def _table(n: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    start = pd.Timestamp("2012-04-01") + pd.to_timedelta(rng.integers(0, 100_000, n), unit="min")
    return pd.DataFrame(
        {
            "Sagsnr": [f"S{i}" for i in range(n)],
            "Kategori": rng.choice(["Indbrud", "Røveri", "Hærværk mod bil", "Noget andet"], n),
            "start": start,
            "slut": start + pd.to_timedelta(rng.integers(0, 600, n), unit="min"),
            "lat": 55.67 + rng.random(n) * 0.05,
            "lon": 12.45 + rng.random(n) * 0.1,
        }
    )


def test_a_danish_export_is_understood(tmp_path: Path) -> None:
    table = _table()
    x, y = Transformer.from_crs(4326, 25832, always_xy=True).transform(table["lon"], table["lat"])
    made = pd.DataFrame(
        {
            "Sagsnr": table["Sagsnr"],
            "Kategori": table["Kategori"],
            "Tid fra": table["start"].dt.strftime("%d-%m-%Y %H:%M"),
            "Tid til": table["slut"].dt.strftime("%d-%m-%Y %H:%M"),
            "Anmeldt": table["slut"].dt.strftime("%d-%m-%Y"),
            "X": pd.Series(x).round(1),
            "Y": pd.Series(y).round(1),
        }
    )
    made.loc[3, ["X", "Y"]] = 0
    path = tmp_path / "udtræk.csv"
    made.to_csv(path, sep=";", decimal=",", index=False, encoding="cp1252")
    text, found = drafted(path)
    for line in (
        "Encoding  cp1252",
        "Delimiter semicolon",
        'incident_id = "Sagsnr"',
        'type = "Kategori"',
        'time_from = "Tid fra"',
        'time_to = "Tid til"',
        'reported_at = "Anmeldt"',
        'x = "X"',
        'crs = "EPSG:25832"',
        "missing = [[0, 0]]",
        'format = ["%d-%m-%Y %H:%M", "%d-%m-%Y"]',
        'timezone = "Europe/Copenhagen"',
        'precision = "minute"',
        '"Indbrud" = "BURGLARY"',
        '"Røveri" = "ROBBERY"',
        '"Hærværk mod bil" = "VANDALISM"',
        '"Noget andet" = "OTHER"',
    ):
        assert line in text, line
    assert len(found.rows) == 300
    assert found.rejects.empty
    local = found.rows["start_utc"].dt.tz_localize("UTC").dt.tz_convert("Europe/Copenhagen")
    assert (local.dt.tz_localize(None) == table["start"]).all()
    assert found.rows["lat"].isna().sum() == 1


def test_dates_and_hours_in_columns_of_their_own_and_areas(tmp_path: Path) -> None:
    rows = [
        f"{1 + i % 28:02d}.11.2012,{i % 24},{2 + i % 27:02d}.11.2012,{i % 20},{1 + i % 3},Indbrud"
        for i in range(100)
    ]
    head = "ANFANG_DATUM,ANFANG_STUNDE,ENDE_DATUM,ENDE_STUNDE,Sektor,Delikt\n"
    text, found = drafted(write(tmp_path / "in.csv", head + "\n".join(rows)))
    assert 'time_from = ["ANFANG_DATUM", "ANFANG_STUNDE"]' in text
    assert 'time_to = ["ENDE_DATUM", "ENDE_STUNDE"]' in text
    assert 'area = "Sektor"' in text
    assert 'precision = "hour"' in text
    assert len(found.rows) == 100
    assert set(found.rows["area"]) == {"1", "2", "3"}


def test_months_written_as_their_first_day(tmp_path: Path) -> None:
    rows = [f"2012-{1 + i % 9:02d}-01,Burglary,{55.67 + i / 9000},12.5" for i in range(300)]
    text, found = drafted(
        write(tmp_path / "in.csv", "month,crime type,latitude,longitude\n" + "\n".join(rows))
    )
    assert 'precision = "month"' in text
    assert (found.rows["end_utc"] - found.rows["start_utc"]).min() > pd.Timedelta(days=27)


def test_american_dates_are_told_by_their_days_or_by_the_zone(tmp_path: Path) -> None:
    rows = [f"{1 + i % 12:02d}/{1 + i % 12:02d}/2012,Burglary,55.69,12.5" for i in range(30)]
    path = write(tmp_path / "in.csv", "date,crime,lat,lon\n" + "\n".join(rows))
    assert "both read the sample: check which is right" in describe_file(path, CONTEXT)
    assert 'format = "%d/%m/%Y"' in describe_file(path, CONTEXT)
    american = dataclasses.replace(CONTEXT, timezone="America/Chicago")
    assert 'format = "%m/%d/%Y"' in describe_file(path, american)
    path.write_text(path.read_text() + "\n11/30/2012,Burglary,55.69,12.5\n" * 1)
    assert 'format = "%m/%d/%Y"' in describe_file(path, CONTEXT)


def test_offsets_are_pointed_out(tmp_path: Path) -> None:
    rows = [f"0{1 + i % 9}-11-2012 10:00 +0100,Burglary,55.69,12.5" for i in range(30)]
    text = describe_file(
        write(tmp_path / "in.csv", "date,crime,lat,lon\n" + "\n".join(rows)), CONTEXT
    )
    assert 'or "trust-offset", if the offsets in the file are true' in text


def test_what_nothing_looks_like_is_left_to_fill_in(tmp_path: Path) -> None:
    path = write(tmp_path / "in.csv", 'a,"b ""x"""\nred,1\nblue,2\n')
    text = describe_file(path, CONTEXT)
    assert 'time_from = "FILL IN" # nothing in the file looks like it' in text
    assert 'area = "FILL IN"' in text
    assert 'type = "=OTHER" # no column was found' in text
    draft = parse_profile(text[text.index(DRAFT_BEGINS) :], name="draft")
    with pytest.raises(InputError, match="a column is missing: 'FILL IN'"):
        load(path, draft)


def test_metres_of_nowhere_are_a_marked_guess(tmp_path: Path) -> None:
    rows = [f"2012-11-{1 + i % 28:02d},Burglary,{9_000_000 + i},{9_000_000 + i}" for i in range(30)]
    text = describe_file(write(tmp_path / "in.csv", "date,crime,x,y\n" + "\n".join(rows)), CONTEXT)
    assert 'crs = "EPSG:25832" # a guess: under no usual coordinate system' in text


def test_a_file_without_rows_is_described(tmp_path: Path) -> None:
    assert "(empty)" in describe_file(write(tmp_path / "in.csv", HEADER + "\n"), CONTEXT)


def test_words_that_are_rare_and_far_down_are_in_the_draft(tmp_path: Path) -> None:
    rows = ["2012-11-05,Burglary,55.69,12.5"] * 25_000 + ['2012-11-05,"Mord ""x"" på",55.69,12.5']
    text, found = drafted(write(tmp_path / "in.csv", "date,crime,lat,lon\n" + "\n".join(rows)))
    assert '"Mord \\"x\\" på" = "OTHER" # 1 rows' in text
    assert len(found.rows) == 25_001


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("Burglary", "BURGLARY"),
        ("RESIDENTIAL BURGLARY", "BURGLARY"),
        ("Indbrud i villa", "BURGLARY"),
        ("theft from car", "THEFT_CAR"),
        ("vandalisme", "VANDALISM"),
        ("Fraud", "OTHER"),
        ("Battery", "OTHER"),
        ("", "OTHER"),
    ],
)
def test_likeness(word: str, code: str) -> None:
    names = {o.code: (o.name_en, o.name_da) for o in CONTEXT.taxonomy.offences}
    assert similar(word, names, "OTHER") == code
