"""The organisation chart: every station and group once, in its tint, readable on it, inside the picture."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.figures.samples import drawn, texts
from ypo_dash.figures.org_chart import Branch, GroupBox, chart_height, org_chart
from ypo_dash.figures.theme import PAPER, contrast

TINTS = {"a": "#fbf2cd", "b": "#e1f0dd"}
GROUPS = (
    GroupBox("Your Police Officer", "18", "a", "sectors 1–8"),
    GroupBox("Case management", "1", "b"),
)
STYLES = (Path(__file__).parents[2] / "assets/organisation.css").read_text("utf-8")
TOKENS = (Path(__file__).parents[2] / "assets/style.css").read_text("utf-8")


def chart(branches, width=900.0, text=14.0):
    size = (width, chart_height(branches, text))
    return size, org_chart(
        ("Bellahøj", "68 posts"), branches, tints=TINTS, key={"a": "Local police", "b": "Office"},
        theme=PAPER, size=size, text=text, title="Organisation", empty="No groups",
    )  # fmt: skip


def test_it_says_every_station_group_and_sum_once():
    _, svg = chart([Branch(f"Station {k}", f"{k} posts", GROUPS) for k in (2, 3, 4)])
    said = texts(svg)
    assert said[:2] == ["Bellahøj", "68 posts"]
    for k in (2, 3, 4):
        assert said.count(f"Station {k}") == said.count(f"{k} posts") == 1
    assert said.count("Your Police Officer") == said.count("18") == said.count("sectors 1–8") == 3
    assert said[-2:] == ["Local police", "Office"]
    fills = [box["fill"] for box in drawn(svg, "rect")]
    assert (fills.count("#fbf2cd"), fills.count("#e1f0dd")) == (4, 4)  # and the key


@pytest.mark.parametrize("stations", [1, 2, 3, 4, 5, 9])
@pytest.mark.parametrize("groups", [0, 1, 5])
def test_nothing_is_outside_or_on_another(stations, groups):
    (width, height), svg = chart([Branch("Long name of a station " * 3, "28 posts", GROUPS[:1] * groups)] * stations)  # fmt: skip
    boxes = [tuple(float(r[k]) for k in ("x", "y", "width", "height")) for r in drawn(svg, "rect")]
    assert len(boxes) == 1 + stations * (1 + groups) + 2
    for x, y, w, h in boxes:
        assert x > 0
        assert y > 0
        assert x + w < width
        assert y + h < height
    for i, (x, y, w, h) in enumerate(boxes):
        assert not any(x < a + c and a < x + w and y < b + d and b < y + h for a, b, c, d in boxes[i + 1 :])  # fmt: skip


def test_without_stations_it_says_so():
    assert texts(chart([])[1]) == ["No groups"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_can_be_read_on_every_tint(theme):
    def value(source, name, dark):
        blocks = source.split(':root[data-theme="dark"]')
        return re.search(rf"--{name}: (#[0-9a-f]{{6}})", blocks[1 if dark else 0])[1]

    dark = theme == "dark"
    for sort in ("operational", "administrative", "prevention"):
        tint = value(STYLES, f"tint-{sort}", dark)
        assert contrast(value(TOKENS, "text", dark), tint) >= 7
        assert contrast(value(TOKENS, "quiet", dark), tint) >= 4.5
