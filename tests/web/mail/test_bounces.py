"""What comes back: told apart, whatever it is made of, and mail stopped where nothing arrives."""

import time
from io import StringIO
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import call_command
from structlog.testing import capture_logs

from catalog.models import DashboardMail, Subscriber
from catalog.services import subscriptions
from catalog.services.subscriptions import Bounce, ask, note_bounce
from tests.catalog.claims import make_user
from tests.web.mail.conftest import make_reader
from web.mail.bounces import read_report
from web.mail.send import send_week
from web.mail.tokens import Mailing, return_mark
from web.pages.brief.week import Week

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize(("status", "ended"), [("5.1.1", 1), ("5.2.2", 0), ("4.4.1", 0)])
def test_a_builders_mail_that_comes_back_ends_only_that_builders(
    status: str, ended: int, tmp_path: Path
) -> None:
    builder, other = make_user("builder"), make_user("other")
    wishes = [DashboardMail.objects.create(user=user) for user in (builder, other)]
    # A reader of the brief who has the same number is somebody else.
    reader = make_reader()
    Subscriber.objects.filter(pk=reader.pk).update(id=wishes[0].pk)
    box = tmp_path / "bounces"
    mark = return_mark(wishes[0].pk, Mailing.BUILDERS).upper()
    made_up = f"b{return_mark(wishes[1].pk)}"
    box.write_bytes(
        b"".join(
            b"From MAILER-DAEMON Sat Nov 21 00:00:00 2026\r\n" + report(each, status=status) + b"\r\n"
            for each in (mark, made_up)
        )
    )
    out = StringIO()
    call_command("read_bounces", str(box), stdout=out)
    assert f"2 read, 1 about mails of ours, {ended} of them to stopped" in out.getvalue()
    left = set(DashboardMail.objects.values_list("user__username", flat=True))
    assert left == ({"other"} if ended else {"builder", "other"})
    assert Subscriber.objects.active().count() == 1
