"""A progress bar on a terminal, and nothing where there is none."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextlib.contextmanager
def progress_bar() -> Iterator[Callable[[str, float], None]]:
    """Yield a function that shows what is being done and its share done, 0 to 1."""
    if not sys.stderr.isatty():
        yield _quiet()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=1.0)
        yield lambda what, share: bar.update(task, description=what, completed=share)


def _quiet() -> Callable[[str, float], None]:
    def show(what: str, _share: float) -> None:
        # A waiting writer should not look like a hung one, also in a log.
        if "waiting" in what:
            sys.stderr.write(what + "\n")

    return show
