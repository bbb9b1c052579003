"""One field for every type, format, property and constraint: a cell that is accepted and one that is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

POINT = '{"type": "Point", "coordinates": [1, 2]}'
LINE = '{"type": "LineString", "coordinates": [[1, 2], [3, 4]]}'
TOPOLOGY = '{"type": "Topology", "objects": {}, "arcs": []}'
UUID = "95ecc380-afe9-11e4-9b6c-751b66dd541e"


@dataclass(frozen=True)
class Case:
    """A field, a cell it takes and a cell it does not (None: it takes every text)."""

    field: dict[str, Any]
    accepted: str
    refused: str | None

    @property
    def type(self) -> str:
        return str(self.field["type"])

    @property
    def constraints(self) -> dict[str, Any]:
        found: dict[str, Any] = self.field.get("constraints", {})
        return found

    @property
    def schema(self) -> dict[str, Any]:
        """A schema of this field alone."""
        return {"fields": [self.field]}

    def __str__(self) -> str:
        told = [self.field.get("format", ""), *(key for key in self.field if key not in _PLAIN)]
        return "-".join([self.type, *filter(None, told), *self.constraints])


_PLAIN = ("name", "type", "format", "constraints")


def case(kind: str, accepted: str, refused: str | None, **more: Any) -> Case:
    """A case; of `more`, the constraints go where they belong and the rest are properties of the field."""
    constraints = {key: value for key, value in more.items() if key in CONSTRAINTS}
    properties = {key: value for key, value in more.items() if key not in CONSTRAINTS}
    field = {"name": "cell", "type": kind, **properties}
    return Case({**field, "constraints": constraints} if constraints else field, accepted, refused)


CONSTRAINTS = frozenset(
    {"required", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
    | {"minLength", "maxLength", "pattern", "enum"}
)


def ordered(kind: str, low: str, middle: str, high: str, **more: Any) -> Iterator[Case]:
    """The four bounds of a type with an order, each just met and just missed."""
    yield case(kind, middle, low, minimum=middle, **more)
    yield case(kind, middle, high, maximum=middle, **more)
    yield case(kind, high, middle, exclusiveMinimum=middle, **more)
    yield case(kind, low, middle, exclusiveMaximum=middle, **more)


def required(kind: str, accepted: str, **more: Any) -> Case:
    """A field that must be answered."""
    return case(kind, accepted, "", required=True, **more)


CASES: tuple[Case, ...] = (
    # string
    case("string", "anything", None),
    required("string", "x"),
    case("string", "abc", "ab", minLength=3),
    case("string", "👩‍👩‍👧", "👩‍👩‍👧!", maxLength=5),
    case("string", "A12", "A123", pattern="[A-Z][0-9]{2}"),
    case("string", "Ñandú", "nandu", pattern="(?=.*[úÚ])\\w+"),
    case("string", "red", "Red", enum=["red", "green"]),
    case("string", "ana@example.org", "ana.example.org", format="email"),
    case("string", "https://example.org/a?b=c", "example", format="uri"),
    case("string", "aGFsbG8=", "a", format="binary"),
    case("string", UUID, UUID[:-1], format="uuid"),
    # number
    case("number", "-1.5e3", "1,5"),
    required("number", "0"),
    *ordered("number", "1.4", "1.5", "1.6"),
    case("number", "2.50", "2.51", enum=[2.5, 3]),
    case("number", "1,5", "1.5", decimalChar=","),
    case("number", "1 000 000.5", "1,000", groupChar=" "),
    case("number", "1.000,5", "1,000,5", groupChar=".", decimalChar=","),
    case("number", "€ 95.50", "€", bareNumber=False),
    case("number", "1.5", "x", floatNumber=True),
    # integer
    case("integer", "-007", "7.0"),
    required("integer", "0"),
    *ordered("integer", "1", "2", "3"),
    case("integer", "02", "4", enum=[2, 3]),
    case("integer", "95 %", "%", bareNumber=False),
    # boolean
    case("boolean", "true", "perhaps"),
    required("boolean", "false"),
    case("boolean", "true", "false", enum=[True]),
    case("boolean", "oui", "yes", trueValues=["oui"], falseValues=["non"]),
    case("boolean", "non", "yes", trueValues=["oui"], falseValues=["non"]),
    # date
    case("date", "2020-02-29", "2021-02-29"),
    required("date", "2020-02-29"),
    *ordered("date", "2020-01-01", "2020-01-02", "2020-01-03"),
    case("date", "2020-01-02", "2020-01-03", enum=["2020-01-02"]),
    case("date", "2020-01-02", "2020-13-02", format="any"),
    case("date", "31/12/2020", "31/11/2020", format="%d/%m/%Y"),
    case("date", "12/2020", "13/2020", format="%m/%Y"),
    case("date", "20201231", "20201131", format="%Y%m%d"),
    *ordered("date", "31/01/2020", "01/02/2020", "02/02/2020", format="%d/%m/%Y"),
    # time
    case("time", "23:59:59", "24:61:00"),
    required("time", "10:00:00"),
    *ordered("time", "10:00:00", "10:00:01", "10:00:02"),
    case("time", "10:00:00", "10:00:01", enum=["10:00:00"]),
    case("time", "10:30", "half past ten", format="any"),
    case("time", "10h30", "10:30", format="%Hh%M"),
    # datetime
    case("datetime", "2020-01-02T10:00:00Z", "2020-01-02 10:00"),
    required("datetime", "2020-01-02T10:00:00"),
    *ordered("datetime", "2020-01-02T10:00:00", "2020-01-02T10:00:01", "2020-01-02T10:00:02"),
    case("datetime", "2020-01-02T10:00:00", "2020-01-02T10:00:01", enum=["2020-01-02T10:00:00"]),
    case("datetime", "2 Jan 2020 10:00", "never", format="any"),
    case("datetime", "02/01/2020 10:00", "2020-01-02T10:00:00", format="%d/%m/%Y %H:%M"),
    # year and yearmonth
    case("year", "0999", "999"),
    required("year", "2020"),
    *ordered("year", "2019", "2020", "2021"),
    case("year", "2020", "2021", enum=[2020]),
    case("yearmonth", "2020-12", "2020-13"),
    required("yearmonth", "2020-12"),
    *ordered("yearmonth", "2020-11", "2020-12", "2021-01"),
    case("yearmonth", "2020-12", "2021-12", enum=["2020-12"]),
    # duration
    case("duration", "P1Y2M3DT4H", "1 year"),
    required("duration", "PT0S"),
    case("duration", "P7D", "P8D", enum=["P1W"]),
    # geopoint
    case("geopoint", "-71.06, 42.36", "42.36"),
    required("geopoint", "0,0"),
    case("geopoint", "1.0,2.0", "2,1", enum=["1,2"]),
    case("geopoint", "[-71.06, 42.36]", "-71.06,42.36", format="array"),
    case("geopoint", '{"lon": 1, "lat": 2}', '{"lon": 1, "lat": 92}', format="object"),
    # list
    case("list", "a,b", None),
    required("list", "a"),
    case("list", "a,b", "a", minLength=2),
    case("list", "a,b", "a,b,c", maxLength=2),
    case("list", "1;2", "1,2", delimiter=";", itemType="integer"),
    case("list", "a,b", None, itemType="string"),
    case("list", "1,-2", "1,x", itemType="integer"),
    case("list", "true,0", "true,2", itemType="boolean"),
    case("list", "1.5,2", "1.5,", itemType="number"),
    case("list", "2020-01-02,2020-01-03", "2020-01-02,x", itemType="date"),
    case("list", "10:00:00,11:00:00", "10:00:00,11", itemType="time"),
    case("list", "2020-01-02T10:00:00,2020-01-03T10:00:00", "2020-01-02", itemType="datetime"),
    # array and object
    case("array", '["a", 1]', '{"a": 1}'),
    required("array", "[]"),
    case("array", "[1, 2]", "[1]", minLength=2),
    case("array", "[1, 2]", "[1, 2, 3]", maxLength=2),
    case("array", "[1,2]", "[2, 1]", enum=[[1, 2]]),
    case("array", '["a"]', '["c"]', arrayItem={"type": "string", "constraints": {"enum": ["a", "b"]}}),
    case("array", "[1]", '["x"]', arrayItem={"type": "integer"}),
    case("object", '{"a": 1}', '["a"]'),
    required("object", "{}"),
    case("object", '{"a": 1, "b": 2}', '{"a": 1}', minLength=2),
    case("object", "{}", '{"a": 1}', maxLength=0),
    case("object", '{"a":1}', '{"a": 2}', enum=[{"a": 1}]),
    # geojson
    case("geojson", POINT, '{"type": "Dot"}'),
    required("geojson", POINT),
    case("geojson", POINT, LINE, enum=[{"type": "Point", "coordinates": [1, 2]}]),
    case("geojson", TOPOLOGY, "[]", format="topojson"),
    # any
    case("any", "whatever", None),
    required("any", "0"),
    case("any", "a", "b", enum=["a"]),
    # missingValues
    case("integer", "-99", "none", missingValues=["", "-99"]),
    case("integer", "-99", "none", missingValues=[{"value": ""}, {"value": "-99", "label": "Unknown"}]),
    case("integer", "Left blank", "-", missingValues=["Left blank"]),
    case("integer", "7", "-", missingValues=["-"], required=True),
)
