"""What a printed document is made of: pages of blocks, all of them data that is already in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "right", "center"]


@dataclass(frozen=True, slots=True)
class Lead:
    """The finding, as a sentence in large type."""

    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading below the page's title; it stays with what follows it."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Key figures side by side: label, value, note."""

    items: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG drawing, as wide as its place; ``alt`` says in words what it shows."""

    svg: str
    alt: str
    caption: str = ""
    height_mm: float | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column; ``share`` is its part of the width, None for as wide as its text."""

    name: str
    align: Align = "left"
    share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableBlock:
    """A table whose header is repeated on each page; ``strong`` are numbers of rows in bold.

    ``tall`` rows have room to write in by hand, ``wordy`` ones hold sentences of several lines.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    strong: tuple[int, ...] = ()
    small: bool = False
    tall: bool = False
    wordy: bool = False


@dataclass(frozen=True, slots=True)
class Beside:
    """Two columns of blocks and their shares of the width; ``together`` on one sheet."""

    left: tuple[Block, ...]
    right: tuple[Block, ...]
    shares: tuple[float, float] = (1, 1)
    together: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Something to cut out: for whom to ask and how; ``people`` are role, name, phone and e-mail.

    ``nobody`` is said where there are none, ``foot`` are short lines below.
    """

    kind: str
    title: str
    people: tuple[tuple[str, str, str, str], ...]
    nobody: str
    foot: tuple[str, ...]
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Cards:
    """Cards of one ``size`` (mm) in rows, with lines to cut along; ``large`` ones are read from afar."""

    items: tuple[Card, ...]
    size: tuple[float, float]
    large: bool = False


@dataclass(frozen=True, slots=True)
class Notes:
    """Definitions and what is left out, in small type."""

    items: tuple[str, ...]


Block = Lead | Heading | Text | Facts | Picture | TableBlock | Beside | Cards | Notes


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page that stands alone (it may run over several sheets).

    ``place`` is the district, station or sector; ``period`` has weekdays; ``foot`` are the
    definitions and what is left out, in short, on every sheet.
    """

    title: str
    place: str
    period: str
    foot: tuple[str, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A printed document; ``simulated`` and ``attribution`` are empty where there is nothing to say.

    ``extract`` is the time of the newest import, ``printed`` who printed it and when, ``labels``
    the few words of the template in the document's language.
    """

    title: str
    lang: str
    classification: str
    extract: str
    snapshot: str
    printed: str
    simulated: str
    attribution: str
    labels: dict[str, str]
    pages: tuple[Page, ...]
