"""What an import did, in rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass(kw_only=True)
class ImportReport:
    """What an import did, in rows.

    ``read`` = ``new`` + ``updated`` + ``unchanged`` + ``rejected`` + ``filtered``. ``no_coordinates``
    and ``outside`` are accepted rows that no sector holds, ``sector_only`` have a sector but no
    point. ``changed`` is False where the store stayed as it was.
    """

    files: list[str]
    profile: str = ""
    snapshot: str = ""
    changed: bool = False
    already: str | None = None
    dry_run: bool = False
    rejects_file: str | None = None
    read: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    filtered: int = 0
    no_coordinates: int = 0
    outside: int = 0
    sector_only: int = 0
    times_ambiguous: int = 0
    times_nonexistent: int = 0
    ends_before_start: int = 0
    identical_rows: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def not_mapped(self) -> int:
        """Accepted rows that no sector holds."""
        return self.no_coordinates + self.outside

    def record(self, key: str) -> dict[str, Any]:
        """Return what the manifest keeps of this import."""
        kept = {
            k: v for k, v in asdict(self).items() if isinstance(v, int) and not isinstance(v, bool)
        }
        time = datetime.now(UTC).isoformat(timespec="seconds")
        return {
            "key": key,
            "files": self.files,
            "time": time,
            "profile": self.profile,
            **kept,
            "not_mapped": self.not_mapped,
        }
