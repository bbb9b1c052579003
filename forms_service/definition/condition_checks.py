"""Checks of conditions: their shape and names, that they look only at what was asked before, and never in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from forms_service.definition.conditions import (
    Compare,
    Condition,
    Count,
    Items,
    Names,
    Source,
    Unnamed,
    leaves_of,
    parse,
    source_of,
)
from forms_service.definition.findings import Finding, pointer
from forms_service.definition.groups import asked_fields, groups_of
from forms_service.definition.model import FIELDS_A_PAGE


@dataclass(frozen=True)
class Asked:
    """What conditions may look at: the names of a form, and the page that asks each field and each group."""

    names: Names
    pages: Mapping[str, int]
    repeats: Mapping[str, int]

    def page_of(self, source: Source) -> int:
        """The page that asks a field; 0 where none does, which is another finding."""
        group, name = source
        return self.pages.get(name, 0) if group is None else self.repeats.get(group, 0)


@dataclass(frozen=True)
class Placed:
    """A condition of a question or page: what it shows, where it stands, and the last page it may look at."""

    shows: Source
    group: str | None
    node: Any
    at: str
    latest: int


def asked_of(package: Mapping[str, Any]) -> Asked:
    """The names and pages of a form whose shapes are right."""
    pages = package.get("form", {}).get("pages")
    groups = {
        str(group.get("name")): [raw["name"] for _, raw in asked_fields(package, place)]
        for place, group in groups_of(package).items()
    }
    fields = [raw["name"] for _, raw in asked_fields(package, 0)]
    names = Names(str(package["resources"][0].get("name", "rows")), fields, groups)
    if pages is None:  # as the pages are made then
        made = {name: number // FIELDS_A_PAGE for number, name in enumerate(fields)}
        return Asked(names, made, {name: len(fields) + number for number, name in enumerate(groups)})
    return Asked(
        names,
        {name: number for number, page in enumerate(pages) for name in page.get("fields", ())},
        {page["repeat"]: number for number, page in enumerate(pages) if "repeat" in page},
    )


def check_show_when(package: dict[str, Any]) -> Iterator[Finding]:
    """Faults of every `showWhen`, on fields, pages and the fields of groups."""
    asked = asked_of(package)
    placed = [*_of_fields(package, asked), *_of_pages(package, asked)]
    for found in placed:
        yield from check_condition(found.node, found.at, asked, found.latest, found.group)
    yield from _cycles(placed, asked)


def check_condition(
    node: Any, at: str, asked: Asked, latest: int | None = None, group: str | None = None
) -> Iterator[Finding]:
    """Faults of the condition at `at`, which stands in an item of `group`; it may look at any page when none is last."""
    try:
        condition = parse(node)
    except ValueError as error:
        yield Finding("condition", str(error), "Mend the condition", at)
        return
    for leaf, inside in leaves_of(condition, group):
        yield from _leaf(leaf, inside, at, asked, latest)
    yield from _unequal(condition, group, at)


def _leaf(leaf: Any, inside: str | None, at: str, asked: Asked, latest: int | None) -> Iterator[Finding]:
    groups = asked.names.groups
    if isinstance(leaf, Count | Items) and leaf.group not in groups:
        yield Finding("condition-group", f'there is no group "{leaf.group}"', "Mend the name or add it", at)
        return
    if inside is not None and inside not in groups:
        return  # told where the group is named
    try:
        source = source_of(leaf, inside, asked.names)
    except Unnamed as error:
        yield Finding(error.code, str(error), "Mend the name", at)
        return
    if latest is not None and asked.page_of(source) > latest:
        cause = f'the condition looks at "{source[1] or source[0]}", which is asked later'
        yield Finding("condition-later", cause, "Ask it on an earlier page", at)


def _unequal(condition: Condition, group: str | None, at: str) -> Iterator[Finding]:
    compares = [leaf for leaf, _ in leaves_of(condition, group) if isinstance(leaf, Compare)]
    existing = {compare.field for compare in compares if compare.operator == "exists"}
    for compare in compares:
        if compare.operator == "!=" and compare.field not in existing:
            cause = f'"!=" holds while "{compare.field}" is unanswered'
            mend = 'Add {"operator": "exists"} if that is not meant'
            yield Finding("condition-not-equal", cause, mend, at, "warning")


def _of_fields(package: dict[str, Any], asked: Asked) -> Iterator[Placed]:
    last = len(package.get("form", {}).get("pages") or [])
    for place in (0, *groups_of(package)):
        group = str(package["resources"][place].get("name")) if place else None
        for index, raw in asked_fields(package, place):
            if isinstance(raw.get("form"), dict) and "showWhen" in raw["form"]:
                at = pointer("resources", place, "schema", "fields", index, "form", "showWhen")
                source = (group, raw["name"])
                latest = asked.page_of(source) if group or raw["name"] in asked.pages else last
                yield Placed(source, group, raw["form"]["showWhen"], at, latest)


def _of_pages(package: dict[str, Any], asked: Asked) -> Iterator[Placed]:
    for number, page in enumerate(package.get("form", {}).get("pages") or []):
        if "showWhen" in page:
            at = pointer("form", "pages", number, "showWhen")
            yield Placed((page.get("repeat", ""), ""), None, page["showWhen"], at, number - 1)


def _cycles(placed: list[Placed], asked: Asked) -> Iterator[Finding]:
    graph = {found.shows: _sources(found, asked) for found in placed}
    circling = _never_settled(graph)
    for found in placed:
        if found.shows in circling and _reaches(found.shows, graph):
            cause = f'whether "{found.shows[1]}" is shown depends on itself'
            yield Finding("condition-cycle", cause, "Break the circle", found.at)


def _never_settled(graph: Mapping[Source, frozenset[Source]]) -> set[Source]:
    """What is left when all is taken out, again and again, that depends on nothing that is left."""
    waits = {shown: {source for source in sources if source in graph} for shown, sources in graph.items()}
    dependents: dict[Source, list[Source]] = {}
    for shown, sources in waits.items():
        for source in sources:
            dependents.setdefault(source, []).append(shown)
    settled = [shown for shown, sources in waits.items() if not sources]
    while settled:
        source = settled.pop()
        for shown in dependents.get(source, ()):
            waits[shown].discard(source)
            if not waits[shown]:
                settled.append(shown)
    return {shown for shown, sources in waits.items() if sources}


def _reaches(start: Source, graph: Mapping[Source, frozenset[Source]]) -> bool:
    """Whether what `start` depends on leads back to it."""
    seen: set[Source] = set()
    left = list(graph[start])
    while left:
        source = left.pop()
        if source not in seen:
            seen.add(source)
            left += graph.get(source, ())
    return start in seen


def _sources(found: Placed, asked: Asked) -> frozenset[Source]:
    """What a condition looks at; names that lead nowhere are told elsewhere."""
    sources: set[Source] = set()
    try:
        for leaf, inside in leaves_of(parse(found.node), found.group):
            sources.add(source_of(leaf, inside, asked.names))
    except (ValueError, KeyError):
        pass
    return frozenset(sources)
