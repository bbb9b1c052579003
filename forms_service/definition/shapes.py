"""The shapes of the properties that every other check relies on: what is not of its shape is a finding."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from forms_service.definition.findings import Finding, pointer
from forms_service.definition.groups import groups_of

Path = tuple[str | int, ...]


def _is_names(node: Any) -> bool:
    return isinstance(node, str) or (isinstance(node, list) and all(isinstance(item, str) for item in node))


def _is_number(node: Any) -> bool:
    return isinstance(node, int) and not isinstance(node, bool)


def _is_figure(node: Any) -> bool:
    return node is None or _is_number(node) or (isinstance(node, float) and math.isfinite(node))


_MATCHES = ("exact", "equal", "subset", "superset", "partial")
_KINDS: dict[str, Callable[[Any], bool]] = {
    "an object": lambda node: isinstance(node, dict),
    "a list": lambda node: isinstance(node, list),
    "text": lambda node: isinstance(node, str),
    "a list of texts": lambda node: isinstance(node, list) and _is_names(node),
    "a name or a list of names": _is_names,
    "a whole number": _is_number,
    "a number": _is_figure,
    "true or false": lambda node: isinstance(node, bool),
    "one of exact, equal, subset, superset, partial": lambda node: node in _MATCHES,
}
_FIELD = "resources/*/schema/fields/*"
_SHAPES: tuple[tuple[str, str], ...] = (
    ("languages", "a list of texts"),
    ("resources/*", "an object"),
    ("resources/*/name", "text"),
    ("resources/*/encoding", "text"),
    ("resources/*/schema/fields", "a list"),
    (_FIELD, "an object"),
    *((f"{_FIELD}/{name}", "text") for name in ("name", "type", "format")),
    *((f"{_FIELD}/{name}", "text") for name in ("delimiter", "decimalChar", "groupChar", "itemType")),
    *((f"{_FIELD}/{name}", "a list of texts") for name in ("trueValues", "falseValues")),
    *((f"{_FIELD}/{name}", "an object") for name in ("constraints", "arrayItem")),
    *((f"{_FIELD}/constraints/{name}", "a whole number") for name in ("minLength", "maxLength")),
    *((f"{_FIELD}/constraints/{name}", "true or false") for name in ("required", "unique")),
    (f"{_FIELD}/constraints/pattern", "text"),
    (f"{_FIELD}/constraints/enum", "a list"),
    (f"{_FIELD}/missingValues", "a list"),
    ("resources/*/schema/missingValues", "a list"),
    ("resources/*/schema/primaryKey", "a name or a list of names"),
    ("resources/0/schema/fieldsMatch", "one of exact, equal, subset, superset, partial"),
    ("resources/*/schema/foreignKeys", "a list"),
    ("resources/*/schema/foreignKeys/*", "an object"),
    ("resources/*/schema/foreignKeys/*/fields", "a name or a list of names"),
    ("resources/*/schema/foreignKeys/*/reference", "an object"),
    ("resources/*/schema/foreignKeys/*/reference/resource", "text"),
    ("resources/*/schema/foreignKeys/*/reference/fields", "a name or a list of names"),
    ("form", "an object"),
    ("form/retention", "text"),
    ("form/pages", "a list"),
    ("form/pages/*/fields", "a list of texts"),
    ("form/pages/*/repeat", "text"),
    *((f"form/pages/*/{name}", "a whole number") for name in ("min", "max")),
    *((f"form/{name}", "a list") for name in ("alerts", "scores", "rules", "exits", "reading")),
    *((f"form/{name}/*", "an object") for name in ("alerts", "scores", "rules", "exits", "reading")),
    *((f"form/scores/*/{name}", "a list of texts") for name in ("fields", "reverse")),
    ("form/scores/*/missing", "an object"),
    ("form/scores/*/missing/atMost", "a whole number"),
    ("form/scores/*/bands", "a list"),
    ("form/scores/*/bands/*", "an object"),
    *((f"form/scores/*/bands/*/{name}", "a number") for name in ("from", "to")),
    *((f"form/places/{name}", "text") for name in ("opens", "closes", "offerFor")),
)
_ASKED: tuple[tuple[str, str], ...] = (
    ("schema/fields/*/form", "an object"),
    ("schema/fields/*/form/widget", "text"),
    ("schema/fields/*/form/missing/*", "an object"),
)


def misshapen(package: dict[str, Any]) -> Iterator[Finding]:
    """A finding for each property that is there and not of its shape."""
    asked = (
        (f"resources/{place}/{path}", kind) for place in (0, *groups_of(package)) for path, kind in _ASKED
    )
    for path, kind in (*_SHAPES, *asked):
        for at, node in _nodes(package, tuple(path.split("/")), ()):
            if not _KINDS[kind](node):
                yield Finding("shape", f'"{at[-1]}" is not {kind}', "Mend its shape", pointer(*at))


def _nodes(node: Any, path: tuple[str, ...], at: Path) -> Iterator[tuple[Path, Any]]:
    """The nodes that `path` leads to; `*` is every item of a list."""
    if not path:
        yield at, node
    elif path[0] == "*" and isinstance(node, list):
        for index, item in enumerate(node):
            yield from _nodes(item, path[1:], (*at, index))
    elif isinstance(node, dict) and path[0] in node:
        yield from _nodes(node[path[0]], path[1:], (*at, path[0]))
    elif isinstance(node, list) and path[0].isdecimal():
        yield from _nodes(node[int(path[0])], path[1:], (*at, int(path[0])))
