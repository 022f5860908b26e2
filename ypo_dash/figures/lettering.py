"""How wide a text is, near enough to place it: never narrower than it is drawn."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ypo_dash.figures.theme import Theme

# Advance widths of a bold grotesque (Liberation Sans Bold, metric-compatible with Arial Bold), in
# hundredths of the font size, rounded up; other fonts are a factor of it: `Theme.breadth`.
_WIDTHS = {
    "ijlI": 28,
    " .,:;'|·()[]/-!": 34,
    "ftr": 39,
    '"*{}': 48,
    "acekszvxyJ0123456789$#?_–": 56,
    "bdghnopquLøß+<>=~^×±−": 62,
    "EFPSTVXYZZ": 67,
    "ABCDHKNRUÅÄ&": 73,
    "wGOQØÖ": 78,
    "mM½¼¾%æ": 89,
    "W": 95,
    "@Æ—…": 100,
}
_WIDTH = {letter: width / 100 for letters, width in _WIDTHS.items() for letter in letters}
_UNKNOWN = 0.73
_WIDE = 1.0


def measure(text: str, size: float, theme: Theme) -> float:
    """Return the width of ``text`` at font ``size``, in the units of ``size``."""
    return _ems(text) * size * theme.breadth


@lru_cache(maxsize=4096)
def _ems(text: str) -> float:
    # East Asian letters and signs beyond are squares of one em.
    return sum(_WIDTH.get(letter, _UNKNOWN if ord(letter) < 0x1100 else _WIDE) for letter in text)


def shortened(text: str, size: float, width: float, theme: Theme) -> str:
    """Return ``text``, or as much of its beginning as fits into ``width`` with an ellipsis."""
    if measure(text, size, theme) <= width:
        return text
    room = width - measure("…", size, theme)
    used, kept = 0.0, 0
    for letter in text:
        used += measure(letter, size, theme)
        if used > room:
            break
        kept += 1
    return text[:kept].rstrip() + "…" if kept else ""


def wrapped(text: str, size: float, width: float, theme: Theme) -> list[str]:
    """Return ``text`` in lines that fit into ``width``, broken at spaces where there are any."""
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and measure(joined, size, theme) <= width:
            lines[-1] = joined
        else:
            lines.append(word)
    return [shortened(line, size, width, theme) for line in lines]
