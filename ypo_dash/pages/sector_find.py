"""Which sector is this? By an address, by coordinates that are typed, or by a click on the map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Blueprint, Response, g, redirect, request

from ypo_dash.figures.district_map import district_map
from ypo_dash.figures.map_parts import Region
from ypo_dash.figures.outline import Projection
from ypo_dash.figures.theme import DARK, LIGHT
from ypo_dash.i18n import text
from ypo_dash.model.errors import InputError
from ypo_dash.pages import bench
from ypo_dash.pages.desk_forms import choice_name
from ypo_dash.pages.plain import PRIVATE, page
from ypo_dash.people import database
from ypo_dash.sources.typed_point import LONGEST, read_point
from ypo_dash.store.addresses import MOST_FOUND, find_addresses, has_addresses
from ypo_dash.views import map_layers
from ypo_dash.views.contacts import answering
from ypo_dash.views.duty import every_day
from ypo_dash.views.find_sector import place_of, point_words, ring_around
from ypo_dash.views.today import desk_day

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response as AnyResponse

    from ypo_dash.store.addresses import Found
    from ypo_dash.store.snapshot import Snapshot

PATH = "/sector/find"
PICTURE = f"{PATH}/map.svg"
SIZE, TEXT = (600.0, 520.0), 12.0  # pixels: a click is told in those of the picture as it is shown
_THEMES = {"dark": DARK, "light": LIGHT}
_DECIMALS = 5  # of a degree, about a metre


def sector_find_pages(app: Flask) -> None:
    """Register the page and its map."""
    routes = Blueprint("sector_find", __name__, template_folder="templates")
    routes.get(PATH, endpoint="page")(_page)
    routes.get(PICTURE, endpoint="map")(_map)
    app.register_blueprint(routes)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was asked and what is known of it: a point, addresses to choose from, or why neither."""

    typed: str = ""
    point: tuple[float, float] | None = None
    found: tuple[Found, ...] = ()
    problem: str = ""


def _page() -> AnyResponse:
    found = bench.current()
    if isinstance(found, Response):
        return found
    snapshot, _ = found
    lang = bench.asked_language(snapshot)
    clicked = _clicked(snapshot)
    if clicked is not None:
        lat, lng = (f"{value:.{_DECIMALS}f}" for value in clicked)
        more = {"lang": lang} if "lang" in request.args else {}
        return redirect(f"{PATH}?{urlencode({'lat': lat, 'lon': lng, **more})}")
    answer = _answered(snapshot, lang)
    place = place_of(snapshot, *answer.point) if answer.point else None
    sector = place.sector if place else None
    refused = bench.looked(snapshot, "sector of a place", f"sectors={sector.id}" if sector else "")
    if refused:
        return refused
    return page(
        "sector_find.html", 400 if answer.problem else 200,
        lang=lang, here="/sector", snapshot=snapshot, simulated=snapshot.district.simulated,
        asked=answer, place=place, most=MOST_FOUND,
        how=point_words(snapshot, *answer.point, lang) if answer.point else "",
        contacts=answering(g.access, sector.id, desk_day(snapshot, database.now())) if sector else (),
        hours=every_day(snapshot, lang),
        station=_station(snapshot, sector.station if sector else None, lang),
        has_addresses=has_addresses(snapshot.workspace.home),
        size=SIZE, picture=PICTURE, choice=lambda value: choice_name(value, lang),
        link=lambda path, **more: _link(path, **more),
    )  # fmt: skip


def _link(path: str, **more: Any) -> str:
    values = {k: v for k, v in more.items() if v not in (None, "")}
    if "lang" in request.args:
        values["lang"] = request.args["lang"]
    return f"{path}?{urlencode(values)}" if values else path


def _station(snapshot: Snapshot, station: str | None, lang: str) -> str:
    return snapshot.station_names.get(station or "", {}).get(lang, "")


def _projection(snapshot: Snapshot) -> Projection:
    return Projection.within(snapshot.bounds, SIZE, TEXT * 0.5)


def _clicked(snapshot: Snapshot) -> tuple[float, float] | None:
    """Return latitude and longitude of a click; a key pressed on the map tells its corner: no place."""
    try:
        x, y = (float(request.args.get(f"map.{axis}", "0")) for axis in "xy")
    except ValueError:
        return None
    if (x, y) == (0, 0) or not (0 <= x <= SIZE[0] and 0 <= y <= SIZE[1]):
        return None
    lng, lat = _projection(snapshot).point(x, y)
    return lat, lng


def _answered(snapshot: Snapshot, lang: str) -> _Answer:
    given = request.args
    typed = given.get("q", "").strip()
    if "lat" in given or "lon" in given:
        point = _number(given.get("lat"), 90), _number(given.get("lon"), 180)
        if None in point:
            return _Answer(problem=text(lang, "lat and lon are degrees, such as lat=55.7038 and lon=12.5421."))  # fmt: skip
        return _Answer(point=point)  # type: ignore[arg-type]
    if "map.x" in given and not typed:
        return _Answer(problem=text(lang, "The map needs a pointer. With the keyboard, type coordinates or an address."))  # fmt: skip
    if not typed:
        return _Answer()
    try:
        point_ = read_point(typed, snapshot.district.crs, snapshot.bounds)
        return _Answer(typed, point_) if point_ else _of_address(snapshot, typed, lang)
    except InputError as error:
        said = text(lang, error.problem).capitalize()
        remedy = text(lang, error.remedy) if error.remedy else ""
        return _Answer(typed[:LONGEST], problem=". ".join(filter(None, (said, remedy))) + ".")


def _of_address(snapshot: Snapshot, typed: str, lang: str) -> _Answer:
    home = snapshot.workspace.home
    if not has_addresses(home):
        return _Answer(typed, problem=text(lang, "No addresses were imported: ypo desk addresses FILE. Type coordinates, or click on the map."))  # fmt: skip
    found = find_addresses(home, typed)
    if not found:
        return _Answer(typed, problem=text(lang, "No address like this was imported."))
    if len(found) == 1:
        return _Answer(found[0].words, (found[0].lat, found[0].lng))
    return _Answer(typed, found=tuple(found))


def _number(given: str | None, limit: float) -> float | None:
    try:
        value = float(given or "")
    except ValueError:
        return None
    return value if abs(value) <= limit else None


def _map() -> AnyResponse:
    """Serve the district's map, with a ring round the point asked for; it holds no figures."""
    found = bench.current()
    if isinstance(found, Response):
        return found
    snapshot, _ = found
    lang = bench.asked_language(snapshot)
    point = _number(request.args.get("lat"), 90), _number(request.args.get("lon"), 180)
    rings, strong = list[Region](), set[str]()
    if point[0] is not None and point[1] is not None:
        place = place_of(snapshot, point[0], point[1])
        strong = {place.sector.id} if place.sector else set()
        rings = [
            Region(id=f"ring {i}", label="", rings=[ring], at=ring[0], strong=True)
            for i, ring in enumerate(ring_around(snapshot, point[0], point[1]))
        ]
    drawn = district_map(
        [*map_layers.regions(snapshot, strong=strong), *rings],
        ground=map_layers.ground(snapshot),
        bounds=snapshot.bounds,
        theme=_THEMES.get(request.args.get("theme", ""), LIGHT),
        size=SIZE,
        text=TEXT,
        title=text(lang, "Map of the sectors"),
    )
    return Response(drawn.svg, mimetype="image/svg+xml", headers=PRIVATE)
