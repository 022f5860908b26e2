"""Addresses of the district, from a file that is imported: found again by what people type of them.

They stand in a file of their own beside the store, ``addresses.sqlite``: no figure depends on them,
so a new import of them is no new snapshot. The file is written aside and put in place whole.
"""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ypo_dash.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ypo_dash.sources.address_file import Address

FILE = "addresses.sqlite"
MOST_FOUND = 20
LONGEST = 120
_FOLD = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "é": "e", "è": "e", "ü": "u", "ö": "oe", "ä": "ae"})  # fmt: skip
# As far as it goes: street, number with letter, and what may follow (floor, door, postcode, city).
_TYPED = re.compile(r"(?P<street>.*?)(?:\s+(?P<number>[0-9]{1,5})\s?(?P<letter>[a-zæøå])?(?![0-9a-zæøå])(?P<rest>.*))?")  # fmt: skip
_POSTCODE = re.compile(r"(?<![0-9])[0-9]{4,5}(?![0-9])")
_BEFORE = re.compile(r"([0-9]{4,5})\s+")  # a postcode that is typed first
_LEAST_POSTCODE = 4
_TABLES = """
CREATE TABLE street (id INTEGER PRIMARY KEY, name TEXT, postcode TEXT, city TEXT);
CREATE TABLE word (key TEXT, place INTEGER, street INTEGER, PRIMARY KEY (key, place, street)) WITHOUT ROWID;
CREATE TABLE address (street INTEGER, number INTEGER, letter TEXT, lat REAL, lng REAL,
  PRIMARY KEY (street, number, letter)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An address of the file: WGS84."""

    street: str
    number: str
    postcode: str
    city: str
    lat: float
    lng: float

    @property
    def words(self) -> str:
        """As it is written on an envelope."""
        place = " ".join(part for part in (self.postcode, self.city) if part)
        return f"{self.street} {self.number}" + (f", {place}" if place else "")


def folded(text: str) -> str:
    """Return a text without regard to case, marks and the ways to write æ, ø and å."""
    return " ".join(re.sub(r"[.,'’\-/]", " ", text.casefold()).translate(_FOLD).split())


def write_addresses(home: Path, addresses: Iterable[Address], source: Path | None = None) -> int:
    """Put addresses in place of those that were there; returns how many. ``source`` is the file they are of.

    Raises
    ------
    InputError
        An address stands twice, with different points.
    """
    draft = home / f".{FILE}.new"
    draft.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(draft)) as store:
            store.executescript("PRAGMA synchronous = OFF;" + _TABLES)
            count = _fill(store, addresses, source)
            store.commit()
        with draft.open("rb+") as handle:
            os.fsync(handle.fileno())
        draft.replace(home / FILE)
    finally:
        draft.unlink(missing_ok=True)
    return count


def _fill(store: sqlite3.Connection, addresses: Iterable[Address], source: Path | None) -> int:
    streets: dict[tuple[str, str, str], int] = {}
    seen: dict[tuple[int, int, str], tuple[float, float]] = {}
    for one in addresses:
        street = streets.setdefault((one.street, one.postcode, one.city), len(streets) + 1)
        key, point = (street, one.number, one.letter), (one.lat, one.lng)
        if seen.setdefault(key, point) != point:
            raise InputError(
                "this address stands twice, with different points",
                file=source, line=one.line, column="number", value=f"{one.street} {one.number}{one.letter}",
                remedy="Keep one of the two rows",
            )  # fmt: skip
    store.executemany("INSERT INTO street VALUES (?, ?, ?, ?)", ((i, *s) for s, i in streets.items()))  # fmt: skip
    store.executemany(
        "INSERT OR IGNORE INTO word VALUES (?, ?, ?)",
        ((key, place, i) for (name, _, _), i in streets.items() for place, key in _endings(name)),
    )
    store.executemany("INSERT INTO address VALUES (?, ?, ?, ?, ?)", ((*k, *p) for k, p in seen.items()))  # fmt: skip
    return len(seen)


def _endings(name: str) -> list[tuple[int, str]]:
    """Return a street's name from each of its words on, so that any of them can be typed first."""
    words = folded(name).split()
    return [(i, " ".join(words[i:])) for i in range(len(words))]


def has_addresses(home: Path) -> bool:
    """Whether addresses were imported."""
    return (home / FILE).is_file()


def find_addresses(home: Path, typed: str) -> list[Found]:
    """Return the addresses that a text may mean, the likeliest first, at most `MOST_FOUND`.

    A street may be begun only, in any case, with æ as ae and so on, from any of its words on;
    without a number it is its first addresses.

    Raises
    ------
    InputError
        The file of addresses can't be read.
    """
    wanted = _wanted(typed)
    if not wanted.street:
        return []
    try:
        with closing(sqlite3.connect(f"{(home / FILE).as_uri()}?mode=ro", uri=True)) as store:
            found = _search(store, wanted)
            if not found and not wanted.postcode and len(wanted.number or "") >= _LEAST_POSTCODE:
                other = _Wanted(wanted.street, None, "", wanted.number or "", wanted.place)
                found = _search(store, other)
    except sqlite3.Error as error:
        raise InputError("the addresses can't be read; import them again", value=error) from error
    return found


def _wanted(typed: str) -> _Wanted:
    given = " ".join(typed.casefold().split())[:LONGEST]
    before = _BEFORE.match(given)
    head, _, tail = given[before.end() if before else 0 :].partition(",")
    parts = _TYPED.fullmatch(head.strip())
    if parts is None:
        return _Wanted("", None, "", "", "")
    behind = f"{parts['rest'] or ''} {tail}"
    code = _POSTCODE.search(behind)
    postcode = before[1] if before else code[0] if code else ""
    return _Wanted(folded(parts["street"]), parts["number"], parts["letter"] or "", postcode, folded(tail))  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What of an address was typed, folded; empty where it was not."""

    street: str
    number: str | None
    letter: str
    postcode: str
    place: str


def _search(store: sqlite3.Connection, wanted: _Wanted) -> list[Found]:
    query = """
        SELECT s.name, a.number, a.letter, s.postcode, s.city, a.lat, a.lng
        FROM (SELECT street, min(place) AS place, min(key <> :key) AS other FROM word
              WHERE key >= :key AND key < :key || char(1114111) GROUP BY street) AS w
        JOIN street AS s ON s.id = w.street JOIN address AS a ON a.street = s.id
        WHERE (:postcode = '' OR s.postcode = :postcode) AND (:number IS NULL OR a.number = :number)
          AND (:letter = '' OR a.letter = :letter)
        ORDER BY w.other OR w.place > 0, w.place, w.other, s.name, s.postcode, a.number, a.letter LIMIT :most
    """
    values = {
        "key": wanted.street, "postcode": wanted.postcode, "letter": wanted.letter.upper(),
        "number": None if wanted.number is None else int(wanted.number), "most": 10 * MOST_FOUND,
    }  # fmt: skip
    found = [
        Found(street=name, number=f"{number}{letter}", postcode=code, city=city, lat=lat, lng=lng)
        for name, number, letter, code, city, lat, lng in store.execute(query, values)
    ]
    words = wanted.place.split()
    kept = [one for one in found if _fits(one, words)]
    return _exact(kept, wanted)[:MOST_FOUND]


def _fits(one: Found, words: list[str]) -> bool:
    """Whether what stands behind the comma can be of this city; a floor or a door says nothing of it."""
    named = [word for word in words if len(word) > 2 and word.isalpha()]
    city = folded(one.city).split()
    return all(any(part.startswith(word) for part in city) for word in named)


def _exact(found: list[Found], wanted: _Wanted) -> list[Found]:
    """Return the very addresses that were typed where they are there, else all that may be meant."""
    if wanted.number is None:
        return found
    number = wanted.number.lstrip("0") + wanted.letter.upper()
    same = [one for one in found if folded(one.street) == wanted.street and one.number == number]
    return same or found
