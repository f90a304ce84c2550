"""The addresses that mails bear, a reader, and a week in which something was new."""

import datetime as dt
import re

import pytest
from django.core.cache import caches
from django.utils import timezone
from pytest_django.fixtures import Settings

from catalog.models import Subscriber
from tests.builders import make_artifact
from web.pages.brief.week import Week, week_of

ORIGIN = "https://brief.example.org"
LINK = re.compile(r"https://brief\.example\.org(\S+)")


@pytest.fixture(autouse=True)
def address(settings: Settings) -> None:
    settings.SITE_URL = ORIGIN
    settings.BRIEF_FROM_EMAIL = "Brief <brief@example.org>"
    settings.BRIEF_BOUNCE_ADDRESS = "bounces@example.org"


@pytest.fixture(autouse=True)
def uncounted() -> None:
    caches["limits"].clear()


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
