"""The blocks authors write: help boxes, try-this, strategies, form, worksheet, crisis, sources, findings."""

from __future__ import annotations

import logging
from xml.etree import ElementTree

from pymdownx.blocks.block import Block

from site_src.library.crisis import parts
from site_src.markdown.fragments import Fragments

LOG = logging.getLogger("mkdocs.plugins.kinbridge")
SOURCES_SLOT = "kb-sources-slot"


class KinbridgeBlock(Block):  # type: ignore[misc]
    """A block that knows for whom the page is rendered."""

    @property
    def fragments(self) -> Fragments:
        fragments: Fragments = self.config["fragments"]
        return fragments

    @property
    def words(self) -> dict[str, str]:
        return dict(self.fragments.reader.words)

    def add(self, parent: ElementTree.Element, element: ElementTree.Element) -> ElementTree.Element:
        parent.append(element)
        return element

    def refuse(self, parent: ElementTree.Element, problem: str) -> ElementTree.Element:
        """Says in the build's log what is wrong, and shows families nothing of it."""
        page = self.fragments.reader.page
        LOG.warning("%s: %s", page.path if page else "page", problem)
        return ElementTree.SubElement(parent, "div", {"class": "kb-nothing", "hidden": "hidden"})


class HelpBlock(KinbridgeBlock):
    """A help box of one level: the word, a heading with the same word for screen readers, then the text."""

    ARGUMENT = None
    LEVEL = ""

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        heading = self.argument or self.words[f"heading_{self.LEVEL}"]
        return self.add(parent, self.fragments.element("help.html", level=self.LEVEL, heading=heading))


class NonUrgentBlock(HelpBlock):
    NAME = "help-nonurgent"
    LEVEL = "nonurgent"


class UrgentBlock(HelpBlock):
    NAME = "help-urgent"
    LEVEL = "urgent"


class EmergencyBlock(HelpBlock):
    NAME = "help-emergency"
    LEVEL = "emergency"


class TryThisBlock(KinbridgeBlock):
    """One small thing to do today; the heading may be replaced."""

    NAME = "try-this"
    ARGUMENT = None

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        heading = self.argument or self.words["try_this"]
        return self.add(parent, self.fragments.element("try-this.html", heading=heading))


class StrategiesBlock(KinbridgeBlock):
    """Holds a three-column table of strategies."""

    NAME = "strategies"
    ARGUMENT = None

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        return ElementTree.SubElement(parent, "div", {"class": "kb-strategies"})


class FormBlock(KinbridgeBlock):
    """Invites to a form: its title, what it is for, how long it takes."""

    NAME = "form"
    ARGUMENT = True

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        reader = self.fragments.reader
        form = reader.site.form(self.argument)
        if form is None:
            return self.refuse(parent, f"there is no form {self.argument!r}")
        address = form.address(reader.language, reader.default)
        return self.add(parent, self.fragments.element("form.html", form=form, address=address))


class WorksheetBlock(KinbridgeBlock):
    """Leads to a worksheet, in the page's language or else marked as being in another."""

    NAME = "worksheet"
    ARGUMENT = True

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        reader = self.fragments.reader
        pages = reader.site.catalogue
        path = f"worksheets/{self.argument}.md"
        original = pages.find(reader.default, path)
        own = pages.find(reader.language, path)
        worksheet = own or (original and pages.translation(original, reader.language)) or original
        if worksheet is None:
            return self.refuse(parent, f"there is no worksheet {self.argument!r}")
        return self.add(parent, self.fragments.element("worksheet.html", worksheet=worksheet))


class CrisisBlock(KinbridgeBlock):
    """Whom to call: the clinic, the emergency number, then the lines of its region. No argument is needed."""

    NAME = "crisis"
    ARGUMENT = None

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        reader = self.fragments.reader
        lines = [(line, parts(line.how)) for line in reader.site.crisis_lines(reader.language)]
        return self.add(parent, self.fragments.element("crisis.html", lines=lines))


class SourcesBlock(KinbridgeBlock):
    """The place for the list of sources; filled once all citations of the page are known."""

    NAME = "sources"
    ARGUMENT = None

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        return ElementTree.SubElement(parent, "div", {"class": SOURCES_SLOT})


class FindingsBlock(KinbridgeBlock):
    """What each source found and where its limits are; the argument narrows it to one kind of source."""

    NAME = "findings"
    ARGUMENT = None

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        language = self.fragments.reader.language
        sources = [
            (source, source.finding(language), source.limit(language))
            for source in self.fragments.reader.site.sources.values()
            if source.findings and self.argument in (None, "", source.kind)
        ]
        return self.add(parent, self.fragments.element("findings.html", sources=sources))


BLOCKS = (
    NonUrgentBlock,
    UrgentBlock,
    EmergencyBlock,
    TryThisBlock,
    StrategiesBlock,
    FormBlock,
    WorksheetBlock,
    CrisisBlock,
    SourcesBlock,
    FindingsBlock,
)
