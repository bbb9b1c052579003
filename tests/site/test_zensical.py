"""The blocks under Zensical, MkDocs' successor: the same Markdown extension gives the same text."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.site.conftest import HILLTOP, REPOSITORY, Built
from tests.site.pages import Element, parse, read_page

ZENSICAL = Path(sys.executable).with_name("zensical")
BLOCKS = ("kb-help", "kb-try", "kb-strategies", "kb-invite", "kb-crisis__line", "kb-cites", "kb-table")


def zensical_site(folder: Path, language: str) -> Path:
    """The small clinic's pages in one language, built with Zensical and its own theme."""
    shutil.copytree(HILLTOP, folder)
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


@pytest.mark.parametrize(
    ("language", "address", "page"), [("en", "/calm/", "calm"), ("es", "/es/crisis/", "crisis")]
)
def test_the_blocks_are_the_same_under_zensical(
    hilltop: Built, tmp_path: Path, language: str, address: str, page: str
) -> None:
    built = zensical_site(tmp_path / "clinic", language)
    found = parse((built / page / "index.html").read_text("utf-8"))
    expected = read_page(hilltop.public, address)
    assert len(blocks(found)) >= 3
    assert blocks(found) == blocks(expected)
    assert len(found.all(cls="kb-sources")) == len(expected.all(cls="kb-sources"))
