"""``ypo desk``: the sector desk's entries on the command line."""

from __future__ import annotations

import click

from ypo_dash.cli_retention import retention


@click.group()
def desk() -> None:
    """Look after the sector desk: how long its log is kept."""


desk.add_command(retention)
