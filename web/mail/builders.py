"""The weekly mail to builders: asked for on the dashboard, left with one click, sent once a week to each."""

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from catalog.models import DashboardMail
from catalog.services.dashboard_mail import note_builder_bounce
from web.mail.messages import one_click_headers, return_address
from web.mail.send import REFUSED, Sent, bounce_of, public_origin
from web.mail.tokens import Mailing, builder_leave_token, return_mark
from web.pages.brief.week import Week
from web.pages.builders.digest import Digest, digest_of

logger = structlog.get_logger(__name__)


def dashboard_message(
    wish: DashboardMail, digest: Digest, *, origin: str, connection: BaseEmailBackend | None = None
) -> EmailMultiAlternatives:
    """Return one builder's week. Text and HTML say the same, without pictures or links that tell who clicked."""
    leave_url = f"{origin}{reverse('builder-mail-leave', args=[builder_leave_token(wish.pk)])}"
    context = {
        "site_name": settings.SITE_NAME,
        "digest": digest,
        "origin": origin,
        "leave_url": leave_url,
    }
    message = EmailMultiAlternatives(
        f"{settings.SITE_NAME}: your week of {digest.week.monday:%d %B}",
        render_to_string("mail/builders.txt", context),
        return_address(return_mark(wish.pk, Mailing.BUILDERS)),
        [wish.user.email],
        connection=connection,
        headers=one_click_headers(leave_url, name="builders", origin=origin),
    )
    message.attach_alternative(render_to_string("mail/builders.html", context), "text/html")
    return message


def send_dashboards(week: Week, *, most: int) -> Sent:
    """Send a week to up to ``most`` builders who want it and have not got it; a week without numbers is not sent.

    Raises:
        NoAddressError: the site's public address is not set.
    """
    origin = public_origin()
    waiting = list(DashboardMail.objects.without(week.name).values_list("pk", flat=True)[:most])
    done = []
    if waiting:
        with get_connection() as connection:
            done = [_send_one(pk, week, origin, connection) for pk in waiting]
    left = DashboardMail.objects.without(week.name).count()
    logger.info("dashboards sent", week=week.name, sent=done.count(True), left=left)
    return Sent(done.count(True), done.count(False), left)


@transaction.atomic
def _send_one(wish_id: int, week: Week, origin: str, connection: BaseEmailBackend) -> bool | None:
    """Send to one builder; None where there is nothing to tell, or another process does or did it."""
    rows = DashboardMail.objects.without(week.name).select_for_update(of=("self",), skip_locked=True)
    wish = rows.select_related("user").filter(pk=wish_id).first()
    if wish is None:
        return None
    wish.sent_week = week.name
    wish.save(update_fields=["sent_week"])
    digest = digest_of(wish.user, week)
    if not digest.lines:
        return None
    try:
        dashboard_message(wish, digest, origin=origin, connection=connection).send()
    except REFUSED as refusal:
        _note_refusal(wish, refusal)
        return False
    return True


def _note_refusal(wish: DashboardMail, refusal: Exception) -> None:
    """Stop writing to a mailbox that the server does not know; a lost connection is nobody's fault."""
    bounce, reason = bounce_of(refusal)
    logger.warning("mail refused", builder=wish.user_id, bounce=bounce.value, reason=reason[:200])
    note_builder_bounce(wish.pk, bounce)
