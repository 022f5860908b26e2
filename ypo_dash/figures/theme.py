"""What pictures are drawn with on paper, on a dark screen and on a light one."""

from __future__ import annotations

from dataclasses import dataclass

SCREEN_FONT = (
    "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', "
    "Arial, sans-serif"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Colours, hatch and font of a medium.

    Attributes
    ----------
    ground, land
        Behind everything, and inside a sector that has no class.
    ink, quiet
        Texts: numbers and names, and what explains them.
    faint, edge
        A grid line that may be missed, and a border that must be seen.
    accent, alarm
        What is in focus, and what is more than normal; nothing else is red.
    ramp
        Classes 1 to 6, each further from the ground than the one before.
    hatch
        Colour of the hatches that tell classes apart in grey; None where colours do.
    more, fewer
        The two ends of a change.
    breadth
        How wide the font sets beside the widths of `ypo_dash.figures.lettering`.
    """

    name: str
    ground: str
    land: str
    ink: str
    quiet: str
    faint: str
    edge: str
    accent: str
    alarm: str
    water: str
    park: str
    ramp: tuple[str, str, str, str, str, str]
    hatch: str | None
    more: str
    fewer: str
    font: str
    breadth: float


PAPER = Theme(
    name="paper",
    ground="#ffffff",
    land="#ffffff",
    ink="#15202b",
    quiet="#4a5563",
    faint="#d3d9e0",
    edge="#5f6b79",
    accent="#1d4580",
    alarm="#b3121d",
    water="#dde5ec",
    park="#eef0ea",
    ramp=("#f4f7fb", "#c4d3e6", "#9cb4d2", "#7191b9", "#3a5d92", "#12305c"),
    hatch="#15202b",
    more="#b35806",
    fewer="#54308f",
    font="Source Sans 3",
    breadth=0.92,
)

DARK = Theme(
    name="dark",
    ground="#0d131b",
    land="#18202a",
    ink="#e6ebf2",
    quiet="#9dabbc",
    faint="#2a3645",
    edge="#8593a4",
    accent="#86b4ec",
    alarm="#ff6b6b",
    water="#0a1722",
    park="#1a2a23",
    ramp=("#1f3a5c", "#294f7f", "#376aa5", "#6094d0", "#98bfea", "#e0edfb"),
    hatch=None,
    more="#f59a45",
    fewer="#b9a2ea",
    font=SCREEN_FONT,
    breadth=1.0,
)

LIGHT = Theme(
    name="light",
    ground="#ffffff",
    land="#f8f8f6",
    ink="#18222f",
    quiet="#55616f",
    faint="#dbe1e8",
    edge="#6b7684",
    accent="#1d4580",
    alarm="#c8102e",
    water="#d8e0e6",
    park="#e7ece1",
    ramp=("#cfdff0", "#a3c2e2", "#75a1cf", "#4477b0", "#265695", "#0c2b5a"),
    hatch=None,
    more="#b35806",
    fewer="#54308f",
    font=SCREEN_FONT,
    breadth=1.0,
)

PAGE = Theme(
    name="page",
    ground="var(--surface)",
    land="var(--map-sector)",
    ink="var(--text)",
    quiet="var(--quiet)",
    faint="var(--line)",
    edge="var(--line-strong)",
    accent="var(--accent)",
    alarm="var(--is-new)",
    water="var(--map-water)",
    park="var(--map-park)",
    ramp=tuple(f"var(--ramp-{step})" for step in (1, 2, 3, 4, 5, 6)),  # type: ignore[arg-type]
    hatch=None,
    more="var(--is-more)",
    fewer="var(--is-fewer)",
    font=SCREEN_FONT,
    breadth=1.0,
)
"""Of pictures within a written page, which is light or dark as its reader chose."""


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb``.

    References
    ----------
    WCAG 2.1, https://www.w3.org/TR/WCAG21/#dfn-relative-luminance
    """
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21.

    References
    ----------
    WCAG 2.1, https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio
    """
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def ink_on(theme: Theme, fill: str) -> str:
    """Return the theme's ink or ground, whichever can be read on ``fill``."""
    return max((theme.ink, theme.ground), key=lambda colour: contrast(colour, fill))
