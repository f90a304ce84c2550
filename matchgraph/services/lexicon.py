"""Keeps the names and postings that search by words reads."""

from dataclasses import dataclass

from django.db import connection

from catalog.models import Artifact, Capability
from matchgraph.models import ArtifactName, LexicalDocument
from matchgraph.services.chunks import in_chunks
from matchgraph.texts import digest_of, normalised, trigrams

# BM25F: how often a word counts in a name, in an intent or in the rest, how fast repeats saturate
# (k1) and how much a long text is held against its words (b). The length that texts are measured
# against is fixed instead of their running mean, so that a posting depends on its own text only.
NAME_COUNTS, INTENT_COUNTS, REST_COUNTS = 3, 2, 1
K1, B = 1.2, 0.5
USUAL_LENGTH = 120
# So many rows are read and written at a time.
CHUNK = 2_000


COUNT_WORDS = """
WITH counted AS (
    SELECT lexeme, count(*) AS n FROM matchgraph_posting GROUP BY lexeme
), gone AS (
    DELETE FROM matchgraph_lexeme AS known
    WHERE NOT EXISTS (SELECT 1 FROM counted WHERE counted.lexeme = known.lexeme)
)
INSERT INTO matchgraph_lexeme (lexeme, n_capabilities)
SELECT lexeme, n FROM counted
ON CONFLICT (lexeme) DO UPDATE SET n_capabilities = excluded.n_capabilities
WHERE matchgraph_lexeme.n_capabilities <> excluded.n_capabilities
"""


# An earlier version leaves the artifact out, and merging artifacts moves capabilities without changing a word.
PLACE_POSTINGS = """
UPDATE matchgraph_posting AS posting SET artifact_id = capability.artifact_id
FROM catalog_capability AS capability
WHERE capability.id = posting.capability_id AND posting.artifact_id <> capability.artifact_id
"""


@dataclass(frozen=True)
class Words:
    """The words of one capability, by how much they count."""

    capability_id: int
    artifact_id: int
    name: str
    intents: str
    rest: str

    @property
    def digest(self) -> str:
        """Return the digest that says whether the postings are still right."""
        return digest_of(self.name, self.intents, self.rest)


def sync_postings() -> int:
    """Write the postings of each capability whose words changed; return how many there were."""
    capabilities = Capability.objects.select_related("artifact").defer("artifact__about")
    n_changed = 0
    for chunk in in_chunks(capabilities, CHUNK):
        stored = LexicalDocument.objects.filter(capability__in=[item.pk for item in chunk])
        known = dict(stored.values_list("capability_id", "content_digest"))
        given = [_words(item) for item in chunk]
        changed = [words for words in given if known.get(words.capability_id) != words.digest]
        if changed:
            _write_documents(changed)
        n_changed += len(changed)
    _count_words()
    return n_changed


def _count_words() -> None:
    """Count how many capabilities have each word; rows that are right already are left alone."""
    with connection.cursor() as cursor:
        cursor.execute(PLACE_POSTINGS)
        cursor.execute(COUNT_WORDS)


def _write_documents(changed: list[Words]) -> None:
    _write_postings(changed)
    LexicalDocument.objects.bulk_create(
        [
            LexicalDocument(capability_id=words.capability_id, content_digest=words.digest)
            for words in changed
        ],
        update_conflicts=True,
        unique_fields=["capability"],
        update_fields=["content_digest"],
    )


def _words(capability: Capability) -> Words:
    """Limitations and comparisons are left out: they name what a capability is not.

    What an artifact says of itself stands with each of its capabilities: "on a Mac" is asked of all of them.
    """
    artifact = capability.artifact
    rest = [
        capability.description,
        capability.unique_aspect,
        *capability.best_for,
        artifact.summary,
        *artifact.best_for,
    ]
    return Words(
        capability.pk,
        artifact.pk,
        name=capability.name,
        intents=" . ".join([*capability.intents, artifact.name, *artifact.aliases]),
        rest=" . ".join(rest),
    )


def _write_postings(changed: list[Words]) -> None:
    ids = [words.capability_id for words in changed]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM matchgraph_posting WHERE capability_id = ANY(%s)", [ids])
        cursor.execute(
            """
            WITH document AS (
                SELECT id, artifact_id, setweight(to_tsvector('english', name), 'A')
                    || setweight(to_tsvector('english', intents), 'B')
                    || setweight(to_tsvector('english', rest), 'C') AS words
                FROM unnest(%(ids)s::bigint[], %(artifacts)s::bigint[], %(names)s::text[], %(intents)s::text[],
                    %(rests)s::text[]) AS given(id, artifact_id, name, intents, rest)
            ), counted AS (
                SELECT document.id, document.artifact_id, word.lexeme, (
                    SELECT sum(CASE weight WHEN 'A' THEN %(a)s WHEN 'B' THEN %(b)s ELSE %(c)s END)::float
                    FROM unnest(word.weights) AS weight) AS count
                FROM document, unnest(document.words) AS word
            ), measured AS (
                SELECT *, sum(count) OVER (PARTITION BY id) AS length FROM counted
            )
            INSERT INTO matchgraph_posting (capability_id, artifact_id, lexeme, weight)
            SELECT id, artifact_id, left(lexeme, 80), count * (%(k1)s + 1)
                / (count + %(k1)s * (1 - %(length_share)s + %(length_share)s * length / %(usual)s))
            FROM measured
            ON CONFLICT (capability_id, lexeme) DO NOTHING
            """,
            {
                "ids": ids,
                "artifacts": [words.artifact_id for words in changed],
                "names": [words.name for words in changed],
                "intents": [words.intents for words in changed],
                "rests": [words.rest for words in changed],
                "a": NAME_COUNTS,
                "b": INTENT_COUNTS,
                "c": REST_COUNTS,
                "k1": K1,
                "length_share": B,
                "usual": USUAL_LENGTH,
            },
        )


def sync_names() -> int:
    """Make the searchable names be those of the catalogue; return how many changed."""
    n_changed = 0
    for chunk in in_chunks(Artifact.objects.prefetch_related("search_names").defer("about"), CHUNK):
        wanted = {(artifact.pk, text) for artifact in chunk for text in _names(artifact) if text}
        known = {(row.artifact_id, row.text): row.pk for item in chunk for row in item.search_names.all()}
        gone = [known[key] for key in known.keys() - wanted]
        new = sorted(wanted - known.keys())
        if gone:
            ArtifactName.objects.filter(pk__in=gone).delete()
        ArtifactName.objects.bulk_create(
            ArtifactName(artifact_id=pk, text=text, trigrams=sorted(trigrams(text))) for pk, text in new
        )
        n_changed += len(new) + len(gone)
    return n_changed


def _names(artifact: Artifact) -> set[str]:
    elsewhere = (artifact.hub_id, artifact.github_repo, artifact.router_id, artifact.package_name)
    return {
        normalised(text)
        for text in (
            artifact.name,
            artifact.slug,
            *artifact.aliases,
            *elsewhere,
            *(identifier.rpartition("/")[2] for identifier in elsewhere),
        )
    }
