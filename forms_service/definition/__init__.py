"""A form as data: a Data Package descriptor read, checked and given names (plain JSON, nothing else)."""

from forms_service.definition.conditions import All, Any_, Compare, Condition, sources_of
from forms_service.definition.findings import DefinitionError, Finding
from forms_service.definition.languages import missing_translations, resolve
from forms_service.definition.load import Descriptor, digest, load
from forms_service.definition.model import Alert, Choice, Field, Form, Page, Reference
from forms_service.definition.structure import build, check_structure

__all__ = [
    "Alert",
    "All",
    "Any_",
    "Choice",
    "Compare",
    "Condition",
    "DefinitionError",
    "Descriptor",
    "Field",
    "Finding",
    "Form",
    "Page",
    "Reference",
    "build",
    "check_structure",
    "digest",
    "load",
    "missing_translations",
    "resolve",
    "sources_of",
]
