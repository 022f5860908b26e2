"""Damage to bytes, as it happens to files and as somebody would do it on purpose."""

from __future__ import annotations

import io
import re
import zipfile

from hypothesis import strategies as st

TOKENS = (
    b"",
    b'"',
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"1e999",
    b"-1e-999",
    b"9" * 400,
    b"9" * 5000,
    b"NaN",
    b"inf",
    b"null",
    b"-1",
    b"0",
    b"[]",
    b"{}",
    b"2012-02-30T25:61",
    b"0000-00-00",
    b"0001-01-01T00:00",
    b"9999-12-31T23:59:59+99:99",
    b"1900-01-01",
    b"2012-10-28T02:30",
    b"-2147483648",
    b"18446744073709551616",
    b"340282366920938463463374607431768211456.5",
    b"=1+1",
    "²".encode(),
    "١٢".encode(),
    "𝟙".encode(),
    "\u202e\u2028\x85".encode(),
    "\udcff".encode("utf-8", "surrogatepass"),
    b"[" * 3000,
    b'{"a":' * 3000,
    b"\r",
    b"\n\n",
    b"," * 1000,
    b"*",
    b"a" * 70_000,
)
_WORD = re.compile(rb"[^\s,;:\"'<>{}\[\]=]+")
_KINDS = ("flip", "cut", "drop", "twice", "insert", "word", "word", "word", "noise", "swap", "line")

ops = st.lists(
    st.tuples(
        st.sampled_from(_KINDS),
        st.integers(0, 1 << 24),
        st.integers(0, 1 << 12),
        st.sampled_from(TOKENS) | st.binary(max_size=12),
    ),
    min_size=1,
    max_size=4,
)
Op = tuple[str, int, int, bytes]


def _words(data: bytes, at: int, token: bytes) -> bytes:
    found = list(_WORD.finditer(data[: 1 << 18]))
    if not found:
        return data + token
    one = found[at % len(found)]
    return data[: one.start()] + token + data[one.end() :]


def _line(data: bytes, at: int, length: int) -> bytes:
    lines = data.split(b"\n")
    lines.insert(length % (len(lines) + 1), lines[at % len(lines)])
    return b"\n".join(lines)


def apply(data: bytes, changes: list[Op]) -> bytes:
    """Return ``data`` with the changes made one after the other."""
    for kind, place, length, token in changes:
        at = place % (len(data) + 1)
        part = data[at : at + length]
        if kind == "flip" and at < len(data):
            data = data[:at] + bytes([data[at] ^ (1 << length % 8)]) + data[at + 1 :]
        elif kind == "cut":
            data = data[:at]
        elif kind == "drop":
            data = data[:at] + data[at + length :]
        elif kind == "twice":
            data = data[:at] + part + part + data[at + length :]
        elif kind == "insert":
            data = data[:at] + token + data[at:]
        elif kind == "word":
            data = _words(data, place, token)
        elif kind == "noise":
            data = data[:at] + token + data[at + len(token) :]
        elif kind == "swap":
            data = data[:at] + data[at + length : at + 2 * length] + part + data[at + 2 * length :]
        elif kind == "line":
            data = _line(data, place, length)
    return data


def mutated(seeds: list[bytes]) -> st.SearchStrategy[bytes]:
    """Return damaged copies of ``seeds``."""
    return st.builds(apply, st.sampled_from(seeds), ops)


def rezipped(archive: bytes, which: int, changes: list[Op]) -> bytes:
    """Return a ZIP whose container is sound and one of whose parts is damaged.

    Damage from outside only ever meets the checksum; what reads the parts is behind it.
    """
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        names = source.namelist()
        for number, name in enumerate(names):
            content = source.read(name)
            made.writestr(
                name, apply(content, changes) if number == which % len(names) else content
            )
    return target.getvalue()


def mutated_zips(seeds: list[bytes]) -> st.SearchStrategy[bytes]:
    """Return ZIP archives damaged within, and some damaged from outside."""
    within = st.builds(rezipped, st.sampled_from(seeds), st.integers(0, 64), ops)
    return st.one_of(within, within, within, mutated(seeds))
