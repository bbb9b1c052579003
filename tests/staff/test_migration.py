"""The staff tables come and go, and are what the models say."""

from __future__ import annotations

import sqlalchemy as sa

from forms_service.staff.models import Base
from forms_service.store import Store, migrate
from forms_service.store.migrate import unmigrate
from tests.instances import Instance

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
