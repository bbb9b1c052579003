"""Serves a public application other than ours: `python -m tests.serve.launch FACTORY`."""

from __future__ import annotations

import sys

from forms_service.serving.plan import Endpoint, ServeError, ServePlan
from forms_service.serving.supervisor import serve
from forms_service.settings import read_settings


def main(factory: str) -> int:
    settings = read_settings()
    endpoint = Endpoint(
        title="Site and forms",
        host="127.0.0.1",
        port=0,
        factory=factory,
        settings="forms_service.settings:read_settings",
        release=settings.current_release,
        processes=settings.workers,
    )
    try:
        serve(ServePlan(public=endpoint))
    except ServeError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
