"""The parts of a sector's desk: each a builder of what its template shows, and a saver of its forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ypo_dash.pages import sector_contact, sector_efforts
from ypo_dash.pages.sector_log import log, save_log
from ypo_dash.pages.sector_overview import overview
from ypo_dash.pages.sector_partners import partners, save_partners
from ypo_dash.views.log import PARAMETERS as OF_LOG

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ypo_dash.pages.bench import Form
    from ypo_dash.store.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part.

    ``build`` takes the `Desk`; what it returns the template ``sector_<part>.html`` has under the
    part's name. ``save`` takes snapshot, sector and form, and returns the place of the page to go
    to. ``log`` parts are for those who read the sector's log; ``own`` are the address's parameters,
    ``kept`` those that stay in it after a form.
    """

    title: str
    build: Callable[..., Any]
    save: Callable[[Snapshot, str, Form], str] | None = None
    log: bool = False
    own: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    def asked(self, given: Mapping[str, str]) -> dict[str, str]:
        """Return what of an address this part goes by, for the record."""
        return {name: given[name] for name in self.own if given.get(name)}


PARTS: dict[str, Part] = {
    "overview": Part(title="Overview", build=overview),
    "log": Part(title="Log", build=log, save=save_log, log=True, own=OF_LOG, kept=OF_LOG),
    "partners": Part(title="Partners", build=partners, save=save_partners, log=True),
    "efforts": Part(
        title="Efforts",
        build=sector_efforts.efforts,
        save=sector_efforts.save,
        own=sector_efforts.OWN,
    ),
    "contact": Part(title="Contact card", build=sector_contact.contact, save=sector_contact.save),
}
