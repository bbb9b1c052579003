"""A schema with only what touches the judgement, loaded by frictionless."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from frictionless import Package, Schema

from forms_service.definition.load import V2_PROFILE

JUDGED = (
    *("name", "type", "format", "constraints", "missingValues", "trueValues", "falseValues"),
    *("decimalChar", "groupChar", "bareNumber", "floatNumber", "itemType", "delimiter", "arrayItem"),
)


def judged_schema(schema: Mapping[str, Any]) -> Schema:
    """The schema under the v2 profile, with all of its constraints. Raises FrictionlessException.

    Licences, examples, titles and keys never reach frictionless, so a fault there cannot stop a form.
    """
    plain: dict[str, Any] = {
        "fields": [{key: field[key] for key in JUDGED if key in field} for field in schema["fields"]]
    }
    if "missingValues" in schema:
        plain["missingValues"] = schema["missingValues"]
    resource = {"name": "rows", "path": "rows.csv", "schema": plain}
    package = {"$schema": V2_PROFILE, "name": "p", "resources": [resource]}
    return Package.from_descriptor(package).resources[0].schema
