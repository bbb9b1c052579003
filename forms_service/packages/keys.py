"""Judging what only many rows show: values that must be unique, and keys that refer to other rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from forms_service.answers import Judge, Problem
from forms_service.answers.keys import Key
from forms_service.definition.groups import names_of

Row = Mapping[str, str | None]


class KeyJudge:
    """The keys of one table; it remembers the rows it has judged, refused ones too, as frictionless does."""

    def __init__(self, judge: Judge) -> None:
        form = judge.form
        self._judge = judge
        self._unique = [
            name for name, field in form.fields.items() if field.constraints.get("unique") is True
        ]
        self._primary = names_of(form.package["resources"][0]["schema"].get("primaryKey"))
        self._own = {key.columns: set[Key]() for key in judge.foreign_keys if key.values is None}
        self._seen: dict[tuple[str, ...], dict[Key, int]] = {}

    @property
    def looks_ahead(self) -> bool:
        """Whether a row may refer to a later one: then every row must be learnt before the first is judged."""
        return bool(self._own)

    def learn(self, row: Row) -> None:
        """Take in the keys of a row that others may refer to."""
        for columns, keys in self._own.items():
            if row.keys() >= set(columns):
                keys.add(self._key(columns, row))

    def problems(self, row: Row, number: int) -> Iterator[Problem]:
        """The problems of the row of that number; fields that are not in `row` belong to no column."""
        for name in self._unique:
            key = self._key((name,), row) if name in row else (None,)
            if key != (None,):
                yield from self._once((name,), key, "unique", number)
        if self._primary and row.keys() >= set(self._primary):
            key = self._key(self._primary, row)
            if all(part is None for part in key):
                yield Problem(self._primary[0], "primaryKey")
            else:
                yield from self._once(("primary key", *self._primary), key, "primaryKey", number)
        yield from self._foreign(row)

    def _foreign(self, row: Row) -> Iterator[Problem]:
        """Keys that refer to nothing; a lone field's is the cell judge's matter (`choice`) unless it looks here."""
        for foreign in self._judge.foreign_keys:
            own = self._own.get(foreign.columns) if foreign.values is None else None
            if (own is None and len(foreign.fields) == 1) or not row.keys() >= set(foreign.fields):
                continue
            key = self._key(foreign.fields, row)
            missing = own is not None and key not in own and any(part is not None for part in key)
            if missing or not foreign.allows(key):
                yield Problem(foreign.fields[0], "foreignKey", foreign.resource)

    def _once(self, kind: tuple[str, ...], key: Key, constraint: str, number: int) -> Iterator[Problem]:
        seen = self._seen.setdefault(kind, {})
        if key in seen:
            yield Problem(kind[-1], constraint, seen[key])
        else:
            seen[key] = number

    def _key(self, names: tuple[str, ...], row: Row) -> Key:
        return tuple(self._judge.key_value(name, row[name]) for name in names)
