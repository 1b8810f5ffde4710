"""Alembic's way in: one transaction a version, on the connection that `migrate` opened as the owner."""

from alembic import context

from layers.database.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
