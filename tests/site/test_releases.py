"""Publishing: what families see is always one whole release, whatever happens."""

from __future__ import annotations

import datetime
import gzip
import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import brotli
import pytest
from click.testing import CliRunner

from site_src.checks.command import check
from site_src.errors import FindingsError, SiteError
from site_src.instance import Instance
from site_src.releases import Published, current, publish, releases, rollback
from tests.site.conftest import write_page

REPOSITORY = Path(__file__).parents[2]
PUBLISH = """
import sys
from pathlib import Path
from site_src.instance import Instance
from site_src.releases import publish
root = Path(sys.argv[1])
published = publish(Instance(root, root / "var"), message=sys.argv[2], print_copies=False)
print(published.release.id, published.changed)
"""


def all_well(folder: Path) -> list[str]:
    return []


def release(instance: Instance, message: str = "", now: datetime.datetime | None = None) -> Published:
    """A publish without print copies, which have tests of their own."""
    return publish(instance, message=message, print_copies=False, now=now)


def shown(instance: Instance, path: str = "mornings/index.html") -> str:
    return (instance.site / "current" / "public" / path).read_text("utf-8")


def test_a_release_holds_pages_forms_shells_and_facts(instance: Instance) -> None:
    published = release(instance, "First")
    folder = instance.site / "current"
    assert published.changed
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{8}", published.release.id)
    assert folder.readlink() == Path("releases") / published.release.id
    assert "Open the curtains." in shown(instance)
    assert json.loads((folder / "private/forms/join/datapackage.json").read_text())["name"] == "join"
    assert (folder / "private/forms/join/joins.csv").is_file()
    assert sorted(path.name for path in (folder / "private/shells").iterdir()) == ["en.html", "es.html"]
    assert json.loads((folder / "private/site.json").read_text())["languages"] == ["en", "es"]
    facts = json.loads((folder / "release.json").read_text())
    assert (facts["id"], facts["message"], facts["forms"], facts["left_out"]) == (
        published.release.id,
        "First",
        ["join"],
        [],
    )


def test_compressed_copies_say_what_the_originals_say(instance: Instance) -> None:
    release(instance)
    public = (instance.site / "current" / "public").resolve()
    pages = [path for path in public.rglob("*") if path.suffix in (".html", ".css", ".js", ".svg", ".xml")]
    assert len(pages) > 15
    for path in pages:
        content = path.read_bytes()
        assert gzip.decompress(path.with_name(f"{path.name}.gz").read_bytes()) == content, path
        assert brotli.decompress(path.with_name(f"{path.name}.br").read_bytes()) == content, path
    assert list(public.rglob("*.gz.*")) == list(public.rglob("*.br.*")) == []


def test_unchanged_content_publishes_nothing(instance: Instance) -> None:
    first = release(instance)
    second = release(instance, "Again")
    assert (second.changed, second.release) == (False, first.release)
    assert releases(instance) == (first.release,)


def test_a_changed_page_is_a_new_release_and_the_old_one_stays(instance: Instance) -> None:
    first = release(instance)
    write_page(instance, "Close the curtains.")
    second = release(instance)
    assert "Close the curtains." in shown(instance)
    assert [old.id for old in releases(instance)] == [second.release.id, first.release.id]


def test_a_changed_form_alone_is_a_new_release(instance: Instance) -> None:
    release(instance)
    (instance.datapackages / "join" / "joins.csv").write_text("who\nsomeone\n")
    assert release(instance).changed


def test_a_rollback_shows_the_release_before(instance: Instance) -> None:
    first = release(instance)
    write_page(instance, "A mistake.")
    release(instance)
    begun = time.monotonic()
    assert rollback(instance).id == first.release.id
    assert time.monotonic() - begun < 1
    assert "A mistake." not in shown(instance)
    with pytest.raises(SiteError, match="no release before"):
        rollback(instance)


def test_a_rollback_may_name_any_release(instance: Instance) -> None:
    release(instance)
    write_page(instance, "Newer.")
    newer = release(instance).release
    rollback(instance)
    assert rollback(instance, newer.id) == newer
    assert "Newer." in shown(instance)
    with pytest.raises(SiteError, match="There is no release 2001"):
        rollback(instance, "2001")


def test_what_was_rolled_back_can_be_published_again(instance: Instance) -> None:
    release(instance)
    write_page(instance, "Newer.")
    release(instance)
    rollback(instance)
    assert release(instance).changed
    assert "Newer." in shown(instance)


def test_assets_of_the_last_release_stay_one_release_longer(instance: Instance) -> None:
    styles = []
    for brand in ("#0f5c5a", "#7a1f5c", "#1d4ed8"):
        config = re.sub(
            r"    (brand: .*|demo: false)", f'    brand: "{brand}"', instance.config_file.read_text()
        )
        instance.config_file.write_text(config)
        release(instance)
        (address,) = re.findall(r'href="/(assets/[\w.]+\.css)"', shown(instance))
        styles.append(address)
    public = instance.site / "current" / "public"
    assert [(public / style).is_file() for style in styles] == [False, True, True]
    assert (public / f"{styles[1]}.br").is_file()
    rollback(instance)
    assert [(public / style).is_file() for style in styles] == [True, True, True]


def test_a_broken_form_stops_the_release_and_is_named(instance: Instance) -> None:
    first = release(instance)
    (instance.datapackages / "join" / "datapackage.json").write_text('{"name": "join", "form": {}}')
    with pytest.raises(FindingsError) as caught:
        release(instance)
    assert caught.value.exit_code == 1
    assert {finding.path for finding in caught.value.findings} == {"datapackages/join/datapackage.json"}
    assert current(instance) == first.release


FAULTS = (
    ("---\ntitle: M\n---\n\n## Late\n\n#### Too deep\n", 7),
    ("See [nothing](nowhere.md).", 8),
    ("See [nothing](crisis.md#nowhere).", 8),
    ("It helps [@nobody-1900].", 8),
    ("/// form | nowhere\n///", 8),
    ("<script>alert(1)</script>", 8),
    ("[press](javascript:alert)", 8),
    ("![](picture.png)", 8),
    ("A long sentence " + "and so on " * 26 + "ends.", 8),
    ("No front matter.", 1),
    ("---\ntitle: x\nneed: [a\n---\n", 4),
    (b"---\ntitle: caf\xe9\n---\n", 2),
)


def test_what_the_checks_find_stops_the_release_and_is_named_by_file_and_line(instance: Instance) -> None:
    first = release(instance)
    for fault, line in FAULTS:
        page = write_page(instance, str(fault))
        if isinstance(fault, bytes):
            page.write_bytes(fault)
        elif line < 8:
            page.write_text(fault)
        with pytest.raises(FindingsError, match="the site is as it was") as caught:
            release(instance)
        places = {(finding.path, finding.line) for finding in caught.value.findings}
        assert ("content/en/mornings.md", line) in places, (fault, caught.value.findings)
        assert current(instance) == first.release
    assert _unfinished(instance) == []


def test_an_overdue_review_stops_only_a_release_that_changes_the_page(instance: Instance) -> None:
    write_page(instance, "Open the curtains.", review_by="2030-01-01")
    early = datetime.datetime(2029, 6, 1, tzinfo=datetime.UTC)
    late = datetime.datetime(2031, 6, 1, tzinfo=datetime.UTC)
    release(instance, now=early)
    assert "due for a check" not in shown(instance)
    new_number = instance.config_file.read_text().replace("555 0199", "555 0123")
    instance.config_file.write_text(new_number)
    published = release(instance, now=late)
    assert "555 0123" in shown(instance)
    assert "This page is due for a check." in shown(instance)
    (warning,) = [line for line in published.warnings if "mornings" in line]
    assert warning.startswith("content/en/mornings.md:5: review-overdue")
    write_page(instance, "Close the curtains.", review_by="2030-01-01")
    with pytest.raises(FindingsError) as caught:
        release(instance, now=late)
    assert [finding.code for finding in caught.value.findings] == ["review-overdue"]
    write_page(instance, "Close the curtains.", review_by="2099-01-01")
    assert release(instance, now=late).changed
    assert "due for a check" not in shown(instance)


def test_a_stale_translation_says_so_until_somebody_touches_it(instance: Instance) -> None:
    write_page(instance, "Abra las cortinas.", "es/mornings.md", translation_of="mornings.md")
    CliRunner().invoke(
        check,
        ["--accept-translations", str(instance.content / "es")],
        env={"KINBRIDGE_INSTANCE": str(instance.root)},
    )
    release(instance)
    assert "kb-notice" not in shown(instance, "es/mornings/index.html")
    write_page(instance, "Close the curtains.")
    release(instance)
    assert "La página en inglés cambió" in shown(instance, "es/mornings/index.html")
    translation = instance.content / "es" / "mornings.md"
    translation.write_text(translation.read_text("utf-8").replace("Abra", "Cierre"), "utf-8")
    with pytest.raises(FindingsError) as caught:
        release(instance)
    assert [finding.code for finding in caught.value.findings] == ["stale-translation"]


def test_the_first_release_is_not_stopped_by_what_the_checks_find(instance: Instance) -> None:
    write_page(instance, "See [nothing](nowhere.md).", review_by="2020-01-01")
    publish(instance, leave_out=all_well, print_copies=False)
    assert "This page is due for a check." in shown(instance)


def test_old_releases_go_but_the_newest_ten_and_the_current_one_stay(instance: Instance) -> None:
    first = release(instance).release
    folders = instance.site / "releases"
    older = [f"20200101T0000{number:02}Z-00000000" for number in range(11)]
    for name in older:
        shutil.copytree(folders / first.id, folders / name)
        facts = (folders / name / "release.json").read_text("utf-8").replace(first.id, name)
        (folders / name / "release.json").write_text(facts, "utf-8")
    write_page(instance, "Newer.")
    newest = release(instance).release
    kept = [newest.id, first.id, *reversed(older[-8:])]
    assert [old.id for old in releases(instance)] == kept
    assert sorted(folder.name for folder in folders.iterdir()) == sorted(kept)


def test_a_broken_form_can_be_left_out_and_is_on_no_page(instance: Instance) -> None:
    left = publish(instance, leave_out=lambda folder: ["no fields"], print_copies=False).release
    assert [(broken.form, broken.message) for broken in left.left_out] == [("join", "no fields")]
    assert left.forms == ()
    assert not (instance.site / "current/private/forms/join").exists()
    for path in (instance.site / "current" / "public").rglob("*.html"):
        assert "/forms/join/" not in path.read_text("utf-8"), path


def test_a_descriptor_that_is_not_json_can_be_left_out_too(instance: Instance) -> None:
    (instance.datapackages / "join" / "datapackage.json").write_text("{")
    left = publish(instance, leave_out=lambda folder: ["not JSON"], print_copies=False).release
    assert [broken.form for broken in left.left_out] == ["join"]


def test_a_page_that_cannot_be_built_leaves_the_site_as_it_was(instance: Instance) -> None:
    first = release(instance)
    write_page(instance, "x", template="nowhere.html")
    with pytest.raises(SiteError, match=r"nowhere\.html"):
        release(instance)
    assert current(instance) == first.release
    assert _unfinished(instance) == []


def test_a_folder_that_cannot_be_written_is_said(instance: Instance) -> None:
    instance.var.mkdir()
    instance.site.write_text("in the way")
    with pytest.raises(SiteError, match="The site is as it was"):
        release(instance)


def test_a_full_disk_leaves_the_site_as_it_was(instance: Instance) -> None:
    first = release(instance)
    (instance.datapackages / "join" / "notes.txt").write_text("word " * 100_000)
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n{PUBLISH}"
    done = _run(limited, instance)
    assert "SiteError: Cannot read or write" in done.stderr and "File too large" in done.stderr
    assert current(instance) == first.release
    assert _unfinished(instance) == []


def test_a_clock_that_goes_back_does_not_mix_up_the_order(instance: Instance) -> None:
    noon = datetime.datetime(2027, 1, 1, 12, tzinfo=datetime.UTC)
    release(instance, now=noon)
    write_page(instance, "Newer.")
    newer = release(instance, now=noon - datetime.timedelta(hours=1)).release
    assert newer.id.startswith("20270101T120001Z-")
    assert releases(instance)[0] == newer


def test_what_a_crash_left_behind_goes_with_the_next_release(instance: Instance) -> None:
    stale = instance.site / "releases" / ".building-1"
    (stale / "public").mkdir(parents=True)
    release(instance)
    assert not stale.exists()
    assert len(releases(instance)) == 1


def test_a_release_that_a_crash_kept_from_families_is_no_release(instance: Instance) -> None:
    first = release(instance).release
    write_page(instance, "Newer.")
    newer = release(instance).release
    rollback(instance)
    folder = instance.site / "releases" / newer.id
    (folder / "seen").unlink()
    assert releases(instance) == (first,)
    release(instance, now=datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1))
    assert not folder.exists()


def test_a_release_that_families_saw_stays_though_a_crash_came_right_after_the_switch(
    instance: Instance,
) -> None:
    first = release(instance).release
    write_page(instance, "Newer.")
    second = release(instance).release
    (instance.site / "current" / "seen").unlink()
    write_page(instance, "Newest.")
    third = release(instance).release
    assert releases(instance) == (third, second, first)
    assert rollback(instance) == second
    assert "Newer." in shown(instance)


def test_two_publishes_at_once_wait_for_each_other(instance: Instance) -> None:
    running = [_start(PUBLISH, instance) for _ in range(2)]
    answers = sorted(process.communicate()[0].split()[1] for process in running)
    assert answers == ["False", "True"]
    assert len(releases(instance)) == 1


def test_an_instance_may_lie_anywhere(instance: Instance, tmp_path: Path) -> None:
    elsewhere = tmp_path / "else where"
    shutil.move(instance.root, elsewhere)
    moved = Instance(elsewhere, elsewhere / "var")
    release(moved)
    assert "Hilltop for parents" in shown(moved, "index.html")


def _unfinished(instance: Instance) -> list[Path]:
    return list((instance.site / "releases").glob(".building-*"))


def _start(code: str, instance: Instance) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, str(instance.root), "message"]
    return subprocess.Popen(
        command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def _run(code: str, instance: Instance) -> subprocess.CompletedProcess[str]:
    process = _start(code, instance)
    out, err = process.communicate()
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)
