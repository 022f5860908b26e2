"""Alembic's entry: run the migrations on the connection that `Database.migrate` hands over."""

from alembic import context

from ypo_dash.people.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
