"""Errors that a clerk can act on: what is wrong, where, and what to do."""

from __future__ import annotations


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


class FilterError(ValueError):
    """A query parameter is unknown or impossible; ``parameter`` names it."""

    def __init__(self, parameter: str, problem: str) -> None:
        self.parameter, self.problem = parameter, problem
        super().__init__(f"{parameter}: {problem}")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
