"""Keeps the names and postings that search by words reads."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from catalog.models import Artifact, Capability
from matchgraph.models import ArtifactName, LexicalDocument
from matchgraph.texts import digest_of, normalised, trigrams

# BM25F: how often a word counts in a name, in an intent or in the rest, how fast repeats saturate
# (k1) and how much a long text is held against its words (b). The length that texts are measured
# against is fixed instead of their running mean, so that a posting depends on its own text only.
NAME_COUNTS, INTENT_COUNTS, REST_COUNTS = 3, 2, 1
K1, B = 1.2, 0.5
USUAL_LENGTH = 120


@dataclass(frozen=True)
class Words:
    """The words of one capability, by how much they count."""

    capability_id: int
    name: str
    intents: str
    rest: str

    @property
    def digest(self) -> str:
        """Return the digest that says whether the postings are still right."""
        return digest_of(self.name, self.intents, self.rest)


def sync_postings() -> int:
    """Write the postings of each capability whose words changed; return how many there were."""
    known = dict(LexicalDocument.objects.values_list("capability_id", "content_digest"))
    changed = [words for words in _capability_words() if known.get(words.capability_id) != words.digest]
    if changed:
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
    return len(changed)


def _capability_words() -> Iterator[Words]:
    """Limitations and comparisons are left out: they name what a capability is not.

    What an artifact says of itself stands with each of its capabilities: "on a Mac" is asked of all of them.
    """
    capabilities = Capability.objects.select_related("artifact").order_by("id")
    for capability in capabilities:
        artifact = capability.artifact
        yield Words(
            capability.pk,
            name=capability.name,
            intents=" . ".join([*capability.intents, artifact.name, *artifact.aliases]),
            rest=" . ".join(
                [
                    capability.description,
                    capability.unique_aspect,
                    *capability.best_for,
                    artifact.summary,
                    *artifact.best_for,
                ]
            ),
        )


def _write_postings(changed: list[Words]) -> None:
    ids = [words.capability_id for words in changed]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM matchgraph_posting WHERE capability_id = ANY(%s)", [ids])
        cursor.execute(
            """
            WITH document AS (
                SELECT id, setweight(to_tsvector('english', name), 'A')
                    || setweight(to_tsvector('english', intents), 'B')
                    || setweight(to_tsvector('english', rest), 'C') AS words
                FROM unnest(%(ids)s::bigint[], %(names)s::text[], %(intents)s::text[], %(rests)s::text[])
                    AS given(id, name, intents, rest)
            ), counted AS (
                SELECT document.id, word.lexeme, (
                    SELECT sum(CASE weight WHEN 'A' THEN %(a)s WHEN 'B' THEN %(b)s ELSE %(c)s END)::float
                    FROM unnest(word.weights) AS weight) AS count
                FROM document, unnest(document.words) AS word
            ), measured AS (
                SELECT *, sum(count) OVER (PARTITION BY id) AS length FROM counted
            )
            INSERT INTO matchgraph_posting (capability_id, lexeme, weight)
            SELECT id, left(lexeme, 80), count * (%(k1)s + 1)
                / (count + %(k1)s * (1 - %(length_share)s + %(length_share)s * length / %(usual)s))
            FROM measured
            ON CONFLICT (capability_id, lexeme) DO NOTHING
            """,
            {
                "ids": ids,
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
    wanted = {(artifact.pk, text) for artifact in Artifact.objects.all() for text in _names(artifact) if text}
    known = {(name.artifact_id, name.text): name.pk for name in ArtifactName.objects.all()}
    new = wanted - known.keys()
    gone = known.keys() - wanted
    ArtifactName.objects.filter(pk__in=[known[key] for key in gone]).delete()
    ArtifactName.objects.bulk_create(
        ArtifactName(artifact_id=pk, text=text, trigrams=sorted(trigrams(text))) for pk, text in sorted(new)
    )
    return len(new) + len(gone)


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
