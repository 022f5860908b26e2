"""A draft of an import profile from what a file's columns seem to hold."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc
from pyproj import CRS

from ypo_dash.model.taxonomy import FALLBACK_OFFENCE, FALLBACK_SCENE
from ypo_dash.sources.clues import Sample, TimeColumns, find_times, first_hinted, hinted, unit_of
from ypo_dash.sources.crs_guess import find_crs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from ypo_dash.model.taxonomy import Taxonomy
    from ypo_dash.sources.context import SourceContext
    from ypo_dash.sources.tables import Head

FILL_IN = "FILL IN"
_WORDS = 300
_LIKE = 0.82


@dataclass
class Draft:
    """What was guessed: our columns by the file's, and what the profile's other tables say."""

    columns: dict[str, str | tuple[str, ...]] = field(default_factory=dict)
    formats: tuple[str, ...] = ()
    precision: str | None = None
    crs: str | None = None
    missing: bool = False
    notes: dict[str, str] = field(default_factory=dict)


def make_draft(sample: Sample, head: Head, context: SourceContext) -> Draft:
    """Guess what each column is.

    Parameters
    ----------
    sample
        The first rows.
    head
        What was found in the file.
    context
        The district: its bounds, ids, zone and words decide between guesses.
    """
    draft = Draft()
    _guess_times(draft, sample, context)
    _guess_place(draft, sample, head, context)
    _guess_id(draft, sample)
    _guess_words(draft, sample, context)
    return draft


def _used(draft: Draft) -> set[str]:
    return {
        n
        for names in draft.columns.values()
        for n in ([names] if isinstance(names, str) else names)
    }


def _guess_times(draft: Draft, sample: Sample, context: SourceContext) -> None:
    times = find_times(sample)
    roles: dict[str, TimeColumns] = {}
    for role in ("reported_at", "time_to", "time_from"):
        rest = [t for t in times if t not in roles.values()]
        named = next((t for t in rest if hinted(t.names[0], role)), None)
        if named is not None:
            roles[role] = named
    left = [t for t in times if t not in roles.values()]
    if "time_from" not in roles and (left or roles):
        other = "time_to" if "time_to" in roles else "reported_at"
        roles["time_from"] = left[0] if left else roles.pop(other)
    for role in ("time_from", "time_to", "reported_at"):
        if role in roles:
            names = roles[role].names
            draft.columns[role] = names if len(names) > 1 else names[0]
    draft.columns.setdefault("time_from", FILL_IN)
    chosen = [_one_format(draft, t, context) for t in roles.values()]
    _guess_precision(draft, sample, roles.get("time_from"), chosen[-1] if chosen else "iso")
    draft.formats = tuple(dict.fromkeys(reversed(chosen))) or ("iso",)


def _one_format(draft: Draft, time: TimeColumns, context: SourceContext) -> str:
    american = context.timezone.startswith("America/")
    ranked = sorted(time.formats, key=lambda f: (f.startswith("%m/%d")) != american)
    if len(time.formats) > 1:
        draft.notes["format"] = (
            f"{' and '.join(time.formats)} both read the sample: check which is right"
        )
    return ranked[0]


def _guess_precision(draft: Draft, sample: Sample, time: TimeColumns | None, fmt: str) -> None:
    if time is None:
        return
    parts = [sample.texts[name] for name in time.names]
    joined = pc.binary_join_element_wise(*parts, " ") if len(parts) > 1 else parts[0]
    draft.precision = unit_of(joined, fmt)
    if fmt.endswith("%z"):
        draft.notes["timezone"] = 'or "trust-offset", if the offsets in the file are true'


def _guess_place(draft: Draft, sample: Sample, head: Head, context: SourceContext) -> None:
    numbers = {c: v for c in sample.texts if (v := sample.numbers(c)) is not None}
    for pair in (("lat", "lon"), ("x", "y")):
        one, other = (
            first_hinted((c for c in numbers if c not in _used(draft)), role) for role in pair
        )
        if one and other and "x" not in draft.columns and "lat" not in draft.columns:
            draft.columns |= {pair[0]: one, pair[1]: other}
            y, x = (
                (numbers[one], numbers[other])
                if pair[0] == "lat"
                else (numbers[other], numbers[one])
            )
            _guess_crs(draft, x, y, context)
    if head.geometry and not {"lat", "x"} & set(draft.columns):
        draft.columns["geometry"] = "geometry"
        draft.crs = head.crs if head.crs and CRS.from_user_input(head.crs).to_authority() else None
    area = _area_column(draft, sample, context)
    if area is not None:
        draft.columns["area"] = area
    if not {"lat", "x", "geometry", "area"} & set(draft.columns):
        draft.columns["area"] = FILL_IN


def _guess_crs(
    draft: Draft, x: NDArray[np.float64], y: NDArray[np.float64], context: SourceContext
) -> None:
    there = ~np.isnan(x) & ~np.isnan(y) & ~((x == 0) & (y == 0))
    draft.missing = bool(((x == 0) & (y == 0)).any())
    degrees = bool((np.abs(x[there]) <= 180).all() and (np.abs(y[there]) <= 90).all())
    draft.crs = "EPSG:4326"
    if there.any() and not degrees:
        found = find_crs(x[there], y[there], context.bounds)
        draft.crs = found or "EPSG:25832"
        if found is None:
            draft.notes["crs"] = (
                "a guess: under no usual coordinate system do the points lie in the district"
            )


def _area_column(draft: Draft, sample: Sample, context: SourceContext) -> str | None:
    known = context.sector_ids | context.area_ids
    bare = {code.lstrip("0") for code in known}
    for column in sample.texts:
        words = sample.words(column)
        total = sum(n for _, n in words)
        matched = sum(n for word, n in words if word in known or word.lstrip("0") in bare)
        # A column that merely counts matches small numbers too: most ids must occur.
        if (
            column not in _used(draft)
            and total
            and matched > 0.8 * total
            and 2 * len(words) >= len(known)
        ):
            return column
    return None


def _guess_id(draft: Draft, sample: Sample) -> None:
    for column, texts in sample.texts.items():
        complete = len(sample.present(column)) == len(texts)
        if (
            column not in _used(draft)
            and hinted(column, "incident_id")
            and complete
            and len(texts.unique()) == len(texts)
        ):
            draft.columns = {"incident_id": column, **draft.columns}
            return


def _guess_words(draft: Draft, sample: Sample, context: SourceContext) -> None:
    free = [c for c in sample.texts if c not in _used(draft) and _is_wordy(sample, c)]
    scene = first_hinted(free, "scene")
    free = [c for c in free if c != scene]
    kind = _type_column(free, sample, context)
    if kind is None:
        draft.columns["type"] = f"={FALLBACK_OFFENCE}"
        draft.notes["type"] = "no column was found: every row has this type"
    else:
        draft.columns["type"] = kind
    if scene is not None:
        draft.columns["scene"] = scene


def suggest(words: Mapping[str, int], column: str, taxonomy: Taxonomy) -> dict[str, str]:
    """Return a code for each word of a type or scene column: by meaning, else by likeness."""
    ranked = sorted(words, key=lambda word: (-words[word], word))[:_WORDS]
    if column == "type":
        names = {o.code: (o.name_en, o.name_da) for o in taxonomy.offences}
        return {
            w: taxonomy.resolve_offence(w) or similar(w, names, FALLBACK_OFFENCE) for w in ranked
        }
    places = {s.code: (s.name_en, s.name_da) for s in taxonomy.scenes}
    return {w: taxonomy.resolve_scene(w) or similar(w, places, FALLBACK_SCENE) for w in ranked}


def _is_wordy(sample: Sample, column: str) -> bool:
    present = sample.present(column)
    return len(present) > 0 and len(present.unique()) <= max(5, min(_WORDS, len(present) // 2))


def _type_column(free: Iterable[str], sample: Sample, context: SourceContext) -> str | None:
    """Return the hinted column whose words mean most to the district."""
    names = {o.code: (o.name_en, o.name_da) for o in context.taxonomy.offences}
    scored = []
    for place, column in enumerate(free):
        words = sample.words(column)
        resolved = sum(n for w, n in words if context.taxonomy.resolve_offence(w))
        like = sum(n for w, n in words[:40] if similar(w, names, ""))
        total = sum(n for _, n in words)
        score = (resolved / total + like / total / 2 + hinted(column, "type"), -place)
        if hinted(column, "type") or resolved > total / 2:
            scored.append((score, column))
    return max(scored)[1] if scored else None


def similar(word: str, names: Mapping[str, tuple[str, ...]], fallback: str) -> str:
    """Return the code whose name is most like ``word``: nearly the same, or wholly within it."""
    best, code = 0.0, fallback
    tokens = set(_tokens(word))
    for candidate, called in names.items():
        for name in (*called, candidate):
            parts = _tokens(name)
            like = SequenceMatcher(None, " ".join(_tokens(word)), " ".join(parts)).ratio()
            if parts and tokens.issuperset(parts):
                like = max(like, _LIKE)
            if like > best:
                best, code = like, candidate
    return code if best >= _LIKE else fallback


def _tokens(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold().replace("_", " "))


def quote(text: str) -> str:
    """Return a TOML string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
