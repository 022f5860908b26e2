"""Finding words in texts: all of them, whatever their case and accents, and where they stand.

An accent is left out on both sides, so that *cafe* finds *Café*; å, æ and ø are letters of their
own, so that *gard* does not find *gård*.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LETTERS = "åæø"
_FOREIGN = re.compile(rf"[^\x00-\x7f{_LETTERS}]")
Piece = tuple[str, bool]


def folded(words: str) -> tuple[str, list[int]]:
    """Return a text as it is compared, and for each of its characters where it stands in the text.

    ``words`` must be composed (`composed`).
    """
    found: list[str] = []
    places: list[int] = []
    for place, given in enumerate(words):
        for letter in given.casefold():
            kept = letter if letter in _LETTERS else _without_accent(letter)
            found.append(kept)
            places.extend([place] * len(kept))
    return "".join(found), places


def compared(words: str) -> str:
    """Return a text as it is compared; the same as `folded` says, without the places."""
    found = composed(words).casefold()
    return found if found.isascii() else _FOREIGN.sub(lambda one: _without_accent(one[0]), found)


def _without_accent(letter: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", letter) if not unicodedata.combining(c))


def composed(words: str) -> str:
    """Return a text in which a letter with its ring or accent is one character."""
    return unicodedata.normalize("NFC", words)


def wanted_words(query: str) -> tuple[str, ...]:
    """Return what is looked for, as it is compared, each word once."""
    given = (compared(word) for word in query.split())
    return tuple(dict.fromkeys(word for word in given if word))


def has_all(texts: Iterable[str], wanted: Sequence[str]) -> bool:
    """Whether each word stands in one of the texts, be it in the middle of another."""
    if not wanted:
        return True
    there = [compared(one) for one in texts if one]
    return all(any(word in one for one in there) for word in wanted)


def marked(words: str, wanted: Sequence[str]) -> list[Piece]:
    """Return a text in pieces, each with whether it is one of the words looked for."""
    shown = composed(words)
    compared, places = folded(shown)
    hit = [False] * len(shown)
    for word in wanted:
        at = compared.find(word)
        while at >= 0:
            for place in range(places[at], places[at + len(word) - 1] + 1):
                hit[place] = True
            at = compared.find(word, at + 1)
    return _pieces(shown, hit)


def _pieces(shown: str, hit: Sequence[bool]) -> list[Piece]:
    found: list[Piece] = []
    begin = 0
    for end in range(1, len(shown) + 1):
        if end == len(shown) or hit[end] != hit[begin]:
            found.append((shown[begin:end], hit[begin]))
            begin = end
    return found
