"""``ypo``: the command line. It parses, calls, prints; the work is elsewhere."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ypo_dash import __version__
from ypo_dash.cli_audit import audit
from ypo_dash.cli_desk import desk
from ypo_dash.cli_import import import_, init
from ypo_dash.cli_people import GROUPS, act, print_table, workspace
from ypo_dash.cli_report import report
from ypo_dash.cli_statistics import STATISTICS, own_given, own_options, statistic
from ypo_dash.cli_threat import threat, threat_query
from ypo_dash.model.errors import FilterError, InputError, RecordError
from ypo_dash.model.rights import Right
from ypo_dash.store.manifest import StoreDamagedError

if TYPE_CHECKING:
    from ypo_dash.people.acting import Acting
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.store.workspace import Workspace

QUERIES = (
    "cells",
    "sectors",
    "hours",
    "weeks",
    "types",
    "scenes",
    "incidents",
    "months",
    "staffing",
    "safety",
    "threat",
    *STATISTICS,
)  # the first ones are TABLES, OUTSIDE, WORKBENCH and the threat assessment, not loaded
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
        except RecordError as error:
            _stop(f"Not done: {error}. What can't be recorded is not done.", REFUSED)
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
    from ypo_dash.people.access import require_sign_in
    from ypo_dash.server import check_port, run

    space = workspace()
    check_port(host, port)
    if not space.exists:
        _demo(space, None)
    _ = space.district  # what is wrong with the settings is said here, not by each worker
    acting = act("serve", Right.IMPORT)
    require_sign_in(space, acting.access, host)
    run(space, acting.access.settings, host=host, port=port, workers=workers)


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
    from ypo_dash.views.simulated_desk import fill_desk

    click.echo(f"Building the simulated district in {space.home} ...", err=True)
    with progress_bar() as progress:
        report = build_demo(space.home, incidents=incidents, progress=progress, finish=fill_desk)
    click.echo(f"Simulated data: {report.new} incidents, snapshot {report.snapshot}", err=True)


@main.command()
@click.option("--json", "as_json", is_flag=True)
def status(as_json: bool) -> None:
    """Say what the workspace holds."""
    from ypo_dash.store.reader import open_snapshot
    from ypo_dash.views.status import status_record, status_text

    snapshot = open_snapshot(workspace())
    act("status", Right.SELF)
    click.echo(
        json.dumps(status_record(snapshot), indent=1, ensure_ascii=False)
        if as_json
        else status_text(snapshot)
    )


@main.command()
@click.argument("what", type=click.Choice(QUERIES))
@click.argument("state", nargs=-1)
@click.option(
    "--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True
)
@click.option("--context", is_flag=True, help="Leave out the filter of the breakdown itself.")
@click.option("--reason", default="", help="Why it is asked; recorded.")
@click.option("--recipient", default="", help="For whom it is; recorded.")
@own_options
def query(
    what: str,
    state: tuple[str, ...],
    form: str,
    context: bool,
    reason: str,
    recipient: str,
    **own: str,
) -> None:
    """Print exactly what the pages show for STATE, the query part of a page's address.

    Changes are of cells or of sectors: ypo query change sectors "STATE".
    """
    place, state_ = _place_and_state(what, state)
    given = own_given(what, own)
    from ypo_dash.model.filters import Filters
    from ypo_dash.store.query import summarise
    from ypo_dash.store.reader import open_snapshot
    from ypo_dash.views.tables import incident_csv, table

    snapshot = open_snapshot(workspace())
    acting = act("query", Right.EXPORT)
    if what in ("staffing", "safety"):
        _workbench(snapshot, acting, what, state_, (form, reason, recipient))
        return
    if what == "threat":
        threat_query(snapshot, acting, state_, (form, reason, recipient))
        return
    filters = Filters.from_query(state_, snapshot)
    acting.shows(
        f"query {what} {place}".strip(),
        filter="&".join(
            [replace(filters, lang=None).to_query(), *(f"{k}={v}" for k, v in given.items())]
        ).strip("&"),
        rows=summarise(snapshot, filters).rows if snapshot.span else 0,
        reason=reason,
        recipient=recipient,
        snapshot=snapshot.id,
    )
    if what in STATISTICS:
        print_table(statistic(snapshot, what, filters, place, given), form)
        return
    if what == "incidents" and form == "csv":
        for part in incident_csv(snapshot, filters, context=context):
            click.echo(part, nl=False)
        return
    print_table(table(snapshot, what, filters, context=context), form)


def _place_and_state(what: str, given: tuple[str, ...]) -> tuple[str, str]:
    """Return of which places a change is, and the state; both may be left out."""
    places = ("cells", "sectors")
    place, rest = "", given
    if what == "change":
        place, rest = (given[0], given[1:]) if given and given[0] in places else ("sectors", given)
    if len(rest) > 1:
        raise click.UsageError(f"one state is enough, these are {len(rest)}")
    return place, rest[0] if rest else ""


def _workbench(
    snapshot: Snapshot, acting: Acting, what: str, state: str, how: tuple[str, str, str]
) -> None:
    """Print staffing or safety; what can't be shared out is said beside the table."""
    from ypo_dash.people.plans import edited
    from ypo_dash.views.workbench import workbench_table

    form, reason, recipient = how
    found, problems = workbench_table(snapshot, what, state, edited(acting.access))
    acting.shows(
        f"query {what}", filter=state, reason=reason, recipient=recipient, snapshot=snapshot.id
    )
    for problem in problems:
        click.echo(problem, err=True)
    print_table(found, form)


@main.command()
def verify() -> None:
    """Check the store against its manifest; exit code 1 if anything is wrong."""
    from ypo_dash.people import assessment_check
    from ypo_dash.progress import progress_bar
    from ypo_dash.store import verify as checking

    space = workspace()
    acting = act("verify", Right.IMPORT)
    with progress_bar() as progress:
        problems = checking.verify(space, progress)
    problems += assessment_check.problems(acting.access)
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


for _command in (*GROUPS, audit, desk, init, import_, report, threat):
    main.add_command(_command)


if __name__ == "__main__":
    main()
