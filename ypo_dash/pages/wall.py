"""The wall screen: a shell that never goes away, the frame in it, and what the frame asks for."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Response, current_app, g, render_template, request

from ypo_dash import __version__
from ypo_dash.figures.theme import DARK, LIGHT
from ypo_dash.i18n import format_date, text
from ypo_dash.model.briefings import clock_of, coming_shift, since_briefing
from ypo_dash.model.errors import FilterError, InputError, RecordError
from ypo_dash.model.filters import LANGUAGES
from ypo_dash.model.rights import Right
from ypo_dash.pages.plain import PRIVATE, json_answer, page
from ypo_dash.pages.wall_looks import looked_at
from ypo_dash.people import walls
from ypo_dash.people.plans import edited
from ypo_dash.store.lru import Lru
from ypo_dash.store.manifest import StoreDamagedError
from ypo_dash.views import slides
from ypo_dash.views.briefing_held import held
from ypo_dash.views.slide import Wall, day_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from ypo_dash.people.walls import Arranged
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.slide import Slide

PATH, FRAME = "/wall", "/wall/frame"
_THEMES = {"dark": DARK, "light": LIGHT}
_AGAIN = {"Cache-Control": "private, no-cache", "Vary": "Cookie, Accept-Encoding"}
_OF_SCREEN = ("theme", "lang", "seconds", "slide", "still", "paused", "reload")
_made = Lru(256)
_expanded = Lru(32)


def wall_pages(app: Flask) -> None:
    """Register the wall's two pages and its answers."""
    routes = Blueprint("wall", __name__, template_folder="templates")
    routes.get(PATH)(_shell)
    routes.get(FRAME)(_frame)
    routes.get("/api/wall/rotation", endpoint="rotation")(lambda: _guarded(_rotation))
    routes.get("/api/wall/slide", endpoint="slide")(lambda: _guarded(_slide))
    app.register_blueprint(routes)


def now() -> datetime:
    """Return the present moment; tests set it."""
    return datetime.now(UTC)


def _shell() -> Response:
    """Return the outer page; it holds no figures and is there whatever the data are."""
    return page("wall.html", lang=_language_asked(), query=_screen_query(), version=__version__)


def _frame() -> Response:
    lang = _language_asked()
    return page(
        "wall_frame.html",
        lang=lang,
        texts=_texts(lang),
        theme=request.args.get("theme", ""),
        version=__version__,
    )


def _texts(lang: str) -> str:
    """Return the words that the script writes, as JSON that may stand in a page."""
    words = {
        "stale": text(lang, "Stale since {time}", time="{time}"),
        "nothing": text(lang, "No answer yet. Trying again."),
    }
    return json.dumps(words).replace("<", "\\u003c")


def _screen_query() -> str:
    return urlencode([(k, v) for k, v in request.args.items() if k in _OF_SCREEN])


def _language_asked() -> str:
    """Return the language of a screen: of its address, of the arrangement, of the district."""
    asked = request.args.get("lang", "")
    if asked in LANGUAGES:
        return asked
    try:
        space = current_app.extensions["ypo"].workspace
        chosen = walls.arranged(g.access, space.home).rotation.lang
        return chosen or space.district.languages[0]
    except (InputError, OSError):
        return LANGUAGES[1]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request for figures of the wall: everything that answers are made of."""

    wall: Wall
    arranged: Arranged
    problem: str


def _guarded(answer: Callable[[_Asked], Response]) -> Response:
    """Answer, or say in JSON what is wrong: 400 the request, 404 a slide that is gone, 503 the data."""
    try:
        store = current_app.extensions["ypo"]
        snapshot = store.snapshot()
        if not g.access.admits(snapshot.manifest):
            return json_answer({"error": "no data", "refused": "no_data"}, 503)
        return answer(_asked(snapshot, store.problem or ""))
    except FilterError as error:
        return json_answer({"error": str(error), "parameter": error.parameter}, 400)
    except RecordError as error:
        return json_answer({"error": str(error), "refused": "record"}, 503)
    except (InputError, StoreDamagedError, OSError) as error:
        return json_answer({"error": str(error)}, 503)


def _asked(snapshot: Snapshot, problem: str) -> _Asked:
    found = walls.arranged(g.access, current_app.extensions["ypo"].workspace.home)
    rotation = found.rotation
    theme = request.args.get("theme") or rotation.theme
    if theme not in _THEMES:
        raise FilterError("theme", "'{value}' is unknown; use {known}", value=theme[:40], known=", ".join(_THEMES))  # fmt: skip
    lang = request.args.get("lang") or rotation.lang or snapshot.district.languages[0]
    if lang not in LANGUAGES:
        raise FilterError("lang", "'{value}' is unknown; use {known}", value=lang[:40], known=", ".join(LANGUAGES))  # fmt: skip
    last = snapshot.span[1] if snapshot.span else None
    clock = clock_of(now(), snapshot.district.zone, last, rotation.briefings)
    wall = Wall(
        snapshot=snapshot,
        clock=clock,
        rotation=rotation,
        lang=lang,
        theme=_THEMES[theme],
        edited=edited(g.access),
        notices=walls.notices(g.access),
        held=held(g.access),
    )
    return _Asked(wall, found, problem)


def _key(wall: Wall) -> tuple[object, ...]:
    """Return what decides all slides: equal keys, equal slides."""
    here = wall.clock.now
    window = since_briefing(here, wall.rotation.briefings)
    return (
        wall.snapshot.revision,
        repr(wall.snapshot.district),
        wall.rotation,
        wall.lang,
        wall.theme.name,
        repr(wall.edited),
        wall.held,
        tuple(slides.shown_notices(wall.notices, _local_now(wall))),
        (window.first, window.last, window.hours, window.end.date()),
        coming_shift(here, wall.rotation.shifts),
    )


def _local_now(wall: Wall) -> datetime:
    """Return the real moment in the district's zone: notices end by it, however old the data are."""
    return now().astimezone(wall.snapshot.district.zone)


def _rotation(asked: _Asked) -> Response:
    """Serve which slides there are now, for how long, and what is wrong with the data."""
    wall, key, refs = _with_real_notices(asked.wall), _key(asked.wall), _refs(asked)
    lang, span = wall.lang, wall.snapshot.span
    beside = {"lang": lang, "theme": wall.theme.name}
    answer = {
        "version": __version__,
        "edition": hashlib.sha256(repr((key[0], refs)).encode()).hexdigest()[:16],
        "snapshot": wall.snapshot.id,
        "now": now().isoformat(),
        "zone": wall.snapshot.district.timezone,
        "data_to": span[1].isoformat() if span else None,
        "theme": wall.theme.name,
        "lang": lang,
        "band": _data_problem(asked, lang),
        "slides": [
            {
                "key": ref.key,
                "url": f"/api/wall/slide?{ref.query}&{urlencode(beside)}",
                "seconds": ref.seconds,
                "every": ref.every,
            }
            for ref in refs
        ],
    }
    return Response(json.dumps(answer, ensure_ascii=False), mimetype="application/json", headers=PRIVATE)  # fmt: skip


def _refs(asked: _Asked) -> tuple[slides.Ref, ...]:
    wall = _with_real_notices(asked.wall)
    return _expanded.fetch(_key(asked.wall), lambda: slides.expand(wall))


def _is_shown(asked: _Asked, own: dict[str, str], state: str) -> bool:
    """Whether who asks may have this slide: a screen those of its rotation, not any state it names."""
    if g.person.may(Right.AGGREGATES):
        return True
    what = {name: value for name, value in own.items() if name not in ("theme", "lang")}
    return any(_split(ref.query) == (what, state) for ref in _refs(asked))


def _with_real_notices(wall: Wall) -> Wall:
    return replace(wall, notices=slides.shown_notices(wall.notices, _local_now(wall)))


def _data_problem(asked: _Asked, lang: str) -> str:
    """Return what the band over all slides says: that no data come, or that something can't be read."""
    wall = asked.wall
    if asked.problem:
        return text(lang, "The newest data can't be read; older ones are shown.")
    if asked.arranged.problem:
        return text(lang, "wall.toml can't be read; the default is shown.")
    span = wall.snapshot.span
    if wall.snapshot.district.simulated or span is None:
        return ""
    if (_local_now(wall).date() - span[1]).days <= 1:
        return ""
    return text(lang, "No new data since {day}", day=f"{day_words(span[1], lang)}/{span[1].year}")


def _slide(asked: _Asked) -> Response:
    """Serve one slide as markup; the look is recorded before it is shown."""
    wall = _with_real_notices(asked.wall)
    own, state = _split(request.query_string.decode("utf-8", "replace"))
    if not _is_shown(asked, own, state):
        return json_answer({"error": "this slide is not in the rotation"}, 404)
    key = (_key(asked.wall), tuple(sorted(own.items())), state)
    found: tuple[str, Slide | None] = _made.fetch(key, lambda: _render(wall, own, state))
    markup, slide = found
    if slide is None:
        return json_answer({"error": "this slide is gone"}, 404)
    looked_at(wall.snapshot, slide.what, f"{slide.key} {slide.footer.query}".strip())
    tag = hashlib.sha256(markup.encode()).hexdigest()[:24]
    headers = {**_AGAIN, "X-Snapshot": wall.snapshot.id}
    if request.if_none_match.contains(tag):
        response = Response(status=304, headers=headers)
    else:
        response = Response(markup, mimetype="text/html", headers=headers)
    response.set_etag(tag)
    return response


def _split(query: str) -> tuple[dict[str, str], str]:
    """Return a slide's own parameters, and the rest of the query: a state.

    Raises
    ------
    FilterError
        One stands twice.
    """
    own: dict[str, str] = {}
    rest = []
    kind = next((v for k, v in parse_qsl(query) if k == "kind"), "")
    for name, value in parse_qsl(query, keep_blank_values=True):
        mine = name in ("kind", "theme", "lang") or (kind != "state" and name in slides.OWN)
        if mine and name in own:
            raise FilterError(name, "stands twice")
        if mine:
            own[name] = value
        else:
            rest.append((name, value))
    return own, urlencode(rest, safe=",:-")


def _render(wall: Wall, own: dict[str, str], state: str) -> tuple[str, Slide | None]:
    slide = slides.build(wall, own.get("kind", ""), own, state)
    if slide is None:
        return "", None
    span, district = wall.snapshot.span, wall.snapshot.district
    data: dict[str, Any] = {
        "to": format_date(span[1], wall.lang) if span else "",
        "snapshot": wall.snapshot.id[:8],
        "simulated": district.simulated,
        "attribution": district.attribution,
    }
    markup = render_template(
        "wall_slide.html", s=slide, data=data, lang=wall.lang, theme=wall.theme.name,
        kind=own["kind"], district=district.name, t=lambda words, **v: text(wall.lang, words, **v),
    )  # fmt: skip
    return markup, slide
