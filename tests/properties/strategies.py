"""Schemas and rows for the law: plausible fields of every kind, and cells of which enough are wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.properties.cases import LINE, POINT, TOPOLOGY, UUID

Cell = str
BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")


@dataclass(frozen=True)
class Kind:
    """A type with a format or property, cells it may take, cells it must refuse, and bounds as JSON values."""

    field: Mapping[str, Any]
    good: tuple[Cell, ...]
    bad: tuple[Cell, ...]
    bounds: tuple[Any, ...] = ()
    enum: tuple[Any, ...] = ()
    lengths: bool = False
    hashable: bool = True


@dataclass(frozen=True)
class Drawn:
    """A generated field and the cells to try on it."""

    field: Mapping[str, Any]
    kind: Kind
    good: tuple[Cell, ...]
    bad: tuple[Cell, ...]

    @property
    def name(self) -> str:
        return str(self.field["name"])


def _numbers(good: tuple[Cell, ...], bad: tuple[Cell, ...], **more: Any) -> Kind:
    return Kind({"type": "number", **more}, good, bad, (-1, 0, 1.5, 2, 10), (0, 1.5, 2, -1))


KINDS: tuple[Kind, ...] = (
    Kind(
        {"type": "string"},
        ("a", "Ana", "abc", "ñandú", "A12", "red", "two\nlines", "a,b", 'say "hi"', "=1+1"),
        ("\0", "a\0b"),
        enum=("a", "red", "Ana"),
        lengths=True,
    ),
    Kind({"type": "string", "format": "email"}, ("a@b.org", "josé@example.org"), ("a", "a@b", "@b.org")),
    Kind({"type": "string", "format": "uri"}, ("https://b.org", "tel:1"), ("b.org", "//b.org", "x y")),
    Kind({"type": "string", "format": "binary"}, ("aGFsbG8=", "YQ=="), ("a", "aGFsbG8")),
    Kind({"type": "string", "format": "uuid"}, (UUID, UUID.upper()), ("95ecc380", UUID[:-1])),
    Kind(
        {"type": "integer"},
        ("0", "1", "2", "-1", "007", "+2", " 10 ", "١٢", "３"),
        ("x", "1.5", "1_000", "1e3", "--1", "1 2"),
        (-1, 0, 2, 10, "1"),
        (0, 1, 2, "10"),
    ),
    Kind({"type": "integer", "bareNumber": False}, ("5 kg", "€ 2", "-1"), ("kg", "1.5 kg"), (0, 2)),
    _numbers(("0", "1.5", "-1", "2.", ".5", "1e1", "1.50"), ("x", "1,5", "NaN", "INF", "1_0.5", "_1")),
    _numbers(("0", "1,5", "-1", "2,0"), ("1.5", "x"), decimalChar=","),
    _numbers(("0", "1'000.5", "10"), ("1,5", "x"), groupChar="'"),
    _numbers(("$ 1.5", "10 %", "-1"), ("%", "x"), bareNumber=False),
    _numbers(("0", "1.5", "-1"), ("x", "nan", "inf"), floatNumber=True),
    Kind({"type": "boolean"}, ("true", "false", "1", "TRUE"), ("yes", "tRue", "2"), enum=(True, False)),
    Kind({"type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]}, ("oui", "non"), ("yes", "0")),
    Kind(
        {"type": "date"},
        ("2020-01-02", "2020-02-29", "2019-12-31", "2020-1-2"),
        ("2021-02-29", "2020-13-01", "20-1-1", "2020-01", "-5-"),
        ("2020-01-02", "2020-01-31"),
        ("2020-01-02", "2019-12-31"),
    ),
    Kind(
        {"type": "date", "format": "%d/%m/%Y"},
        ("02/01/2020", "31/12/2019"),
        ("31/02/2020", "1/13/2020", "x"),
        ("02/01/2020", "31/01/2020"),
        ("02/01/2020",),
    ),
    Kind(
        {"type": "date", "format": "any"}, ("2020-01-02", "2 Jan 2020"), ("x", "2020-13-40"), ("2020-01-02",)
    ),
    Kind({"type": "date", "format": "%m/%Y"}, ("01/2020", "12/2019"), ("13/2020", "2020"), ("01/2020",)),
    Kind(
        {"type": "time"},
        ("10:00:00", "23:59:59", "10:00:00.5"),
        ("10:00", "25:00:00", "x"),
        ("10:00:00", "12:30:00"),
        ("10:00:00",),
    ),
    Kind({"type": "time", "format": "%H:%M"}, ("10:00", "23:59"), ("10:00:00", "24:00"), ("10:00",)),
    Kind({"type": "time", "format": "any"}, ("10:00", "3 pm"), ("x", "99:99"), ("10:00",)),
    Kind(
        {"type": "datetime"},
        ("2020-01-02T10:00:00", "2020-01-02T10:00:00Z", "2019-12-31T00:00:00"),
        ("2020-01-02", "2020-01-02T25:00:00", "x"),
        ("2020-01-02T10:00:00", "2020-01-02T10:00:00Z"),
        ("2020-01-02T10:00:00",),
    ),
    Kind({"type": "datetime", "format": "%d/%m/%Y %H:%M"}, ("02/01/2020 10:00",), ("2/1/2020", "x")),
    Kind({"type": "datetime", "format": "any"}, ("2020-01-02 10:00", "2 Jan 2020"), ("x", "2020-13-40")),
    Kind(
        {"type": "year"}, ("2020", "1999", "0001"), ("20", "20200", "x", "2_20"), (2000, "2020"), (2020, 1999)
    ),
    Kind(
        {"type": "yearmonth"},
        ("2020-01", "2019-12", "2020-1"),
        ("2020-13", "2020", "x"),
        ("2020-01",),
        ("2020-01",),
    ),
    Kind({"type": "duration"}, ("P1Y", "P12M", "P7D", "PT1H"), ("1 year", "P", "x"), enum=("P1Y", "P1W")),
    Kind({"type": "geopoint"}, ("1,2", "-71.06, 42.36"), ("1", "181,0", "0,91", "x", "1_0,2"), enum=("1,2",)),
    Kind({"type": "geopoint", "format": "array"}, ("[1,2]", "[1.5, -2]"), ("1,2", "[1]")),
    Kind({"type": "geopoint", "format": "object"}, ('{"lon": 1, "lat": 2}',), ('{"lon": 1}', "1,2")),
    Kind({"type": "list"}, ("a", "a,b", "a,,b"), ("\0",), lengths=True, hashable=False),
    Kind(
        {"type": "list", "itemType": "integer", "delimiter": ";"},
        ("1", "1;2", "1; 2;3"),
        ("1,2", "x", "1;", "1_0;2"),
        lengths=True,
        hashable=False,
    ),
    Kind(
        {"type": "list", "itemType": "number"}, ("1.5", "1,2"), ("x", "1,NaN"), lengths=True, hashable=False
    ),
    Kind(
        {"type": "list", "itemType": "date"}, ("2020-01-02", "2020-01-02,2020-01-03"), ("x",), hashable=False
    ),
    Kind(
        {"type": "array"},
        ("[]", "[1]", '["a", "b"]'),
        ("x", "{}", "[NaN]"),
        enum=([1], []),
        lengths=True,
        hashable=False,
    ),
    Kind(
        {"type": "array", "arrayItem": {"type": "integer", "constraints": {"minimum": 1}}},
        ("[1]", "[1, 2]", "[]"),
        ("[0]", '["x"]'),
        hashable=False,
    ),
    Kind({"type": "object"}, ("{}", '{"a": 1}'), ("x", "[]"), enum=({"a": 1},), lengths=True, hashable=False),
    Kind({"type": "geojson"}, (POINT, LINE), ("{}", '{"type": "Dot"}', "x"), hashable=False),
    Kind({"type": "geojson", "format": "topojson"}, (TOPOLOGY,), ("[]", "x"), hashable=False),
    Kind({"type": "any"}, ("a", "1", "x y"), ("\0",), enum=("a", "1")),
)
PATTERNS = ("[a-z]+", "[A-Z].*", "(?=.*[0-9])\\w+", "red|green", "[^,]{2,}", "(?!.*hi).*", "\\S+")
MISSING: tuple[list[str], ...] = ([""], ["", "-"], ["-"], ["", "NA", "-99"], [])
NAMES = (
    "name",
    "with space",
    "é",
    "validate",
    "data",
    "_id",
    "a-b",
    "Größe (cm)",
    "x/y",
    "a.b",
    "process",
    "1st",
)
NOISE = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from(" \t\n\r\0-_,;.\"'0١１ \u2028"), max_size=6
)


@st.composite
def drawn_fields(draw: st.DrawFn, name: str, keys: bool = False) -> Drawn:
    """A field of any kind with constraints that fit its type; `keys` allows `unique`, and is mild otherwise."""
    kind = draw(st.sampled_from(KINDS))
    field: dict[str, Any] = {"name": name, **kind.field}
    if keys and draw(st.integers(0, 3)):
        if kind.hashable and draw(st.integers(0, 3)) == 0:
            field["constraints"] = {"unique": True}
        return Drawn(field, kind, kind.good, (*kind.bad, "", "-"))
    constraints: dict[str, Any] = {}
    if draw(st.booleans()):
        constraints["required"] = draw(st.booleans())
    if draw(st.booleans()) and kind.bounds:
        names = draw(st.lists(st.sampled_from(BOUNDS), min_size=1, max_size=2, unique=True))
        constraints |= {bound: draw(st.sampled_from(kind.bounds)) for bound in names}
    elif kind.enum and draw(st.integers(0, 2)) == 0:
        constraints["enum"] = draw(st.lists(st.sampled_from(kind.enum), min_size=1, max_size=3))
    if kind.lengths and draw(st.booleans()):
        constraints[draw(st.sampled_from(("minLength", "maxLength")))] = draw(st.integers(0, 3))
    if kind.field["type"] == "string" and draw(st.integers(0, 3)) == 0:
        constraints["pattern"] = draw(st.sampled_from(PATTERNS))
    if keys and kind.hashable and draw(st.integers(0, 2)) == 0:
        constraints["unique"] = True
    if constraints:
        field["constraints"] = constraints
    if draw(st.integers(0, 3)) == 0:
        field["missingValues"] = draw(st.sampled_from(MISSING))
    return Drawn(field, kind, kind.good, (*kind.bad, "", "-"))


@st.composite
def drawn_schemas(draw: st.DrawFn, keys: bool = False) -> tuple[dict[str, Any], tuple[Drawn, ...]]:
    """A Table Schema of one to four fields, and its fields with their cells."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
    fields = tuple(draw(drawn_fields(name, keys)) for name in names)
    schema: dict[str, Any] = {"fields": [dict(field.field) for field in fields]}
    if draw(st.integers(0, 2)) == 0:
        schema["missingValues"] = draw(st.sampled_from(MISSING))
    return schema, fields


@dataclass(frozen=True)
class DrawnTable:
    """A schema with keys, its fields, and the reference resources its keys look into."""

    schema: dict[str, Any]
    fields: tuple[Drawn, ...]
    others: Mapping[str, tuple[dict[str, Any], list[list[Cell]]]]


@st.composite
def drawn_tables(draw: st.DrawFn) -> DrawnTable:
    """A schema with `unique`, primary and foreign keys over few values, so that keys meet."""
    schema, fields = draw(drawn_schemas(keys=True))
    keyable = [field for field in fields if field.kind.hashable]
    others: dict[str, tuple[dict[str, Any], list[list[Cell]]]] = {}
    if not keyable:
        return DrawnTable(schema, fields, others)
    some = st.lists(st.sampled_from(keyable), min_size=1, max_size=2, unique_by=lambda field: field.name)
    if draw(st.integers(0, 2)) == 0:
        names = [field.name for field in draw(some)]
        schema["primaryKey"] = names[0] if len(names) == 1 and draw(st.booleans()) else names
    if draw(st.integers(0, 2)) == 0:
        sources = draw(some)
        names = [field.name for field in sources]
        if draw(st.integers(0, 2)) == 0:
            columns = [draw(st.sampled_from(keyable)).name for _ in sources]
            schema["foreignKeys"] = [{"fields": names, "reference": {"resource": "", "fields": columns}}]
        else:
            others["ref"] = draw(drawn_references(sources))
            target = {"resource": "ref", "fields": [f"key{number}" for number, _ in enumerate(sources)]}
            schema["foreignKeys"] = [{"fields": names, "reference": target}]
    return DrawnTable(schema, fields, others)


@st.composite
def drawn_references(draw: st.DrawFn, sources: list[Drawn]) -> tuple[dict[str, Any], list[list[Cell]]]:
    """A reference table with a column for each source, mostly of the same kind, and its rows."""
    hashable = [kind for kind in KINDS if kind.hashable]
    kinds = [
        source.kind if draw(st.integers(0, 4)) else draw(st.sampled_from(hashable)) for source in sources
    ]
    fields = [{"name": f"key{number}", **kind.field} for number, kind in enumerate(kinds)]
    row = st.tuples(*(st.sampled_from(kind.good[:5]) for kind in kinds)).map(list)
    return {"fields": fields}, draw(st.lists(row, min_size=3, max_size=9))


@st.composite
def drawn_lines(draw: st.DrawFn, fields: tuple[Drawn, ...]) -> list[list[Cell]]:
    """Lines of a file for these fields: mostly full rows of few values, but blank, short and long ones too."""
    count = draw(st.integers(0, 8))
    lines = [[draw(drawn_cells(field, few=True)) for field in fields] for _ in range(count)]
    for line in lines:
        shape = draw(st.integers(0, 23))
        if shape == 0:
            line.clear()
        elif shape == 1:
            line[:] = [draw(st.sampled_from(("", " ", "-"))) for _ in line]
        elif shape == 2:
            line.pop()
        elif shape == 3:
            line.append(draw(st.sampled_from(("", "more"))))
    return lines


@st.composite
def drawn_cells(draw: st.DrawFn, field: Drawn, few: bool = False) -> Cell:
    """A cell: mostly one that the kind may take, sometimes one it must refuse, sometimes anything."""
    chance = draw(st.integers(0, 11))
    if chance < (11 if few else 8):
        return draw(st.sampled_from(field.good[:5] if few else field.good))
    return draw(st.sampled_from(field.bad) if chance < 11 else NOISE)


@st.composite
def drawn_rows(draw: st.DrawFn, fields: tuple[Drawn, ...], most: int) -> list[list[Cell]]:
    """Full rows for these fields."""
    count = draw(st.integers(1, most))
    return [[draw(drawn_cells(field)) for field in fields] for _ in range(count)]
