"""What licences say themselves: short quotations with their place, shown where the two questions are answered."""

import datetime as dt
import json
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.test import Client
from pydantic import ValidationError

from catalog.licences import ClauseSubject, known_licence
from catalog.seed.clauses import clause_on, read_clauses, shipped_clauses
from catalog.seed.read import Names, read_catalogue
from catalog.vocabulary import Permission
from tests.builders import make_artifact

CLAUSE = {
    "about": "outputs",
    "quotation": "You may use Output for any purpose.",
    "document": "Example licence",
    "section": "2",
    "url": "https://example.org/licence",
    "read_on": "2026-11-21",
}


@pytest.mark.parametrize(
    "fields",
    [
        {"quotation": "x" * 421},
        {"quotation": "Short."},
        {"about": "colour"},
        {"url": "htps://a"},
        {"page": 3},
    ],
)
def test_what_is_no_quotation_is_refused(tmp_path: Path, fields: dict[str, object]) -> None:
    path = tmp_path / "clauses.yaml"
    path.write_text(yaml.safe_dump([{"licence": "X", "clauses": [{**CLAUSE, **fields}]}]))
    with pytest.raises(ValidationError):
        read_clauses(path)


def test_a_licence_silent_on_pictures_answers_with_what_it_grants() -> None:
    apache = clause_on("Apache-2.0", ClauseSubject.OUTPUTS)
    assert apache is not None
    assert apache.about == ClauseSubject.WORK
    flux = clause_on("LicenseRef-FLUX-1-dev-Non-Commercial", ClauseSubject.OUTPUTS)
    assert flux is not None
    assert (flux.about, flux.section) == ("outputs", "2(d)")
    assert clause_on("LicenseRef-Nobody-Has-Read-It", ClauseSubject.OUTPUTS) is None
    assert clause_on("LicenseRef-OpenAI-Services-Agreement", ClauseSubject.WORK) is None


def test_the_shipped_clauses_belong_to_licences_of_the_catalogue() -> None:
    catalogue = read_catalogue([settings.CATALOGUE_DIR], known=Names())
    licences = {entry.licence.id: entry.licence for entry in catalogue.artifacts if entry.licence}
    for licence_id, clauses in shipped_clauses().items():
        assert licence_id in licences or known_licence(licence_id), licence_id
        assert len({clause.about for clause in clauses}) == len(clauses), licence_id
        for clause in clauses:
            assert clause.url.startswith("https://"), licence_id
            assert dt.date(2026, 1, 1) <= clause.read_on <= dt.date(2026, 11, 21), licence_id


def test_most_answers_are_quoted() -> None:
    """Shares that must not fall: answers on pictures, and licences that forbid or limit the weights."""
    catalogue = read_catalogue([settings.CATALOGUE_DIR], known=Names())
    answered = [e.licence for e in catalogue.artifacts if e.licence and e.licence.outputs_commercial]
    quoted = [one for one in answered if clause_on(one.id, ClauseSubject.OUTPUTS)]
    assert len(quoted) / len(answered) > 0.95, {one.id for one in answered} - {one.id for one in quoted}
    limited = [
        e.licence
        for e in catalogue.artifacts
        if e.licence and e.licence.weights_commercial in {Permission.NO, Permission.CONDITIONAL}
    ]
    unquoted = {one.id for one in limited if clause_on(one.id, ClauseSubject.WORK) is None}
    assert unquoted <= {"LicenseRef-Playground-v2.5-Community"}


@pytest.mark.django_db
def test_page_markdown_and_api_show_the_clause_with_its_place(client: Client) -> None:
    make_artifact(
        "brush",
        licence_id="LicenseRef-FLUX-1-dev-Non-Commercial",
        licence_name="FLUX.1 [dev] Non-Commercial License",
        licence_outputs_commercial="conditional",
    )
    words = "You may use Output for any purpose (including for commercial purposes)"
    html = client.get("/artifact/brush/").content.decode()
    assert words in html
    assert "2(d)" in html
    assert "not quoted here yet" not in html
    assert words in client.get("/artifact/brush.md").content.decode()
    facts = json.loads(client.get("/api/v1/artifacts/brush").content)["facts"]
    (licence,) = [fact for fact in facts if fact["field"] == "licence"]
    assert [clause["about"] for clause in licence["clauses"]] == ["outputs", "work"]
    assert licence["clauses"][0]["url"].startswith("https://github.com/black-forest-labs/flux/")


@pytest.mark.django_db
def test_a_clause_that_nobody_read_is_said_to_be_missing(client: Client) -> None:
    make_artifact("brush", licence_id="LicenseRef-Odd", licence_name="Odd licence")
    assert "Its clauses are not quoted here yet." in client.get("/artifact/brush/").content.decode()
