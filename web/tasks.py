"""Celery tasks of the site: mail, and the daily dump."""

import structlog
from django.conf import settings
from django.utils import timezone

from config.jobs import job
from ranking.services.export import NothingToExportError
from web.export.dumps import write_dump
from web.mail.builders import send_dashboards
from web.mail.send import NoAddressError, send_opt_in, send_week
from web.pages.brief.week import week_of

# Mail to so many takes a minute or two on a slow server; the rest goes with the next message.
AT_ONCE = 200

logger = structlog.get_logger(__name__)


@job(limit_s=60)
def ask_for_confirmation(subscriber_id: int, origin: str) -> None:
    """Ask an address whether it wants the brief."""
    send_opt_in(subscriber_id, origin=origin)


@job(limit_s=1_200)
def send_brief() -> None:
    """Send last week's brief to those who have not got it."""
    try:
        sent = send_week(week_of(timezone.localdate()).before, most=AT_ONCE)
    except NoAddressError as error:
        logger.warning("brief not sent", reason=str(error))
        return
    if sent.n_left and sent.n_sent + sent.n_refused:
        send_brief.delay()


@job(limit_s=1_200)
def dump_site() -> None:
    """Write today's dump and let the oldest go; delivered twice it writes another, which harms nobody."""
    if settings.DUMPS_KEPT < 1:
        return
    try:
        dump = write_dump(keep=settings.DUMPS_KEPT)
    except NothingToExportError as error:
        logger.warning("no dump written", reason=str(error))
        return
    logger.info("dump written", name=dump.name, n_artifacts=dump.manifest["n_artifacts"])


@job(limit_s=1_200)
def send_builders() -> None:
    """Send last week's numbers to the builders who want them and have not got them."""
    try:
        sent = send_dashboards(week_of(timezone.localdate()).before, most=AT_ONCE)
    except NoAddressError as error:
        logger.warning("dashboards not sent", reason=str(error))
        return
    if sent.n_left:
        send_builders.delay()
