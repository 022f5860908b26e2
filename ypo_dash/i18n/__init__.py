"""Danish and English texts, numbers and dates. English is the key; ``da.*.po`` have the Danish."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from babel.dates import get_day_names
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

if TYPE_CHECKING:
    from datetime import date

_HERE = Path(__file__).parent


@lru_cache(maxsize=4)
def catalogue(lang: str) -> dict[str, str]:
    """Return ``lang``'s texts by their English; empty for English itself."""
    found: dict[str, str] = {}
    for path in sorted(_HERE.glob(f"{lang}.*.po")):
        with path.open("rb") as handle:
            messages = read_po(handle, locale=lang)
        found |= {str(m.id): str(m.string) for m in messages if m.id and m.string}
    return found


def text(lang: str, message: str, **values: object) -> str:
    """Return ``message`` in ``lang``, its ``{fields}`` filled."""
    return catalogue(lang).get(message, message).format(**values)


def plural(lang: str, one: str, many: str, n: float, **values: object) -> str:
    """Return ``one`` for exactly 1 and ``many`` otherwise, with ``{n}`` formatted."""
    return text(lang, one if n == 1 else many, n=number(n, lang), **values)


def number(value: float, lang: str, decimals: int | None = None) -> str:
    """Return a number as ``lang`` writes it: 1.234,5 in Danish, 1,234.5 in English.

    Whole numbers have no decimals and others one, unless ``decimals`` says otherwise.
    """
    if decimals is None:
        decimals = 0 if float(value).is_integer() else 1
    # Half up on the shortest digits that name the value (4.35, not 4.3499999…), as browsers format
    # numbers, so that page and server agree, and with what one works out by hand.
    exact = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    exact = abs(exact) if exact == 0 else exact  # never a negative zero
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return str(format_decimal(exact, format=pattern, locale=lang)).replace("-", "−")


def percent(share: float, lang: str) -> str:
    """Return a share 0-1 as whole per cent; a share above 0 never reads as 0 %."""
    shown = "<1" if 0 < share < 0.005 else number(round(100 * share), lang)
    return f"{shown} %"


def format_date(day: date, lang: str, *, year: bool = True) -> str:  # noqa: ARG001 - both languages write day first
    """Return ``25/11/2012`` or ``25/11``."""
    return f"{day.day}/{day.month}" + (f"/{day.year}" if year else "")


def format_period(first: date, last: date, *, lang: str) -> str:
    """Return ``29/10–25/11/2012``, with the first year where it differs."""
    if first == last:
        return format_date(first, lang)
    return f"{format_date(first, lang, year=first.year != last.year)}–{format_date(last, lang)}"


def format_quarter(day: date, lang: str) -> str:
    """Return the quarter of a day: "quarter 3 of 2012"."""
    return text(lang, "quarter {n} of {year}", n=(day.month + 2) // 3, year=day.year)


@lru_cache(maxsize=8)
def weekday_names(lang: str, width: Literal["wide", "abbreviated"] = "wide") -> tuple[str, ...]:
    """Return the weekdays from Monday; ``width`` is *wide* or *abbreviated*."""
    names = get_day_names(width, "stand-alone", locale=lang)
    return tuple(names[i] for i in range(7))


def join_words(words: list[str], lang: str) -> str:
    """Return ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {text(lang, 'and')} {words[-1]}"
