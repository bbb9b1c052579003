"""The sentence a reader sees for a problem: what to do next, with the question's own words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from forms_service.answers.examples import example_of, needs_example
from forms_service.answers.judge import Problem
from forms_service.definition import Field

Translate = Callable[[str], str]


def N_(message: str) -> str:  # noqa: N802 - gettext's own name, known to the extractor
    """Mark a text for the catalogue."""
    return message


REQUIRED_CHOICE = N_("Choose an answer to “{title}”")
REQUIRED_CHOICES = N_("Choose at least one answer to “{title}”")
REQUIRED_TEXT = N_("Write an answer to “{title}”")
REQUIRED_DATE = N_("Write the date: “{title}”")
REQUIRED_FILE = N_("Choose a file for “{title}”")
REQUIRED_YES = N_("To go on, choose yes: “{title}”")

BY_CONSTRAINT = {
    "minimum": N_("“{title}”: write {bound} or more"),
    "maximum": N_("“{title}”: write {bound} or less"),
    "exclusiveMinimum": N_("“{title}”: write more than {bound}"),
    "exclusiveMaximum": N_("“{title}”: write less than {bound}"),
    "minLength": N_("“{title}”: write at least {bound} characters"),
    "maxLength": N_("“{title}”: make it shorter, at most {bound} characters"),
    "pattern": N_("“{title}”: check the way it is written"),
    "jsonSchema": N_("“{title}”: check the way it is written"),
    "enum": N_("“{title}”: choose one of the answers offered"),
    "choice": N_("“{title}”: choose from the answers offered"),
    "unique": N_("“{title}”: this answer was given before"),
    "nul": N_("“{title}”: take out the characters that cannot be shown"),
    "encoding": N_("“{title}”: take out the characters that cannot be read"),
    "tooLong": N_("“{title}”: make it much shorter"),
    "underscore": N_("“{title}”: write the number without _"),
    "finite": N_("“{title}”: write a number"),
    "incomplete": N_(
        "“{title}”: write a real date with day, month and a four-figure year, such as 27 3 2015"
    ),
    "confirm": N_("“{title}”: the two answers differ, write the same in both"),
    "fileEmpty": N_("“{title}”: this file is empty, choose another one"),
    "fileSize": N_("“{title}”: choose a file of at most 10 MB"),
    "filePixels": N_("“{title}”: this picture is too large, choose a smaller one"),
    "fileUnreadable": N_("“{title}”: we cannot open this file, choose another one"),
    "fileEncrypted": N_("“{title}”: this file has a password, choose one without"),
    "fileLost": N_("“{title}”: choose the file again"),
    "unjudgeable": N_("“{title}”: we cannot read this answer, please write it another way"),
}
BY_COUNT = {
    "minItems": N_("“{title}”: add at least {bound}"),
    "maxItems": N_("“{title}”: take some out, at most {bound} can be sent"),
}
BLANK_ITEM = N_("Answer at least one question")
BY_BOUND_ON_DATES = {
    "minimum": N_("“{title}”: write a date on or after {bound}"),
    "maximum": N_("“{title}”: write a date on or before {bound}"),
}
BY_BOUND_ON_LISTS = {
    "minLength": N_("“{title}”: choose at least {bound}"),
    "maxLength": N_("“{title}”: choose at most {bound}"),
}
BY_TYPE = {
    "integer": N_("“{title}”: write a whole number, such as 12"),
    "number": N_("“{title}”: write a number, such as {example}"),
    "boolean": N_("“{title}”: choose yes or no"),
    "date": N_("“{title}”: write a real date, such as {example}"),
    "time": N_("“{title}”: write a time, such as {example}"),
    "datetime": N_("“{title}”: write a date and time, such as {example}"),
    "year": N_("“{title}”: write a year in four figures, such as 2015"),
    "yearmonth": N_("“{title}”: write month and year in four figures, such as {example}"),
    "duration": N_("“{title}”: write a length of time, such as P2W for two weeks"),
    "geopoint": N_("“{title}”: write longitude and latitude, such as {example}"),
    "list": N_("“{title}”: check each item of the list: it is written such as {example}"),
    "array": N_("“{title}”: write a list between square brackets, such as {example}"),
    "object": N_("“{title}”: write names and values between braces, such as {example}"),
    "geojson": N_("“{title}”: write a place as GeoJSON, such as {example}"),
}
BY_FORMAT = {
    "email": N_("“{title}”: write an e-mail address, such as name@example.org"),
    "uri": N_("“{title}”: write a web address, such as https://example.org"),
    "uuid": N_("“{title}”: write a UUID, such as {example}"),
    "binary": N_("“{title}”: write base64 text, such as {example}"),
}
BY_ACCEPTED: Mapping[tuple[str, ...], str] = {
    ("image",): N_("“{title}”: choose a photo or picture (JPEG, PNG or WebP)"),
    ("pdf",): N_("“{title}”: choose a PDF"),
}
ANY_ACCEPTED = N_("“{title}”: choose a photo (JPEG, PNG or WebP) or a PDF")
HINT = N_("For example: {example}")
HINT_OF_DURATION = N_("For example: {example} for two weeks, or P3M for three months")
OTHER_TYPE = N_("“{title}”: check the way it is written")


def sentence(problem: Problem, field: Field, translate: Translate = str, show_bound: Translate = str) -> str:
    """What to do about `problem`; `translate` is gettext, `show_bound` writes a bound for the reader."""
    bound: Any = problem.bound if problem.bound is None else show_bound(problem.bound)
    words = translate(_message(problem, field))
    return words.format(title=field.title, bound=bound, example=example_of(field))


def hint_of(field: Field, translate: Translate = str) -> str:
    """What stands below a question: its author's words, or how an answer is written where that is no matter of course."""
    example = example_of(field) if needs_example(field) else ""
    words = HINT_OF_DURATION if field.type == "duration" else HINT
    return translate(words).format(example=example) if example else field.hint


def items_sentence(problem: Problem, title: str, translate: Translate = str) -> str:
    """What to do about a group's items: too few, too many, or one that says nothing."""
    return translate(BY_COUNT.get(problem.constraint, BLANK_ITEM)).format(title=title, bound=problem.bound)


def _message(problem: Problem, field: Field) -> str:
    if problem.constraint == "required":
        return _required(field)
    if problem.constraint == "fileType":
        return BY_ACCEPTED.get(field.accept, ANY_ACCEPTED)
    if problem.constraint in ("type", "shortYear"):
        return BY_FORMAT.get(field.format) or BY_TYPE.get(field.type, OTHER_TYPE)
    if problem.constraint == "enum" and field.type == "boolean":
        return REQUIRED_YES
    by_type = {"date": BY_BOUND_ON_DATES, "list": BY_BOUND_ON_LISTS}.get(field.type, {})
    return by_type.get(problem.constraint) or BY_CONSTRAINT.get(problem.constraint, OTHER_TYPE)


def _required(field: Field) -> str:
    if field.widget == "date":
        return REQUIRED_DATE
    if field.widget == "checkboxes":
        return REQUIRED_CHOICES
    if field.widget == "file":
        return REQUIRED_FILE
    return REQUIRED_CHOICE if field.widget in ("radios", "select", "scale") else REQUIRED_TEXT
