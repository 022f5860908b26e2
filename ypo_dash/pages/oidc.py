"""Sign-in through an OpenID Connect provider: authorization code with PKCE, by Authlib."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import request
from joserfc.errors import JoseError
from requests.exceptions import RequestException
from sqlalchemy import delete, select

from ypo_dash.model.rights import Person
from ypo_dash.pages.gate import NOBODY, note_access
from ypo_dash.pages.plain import message_page
from ypo_dash.people import accounts, database
from ypo_dash.people.tables import Pending

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response as AnyResponse

    from ypo_dash.people.access import Access
    from ypo_dash.people.database import Database
    from ypo_dash.people.settings import Oidc
    from ypo_dash.people.tables import Account

TIMEOUT_S = 10
_ASYMMETRIC = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]


class Once:
    """Authlib's cache of sign-ins under way, in the database: all workers see it, each is used once."""

    def __init__(self, store: Database) -> None:
        self._store = store

    def get(self, key: str) -> str | None:
        """Return what was kept, and forget it: a replayed answer finds nothing."""
        with self._store.session() as session:
            time = database.now()
            found = session.scalar(
                select(Pending).where(Pending.key == key, Pending.expires > time)
            )
            gone = session.execute(delete(Pending).where(Pending.key == key))
            return found.value if found and gone.rowcount else None  # type: ignore[attr-defined]

    def set(self, key: str, value: str, seconds: int) -> None:
        """Keep for a while."""
        time = database.now()
        with self._store.session() as session:
            session.execute(delete(Pending).where(Pending.expires < time))
            session.add(Pending(key=key, value=value, expires=time + timedelta(seconds=seconds)))

    def delete(self, key: str) -> None:
        """Forget."""
        with self._store.session() as session:
            session.execute(delete(Pending).where(Pending.key == key))


class Provider:
    """The identity provider of ``access.toml``."""

    def __init__(self, app: Flask, access: Access, settings: Oidc) -> None:
        self._access, self._settings = access, settings
        oauth = OAuth(app, cache=Once(access.database))
        self._client = oauth.register(
            "district",
            client_id=settings.client_id,
            client_secret=settings.secret(),
            server_metadata_url=settings.issuer.rstrip("/") + "/.well-known/openid-configuration",
            client_kwargs={
                "scope": " ".join(settings.scopes),
                "code_challenge_method": "S256",
                "timeout": TIMEOUT_S,
                "token_endpoint_auth_method": "client_secret_basic"
                if settings.secret()
                else "none",
            },
        )

    def begin(self) -> AnyResponse:
        """Send the browser to the provider."""
        back = request.url_root.rstrip("/") + "/sign-in/provider/back"
        try:
            answer: AnyResponse = self._client.authorize_redirect(back)
        except (AuthlibBaseError, RequestException, ValueError, RuntimeError) as error:
            note_access("sign-in at the provider", f"refused: {_short(error)}", NOBODY)
            return message_page(502, "provider")
        return answer

    def finish(self) -> tuple[Account | None, str]:
        """Return the account that the provider's answer names, or None and the problem."""
        try:
            claims = self._claims()
        except (
            AuthlibBaseError,
            JoseError,
            RequestException,
            ValueError,
            KeyError,
            TypeError,
            RuntimeError,
        ) as error:
            note_access("sign-in at the provider", f"refused: {_short(error)}", NOBODY)
            return None, "provider"
        person = self._person(claims)
        if not person.roles:
            note_access("sign-in at the provider", "refused: no group with a role", person)
            return None, "groups"
        with self._access.database.session() as session:
            account, result = accounts.from_provider(
                session, self._settings.issuer, str(claims["sub"]), person
            )
        if account is None:
            note_access("sign-in at the provider", result, person)
            return None, "groups"
        return account, ""

    def _claims(self) -> dict[str, Any]:
        settings = self._settings
        metadata = self._client.load_server_metadata()
        issuer = metadata["issuer"]
        # Signed by the provider's private key, whatever else it says that it could do.
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [
            name for name in offered if name in _ASYMMETRIC
        ]
        if issuer != settings.issuer:
            raise ValueError(f"the provider calls itself {issuer}")
        expected = {
            "iss": {"essential": True, "value": issuer},
            "aud": {"essential": True, "value": settings.client_id},
            "exp": {"essential": True},
            "nonce": {"essential": True},
        }
        token = self._client.authorize_access_token(
            claims_options=expected, leeway=settings.leeway_seconds
        )
        claims = token.get("userinfo")
        if not claims or not claims.get("sub"):
            raise ValueError("there is no ID token in the answer, or its sub names nobody")
        if settings.groups_claim not in claims:
            # Some providers keep groups for their user-info endpoint; it must be the same person.
            more = self._client.userinfo(token=token)
            if more.get("sub") != claims["sub"]:
                raise ValueError("the user info is another person's")
            return {**more, **claims}
        return dict(claims)

    def _person(self, claims: dict[str, Any]) -> Person:
        settings = self._settings
        given = claims.get(settings.groups_claim) or []
        groups = {given} if isinstance(given, str) else {str(group) for group in given}
        roles = {role for group, role in settings.roles.items() if group in groups}
        sectors = {s for group, ids in settings.sectors.items() if group in groups for s in ids}
        name = claims.get("preferred_username") or claims.get("email") or claims["sub"]
        return Person(
            name=str(name)[:100],
            full_name=str(claims.get("name") or "")[:200],
            unit=str(claims.get(settings.unit_claim) or "")[:200] if settings.unit_claim else "",
            roles=tuple(sorted(roles)),
            sectors=tuple(sorted(sectors)),
        )


def provider_of(app: Flask, access: Access) -> Provider | None:
    """Return the identity provider, if one is set."""
    settings = access.settings.oidc
    return Provider(app, access, settings) if settings else None


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
