"""``ypo init | import``: a district's inputs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from ypo_dash.cli_people import FILE, act, workspace
from ypo_dash.model.rights import Right


@click.command()
@click.option("--name", required=True, help="Name of the district.")
@click.option("--timezone", required=True, help="IANA time zone, such as Europe/Copenhagen.")
@click.option("--crs", required=True, help="Projected coordinate system, such as EPSG:25832.")
@click.option(
    "--sectors", required=True, type=FILE, help="Polygons of the sectors, any vector format."
)
@click.option("--sector-id", required=True, help="Column with the sectors' ids.")
@click.option("--sector-name", help="Column with the sectors' names.")
@click.option("--station", help="Column with the local station's id.")
@click.option("--population", help="Column with the number of inhabitants.")
@click.option("--offences", type=FILE, help="The district's own offences (CSV).")
@click.option("--scenes", type=FILE, help="The district's own scenes (CSV).")
def init(**options: Any) -> None:
    """Set up a workspace for another district."""
    from ypo_dash.store.setup import create_district

    created, notes = create_district(workspace().home, **options)
    for note in notes:
        click.echo(note)
    click.echo(f"Workspace ready: {created.home}. Next: ypo import incidents FILE --dry-run")


@click.group("import")
def import_() -> None:
    """Import incidents or the district's other inputs."""


@import_.command("incidents")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--profile", help="A shipped profile's name, or a TOML file.")
@click.option(
    "--dry-run", is_flag=True, help="Say what would happen; without a profile, draft one."
)
@click.option("--rejects", type=FILE, help="Write refused rows with line, column and reason here.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def import_incidents_command(
    files: tuple[Path, ...], profile: str | None, dry_run: bool, rejects: Path | None, as_json: bool
) -> None:
    """Import incidents from CSV, XLSX, Parquet, GeoJSON, GeoPackage or Shapefile."""
    from ypo_dash.people.entry import Action
    from ypo_dash.progress import progress_bar
    from ypo_dash.sources import guess_profile, load_profile
    from ypo_dash.store.areas import source_context
    from ypo_dash.store.ingest import import_incidents
    from ypo_dash.store.reader import open_snapshot

    space = workspace()
    acting = act("import incidents", Right.IMPORT)
    found = load_profile(profile) if profile else None
    if found is None:
        if dry_run:
            from ypo_dash.sources import describe_file

            context = source_context(open_snapshot(space))
            for path in files:
                click.echo(describe_file(path, context))
            return
        found = guess_profile(files[0])
        click.echo(f"Profile found by its columns: {found.name}", err=True)
    names = ", ".join(path.name for path in files)
    what = f"incidents from {names}{' (dry run)' if dry_run else ''}"
    # What comes in makes it more than the simulated district: recorded from the beginning.
    acting.recorded = acting.recorded or not dry_run
    acting.note(Action.COLLECTION, what, result="begun")
    with progress_bar() as progress:
        report = import_incidents(
            space, files, found, dry_run=dry_run, rejects=rejects, progress=progress
        )
    if not dry_run:
        counts = f"new {report.new}, updated {report.updated}, rejected {report.rejected}"
        acting.note(
            Action.ALTERATION if report.updated else Action.COLLECTION,
            what,
            rows=report.read,
            result=counts,
            snapshot=report.snapshot,
        )
    from ypo_dash.views.status import import_summary

    click.echo(
        json.dumps(import_summary(report), indent=1)
        if as_json
        else "\n".join(import_summary(report, text=True))
    )


def _layer_command(kind: str) -> None:
    @import_.command(kind)
    @click.argument("file", type=FILE)
    def command(file: Path, profile: Path | None = None, **columns: str | None) -> None:
        from ypo_dash.people.entry import Action
        from ypo_dash.progress import progress_bar
        from ypo_dash.store.inputs import import_layer

        space = workspace()
        acting = act(f"import {kind}", Right.IMPORT)
        acting.recorded = True
        acting.note(Action.COLLECTION, f"{kind} from {file.name}", result="begun")
        with progress_bar() as progress:
            snapshot, notes = import_layer(
                space, kind, file, columns=columns, profile=profile, progress=progress
            )
        acting.note(Action.ALTERATION, f"{kind} from {file.name}", snapshot=snapshot)
        for note in notes:
            click.echo(note)
        click.echo(f"snapshot {snapshot}")

    command.help = f"Import {kind}."
    if kind in ("sectors", "areas"):
        for key in ("population", "station", "name", "id"):
            command.params.append(
                click.Option([f"--{key}-column", key], help=f"Column with the {key}.")
            )

    if kind == "survey":
        command.params.append(
            click.Option(["--profile"], type=FILE, help="A TOML file that says how to read FILE.")
        )


for _kind in (
    "sectors",
    "areas",
    "designated",
    "population",
    "survey",
    "posts",
    "infrastructure",
    "holidays",
    "breaks",
):
    _layer_command(_kind)
