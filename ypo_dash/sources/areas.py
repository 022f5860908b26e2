"""Area codes instead of points."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa

from ypo_dash.model.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

LEAST = 10


@dataclass
class AreaBook:
    """The area codes of one file.

    Parameters
    ----------
    ids
        The district's sector and area ids.
    """

    ids: frozenset[str]
    seen: int = 0
    matched: int = 0
    first: str = ""
    _by_number: dict[str, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for code in sorted(self.ids):
            bare = code.lstrip("0")
            # Two codes that differ by their zeros alone cannot be told apart without them.
            self._by_number[bare] = None if bare in self._by_number else code

    def known(self, texts: pa.Array) -> pa.Array:
        """Return the codes as the district writes them: lost leading zeros come back.

        A code that the district does not have stays as it is: it lies outside.
        """
        encoded = texts.dictionary_encode()
        words = encoded.dictionary.to_pylist()
        codes = [self._code(word) for word in words]
        counts = pa.compute.value_counts(encoded.indices)
        for index, n in zip(counts.field(0).to_pylist(), counts.field(1).to_pylist(), strict=True):
            if words[index]:
                self.seen += n
                self.first = self.first or words[index]
                self.matched += n if codes[index] in self.ids else 0
        return pa.array(codes, pa.string()).take(encoded.indices)

    def check(self, path: Path) -> None:
        """Refuse a file in which no area is one of the district's.

        Raises
        ------
        InputError
            It has at least ten rows with an area, and none is known.
        """
        if self.seen >= LEAST and not self.matched:
            shown = ", ".join(sorted(self.ids)[:5]) or "none"
            raise InputError(
                f"none of its {self.seen:,} area codes is a sector or area of the district",
                file=path,
                value=self.first,
                remedy=f"Compare them with the district's: {shown} ...",
            )

    def _code(self, word: str) -> str:
        if word in self.ids or not word:
            return word
        # A column with gaps was a column of decimals to whoever wrote "10.0".
        whole = word[:-2] if word.endswith(".0") and word[:-2].isdigit() else word
        return whole if whole in self.ids else self._by_number.get(whole.lstrip("0")) or word
