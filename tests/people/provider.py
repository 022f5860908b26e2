"""A real OpenID provider as a process, with PKCE demanded, and faults to order.

``python provider.py PORT FAULTS.json``: the faults are read anew at each token.
"""

from __future__ import annotations

import json
import os
import pathlib
import sys
import time
import warnings

warnings.simplefilter("ignore")
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

import oidc_provider_mock  # noqa: E402
import oidc_provider_mock._app as provider  # noqa: E402
from authlib.oauth2.rfc7636 import CodeChallenge  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402

PORT, FAULTS = int(sys.argv[1]), pathlib.Path(sys.argv[2])


def faults():
    return json.loads(FAULTS.read_text())


class Twisted(provider.OpenIDCode):
    """The provider's ID token, with other claims, times or signatures where a fault says so."""

    def generate_user_info(self, user, scope):
        wrong, now = faults(), int(time.time()) + faults().get("skew", 0)
        times = {"iat": now, "auth_time": now, "exp": now + wrong.get("lives", 3600)}
        return super().generate_user_info(user, scope) | times | wrong.get("claims", {})

    def get_client_algorithm(self, client):
        return faults().get("alg") or super().get_client_algorithm(client)

    def resolve_client_private_key(self, client):
        if faults().get("alg") == "HS256":
            return {"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldC1zZWNyZXQ"}
        return super().resolve_client_private_key(client)


provider.OpenIDCode = Twisted
register = provider.flask_oauth2.AuthorizationServer.register_grant


def with_pkce(server, grant, extensions=None):
    if grant is provider.AuthorizationCodeGrant:
        extensions = [*(extensions or []), CodeChallenge(required=True)]
    return register(server, grant, extensions)


provider.flask_oauth2.AuthorizationServer.register_grant = with_pkce
_AuthorizationCode = provider.AuthorizationCode
verifiers = {}


def remember(self, code, request):
    save(self, code, request)
    verifiers[code] = (
        request.payload.data.get("code_challenge"),
        request.payload.data.get("code_challenge_method"),
    )


save = provider.AuthorizationCodeGrant.save_authorization_code
provider.AuthorizationCodeGrant.save_authorization_code = remember
CodeChallenge.get_authorization_code_challenge = lambda _self, code: verifiers[code.code][0]
CodeChallenge.get_authorization_code_challenge_method = lambda _self, code: verifiers[code.code][1]

people = [
    provider.User(sub="s-anna", claims={"preferred_username": "anna", "name": "Anna A", "groups": ["ypo-analysts", "other"]}),
    provider.User(sub="s-olav", claims={"preferred_username": "olav", "groups": ["ypo-officers", "sector-3"], "unit": "NE"}),
    provider.User(sub="s-guest", claims={"preferred_username": "guest", "groups": ["visitors"]}),
    provider.User(sub="s-fake", claims={"preferred_username": "local", "groups": ["ypo-analysts"]}),
]  # fmt: skip
app = oidc_provider_mock.app(user_claims=people)
make_server("127.0.0.1", PORT, app, threaded=True).serve_forever()
