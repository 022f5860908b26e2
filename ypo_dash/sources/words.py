"""Offence and scene words to the codes of the district's taxonomy."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ypo_dash.model.errors import InputError
from ypo_dash.model.taxonomy import FALLBACK_OFFENCE, FALLBACK_SCENE
from ypo_dash.sources.profile import ANY_WORD, REFUSE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from ypo_dash.model.taxonomy import Taxonomy
    from ypo_dash.sources.profile import Profile


@dataclass
class WordBook:
    """The words of one import: what each means, and those that mean nothing yet.

    Parameters
    ----------
    profile, taxonomy
        The import profile and the district's offences and scenes.
    """

    profile: Profile
    taxonomy: Taxonomy
    unknown_types: Counter[str] = field(default_factory=Counter)
    unknown_scenes: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for table, word, code in _codes(self.profile):
            known = self.offence_of(code) if table == "types" else self.scene_of(code)
            if known is None:
                self._refuse_code(table, word, code)

    def offence_of(self, code: str) -> str | None:
        """Return the offence that a code of the profile stands for: one of ours or a finer one."""
        return code if code in self.taxonomy.offence else self.taxonomy.subtypes.get(code)

    def scene_of(self, code: str) -> str | None:
        """Return the scene that a code of the profile stands for."""
        return code if code in self.taxonomy.scene else None

    def types(self, words: pa.Array) -> tuple[pa.Array, NDArray[np.bool_]]:
        """Return the offence codes of a batch, and which rows have no type and no fallback."""
        found, lost = _translate(words, self._type, self.unknown_types, FALLBACK_OFFENCE)
        return found, lost

    def scenes(self, words: pa.Array, type_words: pa.Array) -> pa.Array:
        """Return the scene codes of a batch: of the police code where that has one."""
        carried = _lookup(type_words, self._carried_scene)
        named, _ = _translate(words, self._scene, self.unknown_scenes, FALLBACK_SCENE)
        return pc.coalesce(carried, named)

    def check(self, path: Path) -> None:
        """Refuse the file if words are left that nothing translates.

        Raises
        ------
        InputError
            The message lists the words, how often each occurs, and what to write.
        """
        for table, counts, column in (
            ("types", self.unknown_types, "type"),
            ("scenes", self.unknown_scenes, "scene"),
        ):
            if counts:
                raise self._unmapped(table, counts, column, path)

    def _type(self, word: str) -> str | None:
        code = self.profile.types.get(word)
        if code is not None:
            return self.offence_of(code)
        known = self.taxonomy.resolve_offence(word) if word else None
        if known is not None:
            return known
        fallback = self.profile.types.get(ANY_WORD, self.profile.unmapped_types)
        return None if fallback == REFUSE else self.offence_of(fallback)

    def _scene(self, word: str) -> str | None:
        code = self.profile.scenes.get(word)
        if code is not None:
            return code
        known = self.taxonomy.resolve_scene(word) if word else FALLBACK_SCENE
        if known is not None:
            return known
        fallback = self.profile.scenes.get(ANY_WORD, self.profile.unmapped_scenes)
        return None if fallback == REFUSE else fallback

    def _carried_scene(self, word: str) -> str | None:
        ours = (
            word in self.taxonomy.offence
            or word in self.taxonomy.subtypes
            or word in self.taxonomy.scene
        )
        return None if ours or not word else self.taxonomy.resolve_scene(word)

    def _refuse_code(self, table: str, word: str, code: str) -> None:
        known = (
            [*self.taxonomy.offence, *self.taxonomy.subtypes]
            if table == "types"
            else list(self.taxonomy.scene)
        )
        near = get_close_matches(code, known, n=1)
        raise InputError(
            f"profile {word} means a code that the district does not have",
            file=self.profile.name,
            value=code,
            remedy=(f"Did you mean {near[0]}? " if near else "") + f"Known are {', '.join(known)}",
        )

    def _unmapped(self, table: str, counts: Counter[str], column: str, path: Path) -> InputError:
        listed = ", ".join(f"{word!r} ({n:,} times)" for word, n in counts.most_common(30))
        more = f" and {len(counts) - 30} more" if len(counts) > 30 else ""
        theirs = self.profile.columns.get(column)
        return InputError(
            f"{len(counts)} {'word has' if len(counts) == 1 else 'words have'} no {column}: {listed}{more}",
            file=path,
            column=theirs.title if theirs else column,
            remedy=f'Write each under [{table}] in the profile, for instance {_toml_key(counts)} = "OTHER", or "*" = "OTHER" for all',
        )


def _codes(profile: Profile) -> list[tuple[str, str, str]]:
    found = [("types", f"[types] {word!r}", code) for word, code in profile.types.items()]
    found += [("scenes", f"[scenes] {word!r}", code) for word, code in profile.scenes.items()]
    if profile.unmapped_types != REFUSE:
        found.append(("types", "[unmapped] types", profile.unmapped_types))
    if profile.unmapped_scenes not in (REFUSE, FALLBACK_SCENE):
        found.append(("scenes", "[unmapped] scenes", profile.unmapped_scenes))
    for ours, table in (("type", "types"), ("scene", "scenes")):
        constant = profile.columns[ours].constant if ours in profile.columns else None
        if constant is not None and constant not in getattr(profile, table):
            found.append((table, f"[columns] {ours}", constant))
    return found


def _toml_key(counts: Counter[str]) -> str:
    word = next(iter(counts)).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{word}"'


def _lookup(words: pa.Array, meaning: Callable[[str], str | None]) -> pa.Array:
    encoded = words.dictionary_encode()
    found = [meaning(unicodedata.normalize("NFC", w)) for w in encoded.dictionary.to_pylist()]
    return pa.array(found, pa.string()).take(encoded.indices)


def _translate(
    words: pa.Array, meaning: Callable[[str], str | None], unknown: Counter[str], neutral: str
) -> tuple[pa.Array, NDArray[np.bool_]]:
    """Translate through the distinct words; count those without meaning, the empty one aside."""
    encoded = words.dictionary_encode()
    distinct = [unicodedata.normalize("NFC", w) for w in encoded.dictionary.to_pylist()]
    found = [meaning(w) for w in distinct]
    places = encoded.indices.to_numpy()
    times = np.bincount(places, minlength=len(distinct))
    for word, code, n in zip(distinct, found, times.tolist(), strict=True):
        if code is None and word:
            unknown[word] += n
    empty = np.array(
        [code is None and not word for word, code in zip(distinct, found, strict=True)], dtype=bool
    )
    codes = pa.array([code or neutral for code in found], pa.string()).take(encoded.indices)
    return codes, empty[places] if len(distinct) else np.zeros(len(words), dtype=bool)
