"""The blocks under Zensical, MkDocs' successor: the same Markdown extension gives the same text."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from site_src.building import build_site
from site_src.instance import Instance
from site_src.options import BuildOptions
from tests.site.conftest import HILLTOP, REPOSITORY, write_page
from tests.site.pages import Element, parse, read_page

ZENSICAL = Path(sys.executable).with_name("zensical")
BLOCKS = (
    "kb-help",
    "kb-try",
    "kb-strategies",
    "kb-invite",
    "kb-crisis__line",
    "kb-cites",
    "kb-table",
    "kb-finding",
)


def zensical_site(clinic: Path, folder: Path, language: str) -> Path:
    """A clinic's pages in one language, built with Zensical and its own theme."""
    shutil.copytree(clinic, folder)
    for page in folder.rglob("*.md"):
        lines = page.read_text("utf-8").splitlines(keepends=True)
        page.write_text("".join(line for line in lines if not line.startswith("template:")), "utf-8")
    config = yaml.safe_load((folder / "mkdocs.yml").read_text("utf-8"))
    config["markdown_extensions"][-1] = {"site_src.markdown": {"instance": ".", "language": language}}
    config |= {"docs_dir": f"content/{language}", "site_dir": "built"}
    del config["plugins"], config["theme"]
    (folder / "mkdocs.yml").write_text(yaml.safe_dump(config, sort_keys=False), "utf-8")
    subprocess.run([ZENSICAL, "build"], cwd=folder, env={"PYTHONPATH": str(REPOSITORY)}, check=True)
    return folder / "built"


def blocks(page: Element) -> list[tuple[str, str]]:
    """Every block of a page with its text, as both generators should give it."""
    return [(name, block.text) for name in BLOCKS for block in page.all(cls=name)]


def places(page: Element) -> list[tuple[str, str, str, str]]:
    """Every place to write on a worksheet."""
    found = (element for element in page.walk() if "data-kb-fill" in element.attributes)
    return [(place.tag, place["id"], place["data-kb-fill"], place.get("rows")) for place in found]


@dataclass(frozen=True)
class Both:
    """The same pages, built with MkDocs and, by language, with Zensical."""

    mkdocs: Path
    zensical: dict[str, Path]

    def pages(self, language: str, page: str) -> tuple[Element, Element]:
        """A page of a language as MkDocs and as Zensical give it."""
        address = f"/{page}/" if language == "en" else f"/{language}/{page}/"
        built = self.zensical[language] / page / "index.html"
        return read_page(self.mkdocs, address), parse(built.read_text("utf-8"))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Both:
    """The small clinic with a page of findings, built twice."""
    folder = tmp_path_factory.mktemp("zensical")
    clinic = Instance(folder / "clinic", folder / "var")
    shutil.copytree(HILLTOP, clinic.root)
    for language in ("en", "es"):
        write_page(clinic, "It helps.\n\n/// findings\n///", f"{language}/research.md")
    build_site(clinic, folder / "mkdocs", BuildOptions())
    sites = {name: zensical_site(clinic.root, folder / name, name) for name in ("en", "es")}
    return Both(folder / "mkdocs", sites)


PAGES = (
    ("en", "calm"),
    ("es", "crisis"),
    ("es", "noches"),
    ("en", "research"),
    ("es", "research"),
    ("en", "worksheets/log"),
)


@pytest.mark.parametrize(("language", "page"), PAGES)
def test_the_blocks_are_the_same_under_zensical(both: Both, language: str, page: str) -> None:
    expected, found = both.pages(language, page)
    assert blocks(expected)
    assert blocks(found) == blocks(expected)


def test_every_kind_of_block_is_among_them(both: Both) -> None:
    seen = {name for place in PAGES for name, _ in blocks(both.pages(*place)[0])}
    assert seen == set(BLOCKS)


def test_each_cited_source_is_listed_with_the_same_text(both: Both) -> None:
    expected, found = (page.one(cls="kb-sources").all("li") for page in both.pages("en", "calm"))
    # What is not cited stands in the front matter, which Zensical shows no extension.
    assert [source.text for source in expected][:-1] == [source.text for source in found]
    assert len(found) == 2


def test_a_worksheet_has_the_same_places_to_write(both: Both) -> None:
    expected, found = (places(page) for page in both.pages("en", "worksheets/log"))
    assert len(found) == 4
    # An empty cell is one on worksheets alone, and Zensical tells no extension which page it is.
    assert found == [place for place in expected if "monday" not in place[1]]
