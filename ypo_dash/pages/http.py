"""Plain HTTP beside Dash: the fast answers of Explore, exports, map layers, health."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
from functools import wraps
from typing import TYPE_CHECKING, Any

import numpy as np
from flask import Blueprint, Response, g, request

from ypo_dash import __version__
from ypo_dash.model.errors import FilterError, InputError, RecordError
from ypo_dash.model.filters import RESOLUTIONS, Filters
from ypo_dash.pages import looks
from ypo_dash.pages.effort_layer import EFFORTS, effort_layer
from ypo_dash.pages.languages import page_language, wanted_language
from ypo_dash.pages.limits import EXPORTS
from ypo_dash.pages.looks import beside, filters_of
from ypo_dash.pages.plain import json_answer
from ypo_dash.pages.watch import Look, reason_given, watch
from ypo_dash.store.lru import Lru
from ypo_dash.store.manifest import StoreDamagedError
from ypo_dash.store.workspace import BASE_MAP
from ypo_dash.views import explore, pins
from ypo_dash.views.measures import MEASURED, measure_answer, no_answer
from ypo_dash.views.statistics import STATISTICS, own_of
from ypo_dash.views.tables import OUTSIDE, TABLES, cells_geojson, incident_csv, table
from ypo_dash.views.usual import band, latest_week

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask_limiter import Limiter

    from ypo_dash.store.reader import Store
    from ypo_dash.store.snapshot import Snapshot

_ZIP_ABOVE = 2_000
_FOREVER = "private, max-age=31536000, immutable"
_AGAIN = "private, no-cache"
_HEADERS = {"Cache-Control": _AGAIN, "Vary": "Accept-Encoding, Accept-Language"}
_BINARY = "application/octet-stream"
_JSON = "application/json"
_GEOJSON = "application/geo+json"
NEEDS_SIGN_IN = (
    "The data are not simulated any more, and this server started without sign-in: it must be"
    " started anew, after 'ypo user add'"
)
_LAYERS = {"sectors": "outline", "designated": "designated"}


def blueprint(store: Store, limiter: Limiter) -> Blueprint:
    """Return the routes that answer from ``store``."""
    routes = Blueprint("data", __name__)

    def answering(rule: str) -> Callable[[Callable[..., Response]], None]:
        def register(build: Callable[..., Response]) -> None:
            @wraps(build)
            def answer(**parts: str) -> Response:
                return _guarded(store, build, parts)

            limited = limiter.limit(EXPORTS)(answer) if build is _export else answer
            routes.add_url_rule(rule, build.__name__, limited)

        return register

    for rule, build in _ROUTES.items():
        answering(rule)(build)
    routes.add_url_rule("/healthz", "health", lambda: _health(store))
    for rule in ("/api/", "/api/<path:rest>", "/export/", "/export/<path:rest>"):
        # Else the page would answer, with 200, what a program asked wrongly for.
        routes.add_url_rule(rule, "nowhere", _nowhere)
    return routes


def _guarded(store: Store, build: Callable[..., Response], parts: dict[str, str]) -> Response:
    """Answer, or say in JSON what is wrong: 400 the request, 503 the data.

    What the snapshot and the address alone decide is not sent twice (304).
    """
    try:
        snapshot = store.snapshot()
        if not g.access.admits(snapshot.manifest):
            return _json({"error": NEEDS_SIGN_IN}, 503)
        response = _answer(snapshot, build, parts)
        look = _LOOKS.get(build) if g.access.required else None
        if look is not None and response.status_code in (200, 304):
            watch(snapshot, look(snapshot, **parts))
        return response
    except FilterError as error:
        problem = error.problem(page_language())
        answer = {"error": str(error), "parameter": error.parameter, "problem": problem}
        return _json(answer, 400)
    except RecordError as error:
        return json_answer({"error": str(error), "refused": "record"}, 503)
    except (InputError, StoreDamagedError, FileNotFoundError) as error:
        return _json({"error": str(error)}, 503)


def _answer(snapshot: Snapshot, build: Callable[..., Response], parts: dict[str, str]) -> Response:
    tag = _tag(snapshot) if build in _SETTLED else None
    if tag is not None and request.if_none_match.contains(tag):
        unchanged = Response(status=304, headers=_HEADERS)
        unchanged.set_etag(tag)
        return unchanged
    response = build(snapshot, **parts)
    if tag is not None and response.status_code == 200:
        response.set_etag(tag)
    return response


def _tag(snapshot: Snapshot) -> str:
    decided = (
        __version__,
        snapshot.revision,
        repr(snapshot.district),
        request.full_path,
        wanted_language(),
        _zips(),
        sorted(g.person.points_in(snapshot.sector_names)),
        sorted(g.person.rights),
        g.visit is not None,
    )
    return hashlib.sha256(repr(decided).encode()).hexdigest()[:24]


def _nowhere(rest: str = "") -> Response:
    return _json({"error": f"there is nothing at {request.path!r}", "path": rest}, 404)


def _view(snapshot: Snapshot) -> Response:
    if snapshot.span is None:
        return _json(
            {
                "error": "There are no incidents yet. Import some: ypo import incidents FILE",
                "empty": True,
            },
            503,
        )
    filters, lang = filters_of(snapshot)
    points = bool(g.person.points_in(snapshot.sector_names))
    return _body(explore.view(snapshot, filters, lang, points=points), _BINARY)


def _config(snapshot: Snapshot) -> Response:
    config = explore.config(snapshot, page_language())
    # What the page may offer; the gate decides anew at each request.
    config["rights"] = sorted(right.value for right in g.person.rights)
    config["signed_in"] = g.visit is not None
    return _json(config)


def _measure(snapshot: Snapshot) -> Response:
    filters, lang = filters_of(snapshot)
    if filters.measure not in MEASURED:
        raise FilterError(
            "measure",
            "'{value}' has no test; use {known}",
            value=filters.measure,
            known=", ".join(MEASURED),
        )
    if snapshot.span is None:
        return _json({"error": "There are no incidents yet.", "empty": True}, 503)
    try:
        content = measure_answer(snapshot, filters, lang)
    except FilterError as error:  # the state is sound, its counts are shown; it only has no test
        content = no_answer(snapshot, filters, error.problem(lang))
    return _body(content, _BINARY)


def _usual(snapshot: Snapshot) -> Response:
    """Serve the range of the state's total by week (null: none), and what the latest week says."""
    if snapshot.span is None:
        return _json({"error": "There are no incidents yet.", "empty": True}, 503)
    filters, lang = filters_of(snapshot)
    found = band(snapshot, filters)
    ends = {
        name: [None if np.isnan(v) else float(v) for v in values]
        for name, values in (("low", found.low), ("high", found.high))
    }
    start = found.starts[0].isoformat() if found.starts else None
    said = latest_week(snapshot, filters, lang)
    return _json({"start": start, **ends, "said": said, "analysis": analysis_address(filters)})


def analysis_address(filters: Filters) -> str:
    """Return where the latest week of a state is shown whole."""
    query = filters.to_query()
    return f"/analysis/normal?{query}" if query else "/analysis/normal"


def _card(snapshot: Snapshot) -> Response:
    return _json(explore.card(snapshot, *filters_of(snapshot)))


def _pins(snapshot: Snapshot) -> Response:
    allowed = g.person.points_in(snapshot.sector_names)
    return _json(pins.pins(snapshot, *filters_of(snapshot), allowed))


_packed = Lru(8)


def _geometry(snapshot: Snapshot, key: str, res: str) -> Response:
    """Serve the hexagons under the numbers that views of this key use; they never change."""
    if key != snapshot.geometry_key or res not in map(str, RESOLUTIONS):
        return _json(
            {"error": "other hexagons are shown now; ask again", "geometry": snapshot.geometry_key},
            404,
        )
    content = _packed.get((key, res))
    if not isinstance(content, bytes):
        content = gzip.compress(explore.geometry(snapshot, int(res)), 6)
        _packed.put((key, res), content)
    headers = {"Cache-Control": _FOREVER, "Vary": "Accept-Encoding"}
    if not _zips():
        return Response(gzip.decompress(content), mimetype=_BINARY, headers=headers)
    return Response(content, mimetype=_BINARY, headers=headers | {"Content-Encoding": "gzip"})


def _layer(snapshot: Snapshot, name: str) -> Response:
    if name == EFFORTS:
        return _body(effort_layer(snapshot), _GEOJSON)
    if name in _LAYERS:
        return _body(snapshot.layer_text(_LAYERS[name]).encode(), _GEOJSON)
    path = snapshot.workspace.home / "map" / f"{name}.geojson"
    if name not in BASE_MAP:
        return _json({"error": f"there is no layer {name!r}"}, 404)
    content = path.read_bytes() if path.exists() else b'{"type":"FeatureCollection","features":[]}'
    return _body(content, _GEOJSON)


def _export(snapshot: Snapshot, name: str) -> Response:
    """Serve a breakdown as CSV, with the state and snapshot in its headers and file name."""
    if snapshot.span is None:
        return _json(
            {"error": "There are no incidents yet. Import some: ypo import incidents FILE"}, 503
        )
    context = _wants_context()
    stem, _, suffix = name.partition(".")
    filters, _ = filters_of(snapshot, beside(stem))
    reason_given()
    headers = {
        "Content-Disposition": f'attachment; filename="{name.split(".")[0]}-{snapshot.id}.{name.split(".")[-1]}"',
        "X-Snapshot": snapshot.id,
        "Cache-Control": "private, no-store" if name == "incidents.csv" else _AGAIN,
    }
    if name == "cells.geojson":
        return Response(
            json.dumps(cells_geojson(snapshot, filters, context=context)),
            mimetype=_GEOJSON,
            headers=headers,
        )
    if suffix != "csv" or stem not in {*TABLES, *OUTSIDE, *STATISTICS}:
        return _json({"error": f"there is no export {name!r}"}, 404)
    if stem == "incidents":
        return Response(_streamed(snapshot, filters, context), mimetype="text/csv", headers=headers)
    if stem in STATISTICS:
        if context:
            raise FilterError("context", "a statistic has none")
        own = own_of(request.args.to_dict(flat=False), STATISTICS[stem].own)
        found = STATISTICS[stem].build(snapshot, filters, own)
    else:
        found = table(snapshot, stem, filters, context=context)
    return Response(found.csv(), mimetype="text/csv", headers=headers)


def _wants_context() -> bool:
    given = request.args.getlist("context")
    if given not in ([], ["0"], ["1"]):
        raise FilterError(
            "context", "'{value}' is unknown; use 0 or 1, once", value=",".join(given)
        )
    return given == ["1"]


def _streamed(snapshot: Snapshot, filters: Filters, context: bool) -> Iterator[str]:
    """Return CSV part by part. The first is made at once, so that an error still has its status."""
    parts = incident_csv(snapshot, filters, context=context)
    head = list(itertools.islice(parts, 2))
    return itertools.chain(head, parts)


def _health(store: Store) -> Response:
    """Say whether answers can be given; 503 where they can't."""
    try:
        snapshot = store.snapshot()
        problem = store.problem
    except (InputError, StoreDamagedError, OSError) as error:
        snapshot, problem = None, str(error)
    if snapshot is None or problem:
        shown = {"snapshot": snapshot.id} if snapshot else {}
        return _json(
            {"status": "unavailable", "error": problem, "version": __version__} | shown, 503
        )
    answer: dict[str, Any] = {"status": "ok", "snapshot": snapshot.id, "version": __version__}
    if not g.access.required:  # this address is open to all; a count is a figure
        answer["incidents"] = snapshot.totals["incidents"]
    return _json(answer)


def _zips() -> bool:
    return request.accept_encodings.quality("gzip") > 0


def _json(value: dict[str, Any], code: int = 200) -> Response:
    return _body(json.dumps(value, ensure_ascii=False).encode(), _JSON, code)


def _body(content: bytes, mimetype: str, code: int = 200) -> Response:
    headers = dict(_HEADERS)
    if len(content) > _ZIP_ABOVE and _zips():
        content, headers["Content-Encoding"] = gzip.compress(content, 1), "gzip"
    return Response(content, code, mimetype=mimetype, headers=headers)


_ROUTES: dict[str, Callable[..., Response]] = {
    "/api/view": _view,
    "/api/measure": _measure,
    "/api/usual": _usual,
    "/api/config": _config,
    "/api/card": _card,
    "/api/pins": _pins,
    "/api/geometry/<key>/<res>": _geometry,
    "/api/layers/<name>.geojson": _layer,
    "/export/<name>": _export,
}
_SETTLED = {_view, _measure, _usual, _config, _card, _pins}
_LOOKS: dict[Callable[..., Response], Callable[..., Look]] = {
    _view: looks.at_map,
    _measure: looks.at_measure,
    _usual: looks.at_usual,
    _card: looks.at_card,
    _pins: looks.at_pins,
    _export: looks.at_export,
}
