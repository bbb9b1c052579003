"""Print copies: what the page says is in its PDF, tagged, and made again only when the page has changed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup
from pypdf import PdfReader

from site_src.catalogue import PageInfo
from site_src.instance import Instance
from site_src.printing import can_print
from site_src.printing.pages import print_page
from site_src.releases import publish
from site_src.site import Site
from site_src.texts import PageText
from tests.site.conftest import REPOSITORY, Built, write_page
from tests.site.pages import Element, all_pages, read_page

# In CI they run, and fail where there is no Pango.
pytestmark = pytest.mark.skipif(
    not can_print() and "CI" not in os.environ, reason="no Pango: `make test` as root installs it"
)

HEADING = re.compile("h[1-6]")
BOXES = ("kb-help", "kb-try", "kb-crisis__line", "kb-notice")
WITHOUT_PANGO = """
import ctypes, sys
from pathlib import Path
load = ctypes.CDLL
def lacking(name, *rest, **options):
    if name and "pango" in str(name):
        raise OSError(f"{name}: cannot open shared object file")
    return load(name, *rest, **options)
ctypes.CDLL = lacking
from site_src.instance import Instance
from site_src.releases import publish
root = Path(sys.argv[1])
print(*publish(Instance(root, root / "var")).warnings, sep="\\n")
"""


def copy_of(page: Element) -> str | None:
    """The address of a page's print copy, if it has one."""
    links = [link["href"] for link in page.all("a") if link["href"].startswith("/print/")]
    assert len(links) <= 1
    return links[0] if links else None


def squeezed(text: str) -> str:
    """Text without white space, which a PDF keeps only as places on the paper."""
    return re.sub(r"\s", "", text)


def read_back(pdf: PdfReader) -> str:
    """All text of a PDF, squeezed; what stands at the foot of each page is left out."""
    pages = [squeezed(page.extract_text()) for page in pdf.pages]
    return "".join(
        re.sub(r"RivermouthFamilyClinic·5550100|(Page|Página)\d+(of|de)\d+$", "", text) for text in pages
    )


def seen(element: Element) -> str:
    """The text of an element on paper: what only screen readers hear is told there by the layout."""
    if "kb-visually-hidden" in element.classes or element.tag in ("textarea", "button"):
        return ""
    return "".join(child if isinstance(child, str) else seen(child) for child in element.children)


def said(page: Element) -> Iterator[str]:
    """What a print copy must hold: headings, table cells, and the parts of every box."""
    article = page.one("article")
    for element in article.walk():
        if HEADING.fullmatch(element.tag) or element.tag in ("th", "td"):
            yield seen(element)
    for name in BOXES:
        for box in article.all(cls=name):
            for part in (box, *box.walk()):
                if part.tag in ("p", "li") and not part.all("li"):
                    yield seen(part)


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_heading_table_cell_and_help_box_is_in_the_print_copy(
    repository_site: Built, language: str
) -> None:
    copies = 0
    for address, page in all_pages(repository_site.public).items():
        copy = copy_of(page)
        if copy is None or not copy.startswith(f"/print/{language}/"):
            continue
        copies += 1
        text = read_back(PdfReader(repository_site.public / copy.strip("/")))
        missing = [words for words in said(page) if squeezed(words) not in text]
        assert missing == [], address
    assert copies > 30


def test_reading_back_notices_what_is_lost(hilltop: Built) -> None:
    page = read_page(hilltop.public, "/calm/")
    text = read_back(PdfReader(hilltop.public / "print" / "en" / "calm.pdf"))
    assert [words for words in said(page) if squeezed(words) not in text] == []
    other = read_back(PdfReader(hilltop.public / "print" / "en" / "mornings.pdf"))
    missing = [words for words in said(page) if squeezed(words) not in other]
    assert {"What helps", "Bedtime", "Call us today if", "nobody sleeps"} <= {
        words.strip() for words in missing
    }


def test_every_guide_and_worksheet_has_a_print_copy_and_no_list_has(hilltop: Built) -> None:
    copies = {address: copy_of(page) for address, page in all_pages(hilltop.public).items()}
    assert copies["/calm/"] == "/print/en/calm.pdf"
    assert copies["/es/noches/"] == "/print/es/noches.pdf"
    assert copies["/worksheets/log/"] == "/print/en/worksheets/log.pdf"
    assert {address for address, copy in copies.items() if copy is None} == {
        "/", "/es/", "/404.html", "/es/404.html", "/forms/", "/es/forms/", "/guides/", "/es/guides/",
        "/worksheets/", "/search/", "/es/search/",
    }  # fmt: skip


def test_a_print_copy_is_tagged_and_says_its_language_and_title(hilltop: Built) -> None:
    pdf = PdfReader(hilltop.public / "print" / "es" / "noches.pdf")
    catalog: Any = pdf.root_object
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "es"
    assert pdf.metadata is not None and pdf.metadata.title == "Noches tranquilas"
    english = PdfReader(hilltop.public / "print" / "en" / "calm.pdf")
    tags = tags_of(english.root_object["/StructTreeRoot"])
    assert {"/H1", "/H2", "/P", "/L", "/LI", "/Table", "/TR", "/TH", "/TD", "/Link"} <= tags


def tags_of(node: object) -> set[str]:
    """Every tag below a node of a PDF's structure."""
    if isinstance(node, list):
        return set().union(*map(tags_of, node))
    if not hasattr(node, "get_object") or not isinstance(node.get_object(), dict):
        return set()
    element = node.get_object()
    own = {str(element["/S"])} if "/S" in element else set()
    return own | tags_of(element.get("/K", [])) if "/S" in element or "/K" in element else own


def test_a_print_copy_fits_a4_and_letter(hilltop: Built) -> None:
    points = 72 / 25.4
    box = PdfReader(hilltop.public / "print" / "en" / "calm.pdf").pages[0].mediabox
    assert box.width <= 210 * points + 0.1
    assert box.height <= 11 * 72


def test_a_worksheet_on_paper_has_lines_and_boxes_instead_of_inputs(site: Site, tmp_path: Path) -> None:
    html = Markup(
        '<label class="kb-fill"><textarea class="kb-textarea" rows="3" id="a"></textarea></label>'
        '<label><input data-kb-fill="x" type="checkbox"></label><input class="kb-input">'
        '<td><textarea class="kb-cell" rows="1"></textarea></td>'
    )
    page = print_page(site, page_text(site, html), "https://hilltop.example/", tmp_path)
    assert (page.count('class="line"'), page.count('class="box"')) == (4, 1)
    assert "<td></td>" in page
    assert not re.search("<input|<textarea", page)


def test_pictures_come_with_the_print_copy(site: Site, tmp_path: Path) -> None:
    (tmp_path / "bridge.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    html = Markup('<img alt="A bridge" src="../../bridge.svg"><img alt="" src="https://other.example/x.png">')
    page = print_page(site, page_text(site, html), "https://hilltop.example/", tmp_path)
    assert 'alt="A bridge" src="data:image/svg+xml;base64,' in page


def test_only_changed_pages_are_printed_again(instance: Instance) -> None:
    cache = instance.var / "print-copies"
    publish(instance)
    first = {path.name: path.stat().st_mtime_ns for path in cache.iterdir()}
    assert len(first) == 7
    write_page(instance, "Close the curtains.")
    publish(instance)
    second = {path.name: path.stat().st_mtime_ns for path in cache.iterdir()}
    assert len(second) == 7
    assert len(second.items() - first.items()) == 1


def test_without_pango_print_copies_and_their_links_are_left_out_with_one_warning(instance: Instance) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_PANGO, str(instance.root)],
        cwd=REPOSITORY, capture_output=True, text=True, check=True,
    )  # fmt: skip
    (warning,) = done.stdout.splitlines()
    assert warning.startswith("No print copies were made: this system lacks Pango. Install it (Debian:")
    public = instance.site / "current" / "public"
    assert not (public / "print").exists()
    assert copy_of(read_page(public, "/calm/")) is None


def page_text(site: Site, html: Markup) -> PageText:
    info = site.catalogue.find("en", "worksheets/log.md")
    assert isinstance(info, PageInfo)
    return PageText(info, Markup("Lead"), html, ("1 minute read", "Checked"), "")
