"""`kinbridge new`: a clinic's own instance, from the wheel alone."""

from __future__ import annotations

import csv
import os
import re
import resource
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from site_src.checks import run_checks, translations
from site_src.checks.acceptance import accept
from site_src.checks.content import read_content
from site_src.instance import Clinic, Instance, read_clinic, read_config
from site_src.new.command import new
from site_src.new.making import make_instance
from site_src.new.starter import FOLDER, read_starter
from tests.serve.browser import Browser
from tests.serve.journeys import complete
from tests.serving.running import Running
from tests.site.dependencies import closure, link, undeclared

REPOSITORY = Path(__file__).parents[2]
IN_WHEEL = ("forms_service", "site_src", "content", "datapackages")
BESIDE = ("mkdocs.yml", "pyproject.toml", "README.md", "LICENSE")
# A busy machine takes its time over a clinic's first print copies.
PATIENCE = 300.0
NEEDED = ("--name", "Harbour Clinic", "--phone", "555 0142", "--region", "US")
FACTS = {
    "--name": "Harbour Clinic",
    "--phone": "555 0142",
    "--region": "IE",
    "--languages": "es en",
    "--timezone": "Europe/Dublin",
    "--quick-exit-url": "https://weather.example/",
    "--brand": "3B2A7A",
}


def run(place: Path, *options: str, answers: str = "") -> Result:
    """`kinbridge new`, with `answers` typed at its questions."""
    return CliRunner().invoke(new, [str(place), *options], input=answers)


def made(place: Path, *options: str) -> Instance:
    """The instance that `kinbridge new` has made, after it said so."""
    result = run(place, *options)
    assert result.exit_code == 0, result.output
    return Instance(place, place / "var")


def errors(instance: Instance) -> list[str]:
    """What would stop a publish."""
    return [str(finding) for finding in run_checks(instance, date.today()) if finding.level == "error"]


def texts(instance: Instance) -> dict[str, str]:
    """Every page by its path below content/."""
    files = instance.content.rglob("*.md")
    return {file.relative_to(instance.content).as_posix(): file.read_text("utf-8") for file in files}


def test_the_instance_has_the_facts_that_were_given(tmp_path: Path) -> None:
    instance = made(tmp_path / "harbour", *(word for pair in FACTS.items() for word in pair))
    assert read_clinic(instance.root) == Clinic(
        name="Harbour Clinic",
        phone="555 0142",
        region="IE",
        languages=("es", "en"),
        timezone="Europe/Dublin",
        quick_exit_url="https://weather.example/",
        brand="#3b2a7a",
        demo=False,
    )
    assert (instance.root / ".gitignore").read_text() == "/var/\n"
    assert "kinbridge keys new" in (instance.root / "README.md").read_text()


def test_with_name_phone_and_region_nothing_is_asked(tmp_path: Path) -> None:
    clinic = read_clinic(made(tmp_path / "harbour", *NEEDED).root)
    assert (clinic.languages, clinic.timezone) == (("en", "es"), "America/New_York")


def test_what_no_option_gives_is_asked_for_until_the_answer_is_good(tmp_path: Path) -> None:
    answers = ["555 0142", "Atlantis", "uk-sct", "", "", "", "#ffee00", "#3b2a7a"]
    result = run(tmp_path / "harbour", "--name", "Harbour Clinic", answers="\n".join(answers) + "\n")
    assert result.exit_code == 0, result.output
    clinic = read_clinic(tmp_path / "harbour")
    assert (clinic.region, clinic.timezone, clinic.brand) == ("UK-SCT", "Europe/London", "#3b2a7a")


def test_without_anyone_to_answer_the_missing_option_is_named(tmp_path: Path) -> None:
    result = run(tmp_path / "harbour", "--name", "Harbour Clinic", "--phone", "555 0142")
    assert result.exit_code == 2
    assert "kinbridge: Nothing was made: nobody answers for --region. Give the option.\n" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("option", "text", "mend"),
    [
        ("--name", " ", "Give the clinic's name"),
        ("--phone", "ask at the desk", "Give digits only"),
        ("--phone", "12", "Give digits only"),
        ("--region", "XX", "Choose one of US, CA, UK"),
        ("--languages", "en,fr", "Choose from en,es"),
        ("--languages", ",", "Choose from en,es"),
        ("--timezone", "Mars/Olympus", "Give a name such as"),
        ("--timezone", "../../etc/passwd", "Give a name such as"),
        ("--quick-exit-url", "javascript:alert(1)", "Give one such as"),
        ("--brand", "teal", "Choose a darker colour"),
        ("--brand", "#ffee00", "Choose a darker colour"),
        ("--brand", "#6f6f6f", "Choose a darker colour"),
    ],
)
def test_a_wrong_fact_is_refused_in_one_line_and_nothing_is_made(
    tmp_path: Path, option: str, text: str, mend: str
) -> None:
    result = run(tmp_path / "harbour", *NEEDED, option, text)
    assert result.exit_code == 2
    assert re.fullmatch(rf"kinbridge: {option}.*{re.escape(mend)}.*\n", result.output), result.output
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear all")
    result = run(tmp_path, *NEEDED)
    mend = "Name a folder that is empty or not there yet."
    assert (result.exit_code, result.output) == (2, f"kinbridge: {tmp_path} is not empty. {mend}\n")
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
    assert run(tmp_path / "letter.txt", *NEEDED).exit_code == 2


def test_an_empty_folder_is_filled_and_stays_the_same_folder(tmp_path: Path) -> None:
    before = tmp_path.stat().st_ino
    instance = made(tmp_path, *NEEDED)
    assert tmp_path.stat().st_ino == before
    names = {path.name for path in instance.root.iterdir()}
    assert names == {".gitignore", "README.md", "content", "datapackages", "mkdocs.yml"}


def test_a_disk_that_takes_no_more_leaves_nothing_behind(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-c", "from site_src.new.command import new; new()", "harbour", *NEEDED],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
        capture_output=True,
        text=True,
    )
    assert result.returncode == 2
    assert re.fullmatch(r"kinbridge: Cannot make .+: File too large \(.+ Make room, .+\n", result.stderr)
    assert list(tmp_path.iterdir()) == []


def test_a_name_may_have_any_sign_that_a_file_gives_a_meaning(tmp_path: Path) -> None:
    name = '$Harbour: "Kids\' & Teens" #1, {north}'
    instance = made(tmp_path / "harbour", "--name", name, *NEEDED[2:])
    assert read_clinic(instance.root).name == read_config(instance.root)["site_name"] == name
    assert name in (instance.root / "README.md").read_text()
    with (instance.datapackages / "support-group" / "groups.csv").open(newline="") as file:
        assert f"{name}, room 2" in [row["place"] for row in csv.DictReader(file)]


def test_a_new_instance_has_no_error(tmp_path: Path) -> None:
    assert errors(made(tmp_path / "harbour", *NEEDED)) == []


def test_the_first_language_chosen_becomes_the_one_that_others_translate(tmp_path: Path) -> None:
    instance = made(tmp_path / "harbour", *NEEDED, "--languages", "es,en")
    pages = texts(instance)
    assert not any("translation_of" in text for path, text in pages.items() if path.startswith("es/"))
    assert "translation_of: crisis.md\n" in pages["en/crisis.md"]
    assert "](/forms/withdraw)" in pages["es/privacy.md"]
    assert "](/en/forms/withdraw)" in pages["en/privacy.md"]
    assert errors(instance) == []


def test_a_language_that_was_not_chosen_is_left_out(tmp_path: Path) -> None:
    instance = made(tmp_path / "harbour", *NEEDED, "--languages", "es")
    assert [path.name for path in instance.content.iterdir()] == ["es"]
    assert not any("translation_of" in text for text in texts(instance).values())
    assert errors(instance) == []


def test_pages_tell_families_to_dial_the_emergency_number_of_their_region(tmp_path: Path) -> None:
    pages = texts(made(tmp_path / "harbour", *NEEDED[:4], "--region", "UK-WLS"))
    assert not [path for path, text in pages.items() if "911" in text]
    assert "/// help-emergency | Call 999 now if" in pages["en/crisis.md"]
    assert "Llame al [999](tel:999)" in pages["es/crisis.md"]


@pytest.mark.parametrize("languages", [("en", "es"), ("es", "en")])
def test_a_translation_that_was_read_stays_read_where_numbers_and_order_differ(
    tmp_path: Path, languages: tuple[str, ...]
) -> None:
    starting = tmp_path / "starter"
    shutil.copytree(FOLDER, starting)
    starter = read_starter(starting)
    accept(read_content(starter.instance, date.today()), [starting / "content" / "es"])
    place = tmp_path / "harbour"
    make_instance(place, Clinic("Harbour", "555 0142", "UK", languages, "UTC", "", "#0f5c5a", False), starter)
    content = read_content(Instance(place, place / "var"), date.today())
    unread = [finding for finding in translations.RULE.run(content) if finding.code != translations.MISSING]
    assert unread == []
    assert "[999](tel:999)" in texts(content.instance)["en/crisis.md"]


def test_groups_say_that_they_are_examples_and_nothing_names_the_fictional_clinic(tmp_path: Path) -> None:
    instance = made(tmp_path / "harbour", *NEEDED)
    with (instance.datapackages / "support-group" / "groups.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert all(row["topic"].startswith("Example: ") for row in rows)
    assert all(row["topic@es"].startswith("Ejemplo: ") for row in rows)
    files = [path for path in instance.root.rglob("*") if path.is_file()]
    assert not [path for path in files if "Rivermouth" in path.read_text("utf-8")]


@dataclass(frozen=True)
class Machine:
    """A machine with nothing of ours but the installed wheel; `environment` is all its processes get."""

    folder: Path
    kinbridge: Path
    environment: dict[str, str]

    @property
    def harbour(self) -> Path:
        return self.folder / "harbour"

    def run(self, *words: str | Path, cwd: Path | None = None) -> str:
        """A `kinbridge` command in the clinic's folder: what it prints, after it went well."""
        result = self._run([self.kinbridge, *words], cwd or self.harbour)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def where(self, module: str) -> Path:
        """The file that a module is imported from."""
        code = f"import {module}; print({module}.__file__)"
        return Path(self._run([self.kinbridge.with_name("python"), "-c", code], self.folder).stdout.strip())

    def fails_to_import(self, module: str) -> bool:
        """Whether a module is not there."""
        python = self.kinbridge.with_name("python")
        return "ModuleNotFoundError" in self._run([python, "-c", f"import {module}"], self.folder).stderr

    def _run(self, words: list[str | Path], cwd: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words, cwd=cwd, env=self.environment, capture_output=True, text=True, timeout=PATIENCE
        )

    @contextmanager
    def serving(self) -> Iterator[Running]:
        """`kinbridge serve` of the clinic's folder on free ports, ready."""
        log = self.folder / "serve.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [self.kinbridge, "serve", "--port", "0", "--staff-port", "0"],
                cwd=self.harbour,
                env=self.environment,
                stdout=output,
                stderr=output,
            )
        server = Running(process, log)
        try:
            _until(lambda: server.words().count(" on http://") == 2 or process.poll() is not None)
            assert process.poll() is None, server.words()
            yield server
        finally:
            process.terminate()
            process.wait(PATIENCE)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """The wheel built from a copy of this repository, installed where only its dependencies can be imported."""
    wheel = _build(tmp_path / "repository", tmp_path / "wheel")
    venv = tmp_path / "venv"
    python = venv / "bin" / "python"
    _call(sys.executable, "-m", "venv", "--without-pip", venv)
    _call(
        *(sys.executable, "-m", "pip", "--quiet", "--python", python),
        *("install", "--no-deps", "--no-index", wheel),
    )
    link(closure(requirements_of(wheel)), next((venv / "lib").glob("python*/site-packages")))
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("five words make it long\n")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "KINBRIDGE_PASSPHRASE_FILE": str(passphrase),
        "KINBRIDGE_WORKERS": "1",
    }
    return Machine(tmp_path, venv / "bin" / "kinbridge", environment)


def requirements_of(wheel: Path) -> list[str]:
    """What the wheel itself says it needs, its extras left out."""
    with zipfile.ZipFile(wheel) as packed:
        (name,) = (name for name in packed.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = message_from_bytes(packed.read(name))
    return [text for text in metadata.get_all("Requires-Dist", []) if "extra ==" not in text]


def test_the_wheel_declares_all_that_its_code_imports(tmp_path: Path) -> None:
    wheel = _build(tmp_path / "repository", tmp_path / "wheel")
    needed = closure(requirements_of(wheel))
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "code")
    code = [tmp_path / "code" / name for name in ("forms_service", "site_src")]
    assert undeclared(code, needed) == {}
    (code[0] / "late.py").write_text("def ask() -> None:\n    import hypothesis.strategies\n")
    assert set(undeclared(code, needed)) == {"hypothesis"}
    assert "flask" in undeclared(code, needed - {"flask"})


def test_from_the_wheel_alone_a_clinic_goes_from_nothing_to_answers_and_a_new_guide(machine: Machine) -> None:
    for module in ("forms_service", "site_src"):
        assert machine.where(module).is_relative_to(machine.folder / "venv")
    assert machine.fails_to_import("pytest")  # it is here, but no dependency
    brand = ("--brand", "#3b2a7a", "--timezone", "America/Chicago", "--languages", "en,es")
    machine.run("new", machine.harbour, *NEEDED, *brand, cwd=machine.folder)
    machine.run("keys", "new")
    with machine.serving() as server:
        browser = Browser(server.port("Site and forms"))
        _sees_the_clinic(browser)
        reference = complete(browser, "intake").reference
        machine.run("submissions", "export", "intake", "--out", "intake.zip")
        machine.run("packages", "validate", "intake.zip")
        with zipfile.ZipFile(machine.harbour / "intake.zip") as package:
            assert reference in package.read("data/intakes.csv").decode()

        guide = machine.harbour / "content" / "en" / "privacy.md"
        guide.write_text(guide.read_text("utf-8") + "\n## Harbour asks you first\n", "utf-8")
        assert not browser.open("/privacy/").shows("Harbour asks you first")
        machine.run("publish", "-m", "We ask first")
        assert browser.open("/privacy/").shows("Harbour asks you first")


def _sees_the_clinic(browser: Browser) -> None:
    for address in ("/", "/es/", "/crisis/", "/forms/", "/es/forms/support-group/"):
        page = browser.open(address)
        assert page.status == 200, address
        assert page.shows("Harbour Clinic")
        assert page.shows("555 0142")
        assert not page.shows("Rivermouth")
    style = re.search(r'href="(/assets/kinbridge\.[0-9a-f]+\.css)"', browser.open("/").text)
    assert style
    assert "#3b2a7a" in browser.open(style[1]).text


def _build(repository: Path, target: Path) -> Path:
    repository.mkdir()
    for name in IN_WHEEL:
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(REPOSITORY / name, repository / name, symlinks=True, ignore=ignore)
    for name in BESIDE:
        shutil.copy(REPOSITORY / name, repository)
    _call(
        *(sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "wheel", "--no-index"),
        *("--no-deps", "--no-build-isolation", "--wheel-dir", target, repository),
    )
    shutil.rmtree(repository)
    return next(target.glob("*.whl"))


def _call(*words: str | Path) -> None:
    result = subprocess.run(words, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
