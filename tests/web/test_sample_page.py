"""The page of one picture: what every reader stated and every scorer said, as it is stored."""

import json
from typing import Any

import pytest
from django.test import Client

from evaluation.models import Observation, Run, Suite
from tests.builders import make_artifact
from tests.web.measured import make_run, make_suite

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> Run:
    return make_run(make_artifact("one"), make_suite(), [1.0, 0.0, None, 1.0, 1.0, 1.0])


def path(run: Run, sample_id: int) -> str:
    return f"{run.get_absolute_url()}samples/{sample_id}/"


def test_raw_outputs_and_scores_are_printed_and_escaped(client: Client, run: Run) -> None:
    sample = run.samples.all()[0]
    content = {"lines": [{"text": "</code></pre><script>alert(1)</script>", "confidence": 0.97}]}
    Observation.objects.create(sample=sample, reader="ocr", reader_version="1+rapidocr-3", content=content)
    html = client.get(path(run, sample.pk)).content.decode()
    assert "Reader “ocr”" in html
    assert "1+rapidocr-3" in html
    assert "&quot;confidence&quot;: 0.97" in html
    assert "<script>alert(1)" not in html
    assert "read “CAT”, asked “CAT”" in html
    assert json.dumps(sample.prompt.spec, indent=2).replace('"', "&quot;") in html


def test_a_run_s_page_leads_to_each_picture_s(client: Client, run: Run) -> None:
    html = client.get(run.get_absolute_url()).content.decode()
    assert all(path(run, sample.pk) in html for sample in run.samples.all())


def test_a_failed_picture_has_a_record_too(client: Client, run: Run) -> None:
    failed = run.samples.get(status="filtered")
    html = client.get(path(run, failed.pk)).content.decode()
    assert "refused by the filter" in html
    assert "Nobody has read this picture yet." in html


def test_secret_and_foreign_samples_are_not_there(client: Client, run: Run) -> None:
    sample = run.samples.all()[0]
    other = make_run(make_artifact("two"), run.suite, [1.0] * 6)
    assert client.get(path(other, sample.pk)).status_code == 404
    assert client.get(path(run, 999_999)).status_code == 404
    Suite.objects.update(split=Suite.Split.ROTATING)
    assert client.get(path(run, sample.pk)).status_code == 404


def test_queries_do_not_grow_with_what_was_read(
    client: Client, run: Run, django_assert_max_num_queries: Any
) -> None:
    sample = run.samples.all()[0]
    for number in range(12):
        Observation.objects.create(sample=sample, reader=f"r{number}", reader_version="1", content={})
    with django_assert_max_num_queries(6):
        client.get(path(run, sample.pk))
