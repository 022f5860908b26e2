"""Texts of coordinates to numbers: decimal points, decimal commas and thousands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from ypo_dash.sources.tables import NOTHING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NUMBER = r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$"
_WITH_COMMA = r"^[+-]?\d*,\d+$|^[+-]?\d{1,3}(?:\.\d{3})+,\d+$"
_WITH_POINT = r"^[+-]?\d*\.\d+$"
# One point and three digits may be a decimal number or thousands: it is neither, to be safe.
_THOUSANDS = r"^[+-]?\d{1,3}(?:(?:\.\d{3})+,\d*|(?:\.\d{3}){2,})$"


def read_numbers(texts: pa.Array, decimal: str) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Read a column of coordinates.

    Parameters
    ----------
    texts
        Strings without nulls or space around them.
    decimal
        ``.`` or ``,``; with a comma, points between thousands are passed over.

    Returns
    -------
    tuple
        The numbers (NaN where there is none), and which texts are neither a number nor empty.
    """
    absent = pc.is_in(texts, pa.array(NOTHING))
    plain = texts
    if decimal == ",":
        grouped = pc.match_substring_regex(texts, _THOUSANDS)
        whole = pc.if_else(grouped, pc.replace_substring(texts, ".", ""), texts)
        plain = pc.replace_substring(pc.replace_substring(whole, ".", "?"), ",", ".")
    number = pc.match_substring_regex(plain, NUMBER)
    bad = pc.invert(pc.or_(absent, number)).to_numpy(zero_copy_only=False)
    values = pc.if_else(number, plain, pa.scalar(None, pa.string())).cast(pa.float64())
    return values.to_numpy(zero_copy_only=False), bad


def find_decimal(texts: list[pa.Array]) -> str | None:
    """Return the decimal sign that most coordinate texts have, or None where there are none."""
    if not any(pc.any(pc.invert(pc.is_in(column, pa.array(NOTHING)))).as_py() for column in texts):
        return None
    commas, points = (
        sum(pc.sum(pc.match_substring_regex(column, pattern)).as_py() or 0 for column in texts)
        for pattern in (_WITH_COMMA, _WITH_POINT)
    )
    return "," if commas > points else "."
