"""Texts of a descriptor in one language, and the texts that lack a translation.

Two spellings are read: `title@es` beside `title`, and the language object of the Data Package recipe
"Language support" (`{"": "Sun", "es": "Sol"}`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from forms_service.definition.findings import pointer

_TRANSLATED = re.compile(r"^(?P<name>[^@]+)@(?P<language>[A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)$")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*")
_HUMAN_TEXTS = frozenset(
    {"title", "description", "intro", "label", "privacy", "answeredWithin", "show", "body", "message"}
    | {"itemTitle", "prefix", "suffix"}
)


def resolve(node: Any, language: str) -> Any:
    """`node` with every text in `language`, falling back to the untranslated text; no `@` keys are left."""
    if isinstance(node, list):
        return [resolve(item, language) for item in node]
    if not isinstance(node, dict):
        return node
    plain: dict[str, Any] = {}
    for key, value in node.items():
        match = _TRANSLATED.match(key)
        if not match:
            plain.setdefault(key, _text(value, language) if key in _HUMAN_TEXTS else resolve(value, language))
        elif match["language"] == language and value:
            plain[match["name"]] = resolve(value, language)
    return plain


def _text(value: Any, language: str) -> Any:
    if not isinstance(value, dict) or not _is_language_object(value):
        return resolve(value, language)
    return value.get(language, value.get("", next(iter(value.values()))))


def missing_translations(node: Any, language: str, at: tuple[str | int, ...] = ()) -> Iterator[str]:
    """JSON Pointers of human texts in `node` that have no text in `language`."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from missing_translations(item, language, (*at, index))
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in _HUMAN_TEXTS and isinstance(value, str):
                words = any(character.isalnum() for character in _PLACEHOLDER.sub("", value))
                fixed = not words or (key == "show" and value == "crisis")
                if not fixed and not node.get(f"{key}@{language}"):
                    yield pointer(*at, key)
            elif key in _HUMAN_TEXTS and isinstance(value, dict) and _is_language_object(value):
                if language not in value:
                    yield pointer(*at, key)
            elif key == "missing" and at[-1:] == ("form",) and isinstance(value, dict):  # words by code
                if not node.get(f"{key}@{language}"):
                    yield pointer(*at, key)
            elif "@" not in key:
                yield from missing_translations(value, language, (*at, key))


def _is_language_object(node: dict[str, Any]) -> bool:
    """Whether every key is a language (or "", the text without one) and every value a text."""
    return bool(node) and all(
        isinstance(value, str) and (not key or _LANGUAGE.fullmatch(key)) for key, value in node.items()
    )
