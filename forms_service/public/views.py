"""All views of form pages, gathered so that the app can register them."""

from forms_service.public import (
    answering,
    calendar,
    codes,
    finishing,
    items,
    leaving,
    own_copy,
    receipts,
    starting,
)
from forms_service.public.blueprint import blueprint

__all__ = [
    "answering",
    "blueprint",
    "calendar",
    "codes",
    "finishing",
    "items",
    "leaving",
    "own_copy",
    "receipts",
    "starting",
]
