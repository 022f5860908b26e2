"""The child process: tries the cases of one target under limits, and writes down what it finds."""

from __future__ import annotations

import argparse
import faulthandler
import json
import os
import resource
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from case import Case, Target, signature
from hypothesis import HealthCheck, Phase, given, seed, settings

SHRINK_S = 20.0
ROUND = 150
CURRENT, PROGRESS = "current", "progress.json"


class HangError(BaseException):
    """The time of one example is up; no ``except Exception`` of the product may swallow it."""


class EnoughError(BaseException):
    """The target's time is up, or a finding was made smaller for long enough."""


def targets() -> dict[str, Callable[[Path], Target]]:
    """Return the targets by name; imported here, for the parent needs none of it."""
    import files
    import layers
    import profiles
    import queries

    made = (queries.state, queries.http, profiles.profiles, layers.layers)
    made += (files.texts, files.sheets, files.columns, files.vectors)
    return {target.__name__: target for target in made}


@contextmanager
def time_limit(seconds: int) -> Iterator[list[bool]]:
    """Raise `HangError` in what runs too long, and tell so if it was swallowed all the same."""
    rung: list[bool] = []

    def ring(*_: object) -> None:
        rung.append(True)
        raise HangError(f"longer than {seconds} s")

    signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield rung
    finally:
        signal.alarm(0)


class Worker:
    """Runs examples until the time is up; findings are kept by what tells them apart."""

    def __init__(self, target: Target, out: Path, timeout: int, until: float) -> None:
        self.target, self.out, self.timeout, self.until = target, out, timeout, until
        self.examples = 0
        self.found: dict[str, Case] = {}
        self.before = peak()
        self._chased: str | None = None
        self._chased_since = self._saved = 0.0

    def fault(self, case: Case) -> BaseException | None:
        """Try one case; return what came of it that may not."""
        case.write(self.out / CURRENT)  # if this kills the process, the parent finds it there
        self.examples += 1
        try:
            with time_limit(self.timeout) as rung:
                self.target.check(case)
        except (HangError, Exception) as error:
            return error
        return HangError("swallowed") if rung else None

    def example(self, case: Case) -> None:
        """Try one case for hypothesis, which makes it smaller as long as the same is raised."""
        if time.monotonic() > (self._chased_since + SHRINK_S if self._chased else self.until):
            raise EnoughError
        error = self.fault(case)
        if error is None:
            self.save()
            return
        name, fresh = signature(error), signature(error) not in self.found
        self.keep(name, case)
        if isinstance(error, Exception) and (fresh or name == self._chased):
            if self._chased is None:
                self._chased, self._chased_since = name, time.monotonic()
            if name == self._chased:
                raise error

    def keep(self, name: str, case: Case) -> None:
        """Keep the smallest case of each kind."""
        known = self.found.get(name)
        if known is None or len(case.data) < len(known.data):
            self.found[name] = case
            number = list(self.found).index(name)
            case.write(self.out / f"finding-{os.getpid()}-{number}")
            self.save(always=True)

    def save(self, *, always: bool = False) -> None:
        """Tell the parent how far this is, at most every second."""
        if always or time.monotonic() > self._saved + 1:
            self._saved = time.monotonic()
            found = {n: f"finding-{os.getpid()}-{i}" for i, n in enumerate(self.found)}
            told = {"examples": self.examples, "found": found, "peak": [self.before, peak()]}
            (self.out / f"{PROGRESS}.new").write_text(json.dumps(told))
            (self.out / f"{PROGRESS}.new").replace(self.out / PROGRESS)

    def rounds(self, first: int) -> None:
        """Run rounds of examples, each of its own seed, until the time is up."""
        number = first
        while time.monotonic() < self.until:
            self._chased = None
            run = settings(
                max_examples=ROUND,
                database=None,
                deadline=None,
                derandomize=False,
                phases=(Phase.generate, Phase.shrink),
                suppress_health_check=list(HealthCheck),
                print_blob=False,
                report_multiple_bugs=False,
            )(given(self.target.strategy)(self.example))
            with suppress(EnoughError, Exception):  # findings are kept; a flaky one is one too
                seed(number)(run)()
            number += 1
        self.save(always=True)


def peak() -> int:
    """Return the most memory this process has had resident, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--timeout", type=int, default=20)
    parser.add_argument("--memory", type=float, default=4)
    parser.add_argument("--skip", type=int, default=0, help="so many of the nasty cases are done")
    parser.add_argument("--replay", type=Path, help="try one finding, fuzz/out/TARGET/1-NAME")
    chosen = parser.parse_args()
    faulthandler.enable()
    warnings.simplefilter("ignore")
    chosen.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=chosen.out, prefix="work-") as folder:
        target = targets()[chosen.target](Path(folder))
        limit = int(chosen.memory * (1 << 30))
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        worker = Worker(target, chosen.out, chosen.timeout, time.monotonic() + chosen.seconds)
        if chosen.replay:
            error = worker.fault(Case.finding(chosen.replay))
            if error is not None:
                sys.stdout.write(signature(error))
                raise error
            return
        for case in list(target.nasty)[chosen.skip :]:
            error = worker.fault(case)
            if error is not None:
                worker.keep(signature(error), case)
            del error  # its frames hold on to all that a bomb made
            worker.save(always=True)
        worker.rounds(chosen.seed)


if __name__ == "__main__":
    main()
