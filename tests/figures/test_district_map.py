"""Maps: nothing overlaps, what is said is shown, and every odd input ends in an honest picture."""

from __future__ import annotations

import itertools
import re
import time

import pytest

from tests.figures.samples import NAN, SVG, drawn, grid, look, parsed, random_marks, square, texts
from ypo_dash.figures.district_map import Ground, Hexagon, Mark, Region, district_map, level_legend
from ypo_dash.figures.map_drawing import MapDrawing
from ypo_dash.figures.outline import Projection
from ypo_dash.figures.placing import Box, Room
from ypo_dash.figures.svg import Picture
from ypo_dash.figures.symbols import FOLDER, shapes
from ypo_dash.figures.theme import DARK, LIGHT, PAPER


def plates(svg: str) -> list[Box]:
    """Return where the symbols' plates are."""
    return [
        Box(*(float(a[k]) for k in ("x", "y", "width", "height")))
        for a in drawn(svg, "rect")
        if "rx" in a
    ]


def labels(svg: str) -> list[Box]:
    """Return boxes well inside the sectors' names."""
    found = []
    for node in parsed(svg).iter(f"{SVG}text"):
        if node.get("text-anchor") == "middle":
            size = float(node.get("font-size"))
            width = len(node.text or "") * size * 0.45
            x, y = float(node.get("x")), float(node.get("y"))
            found.append(Box(x - width / 2, y - size * 0.65, width, size * 0.65))
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_symbol_lies_on_another_or_on_a_name_or_outside(seed):
    marks = random_marks(300, same=40, seed=seed)
    found = district_map(grid(4, 3), marks=marks, **look(size=(186.0, 150.0)))
    boxes = plates(found.svg)
    assert found.shown == len(boxes) == 300
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
    marks = random_marks(40, same=40)
    found = district_map(grid(4, 3), marks=marks, **look())
    assert found.shown == 40
    assert found.moved == 39
    ends = {(a["x2"], a["y2"]) for a in drawn(found.svg, "line")}
    assert len(ends) == 1
    assert len(drawn(found.svg, "line")) == 39 * 2  # each on a casing
    (place,) = ends
    assert [a for a in drawn(found.svg, "circle") if (a["cx"], a["cy"]) == place]


def test_a_mark_with_room_stands_at_its_place():
    found = district_map(
        grid(4, 3), marks=[Mark(lng=12.512, lat=55.712, code="FIRE", letter="F")], **look()
    )
    assert (found.shown, found.moved, found.outside) == (1, 0, 0)
    assert not drawn(found.svg, "line")


def test_too_many_marks_are_counted_not_piled_up():
    found = district_map(grid(4, 3), marks=random_marks(900), **look())
    assert 100 < found.shown == len(plates(found.svg)) < 900
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


def test_classes_are_drawn_in_their_colours():
    regions = grid(7, 1)
    levels = [None, 0, 1, 2, 3, 6, 9]
    shaded = [
        Region(id=r.id, label="", rings=r.rings, at=r.at, level=level)
        for r, level in zip(regions, levels, strict=True)
    ]
    fills = [
        a["fill"] for a in drawn(district_map(shaded, **look(DARK)).svg, "path") if "clip-rule" in a
    ]
    assert fills == [DARK.ramp[0], DARK.ramp[1], DARK.ramp[2], DARK.ramp[5], DARK.ramp[5]]


def test_a_hidden_number_is_hatched_on_every_theme():
    for theme in (PAPER, DARK, LIGHT):
        svg = district_map(grid(1, 1, hidden=True), **look(theme)).svg
        assert len(drawn(svg, "clipPath")) == 1
        assert [
            a
            for a in drawn(svg, "path")
            if a.get("stroke") == theme.edge and a["d"].count("M") > 10
        ]


def test_hexagons_of_a_class_are_one_path():
    cells = [
        Hexagon(ring=square(12.5 + k * 0.001, 55.7, 0.001), level=1 + k % 2) for k in range(10)
    ]
    cells.append(Hexagon(ring=square(12.52, 55.7, 0.001), level=0))
    svg = district_map(grid(1, 1), hexagons=cells, **look(DARK)).svg
    paths = {a["fill"]: a["d"].count("M") for a in drawn(svg, "path") if a["fill"] in DARK.ramp}
    assert paths == {DARK.ramp[0]: 5, DARK.ramp[1]: 5}


def test_what_is_in_focus_has_an_outline_and_its_name_first():
    regions = [
        *grid(3, 1),
        Region(id="s", label="5", rings=[square(12.5, 55.7)], at=(12.505, 55.705), strong=True),
    ]
    svg = district_map(regions, **look()).svg
    assert [a for a in drawn(svg, "path") if a.get("stroke") == PAPER.accent]
    # Both names are meant for one place; the one in focus has it.
    assert texts(svg).count("5") == 1
    assert "0" not in texts(svg)


def test_names_have_a_second_line():
    svg = district_map([*grid(1, 1), Region(id="t", label="12\n1.234", rings=[square(12.52, 55.7)], at=(12.525, 55.705))], **look()).svg  # fmt: skip
    assert {"12", "1.234"} <= set(texts(svg))


@pytest.mark.parametrize("theme", [PAPER, DARK, LIGHT], ids=lambda t: t.name)
def test_scale_bar_is_as_long_as_it_says(theme):
    regions = grid(4, 3)
    picture = Picture(**look(theme))
    projection = Projection.within((12.5, 55.7, 12.54, 55.73), picture.size, picture.text * 0.5)
    svg = district_map(regions, **look(theme)).svg
    (name,) = [t for t in texts(svg) if t.endswith(("m", "km"))]
    metres = float(name.split()[0]) * (1000 if name.endswith("km") else 1)
    bar = next(
        a["d"]
        for a in drawn(svg, "path")
        if a.get("stroke") == theme.ink and a["d"].count("L") == 3
    )
    xs = [float(x) for x in re.findall(r"[ML]([\d.]+) ", bar)]
    assert max(xs) - min(xs) == pytest.approx(metres * projection.metre, abs=0.03)


def test_names_of_three_hundred_sectors_never_overlap():
    found = labels(district_map(grid(20, 15, level=2), **look()).svg)
    assert 100 < len(found) <= 300
    assert not [1 for a, b in itertools.combinations(found, 2) if a.hits(b)]


@pytest.mark.parametrize(
    "regions",
    [
        [Region(id="1", label="A", rings=[[[12.5, 55.7]] * 4], at=(12.5, 55.7), level=3)],
        [Region(id="1", label="A", rings=[], at=(NAN, NAN))],
        [Region(id="1", label="A", rings=[[[NAN, NAN], [12.5, 55.7]]], at=(12.5, 55.7))],
        [Region(id="1", label="\n", rings=[square(0, 89.9, 0.05)], at=(0, 89.9))],
    ],
    ids=["a point", "no rings", "not numbers", "at the pole"],
)
def test_odd_sectors_end_in_a_sound_picture(regions):
    svg = district_map(regions, **look(empty="Nothing to see")).svg
    assert "nan" not in svg.lower()
    parsed(svg)


def test_nothing_at_all_says_so():
    found = district_map([], **look(empty="No sectors"))
    assert texts(found.svg) == ["No sectors"]
    assert (found.shown, found.moved) == (0, 0)


def test_a_map_of_marks_alone():
    assert district_map([], marks=random_marks(5), **look()).shown == 5


def test_ground_lies_below_and_stays_in_the_picture():
    ground = Ground(water=[square(12, 55, 2)], rail=[[[12.5, 55.7], [12.6, 55.8]]])
    svg = district_map(grid(2, 2, level=1), ground=ground, **look(DARK)).svg
    fills = [a["fill"] for a in drawn(svg, "path")]
    assert fills.index(DARK.water) < fills.index(DARK.ramp[0])


def test_room_finds_the_nearest_place():
    room = Room(100, 100, 10)
    box = Box.around(50, 50, 10, 6)
    assert room.place(box, 50) is box
    second = room.place(Box.around(50, 50, 10, 6), 50)
    assert second is not None
    assert not second.hits(box)
    assert abs(second.x - box.x) + abs(second.y - box.y) < 12
    assert room.place(Box.around(50, 50, 200, 6), 500) is None


def test_legend_writes_every_class():
    levels = [(-1, "hidden"), (0, "0"), (1, "1–4"), (6, "25+")]
    svg = level_legend(levels, **look(size=(120.0, 9.0)))
    assert texts(svg) == ["hidden", "0", "1–4", "25+"]
    assert texts(level_legend([], **look(empty="none"))) == ["none"]


def test_legend_shortens_only_as_a_last_resort():
    levels = [(1, "one to four incidents"), (2, "5"), (3, "6")]
    assert texts(level_legend(levels, **look(size=(80.0, 9.0)))) == [
        "one to four incidents",
        "5",
        "6",
    ]
    assert "…" in texts(level_legend(levels, **look(size=(30.0, 9.0))))[0]


def test_a_full_map_is_drawn_at_once():
    cells = [
        Hexagon(ring=[(12.5 + i * 0.001 + a, 55.7 + j * 0.001 + b) for a, b in ((0, 0), (1e-3, 0), (2e-3, 1e-3), (1e-3, 2e-3), (0, 2e-3), (-1e-3, 1e-3))], level=1 + (i * j) % 6)
        for i in range(40) for j in range(25)
    ]  # fmt: skip
    marks = random_marks(100)
    spent = []
    for _ in range(3):
        start = time.perf_counter()
        district_map(grid(7, 3), hexagons=cells, marks=marks, **look(size=(186.0, 150.0)))
        spent.append(time.perf_counter() - start)
    # 60 ms is the aim, measured at about 30; a busy machine gets four times that.
    assert min(spent) < 0.24


def test_drawing_leaves_out_corners_that_cannot_be_told_apart():
    picture = Picture(**look())
    drawing = MapDrawing(picture, Projection.within((0, 0, 1, 1), picture.size))
    ring = [(k / 100_000, 0.5) for k in range(100_000)]
    assert drawing._data([ring]).count("L") < 2600
