"""The staff process: the console, and beside it the daily jobs, notices, and forgetting what was erased."""

from __future__ import annotations

from flask import Flask

from forms_service.doctor.nightly import nightly_examination
from forms_service.settings import Settings
from forms_service.staff import notices
from forms_service.staff.app import create_app
from forms_service.upkeep import forgetting
from forms_service.upkeep.daily import jobs_of


def create_app_with_jobs(settings: Settings) -> Flask:
    """The console; the jobs run as long as its process."""
    app = create_app(settings)
    jobs_of(settings, nightly_examination(settings)).start()
    notices.start(app)
    forgetting.start(settings)
    return app
