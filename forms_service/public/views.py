"""All views of form pages, gathered so that the app can register them."""

from forms_service.public import (
    answering,
    by_hand,
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
    "by_hand",
    "calendar",
    "codes",
    "finishing",
    "items",
    "leaving",
    "own_copy",
    "receipts",
    "starting",
]
