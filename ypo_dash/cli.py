"""``ypo``: the command line. It parses, calls, prints; the work is elsewhere."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ypo_dash import __version__
from ypo_dash.model.errors import FilterError, InputError
from ypo_dash.store.manifest import StoreDamagedError

if TYPE_CHECKING:
    from ypo_dash.store.workspace import Workspace

QUERIES = (
    "cells",
    "sectors",
    "hours",
    "weeks",
    "types",
    "scenes",
    "incidents",
)  # TABLES, not loaded
REFUSED, USAGE = 1, 2
FILE = click.Path(path_type=Path)


class _Group(click.Group):
    """A group whose commands end in a message and an exit code, never in a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")  # as exports are, whatever the terminal says
        try:
            return super().invoke(ctx)
        except FilterError as error:
            _stop(f"The state can't be shown: {error}", USAGE)
        except (InputError, StoreDamagedError) as error:
            _stop(
                f"Refused: {error}"
                if isinstance(error, InputError)
                else f"The store is damaged: {error}",
                REFUSED,
            )
        except BrokenPipeError:
            sys.exit(0)  # the reader of our output has gone, as with "| head"
        except OSError as error:
            _stop(f"Refused: {_os_error(error)}", REFUSED)


def _os_error(error: OSError) -> str:
    import errno

    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return (
            f"the disk is full ({error.strerror}{f': {error.filename}' if error.filename else ''})"
        )
    return f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}"


def _stop(message: str, code: int) -> None:
    click.echo(message, err=True)
    sys.exit(code)


def workspace() -> Workspace:
    """Return the workspace that ``YPO_HOME`` names."""
    from ypo_dash.store.workspace import Workspace, default_home

    return Workspace(default_home())


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="ypo")
def main() -> None:
    """Show the working picture of a police district; the workspace is YPO_HOME (./var)."""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8050, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
def serve(host: str, port: int, workers: int) -> None:
    """Serve the web application; without any data, build the simulated district first."""
    from ypo_dash.server import check_port, run

    space = workspace()
    check_port(host, port)
    if not space.exists:
        _demo(space, None)
    _ = space.district  # what is wrong with the settings is said here, not by each worker
    run(space, host=host, port=port, workers=workers)


@main.command()
@click.option(
    "--incidents", type=click.IntRange(1, 50_000_000), help="How many incidents to simulate."
)
def demo(incidents: int | None) -> None:
    """Build the simulated district."""
    _demo(workspace(), incidents)


def _demo(space: Workspace, incidents: int | None) -> None:
    from ypo_dash.progress import progress_bar
    from ypo_dash.store.demo import build_demo

    click.echo(f"Building the simulated district in {space.home} ...", err=True)
    with progress_bar() as progress:
        report = build_demo(space.home, incidents=incidents, progress=progress)
    click.echo(f"Simulated data: {report.new} incidents, snapshot {report.snapshot}", err=True)


@main.command()
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


@main.group("import")
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
    from ypo_dash.progress import progress_bar
    from ypo_dash.sources import guess_profile, load_profile
    from ypo_dash.store.areas import source_context
    from ypo_dash.store.ingest import import_incidents
    from ypo_dash.store.reader import open_snapshot

    space = workspace()
    space.require()
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
    with progress_bar() as progress:
        report = import_incidents(
            space, files, found, dry_run=dry_run, rejects=rejects, progress=progress
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
    def command(file: Path, **columns: str | None) -> None:
        from ypo_dash.progress import progress_bar
        from ypo_dash.store.inputs import import_layer

        with progress_bar() as progress:
            snapshot, notes = import_layer(
                workspace(), kind, file, columns=columns, progress=progress
            )
        for note in notes:
            click.echo(note)
        click.echo(f"snapshot {snapshot}")

    command.help = f"Import {kind}."
    if kind in ("sectors", "areas"):
        for key in ("population", "station", "name", "id"):
            command.params.append(
                click.Option([f"--{key}-column", key], help=f"Column with the {key}.")
            )


for _kind in ("sectors", "areas", "designated", "population", "survey", "posts"):
    _layer_command(_kind)


@main.command()
@click.option("--json", "as_json", is_flag=True)
def status(as_json: bool) -> None:
    """Say what the workspace holds."""
    from ypo_dash.store.reader import open_snapshot
    from ypo_dash.views.status import status_record, status_text

    snapshot = open_snapshot(workspace())
    click.echo(
        json.dumps(status_record(snapshot), indent=1, ensure_ascii=False)
        if as_json
        else status_text(snapshot)
    )


@main.command()
@click.argument("what", type=click.Choice(QUERIES))
@click.argument("state", default="")
@click.option(
    "--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True
)
@click.option("--context", is_flag=True, help="Leave out the filter of the breakdown itself.")
def query(what: str, state: str, form: str, context: bool) -> None:
    """Print exactly what the pages show for STATE, the query part of a page's address."""
    from ypo_dash.model.filters import Filters
    from ypo_dash.store.reader import open_snapshot
    from ypo_dash.views.tables import incident_csv, table

    snapshot = open_snapshot(workspace())
    filters = Filters.from_query(state, snapshot)
    if what == "incidents" and form == "csv":
        for part in incident_csv(snapshot, filters, context=context):
            click.echo(part, nl=False)
        return
    found = table(snapshot, what, filters, context=context)
    click.echo(
        found.csv() if form == "csv" else json.dumps(found.records(), ensure_ascii=False),
        nl=form != "csv",
    )


@main.command()
def verify() -> None:
    """Check the store against its manifest; exit code 1 if anything is wrong."""
    from ypo_dash.progress import progress_bar
    from ypo_dash.store import verify as checking

    space = workspace()
    with progress_bar() as progress:
        problems = checking.verify(space, progress)
    if problems:
        for problem in problems:
            click.echo(problem, err=True)
        _stop(
            f"{len(problems)} problems found. Restore the workspace from a copy, or import the sources anew.",
            REFUSED,
        )
    click.echo(
        "The store is whole: every file is what its manifest says, every derived column what its incidents say."
    )


if __name__ == "__main__":
    main()
