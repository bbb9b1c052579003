"""What a new instance starts from: the guides, forms and tables that come with Kinbridge."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from site_src.errors import SiteError
from site_src.instance import Clinic, Instance, read_clinic
from site_src.library.crisis import CrisisLine, Part, first_number, lines_for, read_lines

# In git these are links to the repository's own content/, datapackages/ and mkdocs.yml; a wheel holds the files.
FOLDER = Path(__file__).parent / "starter"


@dataclass(frozen=True)
class Starter:
    """The starting content, which is an instance itself, of a fictional clinic."""

    instance: Instance
    clinic: Clinic
    lines: tuple[CrisisLine, ...]

    @property
    def regions(self) -> tuple[str, ...]:
        """The codes of all regions that have an emergency number."""
        codes = dict.fromkeys(line.region for line in self.lines)
        return tuple(code for code in codes if self._emergency(code))

    def emergency_number(self, region: str) -> Part:
        """What families of a region dial in an emergency; raises SiteError when there is no such number."""
        number = self._emergency(region)
        if number is None:
            raise SiteError(f"Region {region} has no emergency number.", f"Choose {', '.join(self.regions)}.")
        return number

    def _emergency(self, region: str) -> Part | None:
        lines = lines_for(self.lines, region, self.clinic.languages[0])
        return next((first_number(line) for line in lines if line.is_emergency), None)


def read_starter(folder: Path = FOLDER) -> Starter:
    """The starting content; raises SiteError when the package was installed without it."""
    if not (folder / "content").is_dir():
        raise SiteError(
            f"There is no starting content in {folder}.", "Install Kinbridge again from its wheel."
        )
    instance = Instance(folder, folder / "var")
    return Starter(instance, read_clinic(folder), read_lines(instance.datapackages))
