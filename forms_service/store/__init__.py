"""All that is kept: one module per thing, and the only place that talks to the database."""

from forms_service.store.engine import Store, Unavailable
from forms_service.store.migrate import ForeignSchema, migrate

__all__ = ["ForeignSchema", "Store", "Unavailable", "migrate"]
