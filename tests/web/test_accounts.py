"""Accounts: what signing in and up gives away, who counts attempts, and the second factor of staff."""

from typing import Any
from unittest import mock
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings as django_settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.test import Client

from config.counters import attempts
from config.shared_cache import SharedCache

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"  # noqa: S105 - of nobody


@pytest.fixture(autouse=True)
def no_attempts_yet() -> None:
    cache.clear()


def shared(url: str) -> SharedCache:
    """The cache as one process opens it."""
    params: dict[str, Any] = attempts(url)
    return SharedCache(params["LOCATION"], params)


def test_attempts_are_counted_across_processes() -> None:
    url = django_settings.COUNTERS_URL
    one, other = shared(url), shared(url)
    try:
        one.set("test:attempts", [1.5, 2.5], 60)
        assert other.get("test:attempts") == [1.5, 2.5]
        assert one.add("test:lock", value=True)
        assert not other.add("test:lock", value=True)
    finally:
        one.delete("test:attempts")
        assert other.delete("test:lock")
    assert other.get("test:attempts") is None


def test_attempts_are_limited_while_the_counters_are_away() -> None:
    alone = shared("redis://127.0.0.1:1/0")
    alone.set("key", [1], 60)
    assert alone.get("key") == [1]
    assert not alone.add("key", value=True)
    assert alone.delete("key")


def test_another_address_of_the_same_network_is_no_new_visitor() -> None:
    def try_password(address: str) -> bool:
        given = {"login": f"{address.replace(':', '-')}@example.org", "password": PASSWORD}
        answer = Client().post("/accounts/login/", given, REMOTE_ADDR=address)
        return "Too many failed" in answer.content.decode()

    # Each tries an account of its own, so that only the network is counted.
    limited = [try_password(f"2001:db8:1:2::{number:x}") for number in range(1, 13)]
    assert (limited[0], limited[-1]) == (False, True)
    assert not try_password("2001:db8:1:3::1")


def test_signing_up_hashes_and_mails_as_often_for_a_known_address_as_for_a_new_one() -> None:
    User.objects.create_user("known", "known@example.org", PASSWORD)
    done = []
    for address in ("new@example.org", "known@example.org"):
        given = {"email": address, "password1": PASSWORD, "password2": PASSWORD}
        before = len(mail.outbox)
        with mock.patch.object(
            MD5PasswordHasher, "encode", autospec=True, side_effect=MD5PasswordHasher.encode
        ) as encode:
            Client().post("/accounts/signup/", given)
        done.append((encode.call_count, len(mail.outbox) - before))
    assert done == [(1, 1), (1, 1)]


@pytest.fixture
def staff(settings: Any) -> User:
    settings.STAFF_SECOND_FACTOR = True
    user = User.objects.create_superuser("operator", "operator@example.org", PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_in(client: Client) -> None:
    answer = client.post("/accounts/login/", {"login": "operator@example.org", "password": PASSWORD})
    assert answer.status_code == 302


def code_of(secret: str) -> str:
    now = list(yield_hotp_counters_from_time())
    return str(format_hotp_value(hotp_value(secret, now[len(now) // 2])))


def test_a_password_alone_does_not_open_the_admin(client: Client, staff: User) -> None:
    answer = client.post("/admin/login/?next=/admin/", {"username": "operator", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=%2Fadmin%2F")
    sign_in(client)
    assert client.get("/admin/catalog/artifact/").status_code == 302
    led = client.get("/admin/", follow=True)
    assert led.redirect_chain[-1] == ("/accounts/2fa/", 302)


def test_staff_enter_the_admin_with_their_second_factor(client: Client, staff: User) -> None:
    secret = generate_totp_secret()
    sign_in(client)
    TOTP.activate(staff, secret)
    # Signed in before the factor was set up: it is asked for now.
    led = client.get("/admin/", follow=True)
    path = f"/accounts/2fa/reauthenticate/?next={quote('/admin/', safe='')}"
    assert led.redirect_chain[-1] == (path, 302)
    answer = client.post(path, {"code": code_of(secret)})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200


# Mails go out behind the commit.
@pytest.mark.django_db(transaction=True)
def test_a_second_factor_that_somebody_else_set_up_is_told_to_the_owner(client: Client, staff: User) -> None:
    sign_in(client)
    path = "/accounts/2fa/totp/activate/"
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.get(path)
    answer = client.post(path, {"code": code_of(client.session["mfa.totp.secret"])})
    assert answer.status_code == 302
    [told] = [message for message in mail.outbox if "activated" in message.body]
    assert told.to == [staff.email]


def test_a_wrong_code_and_an_account_that_is_no_staff_stay_outside(client: Client, staff: User) -> None:
    TOTP.activate(staff, generate_totp_secret())
    sign_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert client.get("/admin/").status_code == 302
    stranger = Client()
    stranger.force_login(
        User.objects.create_user("stranger"), backend=django_settings.AUTHENTICATION_BACKENDS[0]
    )
    assert stranger.get("/admin/login/").status_code == 403


def test_the_door_of_the_admin_leads_nowhere_else(client: Client, staff: User) -> None:
    answer = client.get("/admin/login/", {"next": "https://evil.example/"})
    assert "evil" not in answer["Location"]
