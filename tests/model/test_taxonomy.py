"""Offences and scenes as files bring them."""

from __future__ import annotations

import pytest

from tests.conftest import DATA
from ypo_dash.model.errors import InputError
from ypo_dash.model.taxonomy import Taxonomy

SHIPPED = Taxonomy.read(DATA / "offences.csv", DATA / "scenes.csv")


def test_the_shipped_taxonomy_has_the_13_core_types_and_other():
    assert len(SHIPPED.offences) == 14
    assert SHIPPED.offences[-1].code == "OTHER"
    found = {o.code for o in SHIPPED.offences if o.detection == "police_initiated"}
    assert found == {"DRUG_DEAL", "DRUG_ACT_SALE", "WEAPONS"}
    assert sorted(code for codes in SHIPPED.groups.values() for code in codes) == sorted(
        SHIPPED.offence
    )
    assert len({o.letter for o in SHIPPED.offences}) == 14


@pytest.mark.parametrize(
    ("word", "offence", "scene"),
    [
        ("BURGLARY", "BURGLARY", None),
        ("BURG_FLAT", "BURGLARY", None),
        ("THEFT_BIKE", "OTHER", None),
        ("75212", "BURGLARY", "FLAT"),
        ("75299", "BURGLARY", None),
        ("75511", "THEFT_CAR", "IN_VEHICLE"),
        ("76313", "ROBBERY", "SHOP"),
        ("84111", "DRUG_ACT_SALE", None),
        ("99999", None, None),
    ],
)
def test_codes_and_police_codes(word, offence, scene):
    assert SHIPPED.resolve_offence(word) == offence
    assert SHIPPED.resolve_scene(word) == scene


def test_a_small_taxonomy_of_another_district(tmp_path):
    offences = tmp_path / "o.csv"
    offences.write_text("code,name_en\nARSON,Arson\n", encoding="utf-8")
    scenes = tmp_path / "s.csv"
    scenes.write_text("code,name_en,private\nHOME,Home,yes\n", encoding="utf-8")
    taxonomy = Taxonomy.read(offences, scenes)
    assert [o.code for o in taxonomy.offences] == ["ARSON", "OTHER"]
    assert taxonomy.offence["ARSON"].name("da") == "Arson"
    assert [s.code for s in taxonomy.scenes] == ["HOME", "UNKNOWN"]
    assert taxonomy.scene["HOME"].private


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("name_en\nArson\n", "column 'code'"),
        ("code,name_en\n", "has no rows"),
        ("code,name_en\nA,Arson\nA,Again\n", "line 3"),
        ("code,name_en,severity\nA,Arson,9\n", "severity is not 1 to 5"),
        ("code,name_en,detection\nA,Arson,guessed\n", "Use one of reported"),
        ("code,name_en,level,parent\nA,Arson,sub,B\n", "parent is not a core code"),
    ],
)
def test_a_broken_taxonomy_says_where(tmp_path, content, says):
    path = tmp_path / "o.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=says):
        Taxonomy.read(path, DATA / "scenes.csv")
