"""The weekly mail to builders: wanted, sent once, without small numbers, left with one click."""

import datetime as dt
import smtplib

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.utils import timezone

from catalog.models import Claim, DashboardMail
from catalog.services.dashboard_mail import want_mail
from matchgraph.audience import SMALLEST_GROUP
from matchgraph.models import Impression, Interaction, SearchEvent
from tests.catalog.claims import make_user, make_verified
from tests.web.mail.conftest import LINK
from web.mail.builders import send_dashboards
from web.mail.tokens import Mailing, leave_token, return_mark
from web.pages.brief.week import Week, week_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def week() -> Week:
    return week_of(timezone.localdate()).before


def show(claim: Claim, week: Week, *, visitors: int) -> None:
    """Have so many visitors of a week search, be shown the artifact and open it."""
    when = timezone.make_aware(dt.datetime.combine(week.monday, dt.time(12)))
    for number in range(visitors):
        event = SearchEvent.objects.create(
            query="<b>posters</b>",
            query_digest="posters",
            visitor=f"v{number}",
            n_results=1,
            created_at=when,
        )
        shown = Impression.objects.create(event=event, artifact=claim.artifact, position=2)
        Interaction.objects.create(impression=shown, kind=Interaction.Kind.CLICK)


@pytest.fixture
def claim(week: Week) -> Claim:
    made = make_verified()
    show(made, week, visitors=SMALLEST_GROUP)
    assert want_mail(made.user)
    return made


def test_a_week_is_sent_once_with_the_dashboards_numbers(claim: Claim, week: Week) -> None:
    assert send_dashboards(week, most=10).n_sent == 1
    assert send_dashboards(week, most=10).n_sent == 0
    [message] = mail.outbox
    assert message.to == [claim.user.email]
    wish = DashboardMail.objects.get()
    assert message.from_email == f"bounces+{return_mark(wish.pk, Mailing.BUILDERS)}@example.org"
    assert message.extra_headers["From"] == "Brief <brief@example.org>"
    assert isinstance(message, mail.EmailMultiAlternatives)
    html = str(message.alternatives[0][0])
    for text in (str(message.body), html):
        assert "5 visitors at position 2.0" in text
        assert "pened by 5, compared by fewer than 5" in text
    assert "&lt;b&gt;posters" in html
    assert "<b>" not in html


def test_a_week_of_too_few_is_not_told(week: Week) -> None:
    claim = make_verified()
    show(claim, week, visitors=SMALLEST_GROUP - 1)
    want_mail(claim.user)
    assert send_dashboards(week, most=10).n_sent == 0
    assert mail.outbox == []


def test_one_click_ends_it_without_signing_in(client: Client, claim: Claim, week: Week) -> None:
    send_dashboards(week, most=10)
    [message] = mail.outbox
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = LINK.findall(message.extra_headers["List-Unsubscribe"].strip("<>"))[0]
    # Programs that follow links end nothing.
    assert "Leave the weekly mail?" in client.get(path).content.decode()
    assert DashboardMail.objects.exists()
    answer = Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, b"You have left" in answer.content) == (200, True)
    assert answer["Referrer-Policy"] == "no-referrer"
    assert not DashboardMail.objects.exists()
    assert client.post(path).status_code == 200


def test_links_of_another_kind_end_nothing(client: Client, claim: Claim) -> None:
    wish = DashboardMail.objects.get()
    for token in (str(wish.pk), f"{wish.pk}:made-up", leave_token(wish.pk)):
        assert client.post(f"/builder-mail/leave/{token}/").status_code == 404
    assert DashboardMail.objects.exists()


def test_nothing_is_sent_before_it_is_wanted_nor_to_an_address_that_nobody_confirmed(
    client: Client, week: Week
) -> None:
    claim = make_verified()
    show(claim, week, visitors=SMALLEST_GROUP)
    assert send_dashboards(week, most=10).n_sent == 0
    client.force_login(claim.user, backend="django.contrib.auth.backends.ModelBackend")
    client.post("/builder-mail/", {"action": "want"})
    assert "Leave</button>" in client.get("/builders/").content.decode()
    client.post("/builder-mail/", {"action": "leave"})
    assert not DashboardMail.objects.exists()
    EmailAddress.objects.filter(user=claim.user).update(verified=False)
    assert client.post("/builder-mail/", {"action": "want"})["Location"] == "/accounts/email/"
    assert not DashboardMail.objects.exists()


def test_a_claim_that_lapsed_and_a_role_that_is_gone_are_told_nothing(claim: Claim, week: Week) -> None:
    viewer = make_user("viewer")
    role = claim.maintainers.create(user=viewer, role="viewer")
    want_mail(viewer)
    assert send_dashboards(week, most=10).n_sent == 2
    role.delete()
    Claim.objects.update(state=Claim.State.LAPSED)
    DashboardMail.objects.update(sent_week="")
    assert send_dashboards(week, most=10).n_sent == 0


def test_a_mailbox_that_is_not_there_is_written_to_no_more(
    claim: Claim, week: Week, monkeypatch: pytest.MonkeyPatch
) -> None:
    behind = make_user("behind")
    claim.maintainers.create(user=behind, role="viewer")
    want_mail(behind)
    deliver = EmailBackend.send_messages

    def refuse(backend: EmailBackend, messages: list[mail.EmailMessage]) -> int:
        if messages[0].to == [claim.user.email]:
            raise smtplib.SMTPRecipientsRefused({claim.user.email: (550, b"5.1.1 unknown")})
        return int(deliver(backend, messages) or 0)

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    sent = send_dashboards(week, most=10)
    assert (sent.n_sent, sent.n_refused) == (1, 1)
    assert list(User.objects.filter(dashboard_mail__isnull=False)) == [behind]
