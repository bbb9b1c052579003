"""Every descriptor that ever took an answer, under its hash."""

from __future__ import annotations

import json
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from forms_service.definition import Descriptor
from forms_service.store.tables import descriptors
from forms_service.store.times import now, stamp


def keep(connection: Connection, descriptor: Descriptor, digest: str) -> None:
    """Keep a descriptor, once."""
    known = sa.select(sa.literal(1)).where(descriptors.c.hash == digest)
    if connection.execute(known).first() is not None:
        return
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(descriptors)
    kept = insert.values(
        hash=digest,
        form=descriptor.name,
        version=str(descriptor.package.get("version", "")),
        content=json.dumps({"package": descriptor.package, "rows": descriptor.rows}, ensure_ascii=False),
        first_used=stamp(now()),
    )
    connection.execute(kept.on_conflict_do_nothing())  # two families may begin a new form in the same moment


def fetch(connection: Connection, digest: str) -> Descriptor | None:
    """The descriptor of that hash, or None."""
    content = connection.execute(
        sa.select(descriptors.c.content).where(descriptors.c.hash == digest)
    ).scalar()
    if content is None:
        return None
    kept = json.loads(content)
    rows = {name: tuple(items) for name, items in kept["rows"].items()}
    return Descriptor(Path(kept["package"]["name"]) / "datapackage.json", kept["package"], rows)
