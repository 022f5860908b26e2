"""Desk entries as files, out and in: nobody's records are locked in here.

A file has the columns of its kind and before them ``key``. Read again, a row with a known key
changes that entry, and columns that the file has not stay as they are. A row without a key is a new
one; read again, it stays as people have made it since. A row that changes nothing leaves no trace,
so the same file twice is the same as once. A file is taken whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import IntegrityError, OperationalError

from ypo_dash.model.desk import KINDS, Partner
from ypo_dash.model.entries import Form, Known, checked, columns_of, refuse_twin
from ypo_dash.model.errors import InputError
from ypo_dash.model.safe_csv import neutralise, to_csv
from ypo_dash.people import documents
from ypo_dash.people.desk import content_of, owner
from ypo_dash.people.documents import Edit
from ypo_dash.sources.small_tables import raw_table

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from ypo_dash.model.entries import Entry
    from ypo_dash.people.database import Database

KEY = "key"
MEANWHILE, AGAIN = "somebody else wrote here meanwhile", "Read the file again"
_KEY = re.compile(r"[^/\s]{1,100}/[0-9a-z]{1,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a file did: rows read, new entries, changed ones, those that were as they are."""

    read: int
    new: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A file's entries by key, the line of each, and the keys that stand in the file."""

    contents: dict[str, dict[str, str]]
    lines: dict[str, int]
    named: set[str]


def to_text(kind: type[Entry], found: Sequence[Entry], form: str) -> str:
    """Return entries as ``csv`` or ``json`` text."""
    rows = [{KEY: entry.key, **content_of(entry)} for entry in found]
    if form == "json":
        return json.dumps({"kind": kind.KIND, "entries": rows}, ensure_ascii=False, indent=1) + "\n"
    header = (KEY, *columns_of(kind))
    return to_csv(header, [[row[name] for name in header] for row in rows])


def take(store: Database, kind: type[Entry], path: Path, words: Known, by: str) -> Taken:
    """Read a CSV, XLSX or JSON file into the store.

    Raises
    ------
    InputError
        The file was refused, with line, column, value and remedy, or somebody else wrote meanwhile;
        nothing of it was taken.
    """
    with store.session() as session:
        held = {one.key: one.content or {} for one in documents.everything(session, kind.KIND)}
        partners, known = (documents.keys(session, one.KIND) for one in (Partner, kind))
    rows = read(kind, path, words, held, partners)
    again = rows.contents.keys() & known - rows.named  # read before: as people have it by now
    new = {key: content for key, content in rows.contents.items() if key not in again}
    every = {**held, **new}
    for key, content in new.items():
        try:
            refuse_twin(kind, key, content, every)
        except InputError as error:
            raise _at(error, path, rows.lines[key]) from None
    done = _written(store, kind, new, by, f"file {path.name}")
    return replace(done, read=len(rows.contents), unchanged=done.unchanged + len(again))


def take_new(store: Database, kind: type[Entry], path: Path, words: Known, by: str) -> Taken:
    """Read a file as `take` does, but leave every entry as it is that was there before, removed ones too."""
    with store.session() as session:
        partners, known = (documents.keys(session, one.KIND) for one in (Partner, kind))
    contents = read(kind, path, words, {}, partners).contents
    there = contents.keys() & known
    new = {key: content for key, content in contents.items() if key not in there}
    done = _written(store, kind, new, by, f"file {path.name}")
    return Taken(read=len(contents), new=done.new, changed=0, unchanged=len(there))


def read(
    kind: type[Entry],
    path: Path,
    words: Known,
    held: Mapping[str, Mapping[str, str]],
    partners: Collection[str],
) -> Rows:
    """Return the entries of a file, checked.

    Parameters
    ----------
    held
        What stands now by key: columns that the file has not are taken from there.
    partners
        Keys of partners, also of removed ones: a visit to one that nobody knows would be seen nowhere.

    Raises
    ------
    InputError
        The file was refused, with line, column, value and remedy.
    """
    rows = _json_rows(kind, path) if path.suffix.lower() == ".json" else _table_rows(kind, path)
    found = Rows(contents={}, lines={}, named=set())
    for line, row in rows:
        try:
            before = held.get(row.get(KEY, "").strip(), {})
            content = checked(kind, {**before, **row}, words)
            _refuse_unknown_partner(kind, content, partners)
            key = _key_of(row.get(KEY, ""), content)
        except InputError as error:
            raise _at(error, path, line) from None
        if key in found.contents:
            raise InputError("this entry stands twice in the file", file=path, line=line, column=KEY, value=row.get(KEY))  # fmt: skip
        found.contents[key], found.lines[key] = content, line
        if row.get(KEY, "").strip():
            found.named.add(key)
    return found


def _written(
    store: Database, kind: type[Entry], contents: dict[str, dict[str, str]], by: str, reason: str
) -> Taken:
    done = {"new": 0, "changed": 0, "unchanged": 0}
    try:
        with store.session() as session:
            for key, content in contents.items():
                held = documents.find(session, kind.KIND, key)
                if held is not None and held.content == content:
                    done["unchanged"] += 1
                    continue
                seen = held.version if held is not None else 0
                edit = Edit(content=content, seen=seen, by=by, reason=reason)
                if documents.write(session, kind.KIND, key, edit) is None:
                    raise InputError(MEANWHILE, column=KEY, value=key, remedy=AGAIN)
                done["changed" if seen else "new"] += 1
    except (
        IntegrityError,
        OperationalError,
    ) as error:  # another one wrote the same, or holds the store
        raise InputError(MEANWHILE, remedy=AGAIN) from error
    return Taken(read=len(contents), **done)


def _refuse_unknown_partner(
    kind: type[Entry], content: Mapping[str, str], partners: Collection[str]
) -> None:
    for name, one in columns_of(kind).items():
        if one.form is Form.PARTNER and content[name] and content[name] not in partners:
            raise InputError("there is no such partner", column=name, value=content[name], remedy="Import the partners first, or write the key that stands in their file")  # fmt: skip


def _key_of(given: str, content: dict[str, str]) -> str:
    given = given.strip()
    if not given:
        # Named by what it says, so that the same file read again finds it.
        digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        return f"{owner(content)}/{digest[:12]}"
    if not _KEY.fullmatch(given):
        raise InputError("this is no key", column=KEY, value=given, remedy="Leave it empty for a new entry, or write SECTOR/NAME with small letters and digits")  # fmt: skip
    if content.get("sector", given.partition("/")[0]) != given.partition("/")[0]:
        raise InputError("an entry stays in its sector", column=KEY, value=given, remedy=f"This row is of sector {content['sector']}")  # fmt: skip
    return given


def _table_rows(kind: type[Entry], path: Path) -> list[tuple[int, dict[str, str]]]:
    frame = raw_table(path).fillna("")
    frame.columns = [str(c).strip().lower() for c in frame.columns]
    _refuse_columns(kind, path, list(frame.columns))
    return [
        (int(index) + 2, {str(k): _unmarked(str(v)) for k, v in row.items()})
        for index, row in zip(frame.index, frame.to_dict("records"), strict=True)
    ]


def _unmarked(value: str) -> str:
    """Return a cell without the apostrophe that our own files put before what looks like a formula."""
    return value[1:] if value[:1] == "'" and neutralise(value[1:]) == value else value


def _json_rows(kind: type[Entry], path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8-sig"))
        rows = found["entries"] if isinstance(found, dict) else found
    except (ValueError, KeyError, RecursionError) as error:
        raise InputError("this is not a file of entries", file=path, remedy='Write {"entries": […]}') from error  # fmt: skip
    except OSError as error:
        raise InputError(f"the file can't be read: {error.strerror}", file=path) from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputError(
            "this is not a list of entries", file=path, remedy='Write {"entries": […]}'
        )
    for row in rows:
        _refuse_columns(kind, path, list(row))
    return [(n, {k: _json_text(v, k, path, n) for k, v in row.items()}) for n, row in enumerate(rows, 1)]  # fmt: skip


def _json_text(value: object, column: str, path: Path, line: int) -> str:
    if isinstance(value, dict | list):
        raise InputError("this is not a text", file=path, line=line, column=column, value=str(value)[:40])  # fmt: skip
    return "" if value is None else str(value)


def _refuse_columns(kind: type[Entry], path: Path, names: list[str]) -> None:
    known = (KEY, *columns_of(kind))
    unknown = [name for name in names if name not in known]
    if unknown:
        raise InputError("this column is not known", file=path, column=unknown[0], remedy=f"Known are: {', '.join(known)}")  # fmt: skip
    missing = [name for name, one in columns_of(kind).items() if one.required and name not in names]
    if missing:
        raise InputError("this column is missing", file=path, column=missing[0], remedy=f"Known are: {', '.join(known)}")  # fmt: skip


def _at(error: InputError, path: Path, line: int) -> InputError:
    return InputError(error.problem, file=path, line=line, column=error.column, value=error.value, remedy=error.remedy)  # fmt: skip


def kind_of(name: str) -> type[Entry]:
    """Return a kind by its name.

    Raises
    ------
    InputError
        There is none.
    """
    if name not in KINDS:
        raise InputError("this kind of entry is not known", value=name, remedy=f"Known are: {', '.join(KINDS)}")  # fmt: skip
    return KINDS[name]
