"""Every text of the interface speaks every language, and what is compiled is what was written."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from tests.instances import REPOSITORY

CATALOGUES = REPOSITORY / "forms_service" / "rendering" / "translations"
LANGUAGES = sorted(path.name for path in CATALOGUES.iterdir() if path.is_dir())
_PLACE = re.compile(r"%\(\w+\)s|\{\w+\}")


def catalogue(language: str) -> Catalog:
    with (CATALOGUES / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def texts(message: Message) -> list[tuple[str, str]]:
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
    return list(zip(ids, strings, strict=True))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_untranslated_and_no_place_is_lost(language: str) -> None:
    for message in catalogue(language):
        for text, translated in texts(message):
            if text:
                assert translated, text
                assert sorted(_PLACE.findall(text)) == sorted(_PLACE.findall(translated)), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_the_written_one(language: str) -> None:
    with (CATALOGUES / language / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        compiled = read_mo(file)
    written = sorted(pair for message in catalogue(language) if message.id for pair in texts(message))
    assert sorted(pair for message in compiled if message.id for pair in texts(message)) == written


def test_the_catalogues_hold_every_text_of_the_code(tmp_path: Path) -> None:
    pot = tmp_path / "messages.pot"
    pybabel = str(Path(sys.executable).with_name("pybabel"))
    mapping = ["--mapping", "forms_service/rendering/babel.toml", "--keyword", "N_"]
    words = [pybabel, "--quiet", "extract", *mapping, "--output-file", str(pot), "forms_service"]
    subprocess.run(words, cwd=REPOSITORY, check=True)
    with pot.open("rb") as file:
        found = {message.id for message in read_po(file) if message.id}
    for language in LANGUAGES:
        assert found == {message.id for message in catalogue(language) if message.id}
