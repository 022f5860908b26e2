"""``ypo threat``: are the signed assessments what was signed; their words and the gang-related incidents as files."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ypo_dash.cli_people import act, print_table, workspace
from ypo_dash.model.rights import Right

if TYPE_CHECKING:
    from ypo_dash.people.acting import Acting
    from ypo_dash.store.snapshot import Snapshot

WHAT = ("assessment", "gang")


@click.group()
def threat() -> None:
    """Check the signed assessments, or write them out."""


@threat.command("verify")
def threat_verify() -> None:
    """Check every assessment against its seal and the record; exit code 1 if anything is wrong."""
    from ypo_dash.people.assessment_check import problems
    from ypo_dash.people.assessments import assessments

    acting = act("threat verify", Right.AUDIT)
    found = problems(acting.access)
    for problem in found:
        click.echo(problem, err=True)
    if found:
        click.echo(f"{len(found)} problems found: what is named here is not what was signed.", err=True)  # fmt: skip
        sys.exit(1)
    every = assessments(acting.access)
    signed = sum(one.is_signed for one in every)
    click.echo(f"{len(every)} assessments, {signed} of them signed: all are what was written.")


@threat.command("export")
@click.argument("what", type=click.Choice(WHAT))
@click.argument("state", default="")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True)  # fmt: skip
@click.option("--reason", default="", help="Why it is asked; recorded.")
@click.option("--recipient", default="", help="For whom it is; recorded.")
def threat_export(what: str, state: str, form: str, reason: str, recipient: str) -> None:
    """Print a quarter's assessment or its gang-related incidents: "quarter=2012-Q3"."""
    from ypo_dash.store.reader import open_snapshot
    from ypo_dash.views.threat_shown import assessed, latest_quarter, shown
    from ypo_dash.views.threat_tables import asked, assessment_table, gang_table

    snapshot = open_snapshot(workspace())
    acting = act("threat export", Right.EXPORT)
    wanted = asked(snapshot, state)
    quarter = wanted.quarter or latest_quarter(snapshot)
    found = shown(assessed(acting.access), snapshot, quarter, wanted.version)
    acting.shows(f"export {what}", filter=state, reason=reason, recipient=recipient, snapshot=snapshot.id)  # fmt: skip
    sectors = acting.person.points_in(snapshot.sector_names)
    table = assessment_table(found) if what == WHAT[0] else gang_table(found.threat, sectors)
    print_table(table, form)


def threat_query(snapshot: Snapshot, acting: Acting, state: str, how: tuple[str, str, str]) -> None:
    """Print a quarter's figures; whether they are the signed ones is said beside the table."""
    from ypo_dash.views.threat_shown import assessed
    from ypo_dash.views.threat_tables import threat_table

    form, reason, recipient = how
    table, found = threat_table(assessed(acting.access), snapshot, state)
    acting.shows("query threat", filter=state, reason=reason, recipient=recipient, snapshot=snapshot.id)  # fmt: skip
    for one in found.all:
        if one.problem:
            click.echo(f"Version {one.number} was altered or can't be checked: it is not what was signed.", err=True)  # fmt: skip
    said = "Figures of the register today."
    if found.evidence is not None and found.one is not None:
        said = f"Signed figures: version {found.one.number}, digest {found.one.sha256}."
    click.echo(said, err=True)
    print_table(table, form)
