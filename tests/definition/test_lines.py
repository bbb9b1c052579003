"""A finding names the line on which its node stands, in JSON of any layout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms_service.definition.lines import Places, line_of
from tests.definition.descriptors import line_at
from tests.properties.runs import run_of

TEXT = r"""{
  "name": "a \"b\" {, ] é 🙂",
  "x/y": {"m~n": 1,
          "o": [ [],
                 [1,
                  2], {"p":
                    null}]},

	"tab": true, "é":
    "z"
}"""


@pytest.mark.parametrize(
    ("pointer", "line"),
    [
        ("", 1),
        ("/name", 2),
        ("/x~1y", 3),
        ("/x~1y/m~0n", 3),
        ("/x~1y/o", 4),
        ("/x~1y/o/0", 4),
        ("/x~1y/o/1", 5),
        ("/x~1y/o/1/1", 6),
        ("/x~1y/o/2/p", 6),
        ("/tab", 9),
        ("/é", 9),
        ("/x~1y/missing/deeper", 3),
        ("/missing", 1),
    ],
)
def test_a_pointer_leads_to_its_line(pointer: str, line: int, tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    file.write_text(TEXT, "utf-8")
    assert json.loads(TEXT)
    assert line_of(file, pointer) == line


@pytest.mark.parametrize("content", [None, b"\xff", b"", b"[", b"]]", b'{"a"', b'"', b"{,}"])
def test_what_is_no_json_has_only_a_first_line(content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    if content is not None:
        file.write_bytes(content)
    assert line_of(file, "/a/0") == 1


NAMES = st.text(st.sampled_from('ab/~"\\ é{,'), max_size=3)
NODES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(st.sampled_from('a"\\{}[],:\n🙂'), max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)


def test_every_node_of_any_json_is_found_on_its_line(tmp_path: Path) -> None:
    file = tmp_path / "file.json"

    @run_of(100)
    @given(st.dictionaries(NAMES, NODES, min_size=1, max_size=3))
    def law(form: dict[str, Any]) -> None:
        file.write_text(json.dumps(form, ensure_ascii=False, indent=1), "utf-8")
        places = Places(file)
        for pointer in pointers(form):
            assert places.line(pointer) == line_at(form, pointer)

    law()


def pointers(node: Any, at: str = "") -> list[str]:
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    found = [at] if at else []
    for key, child in children:
        found += pointers(child, f"{at}/{str(key).replace('~', '~0').replace('/', '~1')}")
    return found
