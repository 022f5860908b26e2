"""One entry of the record: who did what with which data, why, for whom."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ypo_dash.model.rights import Person


class Action(StrEnum):
    """What Art. 25 asks to be recorded, and coming in and out."""

    COLLECTION = "collection"
    ALTERATION = "alteration"
    CONSULTATION = "consultation"
    DISCLOSURE = "disclosure"
    COMBINATION = "combination"
    ERASURE = "erasure"
    ACCESS = "access"  # sign-in, sign-out, and what was refused


_LONGEST = 2000  # characters of a field: an entry stays one short write


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What happened. For a look at figures ``filter`` is the object: the query of the state.

    ``rows`` is how many incidents the answer was made of, ``steps`` how many states were passed
    through on the way to this one, ``recipient`` whom it was for,
    ``client`` the address or command it came from. The time and the chain are added when written.
    """

    action: Action
    object: str
    person: str
    role: str = ""
    unit: str = ""
    filter: str | None = None
    rows: int | None = None
    steps: int | None = None
    reason: str = ""
    recipient: str = ""
    client: str = ""
    result: str = "done"
    snapshot: str = ""

    def fields(self) -> dict[str, Any]:
        """Return what is said, without what is not; texts at most 2,000 characters."""
        found = {k: v for k, v in asdict(self).items() if v not in ("", None)}
        return {k: v[:_LONGEST] if isinstance(v, str) else v for k, v in found.items()}


def entry_of(person: Person, action: Action, what: str, **more: Any) -> Entry:
    """Return an entry by ``person``."""
    return Entry(
        action=action,
        object=what,
        person=person.name,
        role=",".join(person.roles),
        unit=person.unit,
        **more,
    )
