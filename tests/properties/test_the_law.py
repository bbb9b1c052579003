"""The law over generated schemas and rows, with frictionless itself as the judge of our judge."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from forms_service.answers.strict import normalise
from forms_service.definition import build, load
from tests.properties.oracle import RAISED, V2, ask, names_of, resource_of, write_csv
from tests.properties.runs import assert_enough_refused, run_of
from tests.properties.strategies import (
    Drawn,
    DrawnTable,
    drawn_lines,
    drawn_rows,
    drawn_schemas,
    drawn_tables,
)
from tests.properties.trying import Tried, disagreement, try_rows
from tests.properties.web import Clinic, answers, cells_of, form_of, sends, typed

Schema = dict[str, Any]


class Files:
    """Numbered folders for what one example writes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._used = 0

    def new(self) -> Path:
        self._used += 1
        folder = self.root / str(self._used)
        folder.mkdir()
        return folder


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def test_the_web_form_takes_the_rows_that_frictionless_accepts(clinic: Clinic, files: Files) -> None:
    verdicts: Counter[bool] = Counter()

    @run_of(60)
    @given(drawn_schemas(), st.data())
    def law(drawn: tuple[Schema, tuple[Drawn, ...]], data: st.DataObject) -> None:
        schema, fields = drawn
        rows = data.draw(drawn_rows(fields, 6))
        folder = files.new()
        name = f"form-{folder.name}"
        clinic.publish(form_of(name, schema))
        form, family = clinic.form(name), clinic.family(name)
        inputs = [typed(form, dict(zip(form.fields, row, strict=True))) for row in rows]
        cells = [list(cells_of(form, sent).values()) for sent in inputs]
        opinion = ask(folder / "asked", schema, cells)
        tried = tried_as(schema, cells, folder)
        for number, sent in enumerate(inputs):
            taken = answers(family, form, sent)
            verdicts[taken] += 1
            blank = opinion.rows[number] == {"blank-row"}
            if blank:  # only "check your answers" sees a wholly empty submission
                assert not taken or not sends(family)
            else:
                web = Tried(number + 1, taken, tried[number].constraints)
                assert not disagreement(web, opinion.accepts(number)), (schema, cells[number])
                assert taken == tried[number].accepted, (schema, cells[number], tried[number])

    law()
    assert_enough_refused(verdicts, 150)


def test_forms_try_accepts_the_lines_that_frictionless_accepts_in_one_table(files: Files) -> None:
    verdicts: Counter[bool] = Counter()

    @run_of(80)
    @given(drawn_tables(), st.data())
    def law(table: DrawnTable, data: st.DataObject) -> None:
        lines = data.draw(drawn_lines(table.fields))
        folder = files.new()
        tried = tried_in_package(table, lines, folder)
        plain = normalised(folder, lines)
        opinion = ask(folder / "asked", table.schema, plain, table.others)
        assume(not any(RAISED in errors for errors in opinion.rows))  # then it says nothing of keys
        assert [verdict.row for verdict in tried] == list(range(1, len(lines) + 1))
        for number, verdict in enumerate(tried):
            verdicts[verdict.accepted] += 1
            trouble = disagreement(verdict, opinion.accepts(number))
            assert not trouble, (table, plain, number, verdict, opinion.rows[number])

    law()
    assert_enough_refused(verdicts, 150)


def tried_in_package(table: DrawnTable, lines: list[list[str]], folder: Path) -> list[Tried]:
    resources = [resource_of(table.schema, dialect={"delimiter": ";"})]
    for name, (schema, rows) in table.others.items():
        resources.append(resource_of(schema, name))
        write_csv(folder / f"{name}.csv", names_of(schema), rows)
    write_csv(folder / "rows.csv", names_of(table.schema), [], delimiter=";")
    package = {"$schema": V2, "name": "tried", "resources": resources}
    (folder / "datapackage.json").write_text(json.dumps(package), "utf-8")
    write_csv(folder / "lines.csv", names_of(table.schema), lines, delimiter=";")
    return try_rows(folder, folder / "lines.csv")


def normalised(folder: Path, lines: list[list[str]]) -> list[list[str]]:
    """The cells as design 6 has them; what stands beyond the last field stays as it is."""
    fields = list(build(load(folder)).fields.values())
    return [
        [normalise(cell, field) for cell, field in zip(line, fields, strict=False)] + line[len(fields) :]
        for line in lines
    ]


def tried_as(schema: Schema, rows: list[list[str]], folder: Path) -> list[Tried]:
    (folder / "schema.json").write_text(json.dumps(schema), "utf-8")
    write_csv(folder / "rows.csv", names_of(schema), rows)
    return try_rows(folder / "schema.json", folder / "rows.csv")
