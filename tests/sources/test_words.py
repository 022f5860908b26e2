from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sources.loading import Loaded, load, profile, write
from ypo_dash.model.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


def words(folder: Path, pairs: list[tuple[str, str]], rest: str = "") -> Loaded:
    """Load rows with types and scenes."""
    rows = [f'{i},"{a}","{b}",2012-11-05 10:00,55.69,12.5' for i, (a, b) in enumerate(pairs)]
    path = write(folder / "words.csv", "\n".join(["id,type,scene,from,lat,lon", *rows]))
    return load(path, profile('scene = "scene"\nlat = "lat"\nlon = "lon"', rest=rest))


@pytest.mark.parametrize(
    ("word", "scene", "rest", "expected"),
    [
        ("BURGLARY", "FLAT", "", ("BURGLARY", "FLAT")),
        ("BURG_FLAT", "", "", ("BURGLARY", "UNKNOWN")),
        ("THEFT_BIKE", "STREET", "", ("OTHER", "STREET")),
        # A police code; those that carry a scene decide it.
        ("75212", "", "", ("BURGLARY", "FLAT")),
        ("75212", "STREET", "", ("BURGLARY", "FLAT")),
        ("75199", "SHOP", "", ("BURGLARY", "SHOP")),
        ("OTHER", "SHOP", "", ("OTHER", "SHOP")),
        # The profile goes before what the district knows; a finer code counts under its offence.
        ("BURGLARY", "", '[types]\nBURGLARY = "ROBBERY"', ("ROBBERY", "UNKNOWN")),
        ("Gaderøveri", "", '[types]\n"Gaderøveri" = "ROB_STREET"', ("ROBBERY", "UNKNOWN")),
        ("what", "", '[types]\n"*" = "FIRE"', ("FIRE", "UNKNOWN")),
        ("", "", '[types]\n"" = "FIRE"', ("FIRE", "UNKNOWN")),
        ("", "", '[types]\n"*" = "FIRE"', ("FIRE", "UNKNOWN")),
        ("what", "", '[unmapped]\ntypes = "VIOL_SIMPLE"', ("VIOLENCE", "UNKNOWN")),
        ("FIRE", "Lejlighed", '[scenes]\nLejlighed = "FLAT"', ("FIRE", "FLAT")),
        ("FIRE", "Slot", "", ("FIRE", "UNKNOWN")),
        ("FIRE", "Slot", '[unmapped]\nscenes = "OTHER"', ("FIRE", "OTHER")),
        ("FIRE", "Slot", '[scenes]\n"*" = "PARK"', ("FIRE", "PARK")),
        (" FIRE ", " FLAT", "", ("FIRE", "FLAT")),
        # A letter and its accent apart are the letter.
        ("Ha\u030arva\u0308rk", "", '[types]\n"H\u00e5rv\u00e4rk" = "VANDALISM"', ("VANDALISM", "UNKNOWN")),
    ],
)  # fmt: skip
def test_words(tmp_path: Path, word: str, scene: str, rest: str, expected: tuple[str, str]) -> None:
    found = words(tmp_path, [(word, scene)], rest).rows.iloc[0]
    assert (found["type"], found["scene"]) == expected


def test_unknown_words_stop_the_file_and_are_listed_with_their_number(tmp_path: Path) -> None:
    pairs = [("FIRE", ""), ("Heksedans", ""), ("Heksedans", ""), ('Mord "1"', "")]
    pairs[3] = ("Mord", "")
    with pytest.raises(InputError) as refused:
        words(tmp_path, pairs)
    message = str(refused.value)
    assert (
        "words.csv, column 'type': 2 words have no type: 'Heksedans' (2 times), 'Mord' (1 times)"
        in message
    )
    assert 'under [types] in the profile, for instance "Heksedans" = "OTHER"' in message


def test_unknown_scenes_can_stop_the_file_too(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"1 word has no scene: 'Slot' \(1 times\)"):
        words(tmp_path, [("FIRE", "Slot")], '[unmapped]\nscenes = "refuse"')


def test_a_row_without_a_type_is_rejected(tmp_path: Path) -> None:
    found = words(tmp_path, [("FIRE", ""), ("", "")])
    assert found.reasons == [(3, "type", "the row has no type")]


def test_a_constant_type(tmp_path: Path) -> None:
    path = write(tmp_path / "c.csv", "id,from,lat,lon\n1,2012-11-05 10:00,55.69,12.5\n")
    found = load(path, profile().replace('"type"', '"=ROB_STREET"'))
    assert found.rows["type"].tolist() == ["ROBBERY"]
