"""What an item of a repeatable group is called."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask_babel import gettext

from forms_service.answers import Reading
from forms_service.definition import Field, Page
from forms_service.definition.group_checks import PLACEHOLDER
from forms_service.rendering.display import shown_answer

LONGEST = 60  # characters of a title
Answers = Mapping[str, tuple[Field, Reading]]


def item_title(page: Page, answers: Answers, place: int) -> str:
    """The page's `itemTitle` filled with the answers that apply, or the first answer; else the item's place."""
    words = {name: ", ".join(shown_answer(field, reading)) for name, (field, reading) in answers.items()}
    if page.item_title and not PLACEHOLDER.search(page.item_title):
        return f"{page.item_title} {place}"
    title = _filled(page.item_title, words) if page.item_title else next(filter(None, words.values()), "")
    title = " ".join(title.split())
    if not title:
        return str(gettext("Number %(number)s", number=place))
    return title if len(title) <= LONGEST else f"{title[: LONGEST - 1]}…"


def _filled(template: str, words: Mapping[str, str]) -> str:
    """The template with its placeholders filled; where one stays empty, the marks around it go too."""
    if not any(words.get(name) for name in PLACEHOLDER.findall(template)):
        return ""
    filled = PLACEHOLDER.sub(lambda found: words.get(found[1], ""), template)
    return re.sub(r"^[\s,;:()–-]+|[\s,;:(–-]+$|\(\s*\)", "", filled)
