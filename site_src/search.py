"""Makes the search index of a built site with Pagefind: one for each language, of the main text alone."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from site_src.errors import SiteError
from site_src.library.forms import FormCard
from site_src.site import Site
from site_src.texts import PageText

FOLDER = "pagefind"
# The rest of what Pagefind writes is interfaces that we do not use.
SCRIPTS = ("pagefind.js", "pagefind-worker.js")
ENTRY = "pagefind-entry.json"
KINDS = {"guide": "guide_label", "worksheet": "worksheet_label", "forms": "forms"}
# Other pages' names, other people's titles, and what is said twice.
IGNORED = ".kb-sources, .kb-cites, .kb-invite, .kb-help__level, .kb-nothing"
# Help comes before what only mentions the word, and pages about this site come last.
WEIGHTS = {"now": 2.0, "about": 0.4}
PAGE = Markup(
    '<!doctype html>\n<html lang="{language}"><head><title>{title}</title></head>\n'
    '<body data-pagefind-meta="kind:{kind}" data-pagefind-weight="{weight}">\n'
    "<h1>{title}</h1>\n{html}\n</body></html>\n"
)
PARAGRAPH = Markup("<p>{}</p>\n")


@dataclass(frozen=True)
class Entry:
    """One thing that can be found: `kind` is the word for it that readers see, `weight` is 1 for most."""

    address: str
    language: str
    kind: str
    title: str
    html: Markup
    weight: float = 1.0


def entries(site: Site, texts: Iterable[PageText]) -> Iterator[Entry]:
    """What can be found in each language: guides, worksheets, the list of forms, and each form's start page."""
    for text in texts:
        info = text.info
        if info.kind in KINDS:
            html = PARAGRAPH.format(text.lead) + text.text
            if info.kind == "forms":
                html += Markup("").join(_invitation(form, info.language) for form in site.forms)
            kind = site.words[info.language][KINDS[info.kind]]
            weight = WEIGHTS.get(info.need, 1.0)
            yield Entry(info.address, info.language, kind, info.title, html, weight)
    for language in site.clinic.languages:
        for form in site.forms:
            yield Entry(
                address=form.address(language, site.catalogue.default),
                language=language,
                kind=site.words[language]["form_label"],
                title=form.title(language),
                html=PARAGRAPH.format(form.description(language)),
            )


def write_index(found: Iterable[Entry], public: Path) -> None:
    """Writes the index into `public`/pagefind; the same bytes for the same entries.

    Raises SiteError when Pagefind cannot be run.
    """
    source = public / ".search"
    shutil.rmtree(source, ignore_errors=True)
    for entry in found:
        page = source / entry.address.strip("/") / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(PAGE.format(**vars(entry)), "utf-8")
    index = public / FOLDER
    shutil.rmtree(index, ignore_errors=True)
    _run(source, index)
    _keep_what_is_used(index)
    shutil.rmtree(source)


def _invitation(form: FormCard, language: str) -> Markup:
    return PARAGRAPH.format(f"{form.title(language)}. {form.description(language)}")


def _run(source: Path, index: Path) -> None:
    # Imports asyncio, which nothing else of a build needs.
    from pagefind.service import get_executable

    program = get_executable()
    if program is None:
        raise SiteError("Pagefind's program is missing, so there is no search.", "Install pagefind[bin].")
    command = [str(program), "--site", str(source), "--output-path", str(index)]
    command += ["--exclude-selectors", IGNORED, "--silent"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - no foreign text
    if done.returncode != 0:
        reason = " ".join((done.stderr or done.stdout).split())[:500] or f"it ended with {done.returncode}"
        raise SiteError(f"Pagefind cannot make the search index: {reason}.", "Mend that, then build again.")


def _keep_what_is_used(index: Path) -> None:
    entry = json.loads((index / ENTRY).read_text("utf-8"))
    # Pagefind writes its languages in any order.
    (index / ENTRY).write_text(json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")
    programs = {f"wasm.{language['wasm'] or 'unknown'}.pagefind" for language in entry["languages"].values()}
    for file in index.iterdir():
        is_program = file.name.startswith("wasm.")
        unused = file.name not in programs if is_program else file.suffix in (".js", ".css")
        if unused and file.name not in SCRIPTS:
            file.unlink()
