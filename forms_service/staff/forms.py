"""Forms as the console names and shows them: in the reader's language, whatever became of them."""

from __future__ import annotations

from flask_babel import get_locale

from forms_service.definition import DefinitionError, Descriptor, Form, build, load, resolve
from forms_service.staff.console import parts


def form_as_it_lies(name: str) -> Form | None:
    """The form in the instance; None when it was taken out, or is broken."""
    try:
        return build(load(parts().settings.instance / "datapackages" / name), str(get_locale()))
    except DefinitionError:
        return None


def title_of(name: str) -> str:
    """The form's title, without building all of it; its name when it was taken out: its answers are still here."""
    try:
        package = load(parts().settings.instance / "datapackages" / name).package
    except DefinitionError:
        return name
    return str(resolve(package, str(get_locale())).get("title") or name)


def language_of(descriptor: Descriptor) -> str:
    """The reader's language where the form speaks it, else the form's first."""
    spoken = descriptor.package.get("languages") or ["en"]
    wanted = str(get_locale())
    return wanted if wanted in spoken else str(spoken[0])
