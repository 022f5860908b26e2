"""The tables of the relational store: people, sessions, devices, sharing links, editable documents."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, DateTime, ForeignKey, MetaData, String, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect


class Utc(TypeDecorator[datetime]):
    """A UTC time; SQLite forgets the zone, PostgreSQL keeps it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Store in UTC; a time without a zone is a mistake."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give back with the zone."""
        if value is None or value.tzinfo is not None:
            return value and value.astimezone(UTC)
        return value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """All tables; constraints have names, so that migrations can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Utc, dict[str, Any]: JSON, list[str]: JSON, str: String(400)}  # noqa: RUF012


class Account(Base):
    """A person: a local account, or one known from the identity provider (``issuer``, ``subject``)."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    full_name: Mapped[str] = mapped_column(default="")
    unit: Mapped[str] = mapped_column(default="")
    roles: Mapped[list[str]] = mapped_column(default=list)
    sectors: Mapped[list[str]] = mapped_column(default=list)
    system_user: Mapped[str | None] = mapped_column(String(100), unique=True)
    issuer: Mapped[str | None]
    subject: Mapped[str | None]
    password: Mapped[str | None]
    change_password: Mapped[bool] = mapped_column(default=False)
    password_until: Mapped[datetime | None]
    disabled: Mapped[bool] = mapped_column(default=False)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created: Mapped[datetime]


class Device(Base):
    """A screen that signs in with a token instead of a person."""

    __tablename__ = "device"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    created: Mapped[datetime]
    created_by: Mapped[str]
    revoked: Mapped[datetime | None]


class SignedIn(Base):
    """A session on the server's side; ``id`` is the SHA-256 of what the browser holds."""

    __tablename__ = "session"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int | None] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    device_id: Mapped[int | None] = mapped_column(
        ForeignKey("device.id", ondelete="CASCADE"), index=True
    )
    created: Mapped[datetime]
    seen: Mapped[datetime]
    expires: Mapped[datetime | None] = mapped_column(index=True)
    looked_at: Mapped[str] = mapped_column(String(64), default="")


class Share(Base):
    """A sharing link: a fixed view in a tier, for a named recipient, until a date."""

    __tablename__ = "share"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    tier: Mapped[str] = mapped_column(String(20))
    query: Mapped[str] = mapped_column(String(4000))
    recipient: Mapped[str]
    reason: Mapped[str]
    created: Mapped[datetime]
    created_by: Mapped[str]
    expires: Mapped[datetime]
    revoked: Mapped[datetime | None]


class Pending(Base):
    """What a sign-in at the identity provider needs when it comes back; used once."""

    __tablename__ = "pending"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    value: Mapped[str] = mapped_column(String(8000))
    expires: Mapped[datetime]


class Document(Base):
    """Something people edit: a sector's factor, a scenario, weights. See `ypo_dash.people.documents`."""

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("kind", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(200))
    version: Mapped[int]
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    changed: Mapped[datetime]
    changed_by: Mapped[str]


class DocumentChange(Base):
    """One change of a document: who, when, why, what stood before and after; never changed itself."""

    __tablename__ = "document_change"
    __table_args__ = (UniqueConstraint("document_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    version: Mapped[int]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    at: Mapped[datetime]
    by: Mapped[str]
    reason: Mapped[str] = mapped_column(String(2000), default="")
