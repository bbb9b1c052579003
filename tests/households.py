"""A made-up form with a repeatable group, and with conditions that look into it, out of it and through it."""

from __future__ import annotations

import copy
from typing import Any

from tests.families import Answers

LINK = {"fields": ["submission_id"], "reference": {"resource": "homes", "fields": ["submission_id"]}}
HOUSEHOLD: dict[str, Any] = {
    "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
    "name": "household",
    "title": "Your home",
    "version": "1.0.0",
    "languages": ["en"],
    "resources": [
        {
            "name": "homes",
            "path": "homes.csv",
            "encoding": "utf-8",
            "schema": {
                "fields": [
                    {"name": "alone", "type": "boolean", "title": "Do you live alone?"},
                    {"name": "town", "type": "string", "title": "Which town?"},
                    {
                        "name": "why_none",
                        "type": "string",
                        "title": "Why is nobody there?",
                        "constraints": {"required": True},
                        "form": {"showWhen": {"count": "people", "operator": "=", "answer": 0}},
                    },
                    {
                        "name": "teen_help",
                        "type": "string",
                        "title": "Help for the teenager?",
                        "constraints": {"required": True},
                        "form": {
                            "showWhen": {
                                "anyItem": "people",
                                "when": {"field": "age", "operator": ">=", "answer": 13},
                            }
                        },
                    },
                    {
                        "name": "nursery",
                        "type": "string",
                        "title": "Which nursery?",
                        "form": {
                            "showWhen": {
                                "allItems": "people",
                                "when": {"field": "people.age", "operator": "<", "answer": 6},
                            }
                        },
                    },
                ]
            },
        },
        {
            "name": "people",
            "path": "people.csv",
            "encoding": "utf-8",
            "schema": {
                "fields": [
                    {"name": "submission_id", "type": "string"},
                    {
                        "name": "name",
                        "type": "string",
                        "title": "First name",
                        "constraints": {"required": True, "maxLength": 20},
                    },
                    {
                        "name": "kind",
                        "type": "string",
                        "title": "Adult or child?",
                        "constraints": {"enum": ["adult", "child"]},
                        "categories": [
                            {"value": "adult", "label": "An adult"},
                            {"value": "child", "label": "A child"},
                        ],
                    },
                    {
                        "name": "age",
                        "type": "integer",
                        "title": "How old?",
                        "constraints": {"required": True, "minimum": 0, "maximum": 17},
                        "form": {"showWhen": {"field": "kind", "operator": "=", "answer": "child"}},
                    },
                    {
                        "name": "school",
                        "type": "string",
                        "title": "Which school?",
                        "constraints": {"required": True},
                        "form": {"showWhen": {"field": "people.age", "operator": ">=", "answer": 6}},
                    },
                    {
                        "name": "likes",
                        "type": "list",
                        "title": "What does this person like?",
                        "form": {
                            "choices": [
                                {"value": "music", "label": "Music"},
                                {"value": "sport", "label": "Sport"},
                            ]
                        },
                    },
                    {
                        "name": "commute",
                        "type": "string",
                        "title": "How far from town?",
                        "form": {"showWhen": {"field": "homes.town", "operator": "exists"}},
                    },
                ],
                "foreignKeys": [LINK],
            },
        },
    ],
    "form": {
        "retention": "P1Y",
        "pages": [
            {"name": "home", "title": "Home", "fields": ["alone", "town"]},
            {
                "name": "people",
                "title": "Who lives with you",
                "repeat": "people",
                "max": 3,
                "itemTitle": "{name}, {kind}",
                "showWhen": {"field": "alone", "operator": "!=", "answer": True},
            },
            {"name": "more", "title": "More", "fields": ["why_none", "teen_help", "nursery"]},
        ],
        "alerts": [
            {
                "name": "small",
                "when": {"anyItem": "people", "when": {"field": "age", "operator": "<", "answer": 1}},
                "level": "urgent",
                "show": "A baby lives with you.",
            }
        ],
    },
}
LEA: Answers = {"name": "Lea", "kind": "child", "age": "14", "school": "Weir School"}
TOM: Answers = {"name": "Tom", "kind": "child", "age": "3"}
IDA: Answers = {"name": "Ida", "kind": "adult"}


def household(**page: Any) -> dict[str, Any]:
    """The form with changes of its page that repeats."""
    form = copy.deepcopy(HOUSEHOLD)
    form["form"]["pages"][1] |= page
    return form
