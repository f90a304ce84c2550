"""An artifact's family and the line of its prices, as its page shows them."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.test import Client

from catalog.models import Relation
from catalog.vocabulary import RelationType
from tests.builders import TODAY, make_artifact, make_offer, make_relation
from web.freshness import forget_version, site_version
from web.pages.artifact.family import INWARD, OUTWARD, family
from web.pages.artifact.page import artifact_page

pytestmark = pytest.mark.django_db


def test_every_tie_is_shown_at_both_ends(client: Client) -> None:
    base, fast, tool = make_artifact("base"), make_artifact("fast"), make_artifact("tool", kind="app")
    make_relation(fast, base, "distilled-from")
    make_relation(tool, base, "runs")
    assert [(line.label, [other.name for other in line.others]) for line in family(base.pk)] == [
        ("Distilled into", ["Fast"]),
        ("Runs in", ["Tool"]),
    ]
    assert [line.label for line in family(fast.pk)] == ["Distilled from"]
    html = client.get("/artifact/base/").content.decode()
    assert "Family and ties" in html
    assert 'href="/artifact/fast/"' in html
    assert "- Distilled into: [Fast](" in client.get("/artifact/base.md").content.decode()


@pytest.mark.parametrize(
    ("kind", "here", "there"),
    [
        ("app", "Runs", "Runs in"),
        ("extension", "Add-on to", "Add-ons"),
        ("finetune", "Built on", "Built on it"),
    ],
)
def test_what_runs_another_is_worded_by_its_kind(kind: str, here: str, there: str) -> None:
    other, base = make_artifact("other", kind=kind), make_artifact("base")
    make_relation(other, base, "runs")
    assert [line.label for line in family(other.pk)] == [here]
    assert [line.label for line in family(base.pk)] == [there]


def test_each_kind_of_tie_has_words_for_both_ends() -> None:
    assert set(OUTWARD) == set(INWARD) == set(RelationType)


def test_many_ties_are_folded_and_none_is_lost() -> None:
    tool = make_artifact("tool", kind="app")
    for number in range(12):
        make_relation(tool, make_artifact(f"model-{number}"), "runs")
    (line,) = family(tool.pk)
    assert (len(line.others.shown), len(line.others)) == (8, 12)


def test_a_new_tie_is_a_new_state_of_the_site() -> None:
    one, two = make_artifact("one"), make_artifact("two")
    forget_version()
    before = site_version()
    make_relation(one, two, "variant-of")
    forget_version()
    assert site_version() != before


def test_a_price_that_changed_is_drawn(client: Client) -> None:
    artifact = make_artifact("alpha")
    for days, amount in ((60, "0.06"), (30, "0.04"), (0, "0.04")):
        make_offer(artifact, amount, as_of=TODAY - dt.timedelta(days=days))
    make_offer(artifact, "0.09", plan="Never changed")
    page = artifact_page("alpha")
    assert page is not None
    assert {line.price.plan: bool(line.trend) for line in page.price_lines} == {
        "Pay as you go": True,
        "Never changed": False,
    }
    html = client.get("/artifact/alpha/").content.decode()
    assert "Price over time: $0.06 per image on 2026-09-02, $0.04 per image on 2026-11-01" in html
    assert 'd="M0 10 H50 V90 H100 V90"' in html
    assert html.count("Price over time") == 1


def test_the_shipped_families_stand_on_the_pages_of_both_ends() -> None:
    call_command("load_catalogue")
    for younger, kind, older in (
        ("stable-diffusion-3-5-large-turbo", "distilled-from", "stable-diffusion-3-5-large"),
        ("flux-2-klein-4b-fp8", "quantised-from", "flux-2-klein-4b"),
        ("flux-1-dev", "distilled-from", "flux-1-pro"),
        ("z-image-turbo", "distilled-from", "z-image"),
        ("pixart-sigma", "successor-of", "pixart-alpha"),
        ("dreambooth-stable-diffusion", "implements", "dreambooth-paper"),
    ):
        tie = Relation.objects.select_related("artifact", "target").get(
            artifact__slug=younger, type=kind, target__slug=older
        )
        labels = {line.label: [other.name for other in line.others] for line in family(tie.artifact_id)}
        assert tie.target.name in labels[OUTWARD[RelationType(kind)]]
        labels = {line.label: [other.name for other in line.others] for line in family(tie.target_id)}
        assert tie.artifact.name in labels[INWARD[RelationType(kind)]]
