"""Rotating splits: drawn from a secret, hidden until they are retired, then published as they were."""

import json
from collections import Counter
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.test import Client
from PIL import Image

from catalog.models import Artifact
from evaluation.models import Prompt, Run, Sample, Suite
from evaluation.selectors import contamination_gaps, headline_scores, run_record, suite_overview
from evaluation.services.images import store_image
from evaluation.services.plan import plan_run
from evaluation.services.suites import load_suites
from evaluation.suites.read import SuiteError, read_suite
from evaluation.suites.rotation import RotationError, rotating_suite, rotation_key
from tests.builders import make_artifact
from tests.evaluation.builders import make_painter
from tests.web.measured import make_run
from tests.web.measured import make_suite as make_measured_suite

SECRET = "a secret that nobody will ever guess"  # noqa: S105 - opens nothing
FOLDER = django_settings.SUITES_DIR / "anatomy"


def rotate(*args: str) -> str:
    out = StringIO()
    call_command("rotate_suite", *args, stdout=out)
    return out.getvalue()


@pytest.fixture
def hidden(settings: Any, db: None) -> Suite:
    """The hidden split of the anatomy suite beside the public one."""
    settings.SUITES_SECRET = SECRET
    load_suites(FOLDER)
    rotate("anatomy", "--label", "2027.1")
    return Suite.objects.get(slug="anatomy-rotating")


def test_a_split_is_drawn_from_secret_and_label_and_shares_no_prompt() -> None:
    public = read_suite(FOLDER)
    first = rotating_suite(public, label="1", secret=SECRET)
    again = rotating_suite(public, label="1", secret=SECRET)
    second = rotating_suite(public, label="2", secret=SECRET)
    texts = [{prompt.text for prompt in file.prompts} for file in (first, second, public)]
    assert first == again
    assert len(first.prompts) == 120
    strata = Counter(prompt.stratum for prompt in first.prompts)
    assert strata == {stratum: n * 2 // 5 for stratum, n in public.header.strata.items()}
    assert {prompt.split for prompt in first.prompts} == {"rotating"}
    assert not texts[0] & texts[2]
    assert len(texts[0] & texts[1]) < 20
    assert SECRET not in repr(first)
    assert rotation_key(SECRET, slug="anatomy", label="1") != rotation_key(
        SECRET + "!", slug="anatomy", label="1"
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("slug", "label", "secret", "words"),
    [
        ("anatomy", "1", "", "SUITES_SECRET must have at least 32 characters"),
        ("anatomy", "1", "short", "SUITES_SECRET must have at least 32 characters"),
        ("anatomy", "spring", SECRET, "label 'spring' is no version"),
        ("beauty", "1", SECRET, "no suite 'beauty'"),
        ("tiny-anatomy", "1", SECRET, "tiny-anatomy has no grammar that could write other prompts"),
    ],
)
def test_what_cannot_be_rotated_is_said_in_one_line(
    settings: Any, slug: str, label: str, secret: str, words: str
) -> None:
    settings.SUITES_SECRET = secret
    with pytest.raises(CommandError, match=words):
        rotate(slug, "--label", label)
    assert not Suite.objects.exists()


def test_a_split_is_loaded_once_and_never_changed(hidden: Suite, settings: Any) -> None:
    assert "1 unchanged" in rotate("anatomy", "--label", "2027.1")
    settings.SUITES_SECRET = SECRET[::-1]
    with pytest.raises(CommandError, match="already loaded with other prompts"):
        rotate("anatomy", "--label", "2027.1")
    assert Prompt.objects.filter(suite=hidden).count() == 120


def test_no_page_shows_a_hidden_prompt_or_picture(hidden: Suite, client: Client) -> None:
    run = finished_run(hidden)
    prompt = hidden.prompts.all()[0]
    picture = run.samples.all()[0].image_digest
    pages = [
        "/suites/",
        "/suites/anatomy/",
        "/suites/anatomy-rotating/",
        f"/runs/{run.pk}/",
        "/artifact/painter-one/",
        "/methodology/",
        "/sitemap.xml",
        "/api/v1/suites",
        "/api/v1/suites/anatomy-rotating",
        f"/api/v1/runs/{run.pk}",
    ]
    for path in pages:
        body = client.get(path).content.decode()
        assert prompt.text not in body, path
        assert picture not in body, path
    assert client.get(f"/suites/anatomy-rotating/{prompt.key}/").status_code == 404
    assert client.get(f"/api/v1/suites/anatomy-rotating/prompts/{prompt.key}").status_code == 404
    assert hidden.digest in client.get("/suites/anatomy/").content.decode()


def test_a_retired_split_is_published_as_it_was(hidden: Suite, client: Client, tmp_path: Path) -> None:
    run = finished_run(hidden)
    with pytest.raises(CommandError, match="there is no split 9 of anatomy"):
        rotate("anatomy", "--label", "9", "--retire")
    told = rotate("anatomy", "--label", "2027.1", "--retire", "--write", str(tmp_path / "retired"))
    assert hidden.digest in told
    lines = (tmp_path / "retired" / "prompts.jsonl").read_text(encoding="utf-8").splitlines()
    overview, record = suite_overview("anatomy-rotating"), run_record(run.pk)
    assert overview is not None
    assert record is not None
    assert [prompt.text for prompt in overview.prompts] == [json.loads(line)["text"] for line in lines]
    assert overview.digest == hidden.digest
    assert len(record.samples) == 240
    key = overview.prompts[0].key
    assert client.get(f"/suites/anatomy-rotating/{key}/").status_code == 200
    for again in (("--retire",), ()):
        with pytest.raises(CommandError, match="retired"):
            rotate("anatomy", "--label", "2027.1", *again)


def test_the_next_split_stays_hidden_beside_the_retired_one(hidden: Suite, client: Client) -> None:
    rotate("anatomy", "--label", "2027.1", "--retire")
    rotate("anatomy", "--label", "2027.2")
    second = Suite.objects.get(version="2027.2")
    html = client.get("/suites/anatomy-rotating/").content.decode()
    assert hidden.prompts.all()[0].text in html
    assert not any(prompt.text in html for prompt in second.prompts.all() if prompt.text not in texts(hidden))


def test_hidden_scores_enter_no_mean_and_the_gap_is_shown(db: None, client: Client) -> None:
    public = make_measured_suite("lettering", n_prompts=20)
    twin = make_measured_suite("lettering-rotating", n_prompts=20)
    Suite.objects.filter(pk=twin.pk).update(split=Suite.Split.ROTATING)
    artifact = measured_artifact(public, [1.0] * 20)
    measured_artifact(Suite.objects.get(pk=twin.pk), [0.0, 1.0] * 3 + [0.0] * 14)
    (gap,) = contamination_gaps([artifact])[artifact]
    assert (gap.suite_slug, gap.label) == ("lettering", "1")
    assert gap.gap.difference == pytest.approx(0.85)
    assert gap.gap.is_suspicious
    assert [score.suite_slug for score in headline_scores([artifact])[artifact]] == ["lettering"]
    for path in ("/artifact/brush/", "/suites/lettering/"):
        html = client.get(path).content.decode()
        assert "100 on published prompts, 15 on hidden ones: +85 points" in html, path
        assert "May have seen the prompts" in html, path


def test_a_run_on_a_hidden_split_is_not_exported(hidden: Suite, tmp_path: Path) -> None:
    run = finished_run(hidden)
    Run.objects.filter(pk=run.pk).update(state=Run.State.PARTIAL)
    with pytest.raises(CommandError, match="stays hidden until it is retired"):
        call_command("evaluate", "--export", str(run.pk), str(tmp_path / "run"))
    assert not (tmp_path / "run").exists()


def test_a_file_cannot_hold_hidden_prompts(tmp_path: Path) -> None:
    folder = tmp_path / "anatomy"
    folder.mkdir()
    for name in ("suite.toml", "prompts.jsonl"):
        text = (FOLDER / name).read_text(encoding="utf-8")
        (folder / name).write_text(text.replace('"split": "public"', '"split": "rotating"', 1))
    with pytest.raises(SuiteError, match=r"prompts.jsonl:1: split: a file is public"):
        read_suite(folder)


def test_a_suite_of_drawings_has_no_rotation() -> None:
    with pytest.raises(RotationError, match="no grammar"):
        rotating_suite(read_suite(django_settings.SUITES_DIR / "tiny-anatomy"), label="1", secret=SECRET)


def texts(suite: Suite) -> set[str]:
    return set(suite.prompts.values_list("text", flat=True))


def finished_run(suite: Suite) -> Run:
    """A run whose every sample has a picture of its own."""
    run = plan_run(make_painter(), suite)
    for shade, sample in enumerate(run.samples.all()[:3]):
        digest = store_image(Image.new("RGB", (8, 8), (shade, 40, 90)))
        Sample.objects.filter(pk=sample.pk).update(status=Sample.Status.OK, image_digest=digest)
    return run


def measured_artifact(suite: Suite, values: Sequence[float]) -> int:
    artifact = Artifact.objects.filter(slug="brush").first() or make_artifact("brush")
    make_run(artifact, suite, values)
    return artifact.pk
