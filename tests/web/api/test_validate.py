"""A builder's manifest is checked and forgotten."""

import json

import pytest
from django.test import Client

from catalog.models import Artifact
from web.api.routes.validate import ManifestIn

pytestmark = pytest.mark.django_db


def validate(client: Client, text: str) -> dict[str, object]:
    body = json.dumps({"manifest": text})
    answer = client.post("/api/v1/validate", body, content_type="application/json")
    assert answer.status_code == 200
    said: dict[str, object] = answer.json()
    return said


def test_the_documents_own_example_is_valid(client: Client) -> None:
    [example] = ManifestIn.model_fields["manifest"].examples or [""]
    assert validate(client, str(example)) == {"is_valid": True, "problems": []}
    assert not Artifact.objects.exists()


def test_everything_that_is_wrong_is_named(client: Client) -> None:
    said = validate(client, "manifest_version: 1\nname: Painter\nkind: spaceship\nrank_score: 100\n")
    assert said["is_valid"] is False
    problems = said["problems"]
    assert isinstance(problems, list)
    assert {problem["field"] for problem in problems} == {"kind", "summary", "rank_score"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "!!python/object:os.system {}",
        "a: &a [x]\nb: [*a, *a]",
        "- " * 5_000,
        "[" * 29_000 + "]" * 29_000,
        "\u0000",
        "5",
    ],
)
def test_hostile_text_is_an_answer(client: Client, text: str) -> None:
    assert validate(client, text)["is_valid"] is False


def test_a_text_without_end_is_refused(client: Client) -> None:
    body = json.dumps({"manifest": "x" * 60_001})
    assert client.post("/api/v1/validate", body, content_type="application/json").status_code == 422
