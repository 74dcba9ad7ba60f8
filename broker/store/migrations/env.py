"""How alembic reaches the database: by the connection it is handed, never by a URL of its own."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

import broker.store.tables  # noqa: F401 - registers the tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
