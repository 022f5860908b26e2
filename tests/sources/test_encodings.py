from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from tests.sources.loading import GOOD, HEADER, load, profile, write
from ypo_dash.model.errors import InputError
from ypo_dash.sources.encodings import open_text

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "sted;gerning\nBellahøj;Hærværk — 5 €\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8"),
        (TEXT.encode("utf-16"), "utf-16-le"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("utf-32"), "utf-32-le"),
        (TEXT.encode("cp1252"), "cp1252"),
        (b"plain", "utf-8"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_encodings_are_found(tmp_path: Path, data: bytes, encoding: str, packed: bool) -> None:
    path = write(tmp_path / "in.csv", gzip.compress(data) if packed else data)
    text = open_text(path, None, tmp_path)
    read = text.handle.read().decode()
    assert read in (TEXT, "plain")
    assert (text.encoding, text.packed, text.size) == (encoding, packed, len(read.encode()))
    assert [p.name for p in tmp_path.iterdir()] == ["in.csv"]


def test_latin_1_far_down_a_large_file_is_found(tmp_path: Path) -> None:
    path = write(tmp_path / "in.csv", b"a;b\n" * 3_000_000 + "Brønshøj\n".encode("latin-1"))
    assert open_text(path, None, tmp_path).encoding == "cp1252"


def test_a_character_across_two_blocks_is_whole(tmp_path: Path) -> None:
    path = write(tmp_path / "in.csv", b"x" * ((1 << 22) - 1) + "ø\n".encode())
    assert open_text(path, None, tmp_path).encoding == "utf-8"


def test_a_stated_encoding_is_kept_to(tmp_path: Path) -> None:
    path = write(tmp_path / "in.csv", "Bellahøj".encode("cp850"))
    assert open_text(path, "cp850", tmp_path).handle.read().decode() == "Bellahøj"
    with pytest.raises(InputError, match="line 1: a character cannot be read as utf-8"):
        open_text(path, "utf-8", tmp_path)


def test_one_broken_byte_in_utf_8_is_not_taken_for_latin_1(tmp_path: Path) -> None:
    path = write(tmp_path / "in.csv", "æøå\n".encode() * 50 + b"\xc3(\n")
    with pytest.raises(InputError, match="line 51: a character cannot be read as utf-8"):
        open_text(path, None, tmp_path)


def test_utf_16_without_a_mark_is_read_when_named(tmp_path: Path) -> None:
    text = f"{HEADER}\n{GOOD}\n".replace("incident_id", "id").replace("time_from", "from")
    path = write(tmp_path / "in.csv", text.encode("utf-16-le"))
    found = load(path, profile(file='encoding = "utf-16-le"'))
    assert found.rows["incident_id"].tolist() == ["7"]
