"""The whole seed catalogue, loaded once for all tests of this folder and taken away after the last."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from catalog.models import Artifact, Claim, DashboardMail, Subscriber
from catalog.ownership.places import Method
from catalog.services.load import load_catalogue
from catalog.services.maintainers import invite
from evaluation.models import Run
from matchgraph.embedders.fake import HashingEmbedder
from matchgraph.search import retrieval
from matchgraph.services.build import build_matchgraph
from ranking.services.publish import compute_rank
from tests.builders import TODAY
from tests.web.measured import make_run, make_suite
from web.mail.tokens import builder_leave_token, confirm_token, leave_token


@pytest.fixture(scope="package", autouse=True)
def seed_catalogue(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Everything under ``data/catalog`` with match graph and rank; both demonstration models measured.

    Committed, so that a server in another thread sees it; each test's own writes are rolled back.
    """
    embedder = HashingEmbedder()
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr(retrieval, "configured_embedder", lambda: embedder)
        load_catalogue([settings.CATALOGUE_DIR])
        suite = make_suite()
        make_run(Artifact.objects.get(slug="tiny-a"), suite, [1, 1, None, 1, 1, 0])
        make_run(Artifact.objects.get(slug="tiny-b"), suite, [1, 1, 1, 1, 1, 0])
        build_matchgraph(embedder)
        compute_rank(as_of=TODAY)
        yield
        call_command("flush", interactive=False, verbosity=0)


@dataclass(frozen=True)
class Member:
    """Somebody signed in who holds a verified claim on ``comfyui``, and pages whose address is a secret.

    ``own`` are secret and for this person alone.
    """

    session: str
    secret: tuple[str, ...]
    own: tuple[str, ...]

    def context(self, browser: Browser, site: str, **options: Any) -> BrowserContext:
        """Open the browser as this person."""
        context = browser.new_context(base_url=site, **options)
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": self.session, "url": site}])
        return context


@pytest.fixture(scope="package")
def member(seed_catalogue: None, django_db_blocker: DjangoDbBlocker) -> Member:
    """A builder, who another one asks to help, and a subscriber, committed, so that the server sees them."""
    with django_db_blocker.unblock():
        user = _builder("builder", of="comfyui").user
        other = _builder("other", of="invokeai")
        asked = invite(other, by=other.user, address=user.email, role="editor", link_of=str)
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        subscriber = Subscriber.objects.create(address="reader@example.org", asked_at=timezone.now())
        run = Run.objects.filter(suite__slug="lettering").earliest("pk")
        sample = run.samples.earliest("pk")
        secret = (
            reverse("brief-confirm", args=[confirm_token(subscriber.pk)]),
            reverse("brief-confirm", args=["1:2:3"]),
            reverse("brief-leave", args=[leave_token(subscriber.pk)]),
            reverse(
                "builder-mail-leave", args=[builder_leave_token(DashboardMail.objects.create(user=user).pk)]
            ),
            run.get_absolute_url(),
            reverse("sample", args=[run.pk, sample.pk]),
        )
        own = (reverse("invitation", args=[asked.token]),)
        return Member(client.cookies[settings.SESSION_COOKIE_NAME].value, secret, own)


def _builder(name: str, *, of: str) -> Claim:
    """Make an account with a verified address and a verified claim."""
    user = User.objects.create_user(name, email=f"{name}@example.org", password="long-enough-1")  # noqa: S106
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return Claim.objects.create(
        artifact=Artifact.objects.get(slug=of),
        user=user,
        state=Claim.State.VERIFIED,
        method=Method.REPOSITORY,
        verified_at=timezone.now(),
    )


@pytest.fixture(scope="session")
def browser(django_db_setup: None, browser: Browser) -> Iterator[Browser]:
    """The shared browser.

    While it runs, this thread counts as asynchronous and Django keeps connections of their own for it,
    which have to go before the test database is dropped.
    """
    yield browser
    connections.close_all()


@pytest.fixture(scope="package")
def site(seed_catalogue: None) -> Iterator[str]:
    """The address of a real server."""
    with pytest.MonkeyPatch.context() as patch:
        # A browser keeps its connection open, and with it a server's thread: that thread must not keep
        # the database open too, or the test database cannot be dropped.
        patch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
        server = LiveServer("localhost")
        yield str(server.url)
        server.stop()
