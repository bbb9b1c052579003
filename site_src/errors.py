"""What can go wrong with a site, said so that an operator can mend it."""

from __future__ import annotations


class SiteError(Exception):
    """The site cannot be built or published; the text is one line: the cause, then the mend.

    `exit_code` is what the command line ends with: 2 for "could not run".
    """

    exit_code = 2

    def __init__(self, cause: str, mend: str) -> None:
        super().__init__(f"{cause} {mend}")
        self.cause = cause
        self.mend = mend


class BrokenFormsError(SiteError):
    """At least one form of the instance is broken, so nothing was published."""

    exit_code = 1

    def __init__(self, messages: list[str]) -> None:
        one = len(messages) == 1
        cause = f"{'A form is' if one else f'{len(messages)} forms are'} broken: {'; '.join(messages)}."
        super().__init__(
            cause, f"Mend {'it, or take it' if one else 'them, or take them'} out of datapackages/."
        )
        self.messages = messages
