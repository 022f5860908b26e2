"""What an assessment says of a residential area: a level, a direction, why, and the analyst's words.

The levels and directions are our own construction: no public scale for such an assessment is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ypo_dash.model.entries import YES
from ypo_dash.model.errors import InputError
from ypo_dash.model.personal import has_cpr

LEVELS = ("low", "raised", "high", "very_high")
DIRECTIONS = ("falling", "steady", "rising", "unclear")
LONGEST = 4000
LONGEST_REASON = 1000
SUMMARY = "-"  # the part of an assessment that is of the whole district


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said of an area, or (``SUMMARY``: text alone) of the district.

    ``share`` says whether the words may go to named partners.
    """

    text: str = ""
    level: str = ""
    direction: str = ""
    reason: str = ""
    share: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether an area's level and direction are there with their reason."""
        return bool(self.level and self.direction and self.reason)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Said:
        """Read what was stored."""
        words = {name: str(given.get(name) or "") for name in ("text", "level", "direction", "reason")}  # fmt: skip
        return cls(**words, share=bool(given.get("share")))

    def content(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {
            "text": self.text,
            "level": self.level,
            "direction": self.direction,
            "reason": self.reason,
            "share": self.share,
        }


NOTHING_SAID = Said()


@dataclass(frozen=True, slots=True)
class Texts:
    """What is said by part: areas by name, and `SUMMARY`."""

    parts: Mapping[str, Said] = field(default_factory=dict)

    def of(self, part: str) -> Said:
        """Return what is said of a part; nothing where nothing is."""
        return self.parts.get(part, NOTHING_SAID)


def said_from(form: Mapping[str, str], *, of_area: bool) -> Said:
    """Read what a form says of an area, or of the whole district.

    Raises
    ------
    InputError
        A text is too long or holds a civil registration number, a choice is none.
    """
    found = Said(
        text=_words(form, "text", LONGEST),
        level=_choice(form, "level", LEVELS) if of_area else "",
        direction=_choice(form, "direction", DIRECTIONS) if of_area else "",
        reason=_words(form, "reason", LONGEST_REASON) if of_area else "",
        share=form.get("share", "") == YES,
    )
    if found.level and not found.reason:
        raise InputError("a level needs its reason", column="reason")
    return found


def _words(form: Mapping[str, str], name: str, longest: int) -> str:
    lines = form.get(name, "").strip().splitlines()
    value = "\n".join(line.rstrip() for line in lines)
    if len(value) > longest:
        raise InputError("this is too long", column=name, value=value[:40], remedy=f"At most {longest} characters")  # fmt: skip
    if has_cpr(value):
        raise InputError("this looks like a civil registration number (CPR); persons must not be named here", column=name, remedy="Take the number out")  # fmt: skip
    return value


def _choice(form: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    value = form.get(name, "").strip()
    if value and value not in choices:
        raise InputError("this is not known here", column=name, value=value[:40], remedy=f"Known are: {', '.join(choices)}")  # fmt: skip
    return value
