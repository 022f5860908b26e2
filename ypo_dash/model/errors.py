"""Errors that a clerk can act on: what is wrong, where, and what to do."""

from __future__ import annotations

from datetime import date

from ypo_dash.i18n import format_date, text


class InputError(ValueError):
    """An input was refused.

    Parameters
    ----------
    problem
        What is wrong, as a sentence without a full stop.
    file, line, column, value
        Where it stands, as far as it is known. ``line`` counts from 1, the header included.
    remedy
        What to do about it.
    """

    def __init__(
        self,
        problem: str,
        *,
        file: object = None,
        line: int | None = None,
        column: str | None = None,
        value: object = None,
        remedy: str | None = None,
    ) -> None:
        self.problem, self.file, self.line = problem, file, line
        self.column, self.value, self.remedy = column, value, remedy
        super().__init__(self.text())

    def text(self) -> str:
        """Return the message: place, problem, value, remedy."""
        place = []
        if self.file is not None:
            place.append(str(self.file))
        if self.line is not None:
            place.append(f"line {self.line}")
        if self.column is not None:
            place.append(f"column {self.column!r}")
        head = ", ".join(place) + ": " if place else ""
        shown = "" if self.value is None else f" (value {_short(self.value)})"
        tail = "" if self.remedy is None else f". {self.remedy}"
        return f"{head}{self.problem}{shown}{tail}"


class RecordError(RuntimeError):
    """The record of who saw what can't be written or is damaged; what it would say must not happen."""


class FilterError(ValueError):
    """A query parameter is unknown or impossible; ``parameter`` names it.

    Parameters
    ----------
    message
        What is wrong, in English with ``{fields}``; the catalogue has its Danish.
    values
        What the fields stand for.
    """

    def __init__(self, parameter: str, message: str, **values: object) -> None:
        self.parameter, self.message, self.values = parameter, message, values
        super().__init__(f"{parameter}: {self.problem()}")

    def problem(self, lang: str = "") -> str:
        """Return what is wrong, in ``lang`` with dates as people write them; without one for programs."""
        if not lang:
            return text("en", self.message, **self.values)
        said = {k: format_date(v, lang) if isinstance(v, date) else v for k, v in self.values.items()}  # fmt: skip
        return text(lang, self.message, **said)


def first_line(error: BaseException) -> str:
    """Return the first line of an error of a library, or its kind: some say nothing at all."""
    return next(iter(str(error).splitlines()), "") or type(error).__name__


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 80 else shown[:77] + "..."
