"""What an assessment says of a residential area: a level, a direction, why, and the analyst's words.

The levels and directions are our own construction: no public scale for such an assessment is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ypo_dash.model.entries import YES, Column, Form, value_of
from ypo_dash.model.errors import InputError

LEVELS = ("low", "raised", "high", "very_high")
DIRECTIONS = ("falling", "steady", "rising", "unclear")
LONGEST = 4000
LONGEST_REASON = 1000
SUMMARY = "-"  # the part of an assessment that is of the whole district
_COLUMNS = {
    "text": Column(form=Form.WORDS, longest=LONGEST),
    "level": Column(form=Form.CHOICE, choices=LEVELS),
    "direction": Column(form=Form.CHOICE, choices=DIRECTIONS),
    "reason": Column(form=Form.WORDS, longest=LONGEST_REASON),
}


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
    wanted = _COLUMNS if of_area else {"text": _COLUMNS["text"]}
    words = {name: value_of(name, one, form.get(name, "")) for name, one in wanted.items()}
    found = Said(**words, share=form.get("share", "") == YES)
    if found.level and not found.reason:
        raise InputError("a level needs its reason", column="reason")
    return found
