"""``ypo desk``: the sector desk's entries as files, out and in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ypo_dash.cli_addresses import addresses, sector_at
from ypo_dash.cli_people import FILE, act, workspace
from ypo_dash.cli_retention import retention
from ypo_dash.model.rights import Right

if TYPE_CHECKING:
    from ypo_dash.model.entries import Entry

KINDS = ("contact", "partner", "log", "visit", "effort", "group", "cover", "gang", "listing")  # `model.desk.KINDS`, not loaded  # fmt: skip


@click.group("desk")
def desk() -> None:
    """Take the logs, partners, efforts and what else the desk holds out and in, as files."""


@desk.command("export")
@click.argument("folder", type=FILE)
@click.option("--kind", "kinds", multiple=True, type=click.Choice(KINDS), help="Only these kinds.")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True)  # fmt: skip
@click.option("--personal", is_flag=True, help="Also log entries that contain personal data.")
@click.option("--reason", default="", help="Why it is needed; recorded.")
@click.option("--recipient", default="", help="For whom it is; recorded.")
def export(folder: Path, kinds: tuple[str, ...], form: str, personal: bool, **why: str) -> None:
    """Write one file a kind into FOLDER; they can be imported again."""
    from ypo_dash.model.errors import InputError
    from ypo_dash.people import desk as entries
    from ypo_dash.people.desk_files import kind_of, to_text

    acting = act("desk export", Right.EXPORT)
    said = f"desk export {' '.join(kinds) or 'all'}{' with personal data' if personal else ''}"
    acting.shows(said, **why)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in kinds or KINDS:
            kind = kind_of(name)
            found: list[Entry] = [
                entry
                for entry in entries.entries(acting.access, kind)
                if personal or not getattr(entry, "personal", "")
            ]
            path = folder / f"{name}.{form}"
            path.write_text(to_text(kind, found, form), encoding="utf-8")
            click.echo(f"{path}: {len(found)} entries", err=True)
    except OSError as error:
        raise InputError(f"the folder can't be written: {error.strerror}", file=folder) from error


@desk.command("import")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("file", type=FILE)
def import_(kind: str, file: Path) -> None:
    """Read FILE (CSV, XLSX or JSON) of entries of KIND; all of it or nothing."""
    from ypo_dash.people import desk as entries
    from ypo_dash.people.desk_files import kind_of, take
    from ypo_dash.people.entry import Action
    from ypo_dash.store.reader import open_snapshot

    snapshot = open_snapshot(workspace())
    acting = act("desk import", Right.IMPORT)
    acting.recorded = True
    acting.note(Action.COLLECTION, f"desk {kind} from {file.name}", result="begun")
    words = entries.known(snapshot)
    done = take(acting.access.database, kind_of(kind), file, words, acting.person.name)
    said = f"read {done.read}, new {done.new}, changed {done.changed}, unchanged {done.unchanged}"
    acting.note(Action.ALTERATION, f"desk {kind} from {file.name}", rows=done.read, result=said)
    click.echo(said)


desk.add_command(addresses)
desk.add_command(sector_at)
desk.add_command(retention)
