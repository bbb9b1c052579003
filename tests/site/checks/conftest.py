"""A small clinic whose content is right; each test spoils one thing in its own copy."""

from __future__ import annotations

import datetime
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from site_src.checks import ALL, OF_DATA, Finding, Rule, lengths, run_checks
from site_src.checks.acceptance import accept
from site_src.checks.content import read_content
from site_src.instance import Instance

REPOSITORY = Path(__file__).parents[3]
TODAY = datetime.date(2026, 11, 25)
CODES = {code for rule in ALL for code in rule.codes}
# The pages are as short as their tests want them.
JUDGED = tuple(rule for rule in ALL if rule is not lengths.RULE)
PACKAGES = ("evidence", "crisis-lines", "session-feedback")

CONFIG = """\
site_name: Elm Street Clinic
docs_dir: content
plugins:
  - i18n:
      docs_structure: folder
      languages:
        - {locale: en, name: English, default: true}
        - {locale: es, name: Español}
markdown_extensions:
  - attr_list
  - def_list
  - tables:
      use_align_attribute: true
  - site_src.markdown
extra:
  clinic:
    name: Elm Street Clinic
    phone: 555 0199
    region: US
    languages: [en, es]
    brand: "#0f5c5a"
    demo: true
"""
CALM = """\
---
title: "Calm evenings"
description: "How to make evenings calmer."
audience: parents
ages: [6-11]
reviewed:
review_by: 2027-05-31
sources: [first-2018]
need: between
order: 1
---

Start small tonight. It helps most families [@first-2018].

/// try-this

Sit down for one minute.

///

## What helps

Read a short book together. Then turn off the light.

See [the words to say](#what-helps) or [get help now](crisis.md#who-to-call).

/// form | session-feedback
///

/// help-emergency | Call 911 now if

- someone is in danger

Dial [911](tel:911).

///

## Sources

/// sources
///
"""
CALMA = """\
---
title: "Noches tranquilas"
description: "Cómo lograr noches más tranquilas."
review_by: 2027-05-31
sources: [first-2018]
need: between
translation_of: calm.md
source_hash: ""
---

Empiece hoy con algo pequeño. Ayuda a casi todos [@first-2018].

Vea dónde [buscar ayuda](crisis.md).
"""
CRISIS = """\
---
title: "Get help now"
description: "Who to call."
review_by: 2027-05-31
need: now
---

Call now. You do not need to be sure.

## Who to call

/// crisis
///
"""
AYUDA = """\
---
title: "Busque ayuda ahora"
description: "A quién llamar."
review_by: 2027-05-31
need: now
translation_of: crisis.md
source_hash: ""
---

Llame ahora.

/// crisis
///
"""
SOURCES = """\
key,citation,doi,link,kind,finding,limits,checked,date,finding@es,limits@es
first-2018,First A. A trial. 2018.,10.1000/first,,trial,It helped.,It was small.,abstract read,,Ayudó.,Fue pequeño.
"""
LINES = """\
region,language,name,how,hours,for,status,checked,source
US,en,Emergency services,Call 911,,anyone,confirmed,2026-10-01,dialled
US,es,Emergencias,Llame al 911,,anyone,confirmed,2026-10-01,dialled
US,en,988 Lifeline,Call 988,,anyone,confirmed,2026-10-01,dialled
US,es,988 en español,Llame al 988,,anyone,confirmed,2026-10-01,dialled
AU,en,Emergency services,Call 000,,anyone,unconfirmed,,a page
"""
FILES = {
    "mkdocs.yml": CONFIG,
    "content/en/calm.md": CALM,
    "content/en/crisis.md": CRISIS,
    "content/es/calm.md": CALMA,
    "content/es/crisis.md": AYUDA,
    "datapackages/evidence/sources.csv": SOURCES,
    "datapackages/crisis-lines/lines.csv": LINES,
}


@dataclass(frozen=True)
class Clinic:
    """An instance in a folder of its own."""

    root: Path
    rules: tuple[Rule, ...] = JUDGED

    @property
    def instance(self) -> Instance:
        return Instance(self.root, self.root / "var")

    def read(self, path: str) -> str:
        return (self.root / path).read_text("utf-8")

    def write(self, path: str, text: str | bytes) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)

    def change(self, path: str, old: str, new: str) -> None:
        """Replaces a text that stands in a file once, and keeps translations fresh."""
        text = self.read(path)
        assert text.count(old) == 1, f"{path} has {text.count(old)} times {old!r}"
        self.write(path, text.replace(old, new))
        self.accept_translations()

    def add(self, path: str, text: str) -> None:
        """Appends to a file, and keeps translations fresh."""
        self.write(path, self.read(path) + text)
        self.accept_translations()

    def line_of(self, path: str, words: str) -> int:
        """The line on which words stand in a file."""
        (line,) = (number for number, line in enumerate(self.read(path).splitlines(), 1) if words in line)
        return line

    def accept_translations(self) -> None:
        content = read_content(self.instance, TODAY)
        for page in content.pages:
            if page.front_matter.text("translation_of") and content.page("en", content.original_of(page)):
                accept(content, [self.root / page.path])

    def findings(self, today: datetime.date = TODAY) -> list[Finding]:
        found = run_checks(self.instance, today, self.rules)
        assert {finding.code for finding in found} <= CODES
        return found

    def the_finding(self, today: datetime.date = TODAY) -> tuple[str, int, str, str]:
        """Path, line, level and code of the only finding; fails when there are none or several."""
        found = self.findings(today)
        assert len(found) == 1, "\n".join(map(str, found)) or "no finding"
        return found[0].path, found[0].line, found[0].level, found[0].code


@pytest.fixture(scope="session")
def right_clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The clinic as it is right; nobody may write into it."""
    root = tmp_path_factory.mktemp("clinic")
    for name in PACKAGES:
        shutil.copytree(REPOSITORY / "datapackages" / name, root / "datapackages" / name)
    for path, text in FILES.items():
        Clinic(root).write(path, text)
    Clinic(root).accept_translations()
    return root


@pytest.fixture
def whole_clinic(right_clinic: Path, tmp_path: Path) -> Clinic:
    """A copy that a test may spoil, held against every rule but that of length."""
    root = tmp_path / "clinic"
    shutil.copytree(right_clinic, root)
    return Clinic(root)


@pytest.fixture
def clinic(whole_clinic: Clinic) -> Clinic:
    """The same without the rules of data, which are slow and look at no page."""
    return Clinic(whole_clinic.root, tuple(rule for rule in JUDGED if rule not in OF_DATA))
