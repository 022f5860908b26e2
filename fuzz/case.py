"""What every target has in common: an input as bytes, and what may come of it."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from hypothesis.strategies import SearchStrategy

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "fuzz" / "out"


@dataclass(frozen=True)
class Case:
    """One input.

    It is always a name and bytes, so that a finding is a file that can be looked at, replayed and
    made a test, whatever the target is.
    """

    label: str
    data: bytes

    def write(self, path: Path) -> None:
        """Write it so that ``read`` gets it back, also from a process that died."""
        path.write_bytes(self.label.encode() + b"\n" + self.data)

    @classmethod
    def read(cls, path: Path) -> Case:
        label, _, data = path.read_bytes().partition(b"\n")
        return cls(label.decode(), data)

    @classmethod
    def finding(cls, path: Path) -> Case:
        """Return what a run kept as ``1-NAME``: the file as the product got it."""
        return cls(path.name.partition("-")[2], path.read_bytes())


@dataclass(frozen=True)
class Target:
    """``check`` raises for a fault, ``nasty`` are tried first, ``strategy`` makes the others."""

    check: Callable[[Case], None]
    nasty: Iterable[Case]
    strategy: SearchStrategy[Case]


class WrongAnswerError(Exception):
    """The product answered, but wrongly: there is no exception of its own to tell."""


def signature(error: BaseException) -> str:
    """Return what tells findings apart: the error, and where our own code was when it rose.

    The line is that of the innermost frame of the product, for one missing check shows up in many
    places of the libraries below it.
    """
    ours = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(ROOT)
        and not Path(frame.filename).is_relative_to(ROOT / "fuzz")
    ]
    where = "fuzz"
    if ours:
        path = Path(ours[-1].filename).relative_to(ROOT)
        where = f"{path}:{ours[-1].lineno} {ours[-1].name}"
    about = f" ({error})" if isinstance(error, WrongAnswerError) else ""
    return f"{type(error).__name__}{about[:90]} at {where}"
