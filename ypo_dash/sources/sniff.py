"""What is in an unknown file, and a draft of the profile that reads it."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from ypo_dash.sources.clues import SAMPLE_ROWS, Sample
from ypo_dash.sources.drafts import FILL_IN, Draft, make_draft, quote, suggest
from ypo_dash.sources.guess import fitting, open_for_any
from ypo_dash.sources.headers import delimiter_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ypo_dash.sources.context import SourceContext
    from ypo_dash.sources.tables import Head, Table

_SHOWN = 3
_WIDTH = 28
DRAFT_BEGINS = (
    "# ---- draft of an import profile: save it, correct it, and pass it with --profile ----"
)


def describe_file(path: Path, context: SourceContext) -> str:
    """Return what a file holds, and a draft profile in TOML.

    Parameters
    ----------
    path
        Any file that can be imported.
    context
        The district.

    Raises
    ------
    InputError
        The file is not readable or of no known format.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(open_for_any(path, Path(folder))) as table,
    ):
        sample = _sample(table.head, next(iter(table.batches(table.head.columns)), None))
        draft = make_draft(sample, table.head, context)
        words = {ours: _all_words(table, draft, ours) for ours in ("type", "scene")}
    shipped = fitting(table.head.columns)
    lines = [f"File      {path.name}: {table.head.format}, {table.head.total_bytes:,} bytes"]
    lines += [f"{key.capitalize():9} {value}" for key, value in table.head.facts.items()]
    if shipped is not None:
        lines.append(
            f"Profile   the shipped profile {shipped.name!r} reads this file: no draft is needed"
        )
    lines += ["Columns", *_columns(sample, draft), "", DRAFT_BEGINS]
    lines += _toml(draft, table.head, context)
    for ours, counts in words.items():
        lines += _words(f"{ours}s", counts, suggest(counts, ours, context.taxonomy))
    return "\n".join(lines) + "\n"


def _sample(head: Head, batch: object) -> Sample:
    texts = getattr(batch, "texts", {name: pa.array([], pa.string()) for name in head.columns})
    return Sample(
        {
            name: pc.utf8_trim_whitespace(column.slice(0, SAMPLE_ROWS))
            for name, column in texts.items()
        }
    )


def _all_words(table: Table, draft: Draft, ours: str) -> Counter[str]:
    """Return the words of the whole file: one that is rare stops an import too."""
    counts: Counter[str] = Counter()
    column = draft.columns.get(ours)
    if isinstance(column, str) and column in table.head.columns:
        for batch in table.batches([column]):
            found = pc.value_counts(pc.utf8_trim_whitespace(batch.texts[column]))
            counts.update(
                dict(zip(found.field(0).to_pylist(), found.field(1).to_pylist(), strict=True))
            )
    del counts[""]
    return counts


def _columns(sample: Sample, draft: Draft) -> Iterator[str]:
    ours: dict[str, str] = {}
    for role, names in draft.columns.items():
        for name in (names,) if isinstance(names, str) else names:
            ours.setdefault(name, role)
    width = min(_WIDTH, max((len(name) for name in sample.texts), default=0))
    for name in sample.texts:
        values = [word for word, _ in sample.words(name)[:_SHOWN]]
        shown = ", ".join(v if len(v) <= _WIDTH else v[: _WIDTH - 3] + "..." for v in values)
        role = f"  <- {ours[name]}" if name in ours else ""
        yield f"  {name:{width}}  {shown or '(empty)'}{role}"


def _toml(draft: Draft, head: Head, context: SourceContext) -> Iterator[str]:
    yield from _file_table(head)
    yield "[columns]"
    for ours, theirs in draft.columns.items():
        value = quote(theirs) if isinstance(theirs, str) else f"[{', '.join(map(quote, theirs))}]"
        yield f"{ours} = {value}{_note(draft, ours, theirs)}"
    yield from ("", "[time]")
    formats = [quote(f) for f in draft.formats]
    yield f"format = {formats[0] if len(formats) == 1 else '[' + ', '.join(formats) + ']'}{_note(draft, 'format')}"
    yield f"timezone = {quote(context.timezone)} # what the clock in the file shows{_note(draft, 'timezone').replace(' # ', '; ')}"
    if draft.precision:
        yield f"precision = {quote(draft.precision)}"
    if draft.crs:
        yield from ("", "[place]", f"crs = {quote(draft.crs)}{_note(draft, 'crs')}")
    if draft.crs and draft.missing:
        yield "missing = [[0, 0]] # such rows occur"


def _file_table(head: Head) -> Iterator[str]:
    delimiter = delimiter_named(head.facts.get("delimiter", ""))
    if delimiter is not None:
        yield from ("[file]", f"delimiter = {quote(delimiter)}", "")


def _note(draft: Draft, key: str, value: object = None) -> str:
    if value == FILL_IN:
        return " # nothing in the file looks like it: write the column's name"
    return f" # {draft.notes[key]}" if key in draft.notes else ""


def _words(table: str, counts: Counter[str], codes: dict[str, str]) -> Iterator[str]:
    if codes:
        yield from ("", f"[{table}] # by likeness of names alone: check each")
        yield from (
            f"{quote(word)} = {quote(code)} # {counts[word]:,} rows" for word, code in codes.items()
        )
    if len(codes) < len(counts):
        yield f"# ... and {len(counts) - len(codes):,} more words"
