"""Each mistake in a descriptor stops `forms check` with path, line, pointer, cause and mend."""

from __future__ import annotations

import inspect
import json
import re
import time
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner, Result

from forms_service.cli import main
from forms_service.definition import load
from tests.definition.descriptors import FORM, GONE, changed, line_at, write_form

FIELDS = "/resources/0/schema/fields"
KEY = "/resources/0/schema/foreignKeys/0"
MODULES = (
    *("definition.checks", "definition.condition_checks", "definition.shapes", "definition.load"),
    *("answers.check", "answers.key_checks", "answers.package_checks"),
)
_LINE = re.compile(
    r"(?P<path>[^:]+):(?P<line>\d+): (?P<level>error|warning) (?P<code>[a-z-]+) ((?P<pointer>/\S*): )?"
    r"(?P<cause>.+)\. (?P<mend>.+)\."
)


@dataclass(frozen=True)
class Mistake:
    """What is changed in the form, and the finding it must bring."""

    code: str
    pointer: str
    changes: dict[str, Any]
    level: str = "error"

    def __str__(self) -> str:
        return f"{self.code}-{'-'.join(self.changes).replace('/', '.')}"


def mistake(
    code: str, pointer: str, value: Any = GONE, at: str | None = None, level: str = "error"
) -> Mistake:
    """A mistake of one changed value, found where it is (or at `pointer` when it stands at `at`)."""
    return Mistake(code, pointer, {at or pointer: value}, level)


SHOW = f"{FIELDS}/1/form/showWhen"
MISTAKES = (
    # shapes
    mistake("shape", "/languages", "en"),
    mistake("shape", "/resources/1", "rooms.csv"),
    mistake("shape", f"{FIELDS}/0", "reach"),
    mistake("shape", f"{FIELDS}/0/constraints", ["enum"]),
    mistake("shape", f"{FIELDS}/0/constraints/enum", "phone"),
    mistake("shape", f"{FIELDS}/1/constraints/maxLength", "20"),
    mistake("shape", f"{FIELDS}/1/constraints/required", "yes"),
    mistake("shape", f"{FIELDS}/1/form", True),
    mistake("shape", "/form", []),
    mistake("shape", "/form/pages", {}),
    mistake("shape", "/form/pages/0/fields", "reach"),
    mistake("shape", "/resources/0/schema/foreignKeys", {}),
    mistake("shape", "/resources/0/schema/fieldsMatch", "some"),
    mistake("no-schema", "/resources/0", at="/resources/0/schema"),
    mistake("no-fields", "/resources/0/schema", [], at=FIELDS),
    mistake("field-without-name", f"{FIELDS}/2", at=f"{FIELDS}/2/name"),
    mistake("page-shape", "/form/pages/1", at="/form/pages/1/name"),
    mistake("page-shape", "/form/pages/1", [], at="/form/pages/1/fields"),
    # names
    mistake("form-name", "/name", "A visit"),
    mistake("reserved-name", "/name", "resume"),
    mistake("reserved-name", "/form/pages/1/name", "check"),
    mistake("reserved-name", f"{FIELDS}/5/name", "csrf_token"),
    mistake("reserved-name", f"{FIELDS}/5/name", "day-month"),
    mistake("field-name", f"{FIELDS}/5/name", "room "),
    mistake("field-name", f"{FIELDS}/5/name", "ro\nom"),
    mistake("field-twice", f"{FIELDS}/5/name", "reach"),
    mistake("page-name", "/form/pages/1/name", "The visit"),
    mistake("page-twice", "/form/pages/1/name", "you"),
    # the package
    mistake("version", "/version"),
    mistake("version", "/version", "one"),
    mistake("languages", "/languages", []),
    mistake("retention", "/form/retention", "a year"),
    mistake("minutes", "/form/minutes", "ten"),
    mistake("not-supported", "/form/unique", ["reach"]),
    mistake("package", "", [{"title": "Free"}], at="/licenses"),
    mistake("package", "", "nowhere.csv", at="/resources/0/path"),
    mistake("package", "/resources/0/path", "https://example.org/visits.csv"),
    mistake("package", "/profile", "https://example.org/profile.json"),
    # pages
    mistake("unknown-field", "/form/pages/1/fields/0", "days"),
    mistake("field-on-two-pages", "/form/pages/1/fields/0", "reach"),
    mistake("field-on-no-page", f"{FIELDS}/2", ["topics", "mood", "room", "sure"], at="/form/pages/1/fields"),
    # choices and widgets
    mistake("widget", f"{FIELDS}/4/form/widget", "slider"),
    mistake("widget", f"{FIELDS}/4/form/widget", "date"),
    mistake("widget", f"{FIELDS}/4/form/widget", "radios"),
    mistake("widget", f"{FIELDS}/4/form/widget", "checkboxes"),
    Mistake("widget", f"{FIELDS}/4/form/widget", {f"{FIELDS}/4/constraints": {"maximum": 1000}}),
    mistake("choices", f"{FIELDS}/3/form/choices", ["sleep"]),
    mistake("choices", f"{FIELDS}/3/form/choices", "string", at=f"{FIELDS}/3/type"),
    mistake("choice-delimiter", f"{FIELDS}/3/form/choices/1", {"value": "a,b"}),
    mistake("confirm", f"{FIELDS}/3/form/confirm", True),
    mistake(
        "choice-refused", f"{FIELDS}/4", {"enum": [1, 2], "minimum": 2}, f"{FIELDS}/4/constraints", "warning"
    ),
    mistake("enum-without-label", f"{FIELDS}/0/constraints/enum/1", "mail", level="warning"),
    mistake("no-retention", "/form", at="/form/retention", level="warning"),
    Mistake(
        "translation",
        f"{FIELDS}/4/form/missing",
        {
            "/languages": ["en", "es"],
            f"{FIELDS}/4/missingValues": ["", "-9"],
            f"{FIELDS}/4/form/missing": {"-9": "I do not know"},
        },
        "warning",
    ),
    Mistake(
        "translation",
        "/resources/1",
        {"/languages": ["en", "es"], "/resources/1/form": {"label": "{name}"}},
        "warning",
    ),
    mistake("translation", "/title", ["en", "es"], at="/languages", level="warning"),
    # readers
    mistake("field", f"{FIELDS}/4", "whole", at=f"{FIELDS}/4/type"),
    mistake("field", f"{FIELDS}/1", "postcode", at=f"{FIELDS}/1/format"),
    mistake("field", f"{FIELDS}/4", {"pattern": "[0-9]"}, at=f"{FIELDS}/4/constraints"),
    mistake("field", f"{FIELDS}/4", {"jsonSchema": {}}, at=f"{FIELDS}/4/constraints"),
    mistake("field", f"{FIELDS}/3", {"name": "topics", "type": "list", "delimiter": ""}),
    mistake("schema", "/resources/0/schema", [1], at="/resources/0/schema/missingValues"),
    mistake("bound", f"{FIELDS}/2/constraints/minimum", "01/01/2027"),
    mistake("bound", f"{FIELDS}/4/constraints/enum", ["one"]),
    mistake("pattern", f"{FIELDS}/1/constraints/pattern", "[0-9"),
    mistake(
        "slow-pattern",
        f"{FIELDS}/1/constraints/pattern",
        {"pattern": "([0-9]+ ?)+x"},
        at=f"{FIELDS}/1/constraints",
    ),
    # conditions
    mistake("condition", SHOW, {"field": "reach", "operator": "like", "answer": "x"}),
    mistake("condition", SHOW, "reach"),
    mistake("condition", SHOW, {"all": []}),
    mistake("condition", SHOW, {"field": "reach", "operator": "="}),
    mistake("condition-field", SHOW, {"field": "reached", "operator": "=", "answer": "phone"}),
    mistake("condition-later", SHOW, {"field": "mood", "operator": "=", "answer": 1}),
    mistake("condition-later", "/form/pages/0/showWhen", {"field": "reach", "operator": "exists"}),
    mistake("condition-answer", SHOW, {"field": "reach", "operator": "=", "answer": "fone"}),
    mistake("condition-answer", SHOW, {"field": "reach", "operator": ">", "answer": "phone"}),
    mistake("condition-answer", "/form/alerts/0/when", {"field": "mood", "operator": "<", "answer": "low"}),
    mistake(
        "condition-answer", "/form/alerts/0/when", {"field": "topics", "operator": ">", "answer": "sleep"}
    ),
    mistake("condition-cycle", SHOW, {"field": "number", "operator": "exists"}),
    mistake(
        "condition-not-equal", SHOW, {"field": "reach", "operator": "!=", "answer": "letter"}, level="warning"
    ),
    mistake("alert", "/form/alerts/0", at="/form/alerts/0/name"),
    mistake("alert", "/form/alerts/0/level", "loud"),
    # scores
    Mistake(
        "band",
        "/form/scores/0/bands/0",
        {
            f"{FIELDS}/4/constraints": {"minimum": 0, "maximum": 9},
            "/form/scores": [
                {"name": "s", "fields": ["mood"], "bands": [{"from": 1, "to": 9, "label": "any"}]}
            ],
        },
        "warning",
    ),
    # keys
    mistake("unique", f"{FIELDS}/3/constraints/unique", True),
    mistake("primary-key", "/resources/0/schema/primaryKey", "id"),
    mistake("primary-key", "/resources/0/schema/primaryKey", ["topics"]),
    mistake("foreign-key", f"{KEY}/fields", "rooms"),
    mistake(
        "foreign-key",
        f"{KEY}/reference",
        "key",
        at=f"{KEY}/reference/fields",
    ),
    mistake(
        "foreign-key",
        KEY,
        ["room", "reach"],
        at=f"{KEY}/fields",
    ),
    mistake(
        "foreign-key",
        KEY,
        {"fields": ["room", "reach"], "reference": {"resource": "rooms", "fields": ["id", "name"]}},
    ),
    mistake(
        "foreign-key",
        KEY,
        {"fields": "room", "reference": {"resource": "", "fields": "reach"}},
    ),
    mistake(
        "package",
        f"{KEY}/reference",
        {"resource": "halls", "fields": "id"},
    ),
)


def test_the_form_that_is_spoilt_below_has_no_fault(tmp_path: Path) -> None:
    result = run(write_form(tmp_path, FORM))
    assert (result.exit_code, result.output) == (0, "")


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_is_found_and_told_in_one_line(mistake: Mistake, tmp_path: Path) -> None:
    form = changed(mistake.changes)
    file = write_form(tmp_path, form)
    result = run(file)
    found = [match for match in map(_LINE.fullmatch, result.stdout.splitlines()) if match]
    assert len(found) == len(result.stdout.splitlines()), result.stdout
    told = [match for match in found if match["code"] == mistake.code]
    assert told, result.stdout
    assert mistake.pointer in {match["pointer"] or "" for match in told}
    first = next(match for match in told if (match["pointer"] or "") == mistake.pointer)
    assert Path(first["path"]) == file
    assert int(first["line"]) == line_at(form, mistake.pointer)
    assert first["level"] == mistake.level
    assert result.exit_code == (1 if mistake.level == "error" else 0)


def test_every_finding_of_these_modules_has_its_mistake() -> None:
    known = {mistake.code for mistake in MISTAKES} | {code for code, *_ in FILES} | ROWS
    for name in MODULES:
        assert codes_of(import_module(f"forms_service.{name}")) <= known | GROUPS, name


GROUPS = {"condition-group"}  # in test_group_mistakes
ROWS = {"path-outside", "unreadable-rows", "unreadable"}
DEEP = '{"fields": ' + "[" * 200 + "]" * 200 + "}"
FILES = (
    ("no-file", None, 1),
    ("not-utf-8", '{"title": "é"}'.encode("latin-1"), 1),
    ("not-utf-8", b'{"title": "\\ud83d"}', 1),
    ("broken-json", b'{\n "name": "visit",\n "title": \n}', 4),
    ("broken-json", b'{"name": ' + b"1" * 10_000 + b"}", 1),
    ("broken-json", b"", 1),
    ("too-deep", DEEP.encode(), 1),
    ("too-deep", b"[" * 100_000, 1),
    ("not-an-object", b"[]", 1),
    ("no-resources", b'{"name": "visit"}', 1),
    ("no-resources", b'{"resources": {}}', 1),
)


@pytest.mark.parametrize(("code", "content", "line"), FILES)
def test_a_file_that_cannot_be_read_is_told_in_one_line(
    code: str, content: bytes | None, line: int, tmp_path: Path
) -> None:
    file = tmp_path / "datapackage.json"
    if content is not None:
        file.write_bytes(content)
    result = run(file)
    (told,) = result.stdout.splitlines()
    assert told.startswith(f"{file}:{line}: error {code} ")
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("code", "path", "content"),
    [
        ("path-outside", "../rooms.csv", b"id,name\n"),
        ("path-outside", "https://example.org/rooms.csv", b""),
        ("unreadable-rows", "none.csv", None),
        ("unreadable-rows", "rooms.csv", "id,name\né,a\n".encode("latin-1")),
    ],
)
def test_reference_rows_that_cannot_be_read_stop_the_form(
    code: str, path: str, content: bytes | None, tmp_path: Path
) -> None:
    file = write_form(tmp_path / "form", changed({"/resources/1/path": path}))
    if content is not None and "://" not in path:
        (file.parent / path).write_bytes(content)
    result = run(file)
    assert f" error {code} " in result.stdout
    assert result.exit_code == 1


def test_a_folder_in_place_of_the_descriptor_is_told(tmp_path: Path) -> None:
    (tmp_path / "datapackage.json").mkdir()
    result = run(tmp_path)
    assert f"{tmp_path / 'datapackage.json'}:1: error unreadable the file cannot be read" in result.stdout
    assert result.exit_code == 1


def test_data_that_no_question_chooses_from_is_never_opened(tmp_path: Path) -> None:
    resource = {"name": "photos", "path": "photos.csv", "schema": {"fields": [{"name": "x"}]}}
    form = changed({"/resources/2": resource})
    assert load(write_form(tmp_path, form)).rows.keys() == {"rooms"}


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a|a)*b",
        r"(\w+\s?)*\.",
        "(a|b|ab)*c",
        "(?=(x+x+)+y).*",
        "([^~]+)*;",
        "(.*,){12}P",
        "(x+x+)+y",
    ],
)
def test_a_pattern_that_backtracks_for_ever_is_found_in_a_few_seconds(pattern: str, tmp_path: Path) -> None:
    file = tmp_path / "schema.json"
    file.write_text(json.dumps({"fields": [{"name": "a", "constraints": {"pattern": pattern}}]}), "utf-8")
    spent = time.process_time()
    result = run(file)
    assert " error slow-pattern /fields/0/constraints/pattern: " in result.stdout
    assert time.process_time() - spent < 5


@pytest.mark.parametrize(
    "pattern",
    [
        "[A-Z]{1,3}(;[A-Z]{1,3})*",
        r"[^@\s]+@[^@\s]+\.[^@\s]+",
        r"(?=.*[A-Z])(?!.*--)[\w -]+",
        r"\d{4}(-\d{2}(-\d{2})?)?",
        r".*\S.*",
        "(red|green|blue)(,(red|green|blue))*",
    ],
)
def test_a_pattern_as_people_write_them_is_not_called_slow(pattern: str, tmp_path: Path) -> None:
    file = tmp_path / "schema.json"
    file.write_text(json.dumps({"fields": [{"name": "a", "constraints": {"pattern": pattern}}]}), "utf-8")
    assert run(file).output == ""


def test_a_slow_pattern_inside_a_list_of_items_is_found(tmp_path: Path) -> None:
    item = {"type": "string", "constraints": {"pattern": "(a+)+$"}}
    file = tmp_path / "schema.json"
    file.write_text(json.dumps({"fields": [{"name": "a", "type": "array", "arrayItem": item}]}), "utf-8")
    assert " error slow-pattern /fields/0/arrayItem/constraints/pattern: " in run(file).stdout


def test_a_bare_schema_is_pointed_into_as_it_lies(tmp_path: Path) -> None:
    file = tmp_path / "schema.json"
    fields = [{"name": "a"}, {"name": "b", "type": "date", "constraints": {"minimum": "soon"}}]
    file.write_text(json.dumps({"fields": fields}, indent=1), "utf-8")
    (told,) = run(file).stdout.splitlines()
    assert told.startswith(f"{file}:10: error bound /fields/1/constraints/minimum: ")


def codes_of(module: ModuleType) -> set[str]:
    """The codes of the findings that a module makes."""
    return set(
        re.findall(r'(?:Finding|_error)\(\s*(?:file,\s*|data,\s*)?"([a-z0-9-]+)"', inspect.getsource(module))
    )


def run(path: Path) -> Result:
    result = CliRunner().invoke(main, ["forms", "check", str(path)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_what_has_its_translation_is_not_told(tmp_path: Path) -> None:
    codes = {"missing": {"-9": "I do not know"}, "missing@es": {"-9": "No lo sé"}}
    file = write_form(
        tmp_path,
        changed(
            {
                "/languages": ["en", "es"],
                f"{FIELDS}/4/missingValues": ["", "-9"],
                f"{FIELDS}/4/form": codes,
                "/resources/1/form": {"label": "{name} ({id})"},
                "/resources/1/schema/fields": [
                    {"name": "id", "type": "string"},
                    {"name": "name"},
                    {"name": "name@es"},
                ],
            }
        ),
    )
    (tmp_path / "rooms.csv").write_text("id,name,name@es\n1,Blue room,Sala azul\n2,12,\n", "utf-8")
    told = [line for line in run(file).stdout.splitlines() if "/missing" in line or "/resources/1:" in line]
    assert told == []
