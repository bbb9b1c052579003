"""What is wrong in an exported package."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a package; `row` counts data rows from 1, 0 for the table or package."""

    resource: str
    row: int
    field: str
    constraint: str
    message: str
