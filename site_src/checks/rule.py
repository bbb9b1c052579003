"""What a rule is: the codes of its findings with what they mean, and a function that looks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from site_src.checks.content import Content
from site_src.checks.finding import Finding


@dataclass(frozen=True)
class Rule:
    """One rule of `kinbridge check`; `codes` says in a sentence what each code means."""

    codes: Mapping[str, str]
    run: Callable[[Content], Iterable[Finding]]
