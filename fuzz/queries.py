"""Targets: the parser of a view's state, and the same states over HTTP."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from case import Case, Target, WrongAnswerError
from homes import INCIDENTS, build
from hypothesis import strategies as st

from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.store.reader import open_snapshot
from ypo_dash.store.snapshot import Snapshot
from ypo_dash.store.workspace import Workspace
from ypo_dash.views.tables import TABLES
from ypo_dash.views.workbench import WORKBENCH

ALLOWED = {200, 302, 304, 400, 404, 503}
_DATES = ("2012-11-05", "2012-10-28", "2009-09-01", "2012-11-25", "1900-01-01", "2200-12-31")
_ODD = (
    "",
    ",",
    "0",
    "-1",
    "²",
    "١",
    "1e3",
    "9" * 5000,
    "%00",
    "%FF%FE",
    "%ED%A0%80",
    "{value}",
    "{0.__class__}",
    "<script>",
    "2012-02-30",
    "0000-01-01",
    "99-99",
    "+",
    "%0d%0aX: 1",
)
_LANGUAGES = ("da", "en", "de", "*", "da;q=x", "", "\xff")


def _pools(snapshot: Snapshot) -> dict[str, st.SearchStrategy[str]]:
    taxonomy = snapshot.taxonomy
    cell = st.sampled_from(
        [
            "891f05a8003ffff",
            "8a1f05a80007fff",
            "881f05a801fffff",
            "891F05A8003FFFF",
            "8f" + "f" * 13,
        ]
    )
    many = {
        "types": (*taxonomy.offence, *taxonomy.groups),
        "scenes": tuple(taxonomy.scene),
        "sectors": tuple(snapshot.sector_names),
        "days": tuple("1234567"),
    }
    dates = st.sampled_from(_DATES) | st.dates().map(str)
    return {
        "from": dates,
        "to": dates,
        **{k: st.lists(st.sampled_from(v), max_size=9).map(",".join) for k, v in many.items()},
        "hours": st.builds("{}-{}".format, st.integers(0, 25), st.integers(0, 25)),
        "station": st.sampled_from(list(snapshot.station_sectors)),
        "cell": cell,
        "res": st.sampled_from(("8", "9", "10", "11", "7", "0009")),
        "measure": st.sampled_from(("count", "rate", "change", "hotspot")),
        "compare": st.sampled_from(("previous", "year")),
        "baseline": st.sampled_from(("area", "residents", "streets", "gistar")),
        "lang": st.sampled_from(("da", "en", "de")),
        "context": st.sampled_from(("0", "1", "2")),
        **_bench_pools(snapshot),
    }


def _bench_pools(snapshot: Snapshot) -> dict[str, st.SearchStrategy[str]]:
    """Parameters of the staffing and the safety page."""
    sectors, stations = list(snapshot.sector_names), list(snapshot.station_sectors)
    numbers = st.integers(-1, 60).map(str) | st.sampled_from(("2.5", "1e9", "nan", "", "0,5"))

    def pairs(keys: list[str]) -> st.SearchStrategy[str]:
        pair = st.builds("{}:{}".format, st.sampled_from(keys), numbers)
        return st.lists(pair, max_size=5).map(",".join)

    years = st.sampled_from(("2008", "2009", "2011", "2012"))
    return {
        "pool": st.sampled_from(("station", "district", "city")),
        "minimum": numbers,
        "posts": pairs(stations),
        "factors": pairs(sectors),
        "hand": pairs(sectors),
        "sector": st.sampled_from((*sectors, "99")),
        "show": st.sampled_from(("factor", "gap", "unsafe", "index", "x")),
        "p.NE": numbers,
        "f.5": numbers,
        "h.8": numbers,
        "with": st.sampled_from(("", "abc", "a,b,c,d")),
        "year": years,
        "against": years,
        "area": st.sampled_from(("1", "12", "35", "36")),
        "adjust": st.sampled_from(("holm", "bh", "none")),
    }


def queries(snapshot: Snapshot) -> st.SearchStrategy[str]:
    """Return queries that are right, nearly right, and anything at all."""
    pools = _pools(snapshot)
    odd = st.sampled_from(_ODD) | st.text(max_size=20).map(quote)

    @st.composite
    def near(draw: st.DrawFn) -> str:
        names = draw(st.lists(st.sampled_from(list(pools)), max_size=6))
        if draw(st.integers(0, 9)):
            names = list(dict.fromkeys(names))
        parts = [f"{n}={draw(pools[n] if draw(st.integers(0, 11)) else odd)}" for n in names]
        if not draw(st.integers(0, 9)):
            parts.append(f"{draw(odd)}={draw(odd)}")
        return "&".join(parts)

    return st.one_of(near(), near(), near(), st.text(max_size=60))


def _check_state(snapshot: Snapshot, query: str) -> None:
    try:
        filters = Filters.from_query(query, snapshot)
    except FilterError as error:
        for lang in ("da", "en"):
            error.problem(lang).encode()
        return
    again = filters.to_query()
    back = Filters.from_query(again, snapshot)
    if (back, back.lang, back.to_query()) != (filters, filters.lang, again):
        raise WrongAnswerError("the state does not survive its own query")
    hash(filters)
    with suppress(FilterError):  # from after the last date of data, and no to
        for lang in ("da", "en"):
            filters.describe(snapshot, lang).encode()


def state(folder: Path) -> Target:
    """Return the target of the parser alone: it is quick, so it sees most queries."""
    snapshot = open_snapshot(Workspace(build(folder, INCIDENTS)))
    return Target(
        lambda case: _check_state(snapshot, case.data.decode("utf-8", "replace")),
        [Case("query", part.encode()) for part in ("", "?", "&&", "=", "?" * 5000, "a=&" * 3000)],
        queries(snapshot).map(lambda q: Case("query", q.encode())),
    )


def _raw(query: str) -> str:
    """Return the query as a server hands it on: no blanks or controls, bytes as Latin-1."""
    text = query.encode().decode("latin-1")
    return "".join(c if "!" <= c != "\x7f" and c != "#" else f"%{ord(c):02X}" for c in text)


def http(folder: Path) -> Target:
    """Return the target of the HTTP answers; a case is a path with its query, then headers."""
    from app import create_app

    home = build(folder, INCIDENTS)
    snapshot = open_snapshot(Workspace(home))
    app = create_app(home).server
    app.config["PROPAGATE_EXCEPTIONS"] = True  # what would be a 500 names its place
    client = app.test_client()

    def check(case: Case) -> None:
        address, *headers = case.data.decode("latin-1").split("\n")
        path, _, query = address.partition("?")
        answer = client.get(
            path,
            environ_overrides={"QUERY_STRING": query},
            headers=[tuple(h.split(": ", 1)) for h in headers],
        )
        body = answer.get_data()
        if answer.status_code not in ALLOWED:
            raise WrongAnswerError(f"{answer.status_code} from {path[:60]}")
        if b"Traceback (most recent" in body:
            raise WrongAnswerError(f"a traceback from {path[:60]}")

    fixed = [
        "/api/view",
        "/api/measure",
        "/api/usual",
        "/api/card",
        "/api/pins",
        "/api/config",
        "/export/cells.geojson",
    ]
    fixed += ["/staffing", "/safety"]
    exports = [f"/export/{name}.csv" for name in (*TABLES, *WORKBENCH)]
    odd = st.text(max_size=12).map(lambda t: quote(t, safe=""))
    paths = st.one_of(
        st.sampled_from(fixed),
        st.sampled_from(exports),
        st.builds("/api/geometry/{}/{}".format, st.just(snapshot.geometry_key) | odd, odd),
        st.builds("/api/layers/{}.geojson".format, st.sampled_from(("sectors", "water")) | odd),
        st.builds("/export/{}".format, odd),
    )
    headers = st.sampled_from(_LANGUAGES).map("\nAccept-Language: {}".format) | st.sampled_from(
        ("", "\nAccept-Encoding: gzip", '\nIf-None-Match: W/"x", *', "\nIf-None-Match: \xff,,")
    )
    whole = st.builds(
        lambda path, query, head: Case("request", f"{path}?{_raw(query)}{head}".encode("latin-1")),
        paths,
        queries(snapshot),
        headers,
    )
    return Target(check, [Case("request", p.encode()) for p in (*fixed, *exports)], whole)
