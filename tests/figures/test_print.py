"""What Typst makes of the pictures: every one is drawn, and classes survive a grey copy."""

from __future__ import annotations

import itertools
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import typst

from tests.figures.samples import every_picture, look
from ypo_dash.figures.legends import level_legend
from ypo_dash.figures.theme import PAPER

FONTS = Path(__file__).resolve().parents[2] / "ypo_dash" / "reports" / "fonts"
PAGE = '#set page(width: {w}mm, height: {h}mm, margin: 0mm)\n#image("it.svg", width: {w}mm)'


def printed(svg: str, size: tuple[int, int], ppi: float) -> np.ndarray:
    """Return a picture as it is printed: rows of grey, 0 black to 1 white."""
    files = {"main": PAGE.format(w=size[0], h=size[1]).encode(), "it.svg": svg.encode()}
    png = typst.compile(
        files, format="png", ppi=ppi, font_paths=[str(FONTS)], ignore_system_fonts=True
    )
    return grey(png)


def grey(png: bytes) -> np.ndarray:
    """Read an 8-bit RGBA PNG without interlace (https://www.w3.org/TR/png-3/)."""
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    assert (depth, kind) == (8, 6)
    at, data = 8, b""
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += length + 12
    raw = np.frombuffer(zlib.decompress(data), np.uint8).reshape(height, 1 + width * 4)
    above = np.zeros(width * 4, np.int64)
    rows = []
    for line in raw:
        above = _unfiltered(int(line[0]), line[1:].astype(np.int64), above)
        rows.append(above)
    rgb = np.array(rows).reshape(height, width, 4)[:, :, :3] / 255
    return rgb @ np.array([0.2126, 0.7152, 0.0722])


def _unfiltered(kind: int, line: np.ndarray, above: np.ndarray) -> np.ndarray:
    if kind == 0:
        return line
    if kind == 2:
        return (line + above) % 256
    row = line.copy()
    for k in range(len(row)):
        left = int(row[k - 4]) if k >= 4 else 0
        up, corner = int(above[k]), int(above[k - 4]) if k >= 4 else 0
        guess = left + up - corner
        nearest = min((left, up, corner), key=lambda v: abs(guess - v))
        row[k] = (row[k] + {1: left, 3: (left + up) // 2, 4: nearest}[kind]) % 256
    return row


@pytest.fixture(scope="module")
def swatches():
    svg = level_legend([(k, "") for k in range(7)], **look(PAPER, size=(70.0, 10.0), text=5.0))
    found = printed(svg, (70, 10), 200)
    wide = found.shape[1] / 7
    high = found.shape[0]
    return [
        found[int(high * 0.1) : int(high * 0.3), int((k + 0.2) * wide) : int((k + 0.8) * wide)]
        for k in range(7)
    ]


def test_classes_grow_darker_in_grey(swatches):
    means = [float(part.mean()) for part in swatches]
    assert means[0] == pytest.approx(1)
    assert all(a - b >= 0.04 for a, b in itertools.pairwise(means))


def test_every_other_class_is_hatched(swatches):
    rough = [float(part.std()) for part in swatches]
    assert all(rough[k] > 0.06 for k in (1, 3, 5))
    assert all(rough[k] < 0.01 for k in (0, 2, 4, 6))


def test_classes_survive_a_photocopier(swatches):
    # A hard copy: what is lighter than 0.85 is lost, what is darker than 0.3 runs together.
    copies = [np.clip((part - 0.3) / 0.55, 0, 1) for part in swatches]
    looks = [(float(c.mean()), float(c.std())) for c in copies]
    for (mean, rough), (other, smooth) in itertools.combinations(looks, 2):
        assert abs(mean - other) > 0.05 or abs(rough - smooth) > 0.1


@pytest.mark.parametrize("name", list(every_picture()))
def test_every_picture_is_printed(name):
    found = printed(every_picture(odd="Æble & <Øl>")[name], (120, 90), 40)
    assert (found < 0.9).mean() > 0.001
