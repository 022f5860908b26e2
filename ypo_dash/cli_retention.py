"""``ypo desk retention``: erase log entries whose time is over."""

from __future__ import annotations

import click

from ypo_dash.cli_people import act, workspace
from ypo_dash.model.rights import Right


@click.command("retention")
@click.option("--dry-run", is_flag=True, help="Say what is due, erase nothing.")
def retention(dry_run: bool) -> None:
    """Erase the log entries whose time is over, with all their earlier texts.

    Days are set in desk.toml, [retention] ordinary_days and personal_days. Run it every night.
    """
    from ypo_dash.people import database
    from ypo_dash.people.retention import erase, kept, over, retention_of
    from ypo_dash.store.reader import open_snapshot
    from ypo_dash.views.today import desk_day

    snapshot = open_snapshot(workspace())
    acting = act("desk retention", Right.IMPORT)
    found = retention_of(acting.access)
    day = desk_day(snapshot, database.now())
    due = over(acting.access, found, day)
    there = len(kept(acting.access, found))
    for one in due if dry_run else ():
        sort = "personal data" if one.personal else "ordinary"
        click.echo(f"{one.key}\t{one.day}\tkept until {one.until}\t{sort}")
    done = 0 if dry_run else erase(acting.access, due, acting.note)
    what = f"{len(due)} due for erasure" if dry_run else f"{done} erased"
    click.echo(f"{day}: {what}, {there - len(due)} kept", err=True)
