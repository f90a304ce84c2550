"""A new version on the data of an early one: it migrates, keeps every row, and shows it."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.apps import apps as present
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.utils import timezone

# Where the tables stood when the first sites were filled.
EARLY = [
    ("catalog", "0002_ingest_runs"),
    ("evaluation", "0002_runners_and_costs"),
    ("matchgraph", "0002_initial"),
    ("ranking", "0001_initial"),
]
NAME = "an_early_version"
DAY = dt.date(2026, 1, 5)


@pytest.fixture
def early_database(transactional_db: None) -> Iterator[None]:
    """A database of its own behind the site's connection, with nothing in it."""
    usual = connection.settings_dict["NAME"]
    server = psycopg.connect(**connection.get_connection_params(), autocommit=True)
    server.execute(f"DROP DATABASE IF EXISTS {NAME}")
    server.execute(f"CREATE DATABASE {NAME}")
    connection.close()
    connection.settings_dict["NAME"] = NAME
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual
        server.execute(f"DROP DATABASE {NAME} WITH (FORCE)")
        server.close()


class Early:
    """What an early site had, written with the models of its time."""

    def __init__(self, models: Any) -> None:
        self._models = models

    def _make(self, model: str, /, **fields: Any) -> Any:
        return self._models.get_model(model).objects.create(**fields)

    def fill(self) -> None:
        """Write a ranked artifact with facts, and a picture with its score."""
        artifact = self._artifact()
        self._rank(artifact)
        self._picture(artifact)

    def _artifact(self) -> Any:
        artifact = self._make(
            "catalog.Artifact",
            slug="elder",
            name="Elder",
            kind="model",
            publisher=self._make("catalog.Publisher", slug="acme", name="Acme"),
            summary="Elder makes pictures from words.",
            about="Elder makes pictures from words.",
            inputs=["text"],
            outputs=["image"],
            openness="open-weights",
            rank_score="61.5",
            rank_low="58",
            rank_high="65",
        )
        self._make(
            "catalog.Capability",
            artifact=artifact,
            name="Text-to-image",
            description="Makes a picture from a sentence.",
            intents=["make a poster"],
            confidence="high",
            origin="curated",
            position=0,
        )
        source = self._make(
            "catalog.SourceRecord",
            kind="registry",
            name="Hub",
            url="https://huggingface.co/Acme/Elder",
            observed_on=DAY,
            fetched_at=timezone.now(),
            payload={"id": "Acme/Elder"},
            payload_digest="d" * 64,
        )
        self._make(
            "catalog.AdoptionSignal",
            artifact=artifact,
            source=source,
            metric="likes",
            value=77,
            observed_on=DAY,
        )
        return artifact

    def _rank(self, artifact: Any) -> None:
        formula = self._make("ranking.Formula", version="0", digest="f" * 64, definition={"version": "0"})
        snapshot = self._make(
            "ranking.RankSnapshot", digest="e" * 64, as_of=DAY, n_artifacts=1, formula=formula
        )
        self._make(
            "ranking.RankEntry",
            snapshot=snapshot,
            artifact=artifact,
            position=1,
            score="61.5",
            low="58",
            high="65",
            components=[],
        )
        self._make("ranking.CurrentSnapshot", pk=1, snapshot=snapshot)

    def _picture(self, artifact: Any) -> None:
        suite = self._make(
            "evaluation.Suite",
            slug="old-words",
            version="1",
            name="Old words",
            digest="s" * 64,
            seeds_per_prompt=1,
        )
        prompt = self._make(
            "evaluation.Prompt",
            suite=suite,
            key="cat",
            position=0,
            family="a",
            stratum="short",
            text="the word CAT",
            spec={},
            digest="p" * 64,
        )
        recipe = self._make(
            "evaluation.Recipe",
            artifact=artifact,
            is_canonical=True,
            digest="r" * 64,
            runner="painter",
            location="painter",
            revision="1",
            width=16,
            height=16,
        )
        run = self._make("evaluation.Run", recipe=recipe, suite=suite, state="running")
        self._make(
            "evaluation.Sample",
            run=run,
            prompt=prompt,
            k=0,
            seed=7,
            key="k" * 64,
            status="ok",
            image_digest="a" * 64,
            flags=["all-black"],
        )


@pytest.mark.usefixtures("early_database")
def test_an_early_sites_data_are_migrated_kept_and_shown(client: Client) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(EARLY)
    Early(executor.loader.project_state(EARLY).apps).fill()
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    counts = {
        name: present.get_model(name).objects.count()
        for name in ("catalog.Fact", "catalog.AdoptionSignal", "ranking.RankEntry", "evaluation.Sample")
    }
    assert counts == {
        "catalog.Fact": 0,
        "catalog.AdoptionSignal": 1,
        "ranking.RankEntry": 1,
        "evaluation.Sample": 1,
    }
    entry = present.get_model("ranking.RankEntry").objects.get()
    assert (entry.slug, entry.position_best, entry.position_worst) == ("elder", 1, 1)
    sample = present.get_model("evaluation.Sample").objects.get()
    assert sample.flags == [{"name": "all-black", "reason": "Noted when the picture was made: all black."}]
    assert sample.run.dispatched_at == sample.run.created_at
    record = present.get_model("catalog.SourceRecord").objects.get()
    assert (record.connector, record.subject, record.payload) == (
        "huggingface",
        "acme/elder",
        {"id": "Acme/Elder"},
    )
    assert present.get_model("catalog.Artifact").objects.get().rank_score == Decimal("61.5")
    assert "Makes a picture from a sentence." in client.get("/artifact/elder/").content.decode()
