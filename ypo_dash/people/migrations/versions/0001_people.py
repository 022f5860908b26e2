"""Accounts, devices, sessions, sharing links."""

import sqlalchemy as sa
from alembic import op

from ypo_dash.people.tables import Utc

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("full_name", sa.String(length=400), nullable=False),
        sa.Column("unit", sa.String(length=400), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("sectors", sa.JSON(), nullable=False),
        sa.Column("system_user", sa.String(length=100), nullable=True),
        sa.Column("issuer", sa.String(length=400), nullable=True),
        sa.Column("subject", sa.String(length=400), nullable=True),
        sa.Column("password", sa.String(length=400), nullable=True),
        sa.Column("change_password", sa.Boolean(), nullable=False),
        sa.Column("password_until", Utc(), nullable=True),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", Utc(), nullable=True),
        sa.Column("created", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_account_issuer")),
        sa.UniqueConstraint("name", name=op.f("uq_account_name")),
        sa.UniqueConstraint("system_user", name=op.f("uq_account_system_user")),
    )
    op.create_table(
        "device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("created", Utc(), nullable=False),
        sa.Column("created_by", sa.String(length=400), nullable=False),
        sa.Column("revoked", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("name", name=op.f("uq_device_name")),
        sa.UniqueConstraint("token", name=op.f("uq_device_token")),
    )
    op.create_table(
        "pending",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("value", sa.String(length=8000), nullable=False),
        sa.Column("expires", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_pending")),
    )
    op.create_table(
        "share",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("tier", sa.String(length=20), nullable=False),
        sa.Column("query", sa.String(length=4000), nullable=False),
        sa.Column("recipient", sa.String(length=400), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("created", Utc(), nullable=False),
        sa.Column("created_by", sa.String(length=400), nullable=False),
        sa.Column("expires", Utc(), nullable=False),
        sa.Column("revoked", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share")),
        sa.UniqueConstraint("token", name=op.f("uq_share_token")),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("created", Utc(), nullable=False),
        sa.Column("seen", Utc(), nullable=False),
        sa.Column("expires", Utc(), nullable=True),
        sa.Column("looked_at", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_session_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_session_device_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_session_device_id"), ["device_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_session_expires"), ["expires"], unique=False)


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_expires"))
        batch_op.drop_index(batch_op.f("ix_session_device_id"))
        batch_op.drop_index(batch_op.f("ix_session_account_id"))

    op.drop_table("session")
    op.drop_table("share")
    op.drop_table("pending")
    op.drop_table("device")
    op.drop_table("account")
