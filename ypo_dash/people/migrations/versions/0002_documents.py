"""Documents that people edit, and every change of them."""

import sqlalchemy as sa
from alembic import op

from ypo_dash.people.tables import Utc

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("changed", Utc(), nullable=False),
        sa.Column("changed_by", sa.String(length=400), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_document_kind")),
    )
    op.create_table(
        "document_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("by", sa.String(length=400), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_document_change_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_change")),
        sa.UniqueConstraint("document_id", "version", name=op.f("uq_document_change_document_id")),
    )
    with op.batch_alter_table("document_change", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_document_change_document_id"), ["document_id"], unique=False
        )


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("document_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_change_document_id"))
    op.drop_table("document_change")
    op.drop_table("document")
