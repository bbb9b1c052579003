"""The staff process backs up and erases by itself."""

from __future__ import annotations

import json
from pathlib import Path

from tests.serve.clinic import launch, make_clinic, until


def test_a_night_that_was_missed_is_made_up_for_when_the_staff_process_starts(tmp_path: Path) -> None:
    clinic = make_clinic(tmp_path)
    jobs = clinic.instance.var / "jobs"
    jobs.mkdir()
    for name in ("backup", "purge"):
        (jobs / f"{name}.json").write_text('{"started": "2020-01-01T00:00:00Z", "well": true}')
    server = launch(clinic, "--staff-only")
    try:
        until(lambda: all(done(jobs / f"{name}.json") for name in ("backup", "purge")))
    finally:
        assert server.stop() == 0
    (backup,) = clinic.instance.settings.backup_folder.iterdir()
    checked = clinic.run("restore", str(backup), "--check")
    assert checked.exit_code == 0, checked.output


def done(file: Path) -> bool:
    last = json.loads(file.read_bytes())
    return bool(last["well"]) and last["started"] > "2020-01-01T00:00:00Z"
