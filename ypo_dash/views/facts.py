"""What the side panel is made of: figures with what qualifies them, in sections."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure: what, how much, and what qualifies it."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class MethodLinks:
    """Names and addresses of what says how figures are made, after the word ``lead``."""

    lead: str
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Figures under one heading.

    ``link`` is the text and address of the page that has more, ``method`` of what the figures are.
    """

    heading: str
    facts: tuple[Fact, ...]
    notes: tuple[str, ...] = ()
    link: tuple[str, str] | None = None
    method: MethodLinks | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """What the side panel says."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]
