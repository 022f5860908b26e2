"""The page Method: what every figure is, in both languages, from the texts in ``views/methods``.

Danish and English stand side by side there. Limits that the code decides are fields such as
``{pins}`` and come from the code, so that a text can't say another number than is used.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ypo_dash.i18n import number, percent, text
from ypo_dash.model.plan import FACTORS, PER_FACTOR, IndexRules, ProposalRules
from ypo_dash.model.tiers import RATE_EVENTS, SMALL
from ypo_dash.stats.strata import LEAST_ANSWERS
from ypo_dash.views.change import LEVEL
from ypo_dash.views.facts import MethodLinks
from ypo_dash.views.formula import mathml
from ypo_dash.views.nearrepeat import (
    BANDS,
    FEWEST,
    MOST,
    MOST_ON_PAGE,
    MOST_PAIRS_ON_PAGE,
    SHUFFLES,
)
from ypo_dash.views.partner_period import LEAST_MEAN, LEAST_SECTORS, STEP
from ypo_dash.views.pins import MOST_PINS
from ypo_dash.views.survey import COVERED, HIDDEN_BELOW, KNOWN, UNCERTAIN_BELOW

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PATH = "/method"
PARTS = ("counting", "chance", "patterns", "staffing", "safety", "threat", "data")
TEXTS = ("title", "name", "sentence", "definition", "symbols", "defaults", "limits")


@dataclass(frozen=True, slots=True)
class Source:
    """A paper or book, with its DOI where it has one."""

    text: str
    doi: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a figure is shown; ``path`` is empty where there is no one page of it."""

    path: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One figure in one language; ``formulas`` are MathML, ``own`` says what of it is our construction."""

    anchor: str
    title: str
    name: str
    sentence: str
    definition: tuple[str, ...]
    formulas: tuple[str, ...]
    symbols: str
    defaults: tuple[str, ...]
    sources: tuple[Source, ...]
    own: str
    limits: tuple[str, ...]
    shown: tuple[Place, ...]
    commands: tuple[str, ...]
    exports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """Entries under one heading."""

    title: str
    entries: tuple[Entry, ...]


@lru_cache(maxsize=1)
def raw_texts() -> dict[str, dict[str, Any]]:
    """Return the texts as they are written, by part."""
    folder = files("ypo_dash.views") / "methods"
    return {part: tomllib.loads((folder / f"{part}.toml").read_text("utf-8")) for part in PARTS}


@lru_cache(maxsize=2)
def chapters(lang: str) -> tuple[Chapter, ...]:
    """Return all entries in a language, in the page's order."""
    values = _values(lang)
    return tuple(
        Chapter(
            part["chapter"][lang],
            tuple(
                _entry(anchor, content, lang, values)
                for anchor, content in part.items()
                if anchor != "chapter"
            ),
        )
        for part in raw_texts().values()
    )


def anchors() -> tuple[str, ...]:
    """Return what can be linked to."""
    return tuple(e.anchor for chapter in chapters("en") for e in chapter.entries)


def method_address(anchor: str, lang: str) -> str:
    """Return the address of an entry."""
    return f"{PATH}?lang={lang}#{anchor}"


def method_links(wanted: Sequence[str], lang: str) -> MethodLinks:
    """Return links to entries for a section of the side panel.

    Raises
    ------
    KeyError
        There is no such entry.
    """
    names = {e.anchor: e.name for chapter in chapters(lang) for e in chapter.entries}
    found = tuple((names[anchor], method_address(anchor, lang)) for anchor in wanted)
    return MethodLinks(text(lang, "Method"), found)


def _entry(anchor: str, content: Mapping[str, Any], lang: str, values: Mapping[str, str]) -> Entry:
    def said(name: str) -> Any:
        found = content.get(name, {}).get(lang, "")
        if isinstance(found, list):
            return tuple(_filled(one, values) for one in found)
        return _filled(found, values)

    return Entry(
        anchor=anchor,
        **{name: said(name) for name in TEXTS},
        formulas=tuple(mathml(line, lang) for line in content["formulas"]),
        sources=tuple(Source(**one) for one in content.get("sources", [])),
        own=said("own"),
        shown=tuple(Place(path, {"en": en, "da": da}[lang]) for path, en, da in content["shown"]),
        commands=tuple(content.get("commands", [])),
        exports=tuple(content.get("exports", [])),
    )


def _filled(said: str, values: Mapping[str, str]) -> str:
    """Return a text with its fields filled; a percent sign stays with its number."""
    return said.format(**values).replace(" %", "\u00a0%")


def _values(lang: str) -> dict[str, str]:
    """Return what the code decides, as text."""
    factor, index = ProposalRules(), IndexRules()
    whole = {
        "pins": MOST_PINS, "pairs_most": MOST, "pairs_fewest": FEWEST, "shuffles": SHUFFLES,
        "pairs_page": MOST_ON_PAGE, "near_page": MOST_PAIRS_ON_PAGE,
        "hidden": HIDDEN_BELOW, "uncertain": UNCERTAIN_BELOW, "stratum": LEAST_ANSWERS,
        "rate_events": RATE_EVENTS, "small": SMALL, "not_small": SMALL + 1, "per_factor": PER_FACTOR,
        "step": STEP, "step_last": STEP - 1, "least_sectors": LEAST_SECTORS,
        "least_mean": LEAST_MEAN,
        "factor_first": FACTORS[0], "factor_last": FACTORS[-1],
        "markant": index.markant, "intensiveret": index.intensiveret, "ordinary": index.ordinary,
    }  # fmt: skip
    found = {name: number(value, lang) for name, value in whole.items()}
    found["level"] = number(LEVEL, lang, 2)
    found["cuts"] = ", ".join(number(cut, lang) for cut in factor.cuts)
    found["distances"] = ", ".join(number(d, lang, 0) for d in BANDS.distances)
    found["lags"] = ", ".join(number(d, lang) for d in BANDS.lags)
    found |= {"covered": percent(COVERED, lang), "known": percent(KNOWN, lang)}
    return found
