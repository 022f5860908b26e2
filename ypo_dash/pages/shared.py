"""Share: what partners and the public may see, as a page here and as links for them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, g, request

from ypo_dash.figures.classes import class_limits
from ypo_dash.figures.outline import WIDTH, Outline
from ypo_dash.model.errors import FilterError, InputError, RecordError
from ypo_dash.model.filters import Filters
from ypo_dash.model.rights import Right
from ypo_dash.model.tiers import Tier, periods
from ypo_dash.pages.languages import page_language
from ypo_dash.pages.limits import EXPORTS
from ypo_dash.pages.plain import message_page, page
from ypo_dash.pages.watch import LONGEST_REASON, Look, watch
from ypo_dash.people import shares
from ypo_dash.people.entry import Action, entry_of
from ypo_dash.store.manifest import StoreDamagedError
from ypo_dash.views.disclosure import Published, period_name, published, rate_text
from ypo_dash.views.tables import OUTSIDE, table

if TYPE_CHECKING:
    from flask import Flask
    from flask_limiter import Limiter

    from ypo_dash.people.tables import Share
    from ypo_dash.store.snapshot import Snapshot

DAYS = (7, 30, 90)


def shared_pages(app: Flask, limiter: Limiter) -> None:
    """Register the page, the making of links, and what they open."""
    routes = Blueprint("shared", __name__, template_folder="templates")
    routes.get("/shared")(_shared)
    routes.post("/shared/links")(_make_link)
    routes.get("/shared/<token>")(limiter.limit(EXPORTS)(_opened))
    routes.get("/shared/<token>/<name>")(limiter.limit(EXPORTS)(_file))
    app.register_blueprint(routes)


def _snapshot() -> Snapshot | None:
    """Return what may be shown here; None where there is nothing or nobody may see it."""
    try:
        snapshot: Snapshot = current_app.extensions["ypo"].snapshot()
    except (InputError, StoreDamagedError, OSError):
        return None
    return snapshot if g.access.admits(snapshot.manifest) else None


def _state(snapshot: Snapshot, given: str | None = None) -> tuple[Published, Filters, str]:
    lang = page_language()
    query = request.query_string.decode("utf-8", "replace") if given is None else given
    if "tier=" not in query:
        query = f"tier=partner&{query}" if query else "tier=partner"
    filters = Filters.from_query(_with_period(query), snapshot)
    return published(snapshot, filters, lang), filters, lang


def _with_period(query: str) -> str:
    """Turn the form's one field ``period`` (first and last day) into ``from`` and ``to``."""
    parts = [part for part in query.split("&") if part]
    chosen = [part[7:] for part in parts if part.startswith("period=") and len(part) > 7]
    rest = [part for part in parts if not part.startswith("period=")]
    if chosen:
        first, _, last = chosen[0].partition("_")
        rest += [f"from={first}", f"to={last}"]
    return "&".join(rest)


def _shared(made: str = "", problem: str = "", given: str | None = None) -> Response:
    snapshot = _snapshot()
    if snapshot is None:
        return message_page(503, "no_data")
    status = 400 if problem else 200
    try:
        shown, filters, lang = _state(snapshot, given)
    except FilterError as error:
        # The form is shown with the tier's newest period instead, and says why.
        problem, status = f"{error.parameter}: {error.problem(page_language())}", 400
        tier = request.args.get("tier", "")
        tier = tier if tier in ("partner", "public") else "partner"
        try:
            shown, filters, lang = _state(snapshot, f"tier={tier}")
        except FilterError:
            return message_page(503, "no_period")
    try:
        watch(snapshot, Look(what="shared view", query=shown.query, rows=shown.all.total.high))
    except RecordError:
        return message_page(503, "record")
    return page(
        "shared.html",
        status,
        here="/shared",
        problem=problem,
        made=made,
        form=_form(snapshot, filters, lang),
        days=DAYS,
        may_link=g.visit is not None and g.person.may(Right.DISCLOSE),
        may_export=g.person.may(Right.EXPORT) and g.visit is None,
        **_shown(snapshot, shown, lang),
    )


def _form(snapshot: Snapshot, filters: Filters, lang: str) -> dict[str, Any]:
    known = periods(filters.tier, snapshot.span)
    now = filters.period(snapshot.span)
    return {
        "tier": filters.tier,
        "tiers": [Tier.PARTNER.value, Tier.PUBLIC.value],
        "periods": [
            (f"{p[0]}_{p[1]}", period_name(p, filters.tier, lang), p == now)
            for p in (known if now in known else [now, *known])
        ],
        "stations": [
            (key, names[lang], key == filters.station)
            for key, names in snapshot.station_names.items()
        ],
        "groups": [
            (
                group,
                next(o for o in snapshot.taxonomy.offences if o.group == group).group_name(lang),
                bool(filters.types) and set(codes) == set(filters.types),
            )
            for group, codes in snapshot.taxonomy.groups.items()
        ],
    }


def _shown(snapshot: Snapshot, shown: Published, lang: str) -> dict[str, Any]:
    return {
        "shown": shown,
        "simulated": snapshot.district.simulated,
        "attribution": snapshot.district.attribution,
        "map": _map(snapshot, shown, lang),
        "rate": lambda row: rate_text(row.rate, lang),
    }


@lru_cache(maxsize=4)
def _outline(geojson: str) -> Outline:
    return Outline.of(geojson)


def _map(snapshot: Snapshot, shown: Published, lang: str) -> dict[str, Any]:
    """Return the sectors as paths with a class of the colour ramp, by the middle of their range."""
    outline = _outline(snapshot.layer_text("outline"))
    totals = {row.id: row.total for row in shown.rows if row.kind == "sector"}
    limits = class_limits([t.low for t in totals.values() if t.high], whole=True, steep=False)[:5]
    shapes = []
    for sector in snapshot.sectors:
        total = totals.get(sector.id)
        fill = "none"
        if total is not None and total.high:
            fill = str(max(1, sum(total.low >= limit for limit in limits)) if limits else 1)
        shapes.append(
            {
                "path": outline.path(sector.id),
                "at": outline.place(sector.label[1], sector.label[0]),
                "id": sector.id,
                "title": f"{sector.id} {sector.name}: {total.text(lang) if total else '–'}",
                "fill": fill,
            }
        )
    return {"width": WIDTH, "height": outline.height, "shapes": shapes, "limits": limits}


def _make_link() -> Response:
    """Fix the view that is shown, with its tier, as a link for a named recipient."""
    snapshot = _snapshot()
    if snapshot is None:
        return message_page(503, "no_data")
    form = request.form
    query = form.get("query", "")[:4000]
    recipient, reason = (
        form.get(name, "").strip()[:LONGEST_REASON] for name in ("recipient", "reason")
    )
    days = next((n for n in DAYS if str(n) == form.get("days")), DAYS[0])
    if not recipient or not reason:
        return _shared(problem="recipient, reason", given=query)
    try:
        shown, filters, _ = _state(snapshot, query)
    except FilterError as error:
        return _shared(problem=str(error), given="")
    # The query has its period written out: the link shows it for as long as it lives.
    wanted = shares.Wanted(
        tier=filters.tier, query=shown.query, recipient=recipient, reason=reason, days=days
    )
    try:
        with g.access.database.session() as store:
            token = shares.add(store, wanted, g.person.name)
            g.access.record.append(
                entry_of(
                    g.person, Action.DISCLOSURE, "link made", filter=wanted.query, reason=reason,
                    recipient=recipient, rows=shown.all.total.high, snapshot=snapshot.id,
                    client=request.remote_addr or "",
                )
            )  # fmt: skip
    except RecordError:
        return message_page(503, "record")
    return _shared(made=f"{request.url_root}shared/{token}", given=query)


def _opened(token: str) -> Response:
    """Show what a link opens: the view that was fixed, in its tier, whatever is asked beside it."""
    found = _share(token)
    if isinstance(found, Response):
        return found
    share, snapshot = found
    shown, _, lang = _state(snapshot, share.query)
    refused = _watch(snapshot, share, shown)
    return refused or page(
        "shared_link.html", outside=True, token=token, share=share, files=OUTSIDE,
        **_shown(snapshot, shown, lang),
    )  # fmt: skip


def _file(token: str, name: str) -> Response:
    found = _share(token)
    stem, _, suffix = name.partition(".")
    if isinstance(found, Response) or suffix != "csv" or stem not in OUTSIDE:
        return message_page(404, "shared", outside=True)
    share, snapshot = found
    shown, filters, _ = _state(snapshot, share.query)
    headers = {
        "Content-Disposition": f'attachment; filename="{stem}-{share.tier}-{snapshot.id}.csv"',
        "X-Snapshot": snapshot.id,
        "Cache-Control": "no-store",
    }
    return _watch(snapshot, share, shown) or Response(
        table(snapshot, stem, filters).csv(), mimetype="text/csv", headers=headers
    )


def _share(token: str) -> tuple[Share, Snapshot] | Response:
    with g.access.database.session() as store:
        share = shares.find(store, token[:200])
    snapshot = _snapshot()
    if share is None or snapshot is None:
        return message_page(404, "shared", outside=True)
    return share, snapshot


def _watch(snapshot: Snapshot, share: Share, shown: Published) -> Response | None:
    look = Look(
        what=f"link {share.id} opened",
        query=share.query,
        rows=shown.all.total.high,
        action=Action.DISCLOSURE,
        recipient=share.recipient,
        reason=share.reason,
    )
    try:
        watch(snapshot, look)
    except RecordError:
        return message_page(503, "record")
    return None
