"""Asking for the brief: asked twice, left with one click, no tool for mail bombs, nobody told who reads it."""

import datetime as dt

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from structlog.testing import capture_logs

from catalog.models import Subscriber
from catalog.services import subscriptions
from catalog.services.subscriptions import Bounce, ask, confirm, leave, note_bounce
from tests.web.mail.conftest import LINK, ORIGIN, make_reader
from web.api.limits import SUBSCRIBE
from web.mail.send import send_week
from web.mail.tokens import (
    Mailing,
    confirm_token,
    confirmed_id,
    leave_token,
    leaving_id,
    return_mark,
    returned,
)
from web.pages.brief.week import Week
from web.tasks import ask_for_confirmation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a worker does with the message, done here; that messages arrive is shown elsewhere."""
    task = ask_for_confirmation
    monkeypatch.setattr(task, "delay_on_commit", task.run)


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
    assert returned(return_mark(reader.pk).upper()) == (Mailing.READERS, reader.pk)
    assert returned(f"{reader.pk + 1}-{return_mark(reader.pk).partition('-')[2]}") is None
    assert returned("٣-x") is None


def test_pages_behind_links_are_kept_by_nobody_and_tell_nobody(client: Client) -> None:
    answer = client.get(f"/brief/confirm/{confirm_token(make_reader().pk)}/")
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.content.decode()


def test_leaving_deletes_a_stopped_address_too() -> None:
    reader = make_reader()
    note_bounce(reader.pk, Bounce.COMPLAINT, reason="unwanted")
    leave(reader.pk)
    assert not Subscriber.objects.exists()
