"""Plain HTTP beside Dash: the fast answers of Explore, exports, map layers, health."""

from __future__ import annotations

import gzip
import json
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from ypo_dash import __version__
from ypo_dash.model.errors import FilterError, InputError
from ypo_dash.model.filters import LANGUAGES, RESOLUTIONS, Filters
from ypo_dash.model.safe_csv import to_csv
from ypo_dash.store.manifest import StoreDamagedError
from ypo_dash.store.workspace import BASE_MAP
from ypo_dash.views import explore
from ypo_dash.views.tables import INCIDENT_COLUMNS, TABLES, cells_geojson, incident_parts, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ypo_dash.store.reader import Store
    from ypo_dash.store.snapshot import Snapshot

_ZIP_ABOVE = 2_000
_FOREVER = "private, max-age=31536000, immutable"
_AGAIN = "private, no-cache"
_BINARY = "application/octet-stream"
_JSON = "application/json"
_GEOJSON = "application/geo+json"
_LAYERS = {"sectors": "outline", "designated": "designated"}


def blueprint(store: Store) -> Blueprint:
    """Return the routes that answer from ``store``."""
    routes = Blueprint("data", __name__)

    def answering(rule: str) -> Callable[[Callable[..., Response]], None]:
        def register(build: Callable[..., Response]) -> None:
            @wraps(build)
            def answer(**parts: str) -> Response:
                return _guarded(store, build, parts)

            routes.add_url_rule(rule, build.__name__, answer)

        return register

    for rule, build in _ROUTES.items():
        answering(rule)(build)
    routes.add_url_rule("/healthz", "health", lambda: _health(store))
    return routes


def _guarded(store: Store, build: Callable[..., Response], parts: dict[str, str]) -> Response:
    """Answer, or say in JSON what is wrong: 400 the request, 503 the data."""
    try:
        return build(store.snapshot(), **parts)
    except FilterError as error:
        return _json({"error": str(error), "parameter": error.parameter}, 400)
    except (InputError, StoreDamagedError, FileNotFoundError) as error:
        return _json({"error": str(error)}, 503)


def wanted_language() -> str:
    """Return the first of our languages that the browser asks for; English otherwise."""
    return request.accept_languages.best_match(LANGUAGES) or "en"


def _filters(snapshot: Snapshot, extra: tuple[str, ...] = ()) -> tuple[Filters, str]:
    query = "&".join(
        p
        for p in request.query_string.decode("utf-8", "replace").split("&")
        if p.split("=")[0] not in extra
    )
    filters = Filters.from_query(query, snapshot)
    return filters, explore.language(filters, snapshot, wanted_language())


def _view(snapshot: Snapshot) -> Response:
    if snapshot.span is None:
        return _json(
            {
                "error": "There are no incidents yet. Import some: ypo import incidents FILE",
                "empty": True,
            },
            503,
        )
    filters, lang = _filters(snapshot)
    return _body(explore.view(snapshot, filters, lang), _BINARY)


def _config(snapshot: Snapshot) -> Response:
    lang = request.args.get("lang", "")
    return _json(explore.config(snapshot, lang if lang in LANGUAGES else wanted_language()))


def _card(snapshot: Snapshot) -> Response:
    return _json(explore.card(snapshot, *_filters(snapshot)))


def _pins(snapshot: Snapshot) -> Response:
    return _json(explore.pins(snapshot, *_filters(snapshot)))


@lru_cache(maxsize=8)
def _packed_geometry(snapshot: Snapshot, res: int) -> bytes:
    return gzip.compress(explore.geometry(snapshot, res), 6)


def _geometry(snapshot: Snapshot, snapshot_id: str, res: str) -> Response:
    if snapshot_id != snapshot.id or res not in map(str, RESOLUTIONS):
        return _json(
            {"error": "another snapshot is shown now; ask again", "snapshot": snapshot.id}, 404
        )
    packed = _packed_geometry(snapshot, int(res))
    return Response(
        packed, mimetype=_BINARY, headers={"Content-Encoding": "gzip", "Cache-Control": _FOREVER}
    )


def _layer(snapshot: Snapshot, name: str) -> Response:
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
    context = request.args.get("context") == "1"
    filters, _ = _filters(snapshot, ("context",))
    headers = {
        "Content-Disposition": f'attachment; filename="{name.split(".")[0]}-{snapshot.id}.{name.split(".")[-1]}"',
        "X-Snapshot": snapshot.id,
        "Cache-Control": _AGAIN,
    }
    if name == "cells.geojson":
        return Response(
            json.dumps(cells_geojson(snapshot, filters, context=context)),
            mimetype=_GEOJSON,
            headers=headers,
        )
    stem, _, suffix = name.partition(".")
    if suffix != "csv" or stem not in TABLES:
        return _json({"error": f"there is no export {name!r}"}, 404)
    filters.period(snapshot.span)
    if stem == "incidents" and not context:
        return Response(_streamed(snapshot, filters), mimetype="text/csv", headers=headers)
    return Response(
        table(snapshot, stem, filters, context=context).csv(), mimetype="text/csv", headers=headers
    )


def _streamed(snapshot: Snapshot, filters: Filters) -> Iterator[str]:
    yield to_csv(INCIDENT_COLUMNS, [])
    for rows in incident_parts(snapshot, filters):
        yield to_csv(None, rows)


def _health(store: Store) -> Response:
    """Say whether answers can be given; 503 where they can't."""
    try:
        snapshot = store.snapshot()
    except (InputError, StoreDamagedError) as error:
        return _json({"status": "unavailable", "error": str(error), "version": __version__}, 503)
    return _json(
        {
            "status": "ok",
            "snapshot": snapshot.id,
            "incidents": snapshot.totals["incidents"],
            "version": __version__,
        }
    )


def _json(value: dict[str, Any], code: int = 200) -> Response:
    return _body(json.dumps(value, ensure_ascii=False).encode(), _JSON, code)


def _body(content: bytes, mimetype: str, code: int = 200) -> Response:
    headers = {"Cache-Control": _AGAIN, "Vary": "Accept-Encoding, Accept-Language"}
    if len(content) > _ZIP_ABOVE and "gzip" in request.headers.get("Accept-Encoding", ""):
        content, headers["Content-Encoding"] = gzip.compress(content, 1), "gzip"
    return Response(content, code, mimetype=mimetype, headers=headers)


_ROUTES: dict[str, Callable[..., Response]] = {
    "/api/view": _view,
    "/api/config": _config,
    "/api/card": _card,
    "/api/pins": _pins,
    "/api/geometry/<snapshot_id>/<res>": _geometry,
    "/api/layers/<name>.geojson": _layer,
    "/export/<name>": _export,
}
