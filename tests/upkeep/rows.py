"""Many sealed rows without a browser, and what of them opens."""

from __future__ import annotations

import sqlalchemy as sa

from forms_service.sealing.codes import new_reference
from forms_service.sealing.identity import CannotOpen, Identity, open_with
from forms_service.sealing.recipients import Recipients, read_recipients
from forms_service.store import Store
from forms_service.store.tables import descriptors, submissions
from tests.instances import Instance


def add_rows(instance: Instance, number: int, to: Recipients | None = None, prefix: str = "answer") -> None:
    """Submissions whose plain text is `<prefix> <n>`, sealed to the clinic's recipients or to others."""
    recipients = to or read_recipients(instance.settings.recipients_file)
    store = Store(instance.settings.database_url)
    with store.writing() as connection:
        known = connection.execute(
            sa.select(descriptors.c.hash).where(descriptors.c.hash == "0" * 64)
        ).first()
        if known is None:
            kept = {"hash": "0" * 64, "form": "f", "version": "1", "content": "{}", "first_used": ""}
            connection.execute(descriptors.insert().values(**kept))
        for count in range(number):
            reference = new_reference()
            connection.execute(
                submissions.insert().values(
                    reference=reference,
                    lookup=reference.rjust(64, "x"),
                    form="f",
                    version="1",
                    descriptor="0" * 64,
                    language="en",
                    submitted_at="2027-01-01T00:00:00Z",
                    status="new",
                    urgent=False,
                    sealed=recipients.seal(f"{prefix} {count}".encode()),
                )
            )
    store.close()


def plain_rows(instance: Instance, identity: Identity, current_only: bool = False) -> list[str | None]:
    """The rows in order, opened; None for one that does not open."""
    keys = identity.keys[:1] if current_only else identity.keys
    store = Store(instance.settings.database_url)
    with store.reading() as connection:
        rows = connection.execute(sa.select(submissions.c.sealed).order_by(submissions.c.id)).scalars().all()
    store.close()
    return [_opened(row, keys) for row in rows]


def _opened(row: bytes, keys: tuple[object, ...]) -> str | None:
    try:
        return open_with(row, keys).decode()
    except CannotOpen:
        return None
