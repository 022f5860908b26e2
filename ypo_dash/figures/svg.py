"""A small writer of SVG: pictures that stand alone, in a page as on paper."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NotRequired, TypedDict

from ypo_dash.figures.lettering import measure, shortened, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ypo_dash.figures.theme import Theme

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
# What XML 1.0 has no place for, escaped or not: https://www.w3.org/TR/xml/#charsets
_IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ID = "~id~"


class Look(TypedDict):
    """What every picture is asked for.

    Attributes
    ----------
    theme, size, text
        Colours and font; width and height; the base font size, in the same units.
    title, desc
        What it is called, and what it shows, for those who hear it.
    empty
        What is said in the picture's place where there is nothing to draw.
    """

    theme: Theme
    size: tuple[float, float]
    text: float
    title: str
    desc: NotRequired[str]
    empty: NotRequired[str]


def escaped(text: str) -> str:
    """Return ``text`` as it may stand in an element or an attribute."""
    clean = _IMPOSSIBLE.sub("", text)
    return "".join(_ESCAPES.get(letter, letter) for letter in clean)


def number(value: float) -> str:
    """Return a coordinate in two decimals at most."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))


def path_of(points: Iterable[tuple[float, float]], *, closed: bool = True) -> str:
    """Return path data through ``points``."""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + ("Z" if closed else "")


def box_path(at: tuple[float, float], size: tuple[float, float]) -> str:
    """Return path data of a rectangle by its upper left corner."""
    across = number(size[0])
    return f"M{number(at[0])} {number(at[1])}h{across}v{number(size[1])}h-{across}z"


@dataclass(slots=True, kw_only=True)
class Picture:
    """What is drawn so far; the newest lies on top."""

    theme: Theme
    size: tuple[float, float]
    text: float
    title: str
    desc: str = ""
    empty: str = ""
    parts: list[str] = field(default_factory=list)
    defs: dict[str, str] = field(default_factory=dict)
    ids: int = 0

    @property
    def width(self) -> float:
        """Width in user units."""
        return self.size[0]

    @property
    def height(self) -> float:
        """Height in user units."""
        return self.size[1]

    def draw(self, tag: str, inner: str = "", /, **attributes: str | float | None) -> None:
        """Add an element; ``stroke_width`` becomes ``stroke-width``, None leaves it out."""
        self.parts.append(element(tag, inner, **attributes))

    def rect(
        self, at: tuple[float, float], size: tuple[float, float], **attributes: str | float | None
    ) -> None:
        """Add a rectangle by its upper left corner; nothing where it has no area."""
        if size[0] > 0 and size[1] > 0:
            self.draw("rect", x=at[0], y=at[1], width=size[0], height=size[1], **attributes)

    def line(
        self, start: tuple[float, float], end: tuple[float, float], **attributes: str | float | None
    ) -> None:
        """Add a straight line."""
        (x1, y1), (x2, y2) = start, end
        self.draw("line", x1=x1, y1=y1, x2=x2, y2=y2, **attributes)

    def shape(self, data: str, *, title: str = "", **attributes: str | float | None) -> None:
        """Add a path, with what is said of it where it can be pointed at."""
        self.draw("path", f"<title>{escaped(title)}</title>" if title else "", d=data, **attributes)

    def write(
        self,
        text: str,
        at: tuple[float, float],
        *,
        size: float | None = None,
        **more: str | float | None,
    ) -> None:
        """Add a text on a base line; ``whole`` is said of one that was shortened."""
        whole = more.pop("whole", None)
        more.setdefault("fill", self.theme.ink)
        inner = escaped(text)
        if whole is not None and whole != text:
            inner = f"<title>{escaped(str(whole))}</title>{inner}"
        self.draw("text", inner, x=at[0], y=at[1], font_size=size or self.text, **more)

    def fitted(
        self, text: str, at: tuple[float, float], width: float, **more: str | float | None
    ) -> None:
        """Add a text that is at most ``width`` wide, shortened as a last resort."""
        size = float(more.pop("size", None) or self.text)
        short = shortened(text, size, width, self.theme)
        self.write(short, at, size=size, whole=text, **more)

    def wide(self, text: str, size: float | None = None) -> float:
        """Return how wide a text is."""
        return measure(text, size or self.text, self.theme)

    def define(self, name: str, content: str) -> str:
        """Add a definition once; ``content`` writes its id as ``{id}``. Returns the id to refer to."""
        own = f"{_ID}{name.replace(_ID, '')}"
        self.defs.setdefault(own, content.replace("{id}", own))
        return own

    def nothing(self) -> str:
        """Return a picture that only says why it is empty."""
        lines = wrapped(self.empty, self.text, self.width - self.text, self.theme)
        top = self.height / 2 - (len(lines) - 1) * self.text * 0.6 + self.text * 0.35
        for row, line in enumerate(lines):
            self.write(
                line, (self.width / 2, top + row * self.text * 1.2),
                fill=self.theme.quiet, text_anchor="middle",
            )  # fmt: skip
        return self.svg()

    def own_id(self, name: str) -> str:
        """Return an id for one element of this picture, not given out before."""
        self.ids += 1
        return f"{_ID}{name}{self.ids}"

    def svg(self) -> str:
        """Return the picture; its ids are its own, so that many can stand in one page."""
        defs = f"<defs>{''.join(self.defs.values())}</defs>" if self.defs else ""
        body = defs + "".join(self.parts)
        if _ID in body:
            own = hashlib.blake2s(body.encode(), digest_size=4).hexdigest()
            body = body.replace(_ID, f"p{own}-")
        desc = f"<desc>{escaped(self.desc)}</desc>" if self.desc else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(self.width)} '
            f'{number(self.height)}" role="img" aria-label="{escaped(self.title)}" '
            f'font-family="{escaped(self.theme.font)}"><title>{escaped(self.title)}</title>'
            f"{desc}{body}</svg>"
        )


def element(tag: str, inner: str = "", /, **attributes: str | float | None) -> str:
    """Return an element with ``inner`` (already escaped) inside."""
    written = "".join(
        f' {name.replace("_", "-")}="{value if isinstance(value, str) else number(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    return f"<{tag}{written}>{inner}</{tag}>" if inner else f"<{tag}{written}/>"
