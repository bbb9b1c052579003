"""Alembic's entry: runs on the connection that `migrate` gives."""

from alembic import context

from forms_service.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
