"""`kinbridge forms try --json`, as a person at the command line gets it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from forms_service.cli import main

STRICT = frozenset(
    {"nul", "encoding", "tooLong", "underscore", "finite", "incomplete", "shortYear", "choice", "unjudgeable"}
)  # where Kinbridge is stricter than frictionless, on purpose


@dataclass(frozen=True)
class Tried:
    """One row as `forms try` tells it; `row` 0 is the header."""

    row: int
    accepted: bool
    constraints: frozenset[str]


def try_rows(form: Path, rows: Path) -> list[Tried]:
    """The verdicts on every row of a CSV."""
    result = CliRunner().invoke(main, ["forms", "try", str(form), "--rows", str(rows), "--json"])
    assert result.exit_code in (0, 1), f"{result.output} {result.exception!r}"
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    return [
        Tried(line["row"], line["accepted"], frozenset(error["constraint"] for error in line["errors"]))
        for line in lines
    ]


def disagreement(tried: Tried, allowed: bool) -> str:
    """Why a verdict breaks the law beside frictionless' own, or nothing."""
    if tried.accepted and not allowed:
        return "looser than frictionless"
    if not tried.accepted and allowed and not tried.constraints <= STRICT:
        return f"stricter than frictionless, and not on purpose: {sorted(tried.constraints)}"
    return ""
