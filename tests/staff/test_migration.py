"""The staff tables come and go, and are what the models say."""

from __future__ import annotations

import json
from pathlib import Path

import sqlalchemy as sa
from alembic.script import ScriptDirectory

from forms_service.staff.models import Base
from forms_service.store import Store, migrate, migrations
from forms_service.store.migrate import unmigrate
from tests.commands.running import run, send
from tests.instances import Instance

MIGRATIONS = Path(str(migrations.__file__)).parent
STAFF = {
    "audit",
    "audit_head",
    "roles_users",
    "staff_links",
    "staff_passkeys",
    "staff_roles",
    "staff_sessions",
}


def test_the_tables_have_the_columns_of_the_models_and_can_be_taken_away_again(instance: Instance) -> None:
    store = Store(instance.settings.database_url)
    found = sa.inspect(store.engine)
    for name in {*STAFF, "staff_users"}:
        columns = {column["name"]: column["nullable"] for column in found.get_columns(name)}
        table = Base.metadata.tables[name]
        assert columns == {column.name: bool(column.nullable) for column in table.columns}, name
    unmigrate(store, "0002")
    assert not STAFF & set(sa.inspect(store.engine).get_table_names())
    migrate(store)
    store.close()


def test_every_migration_goes_down_and_up_again_with_rows_in_the_tables(instance: Instance) -> None:
    send(instance)
    send(instance, "intake")
    store = Store(instance.settings.database_url)
    tables = columns_of(store)
    revisions = [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]
    for revision in (*revisions[1:], "base"):
        unmigrate(store, revision)
    assert columns_of(store).keys() <= {"alembic_version"}
    for revision in reversed(revisions):
        migrate(store, revision)
    assert columns_of(store) == tables
    store.close()
    send(instance)
    assert len(json.loads(run(instance, "submissions", "list", "--json").stdout)) == 1


def test_the_last_migrations_keep_what_families_sent(instance: Instance) -> None:
    sent = {send(instance), send(instance, "intake")}
    store = Store(instance.settings.database_url)
    revisions = [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]
    for revision in revisions[1:]:
        unmigrate(store, revision)  # down to the first, which has the submissions
    migrate(store)
    store.close()
    listed = json.loads(run(instance, "submissions", "list", "--json").stdout)
    assert {row["reference"] for row in listed} == sent


def columns_of(store: Store) -> dict[str, dict[str, str]]:
    """The columns of every table with their types."""
    found = sa.inspect(store.engine)
    return {
        name: {column["name"]: f"{column['type']} {column['nullable']}" for column in found.get_columns(name)}
        for name in found.get_table_names()
    }
