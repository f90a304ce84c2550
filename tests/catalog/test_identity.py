"""The same thing under several names: what is declared settles it, what merely resembles waits for a person."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.identity import Candidate, Known, Strength, ids_in_address, judge
from catalog.models import Identity, MatchProposal
from catalog.services.identities import Matcher, approve_matches, match_leads, reject_matches
from catalog.services.ingest import ingest_source
from catalog.sources.base import IdField, Lead, Source
from tests.builders import make_artifact, make_link, make_publisher
from tests.catalog.sources.payloads import replicate_model
from tests.catalog.sources.server import Answer, SourceServer


def known(pk: int, name: str, *ids: tuple[IdField, str], publisher: str = "acme") -> Known:
    """Return an artifact as matching sees it."""
    return Known(pk, (name,), (publisher,), frozenset(ids))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://github.com/Acme/Studio.git", (IdField.GITHUB, "Acme/Studio")),
        ("https://github.com/acme/studio/tree/main/x", (IdField.GITHUB, "acme/studio")),
        ("https://pypi.org/project/acme-studio/", (IdField.PACKAGE, "acme-studio")),
        ("https://civitai.com/models/101055/sd-xl", (IdField.CIVITAI, "101055")),
        ("https://huggingface.co/datasets/acme/x", None),
        ("https://replicate.com/acme/../../secret", None),
        ("https://evil.example/https://github.com/a/b", None),
        ("javascript:alert(1)", None),
    ],
)
def test_an_address_names_an_id_or_nothing(url: str, expected: object) -> None:
    assert ids_in_address(url) == expected


def test_declared_weights_settle_it_and_a_repository_only_hints() -> None:
    artifacts = [
        known(1, "Painter", (IdField.HUB, "acme/painter")),
        known(2, "Studio", (IdField.GITHUB, "acme/studio")),
    ]
    declares = ((IdField.GITHUB, "acme/studio"), (IdField.HUB, "acme/painter"))
    (match,) = judge(Candidate("anything", "x", declares), artifacts)
    assert (match.artifact, match.strength) == (1, Strength.CERTAIN)
    (match,) = judge(Candidate("anything", "x", declares[:1]), artifacts)
    assert (match.artifact, match.strength, match.reason) == (
        2,
        Strength.DOUBTFUL,
        "declares github_repo acme/studio",
    )


def test_two_artifacts_with_the_declared_weights_are_a_doubt() -> None:
    twins = [known(pk, "Painter", (IdField.HUB, "acme/painter")) for pk in (1, 2)]
    matches = judge(Candidate("x", "y", ((IdField.HUB, "acme/painter"),)), twins)
    assert [(match.artifact, match.strength) for match in matches] == [(1, "doubtful"), (2, "doubtful")]


@pytest.mark.parametrize(
    ("name", "n"), [("FLUX.1 [dev]", 1), ("flux-1-dev", 1), ("FLUX.1 dev fp8", 0), ("", 0)]
)
def test_a_name_alone_is_never_certain(name: str, n: int) -> None:
    matches = judge(Candidate(name, "acme"), [known(1, "FLUX.1 [dev]")])
    assert [match.strength for match in matches] == [Strength.DOUBTFUL] * n


def lead(id_: str = "acme/painter", **fields: Any) -> Lead:
    """Return something that a source lists."""
    return Lead(
        **{"id": id_, "name": "Painter", "publisher": "acme", "url": f"https://replicate.com/{id_}", **fields}
    )


def propose(*leads: Lead) -> None:
    """Match what was listed."""
    match_leads(leads, scheme=IdField.REPLICATE, matcher=Matcher())


@pytest.mark.django_db
def test_certain_matches_are_written_doubtful_ones_wait_and_answers_are_remembered(
    admin_client: Client,
) -> None:
    artifact = make_artifact("painter", name="Painter", hub_id="acme/painter")
    propose(lead("x/cog", name="cog", declares=((IdField.HUB, "Acme/Painter"),)), lead(), lead("b/painter"))
    assert Identity.objects.get().value == "x/cog"
    first, second = MatchProposal.objects.order_by("value")
    assert first.reason == "has the same name and publisher"
    for action, row in (("approve_matches", first), ("reject_matches", second)):
        admin_client.post("/admin/catalog/matchproposal/", {"action": action, "_selected_action": [row.pk]})
    assert set(artifact.identities.values_list("value", flat=True)) == {"x/cog", "acme/painter"}
    propose(lead(), lead("b/painter"))
    states = dict(MatchProposal.objects.values_list("value", "state"))
    assert states == {"acme/painter": "approved", "b/painter": "rejected"}


@pytest.mark.django_db
def test_a_name_that_became_anothers_meanwhile_is_not_given_away() -> None:
    make_artifact("painter", name="Painter")
    other = make_artifact("other")
    propose(lead())
    Identity.objects.create(artifact=other, scheme="replicate_id", value="ACME/Painter")
    person = User.objects.create(username="curator")
    assert approve_matches(MatchProposal.objects.all(), by=person) == 0
    assert reject_matches(MatchProposal.objects.all(), by=person) == 0
    assert MatchProposal.objects.get().state == "rejected"
    assert Identity.objects.get().artifact == other


@pytest.mark.django_db
def test_the_number_of_queries_does_not_depend_on_what_is_listed() -> None:
    for number in range(30):
        make_artifact(f"p-{number}", name=f"Painter {number}")
    counts = []
    for size in (1, 30):
        with CaptureQueriesContext(connection) as queries:
            propose(*(lead(f"acme/{size}-{number}", name=f"painter {number}") for number in range(size)))
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_a_hosted_model_that_declares_our_weights_is_counted_the_next_time(sources: SourceServer) -> None:
    artifact = make_artifact("painter", hub_id="acme/painter-one", publisher=make_publisher())
    listed = replicate_model("acme/painter", weights_url="https://huggingface.co/acme/painter-one")
    sources.say("/replicate/v1/models", Answer({"results": [listed], "next": None}))
    sources.say("/replicate/v1/models/acme/painter", Answer(listed))
    assert ingest_source(Source.REPLICATE).run.record_count == 0
    assert ingest_source(Source.REPLICATE).run.record_count == 1
    assert artifact.adoption_signals.get().metric == "replicate_runs"


@pytest.mark.django_db
def test_a_link_of_the_catalogue_declares_a_name(sources: SourceServer) -> None:
    artifact = make_artifact("painter")
    make_link(artifact, "api", "https://replicate.com/acme/painter")
    sources.say("/replicate/v1/models", Answer({"results": [], "next": None}))
    sources.say("/replicate/v1/models/acme/painter", Answer(replicate_model()))
    ingest_source(Source.REPLICATE)
    assert artifact.adoption_signals.get().value == 5_681
