"""``ypo report``: printed documents as PDF files."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from ypo_dash.cli_people import act, workspace
from ypo_dash.model.rights import Right

REPORTS = (
    "weekend",
    "fortnight",
    "week",
    "quarter",
    "contact",
    "briefing",
    "threat",
)  # `reports.kinds.KINDS`, not loaded
FILE = click.Path(path_type=Path)


@click.command("report")
@click.argument("kind", type=click.Choice(REPORTS))
@click.argument("state", default="")
@click.option("-o", "--output", type=FILE, help="The PDF file to write.")
@click.option("--into", type=FILE, help="A folder; the file is named by period, tier and snapshot.")
@click.option("--freeze", is_flag=True, help="Never to be overwritten again.")
@click.option("--reason", default="", help="Why it is printed; recorded.")
@click.option("--recipient", default="", help="For whom it is; recorded.")
def report(
    kind: str, state: str, output: Path | None, into: Path | None, freeze: bool, **why: str
) -> None:
    """Print KIND for STATE, the query part of a page's address; tier=partner for partners.

    Without dates it is the latest whole weekend, week, two weeks or quarter of the data.
    """
    if (output is None) == (into is None):
        raise click.UsageError("say where to: -o FILE.pdf or --into FOLDER")
    from ypo_dash.model.filters import Filters
    from ypo_dash.model.quarter import with_dates
    from ypo_dash.people.entry import Action
    from ypo_dash.people.plans import edited
    from ypo_dash.reports.asked import Asker, printing_for
    from ypo_dash.reports.filing import file_name, is_frozen, write_print
    from ypo_dash.reports.kinds import dated, document, language
    from ypo_dash.reports.typst import pdf_of
    from ypo_dash.store.reader import open_snapshot

    snapshot = open_snapshot(workspace())
    acting = act("report", Right.EXPORT)
    filters = dated(snapshot, kind, Filters.from_query(with_dates(state), snapshot))
    path = output or Path(into or ".") / file_name(
        snapshot, kind, filters, language(snapshot, filters)
    )
    if into is not None and freeze and is_frozen(path):
        click.echo(f"Kept: {path} is there and frozen", err=True)
        return
    who = Asker(
        access=acting.access,
        person=acting.person,
        name=acting.person.full_name or acting.person.name,
        now=datetime.now(UTC),
        edited=edited(acting.access),
    )
    made = document(snapshot, kind, filters, printing_for(snapshot, kind, filters, who))
    pdf = pdf_of(made)
    acting.note(
        Action.DISCLOSURE
        if why["recipient"] or filters.tier != "internal"
        else Action.CONSULTATION,
        f"report {kind}",
        filter=filters.to_query(),
        **why,
        snapshot=snapshot.id,
    )
    write_print(path, pdf, freeze=freeze)
    click.echo(f"Printed: {path}", err=True)
