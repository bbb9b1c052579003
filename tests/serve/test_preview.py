"""`kinbridge forms preview`: a form as families would see it, of which nothing is kept."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from forms_service.cli import main
from tests.instances import REPOSITORY
from tests.serve.browser import Browser
from tests.serve.clinic import KINBRIDGE, Clinic, make_clinic, serving
from tests.serve.journeys import INTAKE, TYPED, begin, walk
from tests.serve.search import files, finds, open_files

BANNER = "Preview: nothing you type here is kept or sent."


def of_the_repository(tmp_path: Path) -> Clinic:
    clinic = make_clinic(tmp_path)
    return Clinic(clinic.folder, clinic.instance, {"KINBRIDGE_INSTANCE": str(REPOSITORY)})


def test_a_previewed_form_can_be_walked_through_and_keeps_nothing(tmp_path: Path) -> None:
    clinic = of_the_repository(tmp_path)
    command = (str(KINBRIDGE), "forms", "preview", "intake", "--port", "0")
    before = {path: path.stat().st_mtime_ns for path in clinic.instance.var.rglob("*")}
    with serving(clinic, command=command) as server:
        browser = Browser(server.port("Preview of intake"))
        assert browser.open("/forms/intake/").shows(BANNER)
        check = walk(browser, begin(browser, "intake"), INTAKE)
        assert check.shows(BANNER) and check.shows(TYPED[0])
        done = browser.send(check.form)
        assert done.reference and done.shows(BANNER)
        assert browser.open("/es/forms/intake/").shows("Vista previa")
        assert finds(TYPED, [*files(clinic.folder), *open_files(server.processes)]) == []
        assert server.stop() == 0
    assert list(clinic.temporary.iterdir()) == []
    assert {path: path.stat().st_mtime_ns for path in clinic.instance.var.rglob("*")} == before


def test_a_form_with_a_mistake_is_not_previewed_and_the_mistake_is_told(tmp_path: Path) -> None:
    clinic = make_clinic(tmp_path)
    file = clinic.instance.root / "datapackages" / "question" / "datapackage.json"
    file.write_text(file.read_text("utf-8").replace('"type": "boolean"', '"type": "boole"'), "utf-8")
    done = CliRunner().invoke(main, ["forms", "preview", "question"], env=clinic.environment)
    assert done.exit_code == 2 and "boole" in done.stderr and "Traceback" not in done.output
    missing = CliRunner().invoke(main, ["forms", "preview", "nothing"], env=clinic.environment)
    assert missing.exit_code == 2 and "there is no form" in missing.stderr
