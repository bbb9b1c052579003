"""The store of this instance, for a command."""

from __future__ import annotations

from forms_service.commands.refusals import Refusal, settings_here
from forms_service.settings import Settings
from forms_service.store import ForeignSchema, Store, Unavailable, migrate


class open_store:  # noqa: N801 - reads as a statement
    """The store of this instance, migrated; its troubles become one line."""

    def __enter__(self) -> tuple[Store, Settings]:
        settings = settings_here()
        try:
            self._store = Store(settings.database_url, lock_wait=10)
            migrate(self._store)
        except ForeignSchema as error:
            raise Refusal(str(error)) from None
        except Unavailable as error:
            raise Refusal(
                f"the database does not answer ({error}): is it there, and is its disk full?"
            ) from None
        return self._store, settings

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._store.close()
        if isinstance(error, Unavailable):
            raise Refusal(f"the database does not answer ({error}): try again in a moment") from None
