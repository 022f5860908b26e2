"""Are the signed assessments what was signed? Asked of their seals, and of the record where there is one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ypo_dash.people.assessments import ALTERED, UNCHECKED, assessments
from ypo_dash.people.audit import entries
from ypo_dash.people.entry import Action

if TYPE_CHECKING:
    from ypo_dash.people.access import Access

_SIGNED = re.compile(r"assessment signed: (\S+) sha256 ([0-9a-f]{64})")
PROBLEMS = {
    ALTERED: "is not what was written: it was altered in the database",
    UNCHECKED: "can't be checked: the workspace's assessments.key is missing or damaged",
}
OTHER = "is not the one that the record says was signed"
PUT_BACK = "was signed, as the record says, and stands here unsigned: it was put back by hand, or the server died before it was saved; then sign it again"


def signed_words(key: str, sha256: str) -> str:
    """Return how the record names a signature."""
    return f"assessment signed: {key} sha256 {sha256}"


def problems(access: Access) -> list[str]:
    """Return what is wrong with the assessments, empty where nothing is."""
    found = assessments(access)
    said = [f"assessment {one.key} {PROBLEMS[one.problem]}" for one in found if one.problem]
    here = {one.key: one for one in found}
    for key, sha256 in _recorded(access).items():
        if key not in here:
            said.append(f"assessment {key} was signed, as the record says, and is gone")
        elif here[key].sha256 != sha256:
            said.append(f"assessment {key} {PUT_BACK if not here[key].sha256 else OTHER}")
    return said


def _recorded(access: Access) -> dict[str, str]:
    """Return the digests of signed assessments by their key, as the record has them."""
    if not access.record.log.exists():
        return {}
    done: dict[str, str] = {}
    for entry in entries(access.record):
        signed = _SIGNED.fullmatch(str(entry.get("object", "")))
        if signed is None or entry.get("action") != Action.ALTERATION:
            continue
        if entry.get("result") == "done":
            done[signed[1]] = signed[2]
        elif done.get(signed[1]) == signed[2]:
            del done[signed[1]]  # it was refused after all
    return done
