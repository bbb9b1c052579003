"""Files that staff give with a form they enter for a family: judged and cleaned as a family's own are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from forms_service.answers import sentence
from forms_service.answers.cleaning import Unfit, clean
from forms_service.answers.files import describe, kept_input
from forms_service.answers.judge import Problem
from forms_service.staff.sheet import Sheet


@dataclass
class Taken:
    """A sheet that knows its files, their contents by field, and what is wrong with those that are not taken."""

    sheet: Sheet
    contents: dict[str, bytes] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def lost(self) -> dict[str, str]:
        """What to tell where a file was fine when the rest of the sheet was not: no browser sends it again by itself."""
        return {
            name: _("Choose this file again: it is kept together with the whole form.")
            for name in self.contents
        }


def take_files(sheet: Sheet, sent: Mapping[str, FileStorage]) -> Taken:
    """Judge the files that were sent with a sheet; what was sent under another name counts for nothing."""
    taken = Taken(sheet)
    kept: dict[str, dict[str, list[str]]] = {}
    for page in sheet.ready.form.pages:
        for asked in sheet.file_fields(page):
            file = sent.get(asked.name)
            if file is None or not file.filename:
                continue
            try:
                cleaned = clean(file.stream.read(), asked.accept)
            except Unfit as unfit:
                taken.refused[asked.name] = sentence(Problem(asked.name, unfit.constraint), asked, _)
                continue
            known = describe(asked, file.filename, cleaned.media_type, cleaned.extension, cleaned.content)
            kept.setdefault(page.name, {})[kept_input(asked)] = [known.text()]
            taken.contents[asked.name] = cleaned.content
    taken.sheet = replace(sheet, kept=kept)
    return taken
