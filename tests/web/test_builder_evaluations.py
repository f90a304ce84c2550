"""The page on which builders ask for evaluations, and the end of a claim at its owner's wish."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from catalog.models import Claim
from catalog.services.claim_records import ATTEMPT
from evaluation.models import EvaluationRequest
from tests.catalog.claims import make_claimable, make_user, make_verified

pytestmark = pytest.mark.django_db
REVISION = "b" * 40
RECIPE = f"""
source: {{url: https://hub.example/card, as_of: 2026-11-01}}
runner: diffusers
location: acme/painter
revision: {"a" * 40}
width: 512
height: 512
"""


@pytest.fixture
def claim(client: Client, settings: Any, tmp_path: Path) -> Claim:
    """The visitor's own claim, to a model that this site can run."""
    settings.RECIPES_DIR = tmp_path
    settings.EVALUATION_GPU = {"memory_gb": 80.0, "tflops": 0.0, "usd_per_hour": Decimal(0)}
    made = make_verified(make_user("owner"))
    (tmp_path / f"{made.artifact.slug}.yaml").write_text(RECIPE)
    client.force_login(made.user, backend="django.contrib.auth.backends.ModelBackend")
    return made


def path_of(claim: Claim) -> str:
    return f"/builders/{claim.artifact.slug}/evaluations/"


def test_a_request_is_seen_with_its_place_and_can_be_taken_back(client: Client, claim: Claim) -> None:
    assert client.post(path_of(claim), {"revision": REVISION}).status_code == 302
    page = client.get(path_of(claim)).content.decode()
    assert "bbbbbbbbbbbb: waiting, number 1 in the queue" in page
    again = client.post(path_of(claim), {"revision": "c" * 40})
    assert (again.status_code, b"waits or runs already" in again.content) == (409, True)
    asked = EvaluationRequest.objects.get()
    assert client.post(path_of(claim), {"action": "withdraw", "request": asked.pk}).status_code == 302
    assert "bbbbbbbbbbbb: withdrawn" in client.get(path_of(claim)).content.decode()
    late = client.post(path_of(claim), {"action": "withdraw", "request": asked.pk})
    assert (late.status_code, b"no longer waiting" in late.content) == (409, True)


def test_what_this_machine_cannot_run_is_refused_on_the_page(
    client: Client, claim: Claim, settings: Any
) -> None:
    settings.EVALUATION_GPU["memory_gb"] = 0.0
    client.post(path_of(claim), {"revision": REVISION})
    page = client.get(path_of(claim)).content.decode()
    assert "bbbbbbbbbbbb: refused" in page
    assert "Not run: no GPU is declared" in page


def test_a_wrong_revision_stays_in_the_form(client: Client, claim: Claim) -> None:
    answer = client.post(path_of(claim), {"revision": '"><script>'})
    assert answer.status_code == 409
    assert "&quot;&gt;&lt;script&gt;" in answer.content.decode()


def test_anothers_request_is_not_there_and_stays(client: Client, claim: Claim) -> None:
    other = make_verified(make_user("other"), make_claimable("painter-two"))
    asked = EvaluationRequest.objects.create(claim=other, artifact=other.artifact, revision=REVISION)
    for number in (asked.pk, "9" * 30, "x"):
        assert client.post(path_of(claim), {"action": "withdraw", "request": number}).status_code == 404
    asked.refresh_from_db()
    assert asked.state == EvaluationRequest.State.WAITING
    assert claim.events.filter(action=ATTEMPT, detail="POST evaluations").count() == 1


def test_an_owner_gives_a_claim_up(client: Client, claim: Claim) -> None:
    answer = client.post(f"/builders/{claim.artifact.slug}/give-up/")
    assert (answer.status_code, answer["Location"]) == (302, "/builders/")
    claim.refresh_from_db()
    assert (claim.state, claim.token) == (Claim.State.LAPSED, None)
    assert client.get(f"/builders/{claim.artifact.slug}/").status_code == 404
