"""The parent's side: starts a child, sees it die or stand still, and makes that input smaller."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from case import OUT, ROOT, Case
from worker import CURRENT, PROGRESS

GRACE_S = 15
START_S = 90
TRIES = 24
SMALLER_S = 60
MOST_CRASHES = 5


@dataclass(frozen=True)
class Limits:
    """Of one target: its seconds, those of one input, and GB of address space."""

    seconds: float
    timeout: int
    memory: float


@dataclass
class Result:
    """What came of a target; ``broken`` says that its child never got to an input."""

    name: str
    examples: int = 0
    seconds: float = 0
    peak: tuple[int, int] = (0, 0)
    found: dict[str, Path] = field(default_factory=dict)
    broken: str | None = None


def _start(name: str, out: Path, limits: Limits, options: list[str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(ROOT / "fuzz" / "worker.py"), name, "--out", str(out)]
    command += ["--timeout", str(limits.timeout), "--memory", str(limits.memory), *options]
    # Sets and dicts of text in the same order, or the same seed would not make the same inputs.
    env = os.environ | {"PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT)}
    with (out / "stderr.txt").open("wb") as err:
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=err, env=env)


def _wait(child: subprocess.Popen[bytes], out: Path, limits: Limits) -> str | None:
    """Wait for the child's end; return how it died, or None if it ended by itself."""
    while child.poll() is None:
        time.sleep(0.2)
        current = out / CURRENT
        age = time.time() - current.stat().st_mtime if current.exists() else 0
        if age > max(limits.timeout + GRACE_S, 0 if current.exists() else START_S):
            child.kill()
            child.wait()
            return f"no answer for {age:.0f} s, not even to an alarm"
    code = child.returncode
    if code < 0:
        return f"killed by {signal.Signals(-code).name}{_where(out)}"
    return f"exit {code}{_where(out)}" if code else None


def _where(out: Path) -> str:
    """Return the product's innermost line of a crash that Python could still tell of."""
    for line in (out / "stderr.txt").read_text(errors="replace").splitlines():
        if "ypo_dash" in line and "line" in line:
            return f" in{line.rpartition('ypo_dash')[2]}"
    return ""


def _progress(out: Path) -> dict[str, object]:
    path = out / PROGRESS
    return json.loads(path.read_text()) if path.exists() else {}


def run_target(name: str, limits: Limits, seed: int) -> Result:
    """Run a target in children, one after the other as often as one dies, until its time is up."""
    out = OUT / name
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    result, end = Result(name), time.monotonic() + limits.seconds
    for attempt in range(MOST_CRASHES):
        left = end - time.monotonic()
        if left < 1 and attempt:
            break
        options = ["--seconds", str(left), "--seed", str(seed + 10_000 * attempt)]
        (out / PROGRESS).unlink(missing_ok=True)
        (out / CURRENT).unlink(missing_ok=True)
        child = _start(name, out, limits, [*options, "--skip", str(result.examples)])
        died = _wait(child, out, limits)
        for left_behind in out.glob("work-*"):
            shutil.rmtree(left_behind, ignore_errors=True)
        _add(result, _progress(out), out)
        if died is None:
            break
        if not (out / CURRENT).exists():
            result.broken = died
            result.found[f"the target did not start: {died}"] = out / "stderr.txt"
            break
        result.examples += 1
        _keep_death(result, died, Case.read(out / CURRENT), limits)
    result.seconds = limits.seconds - max(0, end - time.monotonic())
    return result


def _add(result: Result, told: dict[str, object], out: Path) -> None:
    result.examples += told.get("examples", 0)
    before, after = told.get("peak", (0, 0))
    result.peak = (max(result.peak[0], before), max(result.peak[1], after))
    for name, file in told.get("found", {}).items():
        case = Case.read(out / file)
        path = out / f"{len(result.found) + 1}-{Path(case.label).name}"
        path.write_bytes(case.data)
        result.found.setdefault(name, path)


def _keep_death(result: Result, died: str, case: Case, limits: Limits) -> None:
    if died in result.found:
        return
    out = OUT / result.name
    small = smaller(result.name, case, limits)
    path = out / f"{len(result.found) + 1}-{Path(case.label).name}"
    path.write_bytes(small.data)
    result.found[died] = path


def _parts(size: int) -> Iterator[tuple[int, int]]:
    """Return what to leave out: halves first, then quarters, and so on."""
    step = size // 2
    while step:
        yield from ((at, at + step) for at in range(0, size, step))
        step //= 2


def smaller(name: str, case: Case, limits: Limits) -> Case:
    """Return a part of a deadly case that still kills a child, as far as a few tries get."""
    out, until = OUT / f"{name}-smaller", time.monotonic() + SMALLER_S
    out.mkdir(exist_ok=True)
    for first, last in itertools.islice(_parts(len(case.data)), TRIES):
        if time.monotonic() > until:
            break
        part = Case(case.label, case.data[:first] + case.data[last:])
        if len(part.data) < len(case.data) and _kills(name, part, out, limits):
            case = part
    shutil.rmtree(out, ignore_errors=True)
    return case


def _kills(name: str, case: Case, out: Path, limits: Limits) -> bool:
    path = out / f"1-{case.label}"
    path.write_bytes(case.data)
    child = _start(name, out, limits, ["--replay", str(path)])
    try:
        return child.wait(limits.timeout + START_S) < 0
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        return True
