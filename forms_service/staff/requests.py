"""What a browser sends to the console: nothing of it is spooled to disk, and only a form for a family may be large."""

from __future__ import annotations

from io import BytesIO
from typing import IO

from flask import Request

from forms_service.answers.cleaning import MOST_BYTES as MOST_OF_A_FILE

MOST_BYTES = 1024 * 1024  # of one POST
MOST_WITH_FILE = MOST_OF_A_FILE + MOST_BYTES  # of one that enters a form for a family
ENTERS = "staff.keep_entry"


class ConsoleRequest(Request):
    """A request whose files stay in memory until they are sealed."""

    @property  # type: ignore[misc]
    def max_content_length(self) -> int:  # type: ignore[override]
        """How many bytes are read."""
        return MOST_WITH_FILE if self.endpoint == ENTERS else MOST_BYTES

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return BytesIO()
