"""Formulas: written in one line of plain signs, shown as MathML, which browsers draw and read aloud.

The line is close to what one would type: ``x_{ij}`` and ``x^2`` are below and above, ``frac{a}{b}``,
``sqrt{a}``, ``bar{x}`` and ``hat{x}`` take groups, ``sum_{i}`` is a sum over i; braces are not shown.
"""

from __future__ import annotations

import re
from html import escape

_TOKEN = re.compile(r"\s*(\d+(?:\.\d+)?|[^\W\d_]+|[_^{}]|\S)")
_PAIRS = {"(": ")", "[": "]", "⌊": "⌋"}
_ACCENTS = {"bar": "¯", "hat": "^"}
_FUNCTIONS = ("ln", "cos", "sin", "arcsin")
_SUMS = {"sum": "∑", "prod": "∏"}


def mathml(line: str, lang: str) -> str:
    """Return a formula as a MathML element; decimals have the comma or point of ``lang``.

    Raises
    ------
    ValueError
        A brace is not closed, or a sign stands where a group is needed.
    """
    tokens = _TOKEN.findall(line)
    found = _Reader(tokens, "," if lang == "da" else ".").row("")
    return f'<math display="block">{found}</math>'


class _Reader:
    def __init__(self, tokens: list[str], point: str) -> None:
        self.tokens, self.at, self.point = tokens, 0, point

    def _next(self) -> str:
        if self.at >= len(self.tokens):
            raise ValueError(f"{' '.join(self.tokens)}: ends too early")
        self.at += 1
        return self.tokens[self.at - 1]

    def _peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def row(self, end: str) -> str:
        """Read until ``end``, which is taken too."""
        parts = []
        while self._peek() != end:
            parts.append(self._scripted())
        if end:
            self._next()
        return f"<mrow>{''.join(parts)}</mrow>"

    def _scripted(self) -> str:
        is_sum = self._peek() in _SUMS
        base = self._atom()
        below = above = ""
        while self._peek() in ("_", "^"):
            if self._next() == "_":
                below = self._atom()
            else:
                above = self._atom()
        if not below and not above:
            return base
        kind = ("under", "over") if is_sum else ("sub", "sup")
        name = "m" + (kind[0] if below else "") + (kind[1] if above else "")
        return f"<{name}>{base}{below}{above}</{name}>"

    def _group(self) -> str:
        if self._next() != "{":
            raise ValueError(f"{' '.join(self.tokens)}: a group in braces is needed")
        return self.row("}")

    def _atom(self) -> str:
        token = self._next()
        if token == "{":  # noqa: S105 - a brace is no password
            return self.row("}")
        if token == "frac":  # noqa: S105
            return f"<mfrac>{self._group()}{self._group()}</mfrac>"
        if token == "sqrt":  # noqa: S105
            return f"<msqrt>{self._group()}</msqrt>"
        if token in _PAIRS:
            inside = self.row(_PAIRS[token])
            return f"<mrow><mo>{token}</mo>{inside}<mo>{_PAIRS[token]}</mo></mrow>"
        if token in _ACCENTS:
            return f'<mover accent="true">{self._group()}<mo stretchy="false">{_ACCENTS[token]}</mo></mover>'
        return self._sign(token)

    def _sign(self, token: str) -> str:
        if token in _SUMS:
            return f"<mo>{_SUMS[token]}</mo>"
        if token in _FUNCTIONS:
            return f'<mrow><mi>{token}</mi><mspace width="0.17em"/></mrow>'
        if token[0].isdigit():
            return f"<mn>{token.replace('.', self.point)}</mn>"
        if token[0].isalpha():
            return f"<mi>{escape(token)}</mi>"
        if token == "|":  # noqa: S105
            return '<mo stretchy="false">|</mo>'
        return f"<mo>{escape(token)}</mo>"
