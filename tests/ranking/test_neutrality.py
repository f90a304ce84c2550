"""Nobody can buy a rank: what is commercial cannot be read, and changing it changes no byte."""

import ast
import logging
import re
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import ProgrammingError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import ranking
from catalog import vocabulary
from catalog.models import Claim, Offer
from ranking.compute.formula import parse_formula, read_definition
from ranking.inputs import read_inputs
from ranking.models import RankEntry
from ranking.services import reader_role
from ranking.services.publish import compute_rank
from ranking.services.reader_role import ROLE, ensure_reader_role, reading_as_rank
from tests.builders import TODAY, make_adoption, make_artifact, make_offer, make_reported_result

FORMULA = parse_formula(read_definition())
READABLE = {model._meta.db_table for model in (*reader_role.WHOLE_TABLES, *reader_role.COLUMNS)}
pytestmark = pytest.mark.django_db


def make_catalogue() -> None:
    for n in range(4):
        artifact = make_artifact(f"painter-{n}")
        make_adoption(artifact, "likes", 10**n)
        make_offer(artifact)
        make_reported_result(artifact)


def state_of_the_rank() -> tuple[str, list[tuple[object, ...]]]:
    digest = compute_rank(as_of=TODAY).digest
    return digest, list(RankEntry.objects.values_list("slug", "score", "low", "high", "components"))


def test_no_claim_and_no_price_changes_a_byte() -> None:
    make_catalogue()
    before = state_of_the_rank()
    user = User.objects.create_superuser("rich")
    artifacts = list(Offer.objects.values_list("artifact", flat=True))
    for state in Claim.State:
        Claim.objects.all().delete()
        for artifact_id in artifacts:
            Claim.objects.create(
                artifact_id=artifact_id, user=user, state=state, method="dns", verified_at=timezone.now()
            )
        assert state_of_the_rank() == before
    for amount in (0, 1, 10**7):
        Offer.objects.update(
            amount=amount, currency="EUR", plan="Sponsored", unit="month", detail="Gold partner"
        )
        assert state_of_the_rank() == before
    Offer.objects.filter(kind="hosted").update(amount=F("id") * 100)
    assert state_of_the_rank() == before


def test_only_tables_of_the_role_are_read_and_of_offers_no_price() -> None:
    make_catalogue()
    with CaptureQueriesContext(connection) as captured:
        list(read_inputs(FORMULA, as_of=TODAY))
    sql = " ".join(query["sql"] for query in captured.captured_queries)
    tables = set(re.findall(r'(?:FROM|JOIN) "(\w+)"', sql))
    assert {"catalog_artifact", "catalog_offer"} <= tables <= READABLE
    assert not re.search(r"claim|auth_|session|amount|currency|account", sql)


def test_the_reading_transaction_has_taken_on_the_role(monkeypatch: pytest.MonkeyPatch) -> None:
    make_catalogue()
    users = []

    def spy(*arguments: object, **options: object) -> object:
        users.append(current_user())
        return read_inputs(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("ranking.services.publish.read_inputs", spy)
    own = current_user()
    compute_rank(as_of=TODAY)
    assert users == [ROLE]
    assert current_user() == own != ROLE


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM catalog_claim",
        "SELECT * FROM catalog_claimevent",
        "SELECT * FROM catalog_statement",
        "SELECT * FROM catalog_dispute",
        "SELECT * FROM catalog_subscriber",
        "SELECT * FROM account_emailaddress",
        "SELECT * FROM socialaccount_socialtoken",
        "SELECT count(*) FROM auth_user",
        "SELECT * FROM django_session",
        "SELECT amount FROM catalog_offer",
        "SELECT payload FROM catalog_sourcerecord",
        "UPDATE catalog_artifact SET rank_score = 100, rank_low = 100, rank_high = 100",
        "DELETE FROM ranking_rankentry",
    ],
)
def test_the_role_is_refused_what_is_not_its_business(sql: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        run_as_rank(sql)
    assert current_user() != ROLE


def test_rights_that_are_no_longer_wanted_are_taken_back() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT SELECT ON catalog_claim TO {ROLE}")
    assert ensure_reader_role()
    with pytest.raises(ProgrammingError, match="permission denied"):
        run_as_rank("SELECT * FROM catalog_claim")


def test_without_the_right_to_create_roles_the_rank_still_works(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_catalogue()
    monkeypatch.setattr(reader_role, "ROLE", "rank_reader_of_nobody")
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE site_user NOLOGIN; GRANT ALL ON SCHEMA public TO site_user")
        cursor.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO site_user")
        cursor.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO site_user")
        cursor.execute("SET ROLE site_user")
    with caplog.at_level(logging.WARNING):
        assert not ensure_reader_role()
        assert compute_rank(as_of=TODAY).n_artifacts == 4
    assert (
        "read without the database role rank_reader_of_nobody: permission denied to create role"
        in caplog.text
    )
    assert "which is not set up" in caplog.text
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def test_one_package_reads_and_it_imports_nothing_commercial() -> None:
    folder = Path(ranking.__file__).parent
    allowed = {model.__name__ for model in (*reader_role.WHOLE_TABLES, *reader_role.COLUMNS)}
    allowed |= {"SuiteScore", "headline_scores", "match_evidence"}
    words = {name for name in vars(vocabulary) if isinstance(getattr(vocabulary, name), type)}
    # The other files may know which artifacts there are, and what the role may see.
    for path in folder.rglob("*.py"):
        if path.parent.name == "inputs":
            assert imported_from_below(path) <= allowed | words, path
        elif path.name == "preference.py":
            # Preferences are shown beside the rank; what computes it never looks at them.
            assert imported_from_below(path) <= {"headline_scores", "preference_counts"}, path
        elif path.name != "reader_role.py":
            assert imported_from_below(path) <= {"Artifact"}, path


def imported_from_below(path: Path) -> set[str]:
    """Return the names that a file imports from the apps below the rank."""
    return {
        name.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in LOWER_APPS
        for name in node.names
    }


LOWER_APPS = {"catalog", "evaluation", "matchgraph"}


def run_as_rank(sql: str) -> None:
    with reading_as_rank() as has_role, connection.cursor() as cursor:
        assert has_role
        cursor.execute(sql)


def current_user() -> str:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        row: tuple[str] = cursor.fetchone()
        return row[0]
