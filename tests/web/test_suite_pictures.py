"""What a suite looks like: one prompt of each kind, chosen by a rule, as every measured model drew it."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Artifact
from evaluation.models import Run, Sample
from evaluation.selectors.typical import ARTIFACTS_SHOWN, ScoredPrompt, middle_prompts
from tests.builders import make_artifact
from tests.web.measured import make_run, make_suite
from web.pages.suites import suite_page

pytestmark = pytest.mark.django_db
# With `measured`, the middle of positions 0, 2, 4 (means 0.5, 0.5, 0) and of 1, 3, 5 (means 1, 0, 1).
MIDDLE = ["word-2", "word-5"]


@pytest.fixture
def measured() -> tuple[Artifact, Artifact]:
    """Two artifacts on one suite of two strata; the first was refused one picture."""
    suite = make_suite()
    first, second = (make_artifact(slug, is_demonstration=True) for slug in ("demo-a", "demo-b"))
    make_run(first, suite, [1, 1, 1, 0, None, 1])
    make_run(second, suite, [0, 1, 0, 0, 0, 1])
    return first, second


def prompt_keys(html: str) -> list[str]:
    pictures = html[html.index('id="pictures"') : html.index('id="prompts-title"')]
    return re.findall(r'<p class="note"><a href="/suites/lettering/([\w-]+)/">', pictures)


def test_each_stratum_shows_its_middle_prompt_by_every_model(
    client: Client, measured: tuple[Artifact, Artifact]
) -> None:
    html = client.get("/suites/lettering/").content.decode()
    assert prompt_keys(html) == MIDDLE
    page = suite_page("lettering")
    assert page is not None
    assert page.pictures.rule in html
    shown = Sample.objects.filter(prompt__key__in=MIDDLE)
    assert sorted(picture.seed for picture in page.pictures.pictures()) == sorted(
        shown.values_list("seed", flat=True)
    )
    for sample in shown:
        assert f"/runs/{sample.run_id}/samples/{sample.pk}/" in html
    twin = client.get("/suites/lettering.md").content.decode()
    assert all(picture.full_url in twin for picture in page.pictures.pictures())


def test_a_failure_in_the_middle_is_shown_as_one(client: Client, measured: tuple[Artifact, Artifact]) -> None:
    Sample.objects.filter(run__recipe__artifact=measured[0], prompt__key="word-5").update(
        status=Sample.Status.FILTERED, image_digest="", reason="refused by the filter"
    )
    html = client.get("/suites/lettering/").content.decode()
    assert html.count("Refused by the model&#x27;s filter") == 1


def test_only_what_most_ran_stands_for_a_stratum(measured: tuple[Artifact, Artifact]) -> None:
    Sample.objects.filter(run__recipe__artifact=measured[0], prompt__key__in=["word-1", "word-5"]).delete()
    page = suite_page("lettering")
    assert page is not None
    assert [item.prompt_path for item in page.pictures.strata][1] == "/suites/lettering/word-3/"
    Sample.objects.filter(run__recipe__artifact=measured[0], prompt__key="word-3").delete()
    page = suite_page("lettering")
    assert page is not None
    assert [item.missing for item in page.pictures.strata] == [(), ("Demo A",)]


def test_a_suite_that_nobody_ran_leads_to_those_with_pictures(
    client: Client, measured: tuple[Artifact, Artifact]
) -> None:
    make_suite("posters")
    html = client.get("/suites/posters/").content.decode()
    assert "No picture yet" in html
    assert 'href="/suites/lettering/#pictures"' in html
    Run.objects.update(state=Run.State.RUNNING)
    assert "#pictures" not in client.get("/suites/posters/").content.decode()


def test_of_many_models_six_stand_from_best_to_worst_in_few_queries(
    measured: tuple[Artifact, Artifact], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(9):
        assert suite_page("lettering") is not None
    run = Run.objects.latest("pk")
    for n in range(7):
        make_run(make_artifact(f"more-{n}"), run.suite, [1] * n + [0] * (6 - n))
    with django_assert_max_num_queries(9):
        page = suite_page("lettering")
    assert page is not None
    ranked = [row.name for row in page.scores]
    for item in page.pictures.strata:
        names = [each.picture.maker for each in item.drawn]
        assert (len(names), names[0], names[-1]) == (ARTIFACTS_SHOWN, ranked[0], ranked[-1])
        assert names == [name for name in ranked if name in names]
    assert "from the highest score to the lowest" in page.pictures.rule


def test_the_middle_does_not_depend_on_the_order_and_unscored_prompts_stand_back() -> None:
    means = (None, 0.2, 0.9, 0.5, 0.5)
    prompts = [ScoredPrompt(n, n, "short", ((1, n),), mean) for n, mean in enumerate(means)]
    assert middle_prompts(prompts) == middle_prompts(prompts[::-1]) == [prompts[4]]
    unscored = [ScoredPrompt(n, n, "short", ((1, n),), None) for n in range(2)]
    assert middle_prompts(unscored) == [unscored[1]]
    strata = [ScoredPrompt(9, 9, "late", (), 1.0), ScoredPrompt(3, 3, "early", (), 0.0)]
    assert [prompt.stratum for prompt in middle_prompts(strata)] == ["early", "late"]
