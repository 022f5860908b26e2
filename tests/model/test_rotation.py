"""``wall.toml``: the default without it, every setting, and what is said of a wrong one."""

from __future__ import annotations

from datetime import time

import pytest
import tomli_w

from ypo_dash.model.errors import InputError
from ypo_dash.model.hours import Hours
from ypo_dash.model.rotation import DEFAULT_SLIDES, KINDS, Rotation, SlideSpec

FULL = """
theme = "light"
lang = "da"
seconds = 30
briefings = ["14:45", "06:45"]
shifts = ["7-15", "23-7"]
[[slides]]
kind = "briefing"
seconds = 60
[[slides]]
kind = "station"
station = "NE"
every = 3
[[slides]]
kind = "state"
state = "types=BURGLARY&hours=22-6"
on = false
"""


def test_without_a_file_the_default_stands(tmp_path):
    found = Rotation.read(tmp_path / "wall.toml")
    assert found == Rotation()
    assert (found.theme, found.seconds, found.briefings) == ("dark", 20, (time(6, 45),))
    assert {spec.kind for spec in DEFAULT_SLIDES} == set(KINDS) - {"state"}


def test_every_setting_is_read_and_written(tmp_path):
    path = tmp_path / "wall.toml"
    path.write_text(FULL, encoding="utf-8")
    found = Rotation.read(path)
    assert found == Rotation(
        theme="light",
        lang="da",
        seconds=30,
        briefings=(time(6, 45), time(14, 45)),
        shifts=(Hours(7, 15), Hours(23, 7)),
        slides=(
            SlideSpec(kind="briefing", seconds=60),
            SlideSpec(kind="station", station="NE", every=3),
            SlideSpec(kind="state", state="types=BURGLARY&hours=22-6", on=False),
        ),
    )
    path.write_text(tomli_w.dumps(found.content()), encoding="utf-8")
    assert Rotation.read(path) == found
    assert Rotation.of(Rotation().content()) == Rotation()
    assert Rotation.of({}) == Rotation()


@pytest.mark.parametrize(
    ("text", "key", "remedy"),
    [
        ("seconds = 4", "seconds", "from 5 to 600"),
        ("seconds = 20.5", "seconds", "whole number"),
        ("seconds = true", "seconds", "whole number"),
        ('theme = "blue"', "theme", "dark or light"),
        ('lang = "de"', "lang", "da or en"),
        ("briefings = []", "briefings", "06:45"),
        ('briefings = ["25:00"]', "briefings", "06:45"),
        ('briefings = "06:45"', "briefings", "06:45"),
        ('shifts = ["7-7"]', "shifts", "7-15"),
        ('shifts = ["0-24"]', "shifts", "7-15"),
        ("shifts = [7]", "shifts", "7-15"),
        ('second = 20', "second", "seconds"),
        ("slides = 3", "slides", "[[slides]]"),
        ("slides = []", "slides", "1 to 60"),
        ("slides = [3]", "slides[1]", "[[slides]]"),
        ('[[slides]]\nkind = "map"', "slides[1].kind", "briefing"),
        ('[[slides]]\nkind = "nights"\n[[slides]]\nkind = "state"', "slides[2].state", "types="),
        ('[[slides]]\nkind = "station"\nstation = 3', "slides[1].station", "quotation"),
        ('[[slides]]\nkind = "nights"\nseconds = 900', "slides[1].seconds", "5 to 600"),
        ('[[slides]]\nkind = "nights"\nevery = 0', "slides[1].every", "1 to 50"),
        ('[[slides]]\nkind = "nights"\non = 1', "slides[1].on", "true or false"),
        ('[[slides]]\nkind = "nights"\ncolour = "red"', "slides[1].colour", "kind"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named_with_its_remedy(tmp_path, text, key, remedy):
    path = tmp_path / "wall.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        Rotation.read(path)
    assert caught.value.column == key
    assert str(path) in str(caught.value)
    assert remedy in caught.value.remedy


def test_what_is_no_toml_is_told(tmp_path):
    path = tmp_path / "wall.toml"
    path.write_bytes(b"theme = \xff")
    with pytest.raises(InputError, match="not a TOML file"):
        Rotation.read(path)
