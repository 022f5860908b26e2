"""The print page's form: what it sends becomes a short address, and an address fills it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from ypo_dash.i18n import text
from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.model.tiers import Tier
from ypo_dash.pages.names import PRINT_NAMES, PRINT_WORDS
from ypo_dash.reports.kinds import KINDS
from ypo_dash.reports.periods import latest_periods
from ypo_dash.reports.printing import day_words, period_words

if TYPE_CHECKING:
    from datetime import date

    from ypo_dash.store.snapshot import Snapshot

FORM = ("kind", "from", "to", "sectors", "station", "tier", "lang")  # the rest is carried along
TIERS = (Tier.INTERNAL, Tier.PARTNER)
_SENT = ("was", "place")  # fields that stand in no address
_ON_SCREEN = ("measure", "compare", "baseline")  # of the map on the screen; a print shows counts


def kinds() -> list[str]:
    """Return the documents there are, in the order people know them."""
    return [*(k for k in PRINT_NAMES if k in KINDS), *(k for k in KINDS if k not in PRINT_NAMES)]


def given(query: str) -> dict[str, str]:
    """Return an address's parameters as they are, right or wrong."""
    return {name: value.strip() for name, value in parse_qsl(query) if value.strip()}


def split_kind(query: str) -> tuple[str, str]:
    """Return the kind that an address names (else the first) and the state beside it.

    Raises
    ------
    FilterError
        There is no such kind.
    """
    parts = query.split("&")
    named = [dict(parse_qsl(p)).get("kind", "") for p in parts if p.split("=")[0] == "kind"]
    kind = next(iter(named), "") or kinds()[0]
    if kind not in KINDS or len(named) > 1:
        known = ", ".join(kinds())
        raise FilterError("kind", "'{value}' is unknown; use {known}", value=",".join(named)[:40], known=known)  # fmt: skip
    return kind, "&".join(p for p in parts if p.split("=")[0] != "kind")


def tidied(snapshot: Snapshot, query: str) -> str:
    """Return the short address of what the form sent, or the address as it is.

    Dates that were the suggestion for another kind or build don't outlive it.
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    sent = dict(pairs)
    if not any(name in (*_SENT, *_ON_SCREEN) for name in sent) and all(v for _, v in pairs):
        return query
    left_out = {*_SENT, *_ON_SCREEN}
    if "place" in sent:
        left_out |= {"sectors", "station"}
    if _is_other(sent) and _was_suggested(snapshot, sent):
        left_out |= {"from", "to"}
    if sent.get("tier", "") == Tier.PARTNER:
        left_out.add("res")  # it has no hexagons
    kept = [(k, v) for k, v in pairs if v and k not in left_out]
    kept = [(k, v) for k, v in kept if (k, v) != ("tier", Tier.INTERNAL)]
    which, _, ids = sent.get("place", "").partition(":")
    if which in ("sectors", "station") and ids:
        kept.append((which, ids))
    return urlencode(kept, safe=",:")


def _choice(sent: dict[str, str]) -> str:
    return f"{sent.get('kind') or kinds()[0]}.{sent.get('tier') or Tier.INTERNAL.value}"


def _is_other(sent: dict[str, str]) -> bool:
    return bool(sent.get("was")) and sent["was"] != _choice(sent)


def _was_suggested(snapshot: Snapshot, sent: dict[str, str]) -> bool:
    kind, _, tier = sent["was"].partition(".")
    dates = (sent.get("from", ""), sent.get("to", ""))
    known = suggested(snapshot, kind, tier)
    return dates in [(str(first), str(last)) for first, last in known]


def suggested(snapshot: Snapshot, kind: str, tier: str) -> list[tuple[date, date]]:
    """Return the latest periods of a kind in a tier, newest first."""
    if kind not in KINDS or tier not in TIERS:
        return []
    first = tuple(s.id for s in snapshot.sectors)[:1]  # some documents are of one sector
    return latest_periods(snapshot, kind, Filters(tier=tier)) or latest_periods(
        snapshot, kind, Filters(tier=tier, sectors=first)
    )


def form_values(
    snapshot: Snapshot, found: dict[str, str], dates: tuple[str, str], lang: str
) -> dict[str, Any]:
    """Return the choices of the form; ``found`` is the address, ``dates`` what is shown."""
    kind = found.get("kind", kinds()[0])
    tier = found.get("tier", Tier.INTERNAL.value)
    periods = [
        (str(first), str(last), period_words(first, last, lang))
        for first, last in suggested(snapshot, kind, tier)
    ]
    counts = KINDS[kind].counts if kind in KINDS else True
    # What holds no figures is the same for everybody on any day; the fields are not shown then.
    shown = FORM if counts else tuple(name for name in FORM if name not in ("from", "to", "tier"))
    return {
        "counts": counts,
        "kinds": [(k, PRINT_NAMES.get(k, k), PRINT_WORDS.get(k, ""), k == kind) for k in kinds()],
        "tier": tier,
        "tiers": [(t.value, TIER_WORDS[t], t == tier) for t in TIERS],
        "was": f"{kind}.{tier}",
        "dates": dates,
        "periods": [(*period, period[:2] == dates) for period in periods],
        "places": _places(snapshot, found, lang),
        "carried": [(k, v) for k, v in found.items() if k not in shown],
        "span": [day_words(day, lang) for day in snapshot.span or ()],
    }


def _places(
    snapshot: Snapshot, found: dict[str, str], lang: str
) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Return the places that one chooses from, in groups: the whole, stations, sectors."""
    chosen = f"station:{found['station']}" if "station" in found else ""
    chosen = f"sectors:{found['sectors']}" if "sectors" in found else chosen
    groups = [
        ("", [("", text(lang, "The whole district"))]),
        ("Local stations", [(f"station:{k}", names[lang]) for k, names in snapshot.station_names.items()]),
        ("Sectors", [(f"sectors:{s.id}", f"{s.id} {s.name}") for s in snapshot.sectors]),
    ]  # fmt: skip
    if chosen and chosen not in {value for _, group in groups for value, _ in group}:
        groups[0][1].append((chosen, text(lang, "sectors {ids}", ids=chosen.partition(":")[2])))
    return [(name, [(*one, one[0] == chosen) for one in group]) for name, group in groups if group]


TIER_WORDS = {
    Tier.INTERNAL: "Internal: for police use only",
    Tier.PARTNER: "Partner: no incidents one by one, only what partners may know",
}
