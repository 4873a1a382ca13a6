"""Runs the migrations on the connection that `shop.migrations.upgrade` hands over."""

from alembic import context
from sqlmodel import SQLModel

import shop.models  # noqa: F401  (fills the metadata)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    transactional_ddl=False,
    render_as_batch=True,
)
context.run_migrations()
