"""Every text that the code shows has its Danish, and the Danish keeps the same fields."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from ypo_dash.components.header import NAVIGATION
from ypo_dash.components.labels import script_texts
from ypo_dash.i18n import (
    catalogue,
    format_period,
    join_words,
    number,
    percent,
    plural,
    text,
    weekday_names,
)
from ypo_dash.pages import desk_names, names
from ypo_dash.pages.bench import CONFLICT, REASON
from ypo_dash.pages.plain import MESSAGES
from ypo_dash.people.entry import Action
from ypo_dash.people.sealing import MISSING
from ypo_dash.views import threat_words
from ypo_dash.views.staffing import BY_HAND, NO_NEED, TOO_FEW

ROOT = Path(__file__).resolve().parents[1]
# Whose refusals people read beside a form.
FORMS = (
    "model/plan.py", "model/entries.py", "model/desk.py", "pages/desk_forms.py", "pages/staffing.py", "pages/safety.py",
    "people/desk.py", "pages/sector_log.py", "pages/sector_partners.py",
    "model/assessment.py", "people/assessing.py", "pages/threat_save.py",
)  # fmt: skip
CALLS = {"text": (1,), "plural": (1, 2), "label": (0,), "FilterError": (1,)}


def shown_texts():
    for path in [ROOT / "app.py", *sorted((ROOT / "ypo_dash").rglob("*.py"))]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in CALLS
            ):
                for place in CALLS[node.func.id]:
                    arg = node.args[place] if len(node.args) > place else None
                    if isinstance(arg, ast.Constant) and isinstance(arg.value, str):
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", arg.value


TEMPLATE_TEXT = re.compile(r"""\bt\(\s*("(?:[^"\\\\]|\\\\.)*")""")


def bench_texts():
    """Names by code, what can't be shared out, and what a form is refused with."""
    for which, words in (vars(names) | vars(desk_names) | vars(threat_words)).items():
        yield from ((which, name) for name in (words.values() if which.endswith("_NAMES") else ()))
    yield "threat", threat_words.OURS
    yield from (
        ("bench", words) for words in (NO_NEED, BY_HAND, TOO_FEW, CONFLICT, REASON, MISSING)
    )
    for name in FORMS:
        code = (ROOT / "ypo_dash" / name).read_text("utf-8")
        yield from ((name, said) for said in re.findall(r'InputError\(\s*"([^"]+)"', code))


def template_texts():
    for path in sorted((ROOT / "ypo_dash/pages/templates").glob("*.html")):
        for found in TEMPLATE_TEXT.finditer(path.read_text(encoding="utf-8")):
            yield path.name, ast.literal_eval(found[1])
    # Texts that templates take from elsewhere.
    yield from (("MESSAGES", words) for both in MESSAGES.values() for words in both)
    yield from (("Action", action.value) for action in Action)
    yield from bench_texts()
    for path in ("record.py", "sign_in.py"):
        tree = ast.parse((ROOT / "ypo_dash/pages" / path).read_text("utf-8"))
        docs = [node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)]
        for node in ast.walk(tree):
            if node in docs:
                continue
            said = isinstance(node, ast.Constant) and isinstance(node.value, str)
            if said and re.fullmatch(r"[A-Z][^\n]+ [^\n]+\.", node.value):
                yield path, node.value


def test_every_text_of_plain_pages_has_its_danish():
    danish = catalogue("da")
    found = dict(reversed(pair) for pair in template_texts())
    assert len(found) > 60
    missing = [f"{where}: {message}" for message, where in found.items() if message not in danish]
    assert not missing, "\n".join(missing)


def test_the_names_of_the_pages_are_among_the_texts_of_explores_scripts():
    """They are rewritten in place when the language is changed, from that part of the catalogue alone."""
    known = script_texts("explore")["da"]
    assert {name for _, name in NAVIGATION if name != "Explore"} <= set(known)


def fields(message):
    return sorted(re.findall(r"\{(\w+)", message))


def test_every_text_has_its_danish():
    danish = catalogue("da")
    missing = [f"{where}: {message}" for where, message in shown_texts() if message not in danish]
    assert not missing, "\n".join(missing)


def test_every_message_stands_once():
    """Of two Danish texts for one English text the later file's would win, unseen."""
    found = [
        message
        for path in sorted((ROOT / "ypo_dash/i18n").glob("da.*.po"))
        for message in re.findall(r'^msgid "(.+)"$', path.read_text("utf-8"), re.MULTILINE)
    ]
    assert len(found) > 1000
    assert [message for message, times in Counter(found).items() if times > 1] == []


def test_danish_keeps_the_fields():
    wrong = [m for m, d in catalogue("da").items() if fields(m) != fields(d)]
    assert not wrong


@pytest.mark.parametrize(
    ("value", "danish", "english"),
    [
        (1234.5, "1.234,5", "1,234.5"),
        (-79.3, "−79,3", "−79.3"),
        (12, "12", "12"),
        (0.25, "0,3", "0.3"),
        (1000000, "1.000.000", "1,000,000"),
    ],
)
def test_numbers(value, danish, english):
    assert number(value, "da") == danish
    assert number(value, "en") == english


def test_shares_words_and_dates():
    from datetime import date

    assert percent(0.625, "da") == "62 %"
    assert percent(0.001, "en") == "<1 %"
    assert percent(0, "en") == "0 %"
    assert join_words(["a", "b", "c"], "da") == "a, b og c"
    assert format_period(date(2012, 11, 23), date(2012, 11, 23), lang="da") == "23/11/2012"
    assert weekday_names("da")[0] == "mandag"
    assert plural("da", "{n} incident", "{n} incidents", 1) == "1 hændelse"
    assert text("en", "{n} types", n=3) == "3 types"


def test_halves_round_as_by_hand_and_as_browsers_do():
    assert [number(v, "en", 1) for v in (4.35, -2.35, 0.25, 1.005)] == ["4.4", "−2.4", "0.3", "1.0"]
    assert number(1.005, "en", 2) == "1.01"
    assert number(12_000 / 1000 / 2 - 1.65, "en", 1) == "4.4"
