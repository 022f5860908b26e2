"""The page's policy names every script that Dash writes into it, from the first answer of a worker on."""

from __future__ import annotations

import base64
import hashlib
import re

from app import create_app

COMMENT = re.compile(r"<!--.*?-->", re.S)
SCRIPT = re.compile(r"<script([^>]*)>(.*?)</script>", re.S)


def test_an_application_is_finished_before_it_is_asked(demo_home):
    """Two first requests at once would else fix a policy without the scripts still to come."""
    app = create_app(demo_home)
    made = list(app.csp_hashes())
    answer = app.server.test_client().get("/")
    assert list(app.csp_hashes()) == made
    policy = answer.headers["Content-Security-Policy"]
    found = SCRIPT.findall(COMMENT.sub("", answer.text))
    scripts = [body for what, body in found if "src=" not in what and "json" not in what]
    assert len(scripts) == len(made) > 1
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
