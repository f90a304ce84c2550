"""A week's brief: to everybody once, from where it stopped, through a real server and past its refusals."""

import re
import smtplib
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import StringIO
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.fixtures import Settings

from catalog.models import Subscriber
from tests.web.mail.conftest import LINK, ORIGIN, make_reader
from web.mail.send import send_week
from web.mail.tokens import leave_token, return_mark
from web.pages.brief.week import Week

pytestmark = pytest.mark.django_db
PIXEL = re.compile(r"<img|background|url\(|<link|<style|src=", re.IGNORECASE)


def test_a_week_is_sent_once_to_everybody_and_says_what_the_page_says(
    client: Client, last_week: Week
) -> None:
    make_reader()
    make_reader("other@example.com")
    first, again = (send_week(last_week, most=10) for _ in range(2))
    assert (first.n_sent, again.n_sent) == (2, 0)
    assert len(mail.outbox) == 2
    assert send_week(last_week.before, most=10).has_news is False
    message = mail.outbox[0].message()
    html = next(part for part in message.walk() if part.get_content_type() == "text/html")
    text = html.get_payload(decode=True).decode()
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; new." in text
    assert "<b>Bold</b> & new." in str(mail.outbox[0].body)
    assert f"{ORIGIN}/artifact/alpha/" in text
    assert PIXEL.search(text) is None
    assert "?" not in "".join(LINK.findall(text))
    own = {link for link in LINK.findall(text) if "/brief/leave/" in link}
    assert len(own) == 1
    assert client.get(f"/brief/{last_week.name}/").status_code == 200


def test_a_sending_that_breaks_goes_on_where_it_stopped(
    last_week: Week, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        make_reader(f"reader-{number}@example.com")
    sent: list[str] = []

    def send(message: mail.EmailMessage) -> int:
        if len(sent) == 1:
            raise ConnectionError
        sent.append(message.to[0])
        return 1

    with monkeypatch.context() as patch:
        patch.setattr(mail.EmailMultiAlternatives, "send", send)
        with pytest.raises(ConnectionError):
            send_week(last_week, most=10)
    send_week(last_week, most=10)
    assert sorted(sent + [message.to[0] for message in mail.outbox]) == [
        f"reader-{number}@example.com" for number in range(3)
    ]


def test_commands_refuse_what_makes_no_sense(settings: Settings, last_week: Week, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no week that has ended"):
        call_command("send_brief", week="2999-w01")
    with pytest.raises(CommandError, match="does not exist"):
        call_command("read_bounces", str(tmp_path / "nothing"))
    settings.SITE_URL = ""
    with pytest.raises(CommandError, match="SITE_URL is not set"):
        call_command("send_brief")


class Server:
    """Takes mail for everybody but one."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd names it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("nobody@"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if any(address.startswith("unwanted@") for address in envelope.rcpt_tos):
            return "554 5.7.1 this address takes no such content"
        self.envelopes.append(envelope)
        return "250 OK"


@pytest.fixture
def smtp(settings: Settings) -> Iterator[Server]:
    server = Server()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield server
    controller.stop()


def test_a_real_server_gets_the_headers_and_its_refusal_stops_mail(smtp: Server, last_week: Week) -> None:
    reader, nobody = make_reader(), make_reader("nobody@example.com")
    out = StringIO()
    call_command("send_brief", stdout=out)
    assert f"{last_week.name}: sent 1, refused 1, left 0." in out.getvalue()
    (envelope,) = smtp.envelopes
    assert envelope.mail_from == f"bounces+{return_mark(reader.pk)}@example.org"
    assert isinstance(envelope.content, bytes)
    message = message_from_bytes(envelope.content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert message["From"] == "Brief <brief@example.org>"
    assert message["List-Unsubscribe"].strip() == f"<{ORIGIN}/brief/leave/{leave_token(reader.pk)}/>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"] == "<brief.brief.example.org>"
    assert message.is_multipart()
    nobody.refresh_from_db()
    assert nobody.state == Subscriber.State.STOPPED
    assert "no such user" in nobody.reason


def test_a_message_refused_for_one_reader_reaches_those_behind(smtp: Server, last_week: Week) -> None:
    refused, unwritable, behind = (
        make_reader(address)
        for address in ("unwanted@example.com", f"x@{'a' * 70}é.example", "behind@example.com")
    )
    sent = send_week(last_week, most=10)
    assert (sent.n_sent, sent.n_refused, sent.n_left) == (1, 2, 0)
    assert [envelope.rcpt_tos for envelope in smtp.envelopes] == [[behind.address]]
    for reader in (refused, unwritable):
        reader.refresh_from_db()
        assert (reader.state, reader.n_soft) == (Subscriber.State.ACTIVE, 1)
    assert send_week(last_week, most=10).n_left == 0


def test_a_server_that_closes_is_no_readers_fault(
    smtp: Server, last_week: Week, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = make_reader("nobody@example.com")

    async def close(*_args: object) -> str:
        return "421 4.3.2 closing"

    monkeypatch.setattr(smtp, "handle_RCPT", close)
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send_week(last_week, most=10)
    reader.refresh_from_db()
    assert (reader.n_soft, reader.sent_week) == (0, "")
