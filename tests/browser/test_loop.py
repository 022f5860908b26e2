"""The whole loop of a sector's work: finding, effort, log, visit, review, assessment, signature, paper."""

from __future__ import annotations

import csv
import io
import re
import shutil

import pytest
from click.testing import CliRunner

from app import create_app
from tests.browser.explore import Explore
from tests.printed import text_of
from tests.serving import serving
from ypo_dash.cli import main
from ypo_dash.i18n import number
from ypo_dash.model.desk import Effort
from ypo_dash.people import desk
from ypo_dash.people.access import Access
from ypo_dash.views.desk_efforts import fields_of

pytestmark = pytest.mark.browser
QUARTER, DAYS = "2011-Q4", "from=2011-10-01&to=2011-12-31"
STATE = f"sectors=6&types=VANDALISM,HARASSMENT&{DAYS}"


@pytest.fixture(scope="module")
def home(demo_home, tmp_path_factory):
    return shutil.copytree(demo_home, tmp_path_factory.mktemp("loop") / "workspace")


@pytest.fixture
def seen(home, contexts):
    with serving(create_app(home).server) as address:
        context = contexts.take(viewport={"width": 1366, "height": 768}, locale="en-GB", accept_downloads=True)  # fmt: skip
        found = Explore(context.new_page(), address)
        yield found
        complaints = found.complaints + found.foreign
        contexts.end()
    assert complaints == []


def asked(home, *words):
    done = CliRunner().invoke(main, ["query", *words], env={"YPO_HOME": str(home)})
    assert done.exit_code == 0, done.output
    return done


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def save(seen, form, name="Save"):
    """Send a form, and see it saved."""
    with seen.page.expect_navigation():
        form.get_by_role("button", name=name).click()
    assert "#" in seen.page.url, seen.page.locator("main").inner_text()
    assert seen.page.locator("[role=alert]").count() == 0
    assert seen.page.locator(":target").is_visible()


def fill(form, **values):
    """Fill a form's fields by their names."""
    for name, value in values.items():
        field = form.locator(f"[name={name}]").first
        if field.evaluate("(node) => node.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    return form


def said(seen):
    return " ".join(seen.page.locator("main").inner_text().split())


def test_from_a_finding_to_a_signed_assessment_on_paper(seen, home, tmp_path):
    count = find(seen, home)
    sector = begin_effort(seen)
    write_log(seen, count)
    visit_partner(seen)
    review(seen, home)
    figures = assess(seen, home, sector)
    on_paper(seen, home, figures, tmp_path)


def find(seen, home):
    """On the map: a count that the command says too."""
    seen.open(f"?{STATE}&lang=en")
    count = rows(asked(home, "sectors", STATE).stdout)[5]
    assert count["sector_id"] == "6"
    shown = seen.page.locator("#explore-panel .fact", has_text="Incidents").first.inner_text()
    assert shown.split()[-1] == count["count"]
    return count["count"]


def begin_effort(seen):
    seen.page.get_by_role("link", name="Start an effort here").click()
    seen.page.wait_for_url("**/sector/6?*part=efforts*")
    form = seen.page.locator("#effort-form")
    fill(
        form, title="Calm evenings at Lundtoftegade", problem_words="Damage and trouble in the yards.", against="7",
        measures="On foot with the caretaker.", lead="The manager", start="2011-10-03", review="2012-01-09", end="2011-12-30",
    )  # fmt: skip
    assert form.locator("[name=place]").input_value() == "6"
    save(seen, form)
    assert "Calm evenings at Lundtoftegade" in said(seen)
    return "6"


def write_log(seen, count):
    seen.page.get_by_role("link", name="Log", exact=True).click()
    seen.page.get_by_text("Write an entry").first.click()
    form = fill(
        seen.page.locator("form.entry-form").first, date="2012-11-20", kind="agreement",
        words=f"{count} incidents in the quarter: agreed on a walk together.", place="area:Lundtoftegade",
        follow_up="2012-12-03", author="Your Police Officer",
    )  # fmt: skip
    save(seen, form)
    assert f"{count} incidents in the quarter" in said(seen)
    seen.page.get_by_role("link", name="Overview").click()
    assert "3/12/2012 Follow-up" in said(seen)


def visit_partner(seen):
    seen.page.get_by_role("link", name="Partners", exact=True).click()
    seen.page.get_by_text("New partner").first.click()
    form = seen.page.locator("form.entry-form").first
    fill(form, name="The housing company", kind="housing", interval="28")
    save(seen, form)
    seen.page.get_by_role("link", name="Visit made").first.click()
    form = fill(seen.page.locator("form.entry-form").first, date="2012-11-22", kind="visit")
    save(seen, form)
    assert "22/11/2012" in said(seen)
    assert "20/12/2012" in said(seen)  # 28 days on


def review(seen, home):
    """The effort's figures are those of the command, and are kept with the review."""
    seen.page.get_by_role("link", name="Efforts", exact=True).click()
    seen.page.get_by_role("link", name="Review", exact=True).click()
    form = seen.page.locator("#effort-review")
    shown = form.locator(".verdict").inner_text()
    (one,) = desk.entries(Access(home), Effort)
    fields = fields_of(one, create_app(home).server.extensions["ypo"].snapshot().span[1])
    options = [part for name, value in fields.items() for part in (f"--{name.replace('_', '-')}", value)]  # fmt: skip
    told = asked(home, "effort", f"types={one.types.replace(';', ',')}", *options)
    assert shown == told.stderr.strip()
    form.get_by_label("Result").fill("Goes on with the housing company alone.")
    save(seen, form, "Save the review")
    (kept,) = desk.entries(Access(home), Effort)
    assert kept.result == "Goes on with the housing company alone."


def assess(seen, home, sector):
    """Every area judged, sent, signed; the figures are those of the command."""
    page = seen.page
    seen.page.goto(f"{seen.address}/threat?quarter={QUARTER}&lang=en")
    figures = rows(asked(home, "threat", f"quarter={QUARTER}").stdout)
    assert "Calm evenings at Lundtoftegade" in said(seen)  # in force in the quarter
    save(seen, page.locator('form[action="/threat/begin"]'), "")
    areas = list(dict.fromkeys(row["area"] for row in figures))
    assert len(areas) == 7
    for area in areas:
        page.locator("summary", has_text=f"Write {area}").click()
        form = page.locator('form[action="/threat/write"]', has=page.locator(f'input[name=part][value="{area}"]'))  # fmt: skip
        fill(
            form,
            level="low",
            direction="steady",
            reason="Nothing beyond chance.",
            text=f"Quiet in {area}.",
        )
        save(seen, form)
    save(seen, page.locator('form[action="/threat/send"]'), "")
    assert "In review" in said(seen)
    save(seen, page.locator('form[action="/threat/sign"]'), "")
    assert re.search(r"Signed by .* on ", said(seen))
    at = page.locator("section", has=page.get_by_role("heading", name=re.compile("Lundtoftegade"))).last  # fmt: skip
    for row in figures:
        if row["area"] == "Lundtoftegade" and row["per_1000"]:
            assert number(float(row["per_1000"]), "en", 1) in at.inner_text()
    assert sector
    return figures


def on_paper(seen, home, figures, folder):
    page = seen.page
    page.goto(f"{seen.address}/print?kind=threat&{DAYS}&lang=en")
    with page.expect_download() as taken:
        page.locator("#download").click()
    path = folder / "threat.pdf"
    taken.value.save_as(path)
    words = " ".join(text_of(path.read_bytes()).split())
    assert "Signed by" in words
    assert "DRAFT" not in words.upper().split("SIGNED BY")[0]
    for row in figures:
        assert row["area"] in words
        if row["type"] == "all" and row["per_1000"]:
            assert number(float(row["per_1000"]), "en", 1) in words
    assert home
