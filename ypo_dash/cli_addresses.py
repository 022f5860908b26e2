"""``ypo desk addresses`` and ``ypo desk sector-at``: which sector an address or a point is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ypo_dash.cli_people import FILE, act, workspace
from ypo_dash.model.rights import Right

if TYPE_CHECKING:
    from pathlib import Path


@click.command("addresses")
@click.argument("file", type=FILE)
def addresses(file: Path) -> None:
    """Read FILE (CSV or XLSX) of addresses in place of those there are; all of it or nothing.

    Columns: street, number, postcode, city, and lat and lon, or x and y of the district's CRS.
    """
    from ypo_dash.model.errors import InputError
    from ypo_dash.people.entry import Action
    from ypo_dash.sources.address_file import read_addresses
    from ypo_dash.store.addresses import write_addresses
    from ypo_dash.store.reader import open_snapshot
    from ypo_dash.views.find_sector import outside

    space = workspace()
    snapshot = open_snapshot(space)
    acting = act("desk addresses", Right.IMPORT)
    acting.note(Action.COLLECTION, f"addresses from {file.name}", result="begun")
    found = read_addresses(file, snapshot.district.crs)
    lost = outside(snapshot, [a.lat for a in found], [a.lng for a in found])
    if lost == len(found):
        raise InputError("none of its addresses lies in a sector", file=file, remedy="Look whether lat and lon, or x and y, are the other way round")  # fmt: skip
    with space.files.writing(lambda: click.echo("Another import is running; waiting", err=True)):
        count = write_addresses(space.home, found, file)
    said = f"read {len(found)}, addresses {count}, outside all sectors {lost}"
    acting.note(Action.ALTERATION, f"addresses from {file.name}", rows=len(found), result=said)
    click.echo(said)


@click.command("sector-at")
@click.argument("place")
def sector_at(place: str) -> None:
    """Say which sector PLACE is in: coordinates in any notation, or an imported address."""
    from ypo_dash.model.errors import InputError
    from ypo_dash.sources.typed_point import read_point
    from ypo_dash.store.addresses import find_addresses, has_addresses
    from ypo_dash.store.reader import open_snapshot
    from ypo_dash.views.find_sector import place_of

    snapshot = open_snapshot(workspace())
    act("desk sector-at", Right.AGGREGATES)
    point = read_point(place, snapshot.district.crs, snapshot.bounds)
    home = snapshot.workspace.home
    named = find_addresses(home, place) if point is None and has_addresses(home) else []
    points = [("", *point)] if point else [(a.words, a.lat, a.lng) for a in named]
    if not points:
        raise InputError("this is neither a point nor an address that was imported", value=place, remedy="Write it as 55.7038, 12.5421, or import addresses: ypo desk addresses FILE")  # fmt: skip
    for words, lat, lng in points:
        sector = place_of(snapshot, lat, lng).sector
        said = "outside all sectors" if sector is None else f"{sector.id} {sector.own_name}".strip()
        click.echo("\t".join(part for part in (said, f"{lat:.6f}, {lng:.6f}", words) if part))
