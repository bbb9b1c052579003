"""Every code that a form's findings can bear has a meaning, which `kinbridge check --rules` lists."""

from __future__ import annotations

import copy
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import forms_service.answers
import forms_service.definition
from forms_service.commands.forms import findings
from forms_service.definition.codes import MEANINGS
from site_src.checks import ALL
from tests.definition import test_group_mistakes, test_mistakes
from tests.definition.descriptors import FORM, write_form
from tests.definition.test_mistakes import codes_of


def modules() -> Iterator[ModuleType]:
    for package in (forms_service.definition, forms_service.answers):
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            yield importlib.import_module(found.name)


def told_of(key: str, folder: Path) -> str:
    """The code of a form whose list of that name has an entry that says nothing: it is called after the list."""
    form = copy.deepcopy(FORM)
    form["form"][key] = [{}]
    (code,) = {finding.code for finding in findings(write_form(folder, form))}
    return code


def test_the_codes_that_are_reported_are_those_that_have_a_meaning(tmp_path: Path) -> None:
    made = {code for module in modules() for code in codes_of(module)}
    told = {mistake.code for mistake in (*test_mistakes.MISTAKES, *test_group_mistakes.MISTAKES)}
    told |= {told_of(key, tmp_path) for key in ("rules", "exits", "reading")}
    files = {code for code, *_ in test_mistakes.FILES} | test_mistakes.ROWS
    assert made | told | files == set(MEANINGS)


def test_each_meaning_is_a_sentence() -> None:
    assert [meaning for meaning in MEANINGS.values() if not meaning.endswith(".")] == []


def test_the_rules_of_the_check_name_the_codes_of_forms() -> None:
    assert set(MEANINGS) <= {code for rule in ALL for code in rule.codes}
