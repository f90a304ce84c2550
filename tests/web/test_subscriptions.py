"""The brief by e-mail: asked twice, left with one click, stopped where nothing arrives, no tool for mail bombs."""

import datetime as dt
import re
import smtplib
import socket
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import StringIO
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core import mail
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings
from structlog.testing import capture_logs

from catalog.models import Subscriber
from catalog.services import subscriptions
from catalog.services.subscriptions import Bounce, ask, confirm, leave, note_bounce
from tests.builders import make_artifact
from web.api.limits import SUBSCRIBE
from web.mail.bounces import read_report
from web.mail.send import send_week
from web.mail.tokens import confirm_token, confirmed_id, leave_token, leaving_id, return_mark, returned_id
from web.pages.brief.week import Week, week_of
from web.tasks import ask_for_confirmation

pytestmark = pytest.mark.django_db
ORIGIN = "https://brief.example.org"
LINK = re.compile(r"https://brief\.example\.org(\S+)")
PIXEL = re.compile(r"<img|background|url\(|<link|<style|src=", re.IGNORECASE)


@pytest.fixture(autouse=True)
def address(settings: Settings) -> None:
    settings.SITE_URL = ORIGIN
    settings.BRIEF_FROM_EMAIL = "Brief <brief@example.org>"
    settings.BRIEF_BOUNCE_ADDRESS = "bounces@example.org"


@pytest.fixture(autouse=True)
def uncounted() -> None:
    caches["limits"].clear()


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a worker does with the message, done here; that messages arrive is shown elsewhere."""
    task = ask_for_confirmation
    monkeypatch.setattr(task, "delay_on_commit", task.run)


@pytest.fixture
def last_week() -> Week:
    """A week in which something was new."""
    week = week_of(timezone.localdate()).before
    artifact = make_artifact("alpha")
    when = timezone.make_aware(dt.datetime.combine(week.monday, dt.time(12)))
    type(artifact).objects.update(created_at=when, summary="<b>Bold</b> & new.")
    return week


def make_reader(address: str = "reader@example.com") -> Subscriber:
    return Subscriber.objects.create(
        address=address,
        state=Subscriber.State.ACTIVE,
        asked_at=timezone.now() - dt.timedelta(days=1),
        confirmed_at=timezone.now(),
    )


def link_of(message: mail.EmailMessage) -> str:
    found = LINK.search(str(message.body))
    assert found is not None
    return found[1]


def subscribe(client: Client, address: str, **more: str) -> int:
    return client.post("/brief/subscribe/", {"address": address, **more}).status_code


def ask_from(client: Client, network: str, address: str) -> int:
    return client.post("/brief/subscribe/", {"address": address}, REMOTE_ADDR=network).status_code


def test_nothing_is_sent_before_two_yeses_and_one_click_ends_it(client: Client, last_week: Week) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/brief/subscribe/", {"address": "Reader@Example.com"}).status_code == 302
    (question,) = mail.outbox
    assert send_week(last_week, most=10).n_sent == 0
    path = link_of(question)
    assert "Yes, send it" in client.get(path).content.decode()
    assert not Subscriber.objects.active().exists()
    assert strict.post(path).status_code == 200
    assert send_week(last_week, most=10).n_sent == 1
    brief = mail.outbox[-1]
    assert brief.to == ["reader@example.com"]
    out = brief.extra_headers["List-Unsubscribe"].strip("<>").removeprefix(ORIGIN)
    assert brief.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert Subscriber.objects.active().exists()
    assert "Leave" in strict.get(out).content.decode()
    assert Subscriber.objects.active().exists()
    gone = strict.post(out, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert gone.status_code == 200
    assert not Subscriber.objects.exists()
    assert strict.post(out).status_code == 200


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


def test_nobody_learns_who_is_subscribed_and_programs_get_nothing(client: Client) -> None:
    make_reader()
    known = client.post("/brief/subscribe/", {"address": "reader@example.com"}, follow=True)
    new = client.post("/brief/subscribe/", {"address": "new@example.com"}, follow=True)
    assert known.content == new.content
    assert subscribe(client, "robot@example.com", website="https://spam.example") == 302
    assert [message.to for message in mail.outbox] == [["new@example.com"]]
    assert not client.cookies


@pytest.mark.parametrize(
    "address",
    [
        *("", "x", "a@b", "a@example.org\nBcc: b@example.org", "a" * 300 + "@x.org", "a@localhost"),
        *("a@[127.0.0.1]", "a@[IPv6:::1]", "a@127.0.0.10", "a@printer.local", "\u017fa@example.org"),
        *("\u00e9@example.org", "a@" + "\u00e9" * 60 + ".example"),
    ],
)
def test_what_is_no_address_is_refused(client: Client, address: str) -> None:
    answer = client.post("/brief/subscribe/", {"address": address})
    assert answer.status_code == 422
    assert "no e-mail address" in answer.content.decode()
    assert not mail.outbox


def test_an_address_cannot_be_bombed(client: Client) -> None:
    for number in range(20):
        assert ask_from(client, f"192.0.2.{number}", "victim@example.com") == 302
    assert len(mail.outbox) == 1
    for number in range(10):
        Subscriber.objects.update(asked_at=timezone.now() - subscriptions.BETWEEN_ASKS)
        ask_from(client, f"192.0.2.{number}", "VICTIM@example.com")
    assert len(mail.outbox) == subscriptions.ASKS_PER_ADDRESS


def test_one_network_and_the_whole_site_ask_only_so_often(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [subscribe(client, f"a{number}@example.com") for number in range(12)]
    assert answers == [302] * SUBSCRIBE.anonymous + [429] * 2
    monkeypatch.setattr(subscriptions, "ASKS_PER_HOUR", SUBSCRIBE.anonymous + 1)
    with capture_logs() as logs:
        others = [ask_from(client, f"192.0.2.{n}", f"b{n}@example.com") for n in range(3)]
    assert others == [302] * 3
    assert len(mail.outbox) == SUBSCRIBE.anonymous + 1
    assert [line["event"] for line in logs].count("confirmation not asked for") == 2


def test_the_limit_of_a_network_does_not_tell_who_is_subscribed(client: Client) -> None:
    make_reader("victim@example.com")
    for number in range(SUBSCRIBE.anonymous - 1):
        subscribe(client, f"a{number}@example.com")
        ask_from(client, "192.0.2.9", f"b{number}@example.com")
    for last, status in (("victim@example.com", 302), ("next@example.com", 429)):
        assert subscribe(client, last) == status
    for last, status in (("stranger@example.com", 302), ("next@example.com", 429)):
        assert ask_from(client, "192.0.2.9", last) == status


def test_who_never_answers_is_forgotten_and_an_old_link_says_so(client: Client) -> None:
    asked = ask("late@example.com", visitor="x")
    assert asked is not None
    token = confirm_token(asked.pk)
    Subscriber.objects.update(asked_at=timezone.now() - subscriptions.ANSWER_WITHIN - dt.timedelta(hours=1))
    assert subscriptions.forget_unanswered() == 1
    assert not confirm(asked.pk)
    answer = client.post(f"/brief/confirm/{token}/")
    assert answer.status_code == 410
    assert "Ask again" in answer.content.decode()


def test_links_cannot_be_made_up(client: Client) -> None:
    reader = make_reader()
    assert confirmed_id(leave_token(reader.pk)) is None
    assert leaving_id(confirm_token(reader.pk)) is None
    assert leaving_id(leave_token(reader.pk) + "x") is None
    assert client.post(f"/brief/leave/{reader.pk}:made-up/").status_code == 404
    assert client.post(f"/brief/confirm/{reader.pk}:made:up/").status_code == 410
    assert returned_id(return_mark(reader.pk).upper()) == reader.pk
    assert returned_id(f"{reader.pk + 1}-{return_mark(reader.pk).partition('-')[2]}") is None
    assert returned_id("٣-x") is None


def test_pages_behind_links_are_kept_by_nobody_and_tell_nobody(client: Client) -> None:
    answer = client.get(f"/brief/confirm/{confirm_token(make_reader().pk)}/")
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.content.decode()


def report(mark: str, *, action: str = "failed", status: str = "5.1.1") -> bytes:
    return (
        f"From: MAILER-DAEMON@mx.example\r\nTo: <bounces+{mark}@example.org>\r\nSubject: Undelivered\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; somebody@else.example\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 no such\r\n user\r\n\r\n--b--\r\n"
    ).encode()


def test_a_hard_bounce_stops_mail_to_the_address_that_was_written_to(last_week: Week, tmp_path: Path) -> None:
    reader, other = make_reader(), make_reader("other@example.com")
    box = tmp_path / "bounces"
    box.write_bytes(
        b"From MAILER-DAEMON Sat Nov 21 00:00:00 2026\r\n" + report(return_mark(reader.pk)) + b"\r\n"
    )
    out = StringIO()
    call_command("read_bounces", str(box), stdout=out)
    assert "1 read, 1 about mails of ours, 1 of them to stopped addresses." in out.getvalue()
    reader.refresh_from_db()
    assert reader.state == Subscriber.State.STOPPED
    assert reader.reason == "hard: smtp; 550 no such user"
    send_week(last_week, most=10)
    assert [message.to for message in mail.outbox] == [[other.address]]
    assert ask(reader.address, visitor="x") is None


@pytest.mark.parametrize(
    ("raw", "bounce"),
    [
        (report("{mark}", status="4.4.1"), Bounce.SOFT),
        (report("{mark}", status="5.2.2"), Bounce.SOFT),
        (report("{mark}", action="delayed", status="4.4.1"), None),
        (report("{mark}", status="none"), None),
        (report("1-00000000000000000000"), None),
        (b"To: bounces+{mark}@example.org\r\n\r\nOut of office until Monday.", None),
        (b"", None),
        (b"\xff\xfe To: +x@", None),
        (
            (
                b"To: bounces+{mark}@example.org\r\nMIME-Version: 1.0\r\n"
                b'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r\n\r\n'
                b"--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n\r\n--b--\r\n"
            ),
            Bounce.COMPLAINT,
        ),
    ],
)
def test_what_comes_back_is_told_apart(raw: bytes, bounce: Bounce | None) -> None:
    found = read_report(raw.replace(b"{mark}", return_mark(7).encode()))
    assert (found.bounce if found else None) == bounce


HOSTILE = {
    "bracket": b"To: a@[\n\nx",
    "quote": b'To: "\n\nx',
    "parentheses": b"To: " + b"(" * 5_000 + b"\n\nx",
    "words": b"To: " + b"a " * 20_000 + b"\n\nx",
    "encoded newline": b"To: =?utf-8?b?CgA=?=\n\nx",
    "nested": b"To: b@x.org\n"
    + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1_000)),
    "few levels, many lines": b"To: b@x.org\n"
    + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(49))
    + b"\n" * 900_000,
    "empty lines": b"Content-Type: message/delivery-status\n\n" + b"\n" * 900_000,
    "many blocks": report("1-00000000000000000000") + b"Action: failed\n\n" * 60_000,
    "parameter": b"Content-Type: x; a*" + b"9" * 5_000 + b"=1\n\nx",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_mail_keeps_the_reports_behind_it_from_being_read(name: str, tmp_path: Path) -> None:
    reader = make_reader()
    box = tmp_path / "bounces"
    lines = HOSTILE[name], report(return_mark(reader.pk)).replace(b"no such", b"no\0such\xff")
    box.write_bytes(b"".join(b"From MAILER-DAEMON Sat Nov 21 00:00:00 2026\n" + raw + b"\n" for raw in lines))
    out = StringIO()
    started = time.monotonic()
    call_command("read_bounces", str(box), stdout=out)
    assert time.monotonic() - started < 5
    assert "2 read, 1 about mails of ours, 1 of them to stopped addresses." in out.getvalue()
    reader.refresh_from_db()
    assert reader.state == Subscriber.State.STOPPED
    assert "\0" not in reader.reason


def test_a_mail_that_cannot_be_taken_apart_is_counted(tmp_path: Path) -> None:
    box = tmp_path / "bounces"
    box.write_bytes(b"From MAILER-DAEMON Sat Nov 21 00:00:00 2026\n" + HOSTILE["nested"] + b"\n")
    out = StringIO()
    with capture_logs() as logs:
        call_command("read_bounces", str(box), stdout=out)
    assert "1 could not be taken apart" in out.getvalue()
    assert [line["reason"] for line in logs] == ["more than 50 parts"]


def test_passing_failures_stop_mail_only_in_a_row(last_week: Week) -> None:
    reader = make_reader()
    for number in range(subscriptions.MOST_SOFT + 2):
        Subscriber.objects.update(sent_week="", soft_week="")
        Subscriber.objects.update(sent_week=f"2026-w{number + 10}")
        assert not note_bounce(reader.pk, Bounce.SOFT, reason="full")
        assert not note_bounce(reader.pk, Bounce.SOFT, reason="full, said again")
        reader.refresh_from_db()
        if number % 2:
            subscriptions.note_sent(reader, "2026-w30")
            subscriptions.note_sent(reader, "2026-w31")
            assert reader.n_soft == 0
    Subscriber.objects.update(n_soft=subscriptions.MOST_SOFT - 1, sent_week="2026-w40")
    assert note_bounce(reader.pk, Bounce.SOFT, reason="full")


def test_commands_refuse_what_makes_no_sense(settings: Settings, last_week: Week, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no week that has ended"):
        call_command("send_brief", week="2999-w01")
    with pytest.raises(CommandError, match="does not exist"):
        call_command("read_bounces", str(tmp_path / "nothing"))
    settings.SITE_URL = ""
    with pytest.raises(CommandError, match="SITE_URL is not set"):
        call_command("send_brief")


def test_leaving_deletes_a_stopped_address_too() -> None:
    reader = make_reader()
    note_bounce(reader.pk, Bounce.COMPLAINT, reason="unwanted")
    leave(reader.pk)
    assert not Subscriber.objects.exists()


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
