"""How a resource says its CSV is written, in the words of Python's csv module."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DELIMITERS = (",", ";", "\t", "|")  # tried where none is stated
_READ = {
    "delimiter": "delimiter",
    "quoteChar": "quotechar",
    "doubleQuote": "doublequote",
    "escapeChar": "escapechar",
    "skipInitialSpace": "skipinitialspace",
}
_NOT_READ = {
    "headerRows": [1],
    "commentRows": [],
    "headerCase": True,
    "skipBlankRows": False,
}


@dataclass(frozen=True)
class Dialect:
    """A stated dialect; `options` are csv.reader's, without a delimiter where none is stated."""

    options: Mapping[str, Any]
    header: bool = True
    comment: str = ""

    def reader_options(self, text: str, names: Sequence[str]) -> dict[str, Any]:
        """Options for csv.reader on `text`: what is stated, the delimiter told from the header otherwise."""
        return {"delimiter": delimiter_of(text, names), **self.options}


def dialect_of(resource: Mapping[str, Any]) -> Dialect:
    """The dialect a resource states (v1, v2 and frictionless' own spelling).

    Raises ValueError for a property that would be misread.
    """
    stated = resource.get("dialect")
    if isinstance(stated, str):
        raise ValueError(f'the dialect "{stated}" is not fetched')
    dialect: dict[str, Any] = dict(stated) if isinstance(stated, dict) else {}
    inner = dialect.get("csv")
    dialect |= inner if isinstance(inner, dict) else {}
    for name, harmless in _NOT_READ.items():
        if dialect.get(name, harmless) != harmless:
            raise ValueError(f'the dialect\'s "{name}" is not supported')
    options = {_READ[name]: value for name, value in dialect.items() if name in _READ}
    if options.get("escapechar") is None:
        options.pop("doublequote", None)  # without another escape there is only doubling
    if options.get("quotechar") == "":
        options |= {"quoting": csv.QUOTE_NONE}
        del options["quotechar"]
    try:
        csv.reader([], **options)
    except (TypeError, ValueError) as error:
        raise ValueError(f"the dialect cannot be used ({error})") from None
    return Dialect(options, dialect.get("header", True) is not False, str(dialect.get("commentChar") or ""))


def delimiter_of(text: str, names: Sequence[str]) -> str:
    """The delimiter under which the first line holds most of the schema's names; a comma when none does."""
    return max(DELIMITERS, key=lambda delimiter: _known(text, delimiter, names))


def names_known(text: str, names: Sequence[str]) -> int:
    """How many of the schema's names the first line holds, under the delimiter that suits it best."""
    return max(_known(text, delimiter, names) for delimiter in DELIMITERS)


def _known(text: str, delimiter: str, names: Sequence[str]) -> int:
    first = [text.partition("\n")[0].rstrip("\r")]
    try:
        return len(set(next(csv.reader(first, delimiter=delimiter), [])) & set(names))
    except csv.Error:  # a cell beyond the reader's limit
        return 0
