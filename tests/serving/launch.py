"""Runs a plan given as JSON: `python -m tests.serving.launch PLAN`, as `kinbridge serve` would."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from forms_service.serving.plan import Endpoint, Limits, ServeError, ServePlan
from forms_service.serving.supervisor import serve


def main(text: str) -> int:
    data = json.loads(text)
    plan = ServePlan(
        public=_endpoint(data["public"]),
        staff=_endpoint(data["staff"]),
        limits=Limits(**data["limits"]),
        trusted_proxies=data["trusted_proxies"],
        environment=data["environment"],
    )
    try:
        serve(plan)
    except ServeError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _endpoint(data: dict[str, Any] | None) -> Endpoint | None:
    if data is None:
        return None
    release = data.pop("release")
    return Endpoint(**data, release=Path(release) if release else None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
