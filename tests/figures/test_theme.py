"""The themes' colours can be read and told apart, by every eye and on a grey copy."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from tests.figures.colours import DEFICIENCIES, apart, lightness, wcag
from ypo_dash.figures.hatches import OF_LEVEL, paint_of
from ypo_dash.figures.theme import DARK, LIGHT, PAPER, contrast, ink_on

THEMES = [PAPER, DARK, LIGHT]
STYLE = Path(__file__).resolve().parents[2] / "assets" / "style.css"

themes = pytest.mark.parametrize("theme", THEMES, ids=lambda t: t.name)


def test_contrast_of_known_pairs():
    # Known values: https://www.w3.org/TR/WCAG21/ (21:1) and #767676 on white, the lightest grey at 4.5.
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#767676") == pytest.approx(4.54, abs=0.01)
    assert contrast("#1d4580", "#eeeeee") == pytest.approx(wcag("#1d4580", "#eeeeee"))


@themes
@pytest.mark.parametrize("ground", ["ground", "land", "water", "park"])
def test_texts_and_graphics_stand_out(theme, ground):
    below = getattr(theme, ground)
    assert wcag(theme.ink, below) >= 7
    assert wcag(theme.quiet, below) >= 4.5
    for name in ("edge", "accent", "alarm", "more", "fewer"):
        assert wcag(getattr(theme, name), below) >= 3, name


@themes
def test_what_is_written_on_a_class_can_be_read(theme):
    for colour in theme.ramp:
        assert wcag(ink_on(theme, colour), colour) >= 4.5


@themes
@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_neighbouring_classes_stay_apart(theme, deficiency):
    # 10 is about four just noticeable differences (2.3, Mahy et al. 1994).
    for one, other in itertools.pairwise(theme.ramp):
        assert apart(one, other, deficiency) >= 10
    assert apart(theme.more, theme.fewer, deficiency) >= 40


@themes
def test_the_ramp_leaves_the_ground_step_by_step_in_grey(theme):
    steps = [lightness(colour) for colour in theme.ramp]
    ordered = steps if theme is DARK else steps[::-1]
    assert ordered == sorted(ordered)
    assert all(abs(a - b) >= 8 for a, b in itertools.pairwise(steps))


def test_paper_tells_neighbours_apart_by_more_than_tone():
    kinds = [OF_LEVEL.get(level) for level in range(1, 7)]
    assert all(a != b for a, b in itertools.pairwise(kinds))
    assert paint_of(PAPER, 1).kind == "dots"
    assert all(
        paint_of(theme, level).kind is None for theme in (DARK, LIGHT) for level in range(1, 7)
    )


@pytest.mark.parametrize("level", [None, 0, -1])
def test_zero_and_none_are_the_land(level):
    assert paint_of(PAPER, level).colour == PAPER.land


@pytest.mark.parametrize(("theme", "block"), [(LIGHT, 0), (DARK, 1)])
def test_screens_have_the_colours_of_the_style_sheet(theme, block):
    css = STYLE.read_text(encoding="utf-8")
    values = [
        dict(re.findall(r"--([a-z0-9_-]+): (#[0-9a-f]{6});", part)) for part in css.split("}")[:2]
    ][block]
    assert theme.ink == values["text"]
    assert theme.quiet == values["quiet"]
    assert theme.faint in (values["line"], values["map-street"])
    assert theme.accent == values["accent"]
    assert theme.more == values["is-more"]
    assert theme.fewer == values["is-fewer"]
    assert (theme.land, theme.water, theme.park) == tuple(
        values[f"map-{name}"] for name in ("sector", "water", "park")
    )
    assert set(re.findall(r"'([^']+)'", theme.font)) <= set(re.findall(r'"([^"]+)"', css))
