"""A map's symbols: none on another, each at its place or led to it, every one counted."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import pytest

from tests.figures.samples import NAN, SVG, drawn, grid, labels, look, parsed, random_marks, texts
from ypo_dash.figures.district_map import Mark, district_map
from ypo_dash.figures.outline import Projection
from ypo_dash.figures.placing import Box
from ypo_dash.figures.svg import Picture
from ypo_dash.figures.symbols import FOLDER, shapes


def plates(svg: str) -> list[Box]:
    """Return where the symbols' plates are."""
    return [
        Box(*(float(a[k]) for k in ("x", "y", "width", "height")))
        for a in drawn(svg, "rect")
        if "rx" in a
    ]


def counted(svg: str) -> int:
    """Return how many incidents the symbols stand for."""
    more = [int(t[1:]) - 1 for t in texts(svg) if re.fullmatch(r"×\d+", t)]
    return len(plates(svg)) + sum(more)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_symbol_lies_on_another_or_on_a_name_or_outside(seed):
    marks = random_marks(300, same=40, seed=seed)
    found = district_map(grid(4, 3), marks=marks, **look(size=(186.0, 150.0)))
    boxes = plates(found.svg)
    assert found.shown == counted(found.svg) == 300
    assert len(boxes) > 60
    # Corners are written to a hundredth.
    tight = [Box(b.x + 0.02, b.y + 0.02, b.width - 0.04, b.height - 0.04) for b in boxes]
    assert not [1 for a, b in itertools.combinations(tight, 2) if a.hits(b)]
    assert all(
        b.x >= 0 and b.x + b.width <= 186 and b.y >= 0 and b.y + b.height <= 150 for b in boxes
    )
    names = labels(found.svg)
    assert len(names) == 12
    assert not [1 for a in names for b in tight if a.hits(b)]


def test_marks_that_moved_have_a_line_to_their_place():
    found = district_map(grid(4, 3), marks=random_marks(3, same=3), **look())
    assert (found.shown, found.moved, found.joined) == (3, 2, 0)
    ends = {(a["x2"], a["y2"]) for a in drawn(found.svg, "line")}
    assert len(ends) == 1
    assert len(drawn(found.svg, "line")) == 2 * 2  # each on a casing
    (place,) = ends
    assert [a for a in drawn(found.svg, "circle") if (a["cx"], a["cy"]) == place]


def test_a_crowd_of_one_type_is_one_symbol_with_its_number():
    marks = random_marks(40, same=40)
    found = district_map(grid(4, 3), marks=marks, **look())
    assert (found.shown, found.joined) == (40, 40)
    assert [t for t in texts(found.svg) if t.startswith("×")] == ["×10"] * 4
    title = next(n.text for n in parsed(found.svg).iter(f"{SVG}title") if n.text.startswith("0\n"))
    assert title.split("\n") == [str(k) for k in range(0, 40, 4)]


def test_only_incidents_of_one_type_and_sector_are_joined():
    marks = [
        Mark(lng=12.52, lat=55.715, code=code, letter=code[0], sector=sector)
        for code in ("FIRE", "ROBBERY") for sector in "12" for _ in range(10)
    ]  # fmt: skip
    found = district_map(grid(4, 3), marks=marks, **look())
    assert [t for t in texts(found.svg) if t.startswith("×")] == ["×10"] * 4


def test_a_joined_symbol_stands_in_the_middle_of_its_incidents():
    marks = [
        Mark(lng=12.505 + dx, lat=55.728, code="FIRE", letter="F") for dx in (0.0, 0.0002) for _ in range(20)
    ]  # fmt: skip
    found = district_map(grid(4, 3), marks=marks, **look())
    (box,) = plates(found.svg)
    picture = Picture(**look())
    projection = Projection.within((12.5, 55.7, 12.54, 55.73), picture.size, picture.text * 0.5)
    assert box.x + box.width / 2 == pytest.approx(projection.place(12.5051, 55.728)[0], abs=0.05)


def test_a_mark_with_room_stands_at_its_place():
    found = district_map(
        grid(4, 3), marks=[Mark(lng=12.512, lat=55.712, code="FIRE", letter="F")], **look()
    )
    assert (found.shown, found.moved, found.outside) == (1, 0, 0)
    assert not drawn(found.svg, "line")


def test_too_many_marks_are_counted_not_piled_up():
    marks = [replace(mark, sector=str(k)) for k, mark in enumerate(random_marks(900))]
    found = district_map(grid(4, 3), marks=marks, **look())
    assert 100 < found.shown == counted(found.svg) < 900
    assert found.outside == 0


def test_marks_outside_or_without_place_are_counted():
    away = [
        Mark(lng=13, lat=57, code="FIRE", letter="F"),
        Mark(lng=NAN, lat=55.7, code="FIRE", letter="F"),
    ]
    found = district_map(
        grid(2, 2), marks=[*away, *random_marks(1)], bounds=(12.5, 55.7, 12.54, 55.73), **look()
    )
    assert (found.shown, found.outside) == (1, 2)


def test_symbols_are_the_files_that_the_browser_has():
    assert set(shapes()) == {file.stem for file in FOLDER.glob("*.svg")}
    assert len(shapes()) == 14
    for name, path in shapes().items():
        assert f'd="{path}"' in (FOLDER / f"{name}.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(("code", "drawn_as"), [("BURGLARY", "BURGLARY"), ("NO_SUCH", "OTHER")])
def test_each_type_has_its_shape_and_letter(code, drawn_as):
    found = district_map(
        grid(1, 1), marks=[Mark(lng=12.501, lat=55.709, code=code, letter="Q")], **look()
    )
    assert f'd="{shapes()[drawn_as]}"' in found.svg
    assert "Q" in texts(found.svg)


def test_no_dot_stands_beside_a_name():
    # The mark belongs where the name stands; a dot at its edge would read as a full stop.
    at = (12.505, 55.705)
    marks = [Mark(lng=at[0], lat=at[1], code="FIRE", letter="F")]
    found = district_map(grid(1, 1), marks=marks, **look())
    assert found.moved == 1
    assert not drawn(found.svg, "circle")
    assert len(drawn(found.svg, "line")) == 2
