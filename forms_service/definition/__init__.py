"""A form as data: a Data Package descriptor read, checked and given names (plain JSON, nothing else)."""

from forms_service.definition.conditions import All, Any_, Compare, Condition, Count, Items, Source
from forms_service.definition.findings import DefinitionError, Finding
from forms_service.definition.languages import missing_translations, resolve
from forms_service.definition.load import Descriptor, digest, load
from forms_service.definition.model import (
    Alert,
    Band,
    Choice,
    Exit,
    Field,
    Form,
    Group,
    Page,
    Places,
    Reading,
    Reference,
    Rule,
    Score,
)
from forms_service.definition.structure import build, check_structure

__all__ = [
    "Alert",
    "All",
    "Any_",
    "Band",
    "Choice",
    "Compare",
    "Condition",
    "Count",
    "DefinitionError",
    "Descriptor",
    "Exit",
    "Field",
    "Finding",
    "Form",
    "Group",
    "Items",
    "Page",
    "Places",
    "Reading",
    "Reference",
    "Rule",
    "Score",
    "Source",
    "build",
    "check_structure",
    "digest",
    "load",
    "missing_translations",
    "resolve",
]
