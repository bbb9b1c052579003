"""What a change of a descriptor means: whether it judges as before, and whether its version says so."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from forms_service.definition.findings import Finding
from forms_service.definition.load import Descriptor

_WORDS = frozenset(
    {"title", "description", "label", "intro", "privacy", "answeredWithin", "version", "show", "itemTitle"}
    | {"identifying"}  # what an export may leave out
)


def fingerprint(package: dict[str, Any]) -> str:
    """A hash of all that can change a judgement: words, translations and the version itself are exempt."""
    return hashlib.sha256(json.dumps(_without_words(package), sort_keys=True).encode()).hexdigest()


def unraised_version(descriptor: Descriptor, before: Descriptor) -> list[Finding]:
    """A finding when the form judges otherwise than `before`, under a version that is not higher."""
    if fingerprint(descriptor.package) == fingerprint(before.package):
        return []
    version, published = (str(item.package.get("version", "")) for item in (descriptor, before))
    if _order(version) > _order(published):
        return []
    cause = f"questions or rules changed since version {published} was published"
    return [Finding("version-not-raised", cause, f"Write a higher version than {published}", "/version")]


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("-")[0].split(".") if part.isdecimal())


def _without_words(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_words(item) for item in node]
    if isinstance(node, dict):
        return {
            key: _without_words(value) for key, value in node.items() if key not in _WORDS and "@" not in key
        }
    return node
