"""Seals of what must not be changed once it is written: a digest anybody can check, an HMAC only this house can make."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

from ypo_dash.model.errors import InputError
from ypo_dash.people.secret import make_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = "assessments.key"
MISSING = (
    "The key of the assessments is missing; nothing can be saved before it is restored from a copy."
)


def canonical(content: Mapping[str, Any]) -> str:
    """Return the one text that stands for some content: sorted, without blanks, ASCII alone."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def digest(text: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


class Sealer:
    """The workspace's key for assessments; made at the first seal, never anew after that.

    Without it, or with another one, nothing that was sealed can be told from what was altered.
    """

    def __init__(self, home: Path) -> None:
        self.path = home / NAME

    def seal(self, text: str, *, first: bool) -> str:
        """Return the seal of a text; ``first`` says that nothing was ever sealed here.

        Raises
        ------
        InputError
            The key is damaged, or missing where something was sealed with it: under a new one all
            of that would look altered.
        """
        if not self.path.exists():
            if not first:
                raise InputError(MISSING, file=self.path, remedy="Restore it from a copy")
            make_key(self.path)
        return self._seal(self._key(), text)

    def fits(self, text: str, seal: str) -> bool | None:
        """Whether a seal is this house's of this text; None where the key is missing or damaged."""
        try:
            key = self._key()
        except (InputError, OSError):
            return None
        return hmac.compare_digest(self._seal(key, text), seal)

    @staticmethod
    def _seal(key: bytes, text: str) -> str:
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def _key(self) -> bytes:
        try:
            return bytes.fromhex(self.path.read_text(encoding="ascii"))
        except ValueError:
            raise InputError("the key of the assessments is damaged", file=self.path, remedy="Restore it from a copy") from None  # fmt: skip
