"""A page's front matter as values, each with the line it stands on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from site_src.catalogue import FRONT_MATTER

# The same YAML as MkDocs reads, in C where PyYAML was built with it.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Of the file: the block's first line is the second, after `---`.
FIRST_LINE = 2


@dataclass(frozen=True)
class FrontMatter:
    """The values by key, the line of each key and of each item of a list, and the line where the text begins."""

    values: Mapping[str, Any]
    lines: Mapping[str, int]
    item_lines: Mapping[str, tuple[int, ...]]
    text_line: int

    def line(self, key: str) -> int:
        """The key's line, or the first when it is missing."""
        return self.lines.get(key, 1)

    def text(self, key: str) -> str:
        """The value as text, outer white space gone; "" when it is empty or missing."""
        value = self.values.get(key)
        return "" if value is None else str(value).strip()

    def items(self, key: str) -> Iterator[tuple[int, str]]:
        """Each item of a list, as text, with its line; nothing when the value is no list."""
        if key in self.item_lines:
            yield from zip(self.item_lines[key], map(str, self.values[key]), strict=True)


class FrontMatterError(Exception):
    """The front matter is missing or is no YAML mapping; `line` is where, the text says what."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line


def read_front_matter(text: str) -> tuple[FrontMatter, str]:
    """A file's front matter and the text after it; raises FrontMatterError."""
    match = FRONT_MATTER.match(text)
    if match is None:
        raise FrontMatterError(1, "there is no front matter: begin with `---`, title and description, `---`")
    node, values = _load(match[1])
    pairs = _pairs(node)
    return FrontMatter(
        values={str(key): value for key, value in values.items()},
        lines={name: key.start_mark.line + FIRST_LINE for name, (key, _) in pairs.items()},
        item_lines={
            name: tuple(item.start_mark.line + FIRST_LINE for item in value.value)
            for name, (_, value) in pairs.items()
            if isinstance(value, yaml.SequenceNode)
        },
        text_line=text[: match.end()].count("\n") + 1,
    ), text[match.end() :]


def _load(block: str) -> tuple[yaml.MappingNode, dict[Any, Any]]:
    loader = LOADER(block)
    try:
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            raise FrontMatterError(FIRST_LINE, "the front matter is not `key: value` lines")
        return node, loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = f"broken YAML: {error.problem or error.context}"
        raise FrontMatterError(FIRST_LINE + (mark.line if mark else 0), problem) from error
    except (yaml.YAMLError, ValueError) as error:
        raise FrontMatterError(FIRST_LINE, f"broken YAML: {' '.join(str(error).split())}") from error
    finally:
        loader.dispose()


def _pairs(node: yaml.MappingNode) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    """The nodes of each key and its value; raises FrontMatterError for a key that stands there twice."""
    pairs: dict[str, tuple[yaml.Node, yaml.Node]] = {}
    for key, value in node.value:
        if key.value in pairs:
            line = key.start_mark.line + FIRST_LINE
            raise FrontMatterError(line, f"`{key.value}` stands here for the second time")
        pairs[str(key.value)] = (key, value)
    return pairs
