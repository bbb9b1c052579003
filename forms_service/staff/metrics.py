"""`/metrics` for Prometheus, on the staff port: numbers that lead to nobody, and how the machine is."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from flask import Flask, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import CollectorRegistry, CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from forms_service.packages.deidentify import SMALL
from forms_service.staff.access import for_anyone
from forms_service.staff.console import parts, reading
from forms_service.store import counts, inbox
from forms_service.store.times import moment, now
from forms_service.upkeep.daily import BACKUP, PURGE, backups, jobs_folder
from forms_service.upkeep.jobs import last_run


def register(app: Flask) -> None:
    """Serve them. Whoever reaches this port may read them: they hold no answer and no small number."""

    @for_anyone
    def metrics() -> Response:
        registry = CollectorRegistry()
        registry.register(_Kinbridge())
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    app.add_url_rule("/metrics", "metrics", metrics)


class _Kinbridge(Collector):
    """Everything that is told, read anew for each request."""

    def collect(self) -> Iterator[Metric]:
        """The metrics."""
        forms = CounterMetricFamily(
            "kinbridge_forms",
            "Forms begun, sent and left; fewer than 5 count as 0.",
            labels=["form", "event"],
        )
        waiting = GaugeMetricFamily(
            "kinbridge_answers_new", "Answers nobody has taken up; fewer than 5 count as 0."
        )
        with reading() as connection:
            for form, event, number in counts.totals(connection):
                forms.add_metric([form, event], number if number >= SMALL else 0)
            new = inbox.number_new(connection)
        waiting.add_metric([], new if new >= SMALL else 0)
        yield from (forms, waiting)
        yield from _machine()


def _machine() -> Iterator[Metric]:
    settings, at = parts().settings, now()
    done = GaugeMetricFamily(
        "kinbridge_job_last_seconds", "Seconds since the job last began.", labels=["job"]
    )
    well = GaugeMetricFamily(
        "kinbridge_job_well", "1 when the job's last run did what it should.", labels=["job"]
    )
    for name in (BACKUP, PURGE):
        last = last_run(jobs_folder(settings), name)
        if last is not None:
            done.add_metric([name], (at - moment(last.started)).total_seconds())
            well.add_metric([name], int(last.well is not False))
    yield from (done, well)
    kept = GaugeMetricFamily("kinbridge_backups", "Back-ups in the folder of the schedule.")
    kept.add_metric([], len(backups(settings.backup_folder)))
    free = GaugeMetricFamily("kinbridge_disk_free_bytes", "Free space where Kinbridge writes.")
    free.add_metric([], shutil.disk_usage(settings.var).free)
    yield from (kept, free)
