"""What can't be typeset is said, on the page and by the command, and nothing is written."""

from __future__ import annotations

import subprocess

import pytest
from click.testing import CliRunner

from app import create_app
from ypo_dash.cli import main
from ypo_dash.model.errors import InputError
from ypo_dash.reports import typst

WEEKEND = "from=2012-11-23&to=2012-11-25"


@pytest.fixture
def broken(monkeypatch, tmp_path):
    """A template that Typst refuses, with braces in what it says."""
    template = tmp_path / "broken.typ"
    template.write_text('#panic("{no} such { thing")', "utf-8")
    monkeypatch.setattr(typst, "_TEMPLATE", template)


@pytest.mark.usefixtures("broken")
def test_the_command_refuses_and_writes_nothing(demo_home, tmp_path, monkeypatch):
    monkeypatch.setenv("YPO_HOME", str(demo_home))
    path = tmp_path / "print.pdf"
    done = CliRunner().invoke(main, ["report", "weekend", WEEKEND, "-o", str(path)])
    assert done.exit_code == 1
    assert "could not be typeset" in done.output
    assert "such { thing" in done.output
    assert "Traceback" not in done.output
    assert not path.exists()


@pytest.mark.usefixtures("broken")
def test_the_page_says_so_in_its_language(demo_home):
    client = create_app(demo_home).server.test_client()
    page = client.get(f"/print?{WEEKEND}&lang=da")
    assert page.status_code == 400
    assert "udskriften kunne ikke sættes op" in page.text
    assert client.get(f"/export/report.pdf?kind=weekend&{WEEKEND}").status_code == 503


def test_a_typesetter_that_does_not_answer_is_given_up(monkeypatch):
    def silent(*_args, timeout, **_more):
        raise subprocess.TimeoutExpired("typst", timeout)

    monkeypatch.setattr(subprocess, "run", silent)
    with pytest.raises(InputError, match="no answer in"):
        typst._typeset({"main": b""}, "pdf", 1)
