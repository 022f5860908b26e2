"""Passwords of local accounts: argon2id, by the argon2-cffi library's recommended parameters."""

from __future__ import annotations

import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ypo_dash.model.errors import FilterError

SHORTEST = 12
LONGEST = 256
# What people choose when a rule forces twelve characters; longer lists belong to the identity provider.
_COMMON = (
    "password", "passw0rd", "adgangskode", "kodeord", "velkommen", "qwertyuiop", "politi",
    "bellahoej", "bellahøj", "copenhagen", "koebenhavn", "københavn", "letmein", "welcome",
)  # fmt: skip
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are mistaken for another when read aloud
_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """Return what is stored of a password."""
    return _hasher.hash(password)


def fits(stored: str | None, password: str) -> bool:
    """Whether ``password`` is the stored one; takes as long where there is no such account."""
    try:
        return _hasher.verify(stored or _nobody(), password[:LONGEST]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_stale(stored: str) -> bool:
    """Whether the library would hash with other parameters today."""
    return _hasher.check_needs_rehash(stored)


@lru_cache(maxsize=1)
def _nobody() -> str:
    return hash_password(secrets.token_urlsafe(16))


def one_time_password() -> str:
    """Return a password to be changed at the first sign-in, easy to read aloud (74 bits)."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(15))
    return "-".join(letters[i : i + 5] for i in range(0, 15, 5))


def check_password(password: str, name: str) -> None:
    """Raise FilterError if ``password`` is too short, too long, or one that is tried first."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise FilterError(
            "password",
            "a password has {low} to {high} characters",
            low=SHORTEST,
            high=LONGEST,
        )
    rest = "".join(c for c in password.lower() if c.isalpha())
    for word in _COMMON:
        rest = rest.replace(word, "")
    if len(set(password)) < 5 or name.lower() in password.lower() or len(rest) < 4:
        raise FilterError("password", "this password is among the first to be guessed")
