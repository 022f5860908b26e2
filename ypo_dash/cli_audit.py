"""``ypo audit``: the record of who saw and did what."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ypo_dash.cli_people import FILE, act
from ypo_dash.model.errors import InputError
from ypo_dash.model.rights import Right

if TYPE_CHECKING:
    from ypo_dash.people.acting import Acting


@click.group()
def audit() -> None:
    """Show, verify or export the record of who saw and did what."""


@audit.command("show")
@click.option("--person", help="Only entries by or about this account.")
@click.option("--find", "text", default="", help="Only entries that contain this text.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1))
@click.option("--json", "as_json", is_flag=True)
def audit_show(person: str | None, text: str, limit: int, as_json: bool) -> None:
    """Print the newest entries, the last one last."""
    from ypo_dash.people.audit import newest

    acting = act("audit show", Right.AUDIT)
    found = newest(acting.access.record, limit=limit, person=person, text=text)[::-1]
    _note_reading(acting, person, text)
    if not found:
        click.echo("No entry." if person or text else "The record is empty.", err=True)
    for entry in found:
        click.echo(json.dumps(entry, ensure_ascii=False) if as_json else _line(entry))


def _note_reading(acting: Acting, person: str | None = None, text: str = "", **more: Any) -> None:
    from ypo_dash.people.entry import Action

    asked = "&".join(
        part for part in (person and f"person={person}", text and f"text={text}") if part
    )
    acting.note(more.pop("action", Action.CONSULTATION), "record", filter=asked, **more)


def _line(entry: dict[str, Any]) -> str:
    about = [
        f"{k}={entry[k]}" for k in ("filter", "rows", "steps", "reason", "recipient") if k in entry
    ]
    who = f"{entry.get('person')} ({entry.get('role', '')})"
    return "  ".join(
        [
            str(entry["n"]),
            entry["time"],
            entry["action"],
            entry["object"],
            *about,
            who,
            entry["result"],
        ]
    )


@audit.command("verify")
@click.option("--log", type=FILE, help="Check this copy of the log instead.")
@click.option("--expect", help="A hash noted earlier: that entry must still be there.")
def audit_verify(log: Path | None, expect: str | None) -> None:
    """Check every byte of the record; exit code 1 if anything is wrong."""
    from ypo_dash.people.audit import verify

    acting = act("audit verify", Right.AUDIT)
    if log is not None and not log.is_file():
        raise InputError("there is no such file", file=log)
    verdict = verify(acting.access.record, log=log, expect=expect)
    if log is None and not verdict.entries and _has_people(acting):
        verdict.problem("there are accounts but no entries, though each account's making was one")
    for problem in verdict.problems:
        click.echo(problem, err=True)
    if verdict.problems:
        click.echo(
            "The record is damaged or was changed. Keep it as it is, and compare with a copy.",
            err=True,
        )
        sys.exit(1)
    if not verdict.entries:
        click.echo("The record is empty.")
        return
    click.echo(f"The record is whole: {verdict.entries} entries, {verdict.first} to {verdict.last}")
    click.echo(f"Last entry's hash, to note elsewhere: {verdict.head}")


def _has_people(acting: Acting) -> bool:
    from ypo_dash.people.accounts import everyone

    if not acting.access.required:
        return False
    with acting.access.database.session() as session:
        return bool(everyone(session))


@audit.command("export")
@click.option("-o", "--output", type=FILE, required=True, help="Where to write; .csv or .jsonl.")
@click.option("--since", default="", help="First UTC date or time, such as 2026-11-01.")
@click.option("--until", default="", help="Last UTC date or time, inclusive.")
@click.option("--reason", default="", help="Why; recorded.")
@click.option("--recipient", default="", help="For whom; recorded.")
def audit_export(output: Path, since: str, until: str, reason: str, recipient: str) -> None:
    """Write entries to a file, for the supervisory authority or an inspection."""
    from ypo_dash.people.audit import entries
    from ypo_dash.people.entry import Action
    from ypo_dash.people.export import write_entries

    acting = act("audit export", Right.AUDIT)
    asked = "&".join(
        part for part in (since and f"since={since}", until and f"until={until}") if part
    )
    acting.note(Action.DISCLOSURE, "record", filter=asked, reason=reason, recipient=recipient)
    n = write_entries(entries(acting.access.record, since, until), output)
    click.echo(f"{n} entries written to {output}")
