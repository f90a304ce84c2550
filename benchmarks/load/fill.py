"""A catalogue of N artifacts with vectors, words, counts and ranks, and the seed catalogue beside it."""

import time

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from benchmarks import measure_search
from benchmarks.corpus import PER_ARTIFACT
from benchmarks.load.traffic import Subjects
from catalog.models import Artifact, SourceRecord
from catalog.vocabulary import SourceKind

# What the corpus leaves out: counts as popularity has them, one owner each, names once for each artifact.
COMPLETE = """
UPDATE catalog_capability AS capability SET name = capability.name || ' ' || to_hex(capability.id)
FROM (SELECT id, row_number() OVER (PARTITION BY artifact_id, name) AS place FROM catalog_capability) AS twice
WHERE twice.id = capability.id AND twice.place > 1;
ALTER TABLE catalog_capability
    ADD CONSTRAINT capability_once_per_artifact UNIQUE (artifact_id, name);
SELECT setval(pg_get_serial_sequence('catalog_publisher', 'id'), max(id)) FROM catalog_publisher;
"""
COUNTS = """
INSERT INTO catalog_adoptionsignal (artifact_id, source_id, metric, value, observed_on, is_suspect)
SELECT id, %s, 'downloads_30d', (1e7 / id)::bigint, %s, false FROM catalog_artifact
"""
MOST_SUBJECTS = 20_000


def fill_site(url: str, *, n_artifacts: int) -> None:
    """Fill an empty database; nothing is done to one that is full."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if Artifact.objects.exists():
        return
    began = time.monotonic()
    corpus = measure_search.corpus_of(n_artifacts * PER_ARTIFACT)
    measure_search.prepared(url, corpus, has_words=True)
    with psycopg.connect(url, autocommit=True) as database:
        database.execute(COMPLETE)
        source = _source()
        database.execute(COUNTS, [source.pk, source.observed_on])
    call_command("load_catalogue", settings.CATALOGUE_DIR)
    call_command("load_suites", settings.SUITES_DIR)
    call_command("compute_rank")
    with psycopg.connect(url, autocommit=True) as database:
        database.execute("VACUUM ANALYZE")
    print(f"filled with {n_artifacts:,} artifacts in {time.monotonic() - began:.0f} s", flush=True)


def _source() -> SourceRecord:
    today = timezone.localdate()
    return SourceRecord.objects.create(
        kind=SourceKind.REGISTRY, name="Made up", url="https://example.org/made", observed_on=today
    )


def subjects(host: str) -> Subjects:
    """Return what users ask for: the best ranked first, and the graded searches of the seed catalogue."""
    ranked = Artifact.objects.ranked().order_by("-rank_score", "slug")
    slugs = list(ranked.values_list("slug", flat=True)[:MOST_SUBJECTS])
    return Subjects(slugs, measure_search.corpus_of(PER_ARTIFACT).real.queries, host)
