"""What search by words reads: names with their trigrams, and the words of each capability."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from catalog.models import Artifact, Capability


class ArtifactName(models.Model):
    """One name that people type for an artifact: its name, slug, an alias or an identifier elsewhere."""

    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="search_names")
    text = models.CharField(max_length=240, db_index=True, help_text="Lower case, words and digits only.")
    trigrams = ArrayField(models.CharField(max_length=3))

    class Meta:
        ordering = ["artifact", "text"]
        indexes = [GinIndex(fields=["trigrams"], name="artifact_name_trigrams")]
        constraints = [models.UniqueConstraint(fields=["artifact", "text"], name="artifact_name_once")]

    def __str__(self) -> str:
        return self.text


class Posting(models.Model):
    """One word of one capability, with its saturated weight; the word's rarity is counted when asked.

    The artifact stands here again so that a filter is decided in the index; a posting goes with its capability.
    """

    capability = models.ForeignKey(Capability, on_delete=models.CASCADE, related_name="postings")
    artifact = models.ForeignKey(
        Artifact,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_index=False,
        db_constraint=False,
        # An earlier version, still running beside this one, does not fill it; the next build does.
        db_default=0,
    )
    lexeme = models.CharField(max_length=80)
    weight = models.FloatField()

    class Meta:
        ordering = ["lexeme", "capability"]
        indexes = [
            # Ordered by weight, so that of a word that most have only the best places are read.
            models.Index(
                fields=["lexeme", "-weight"], include=["capability", "artifact"], name="posting_best_first"
            )
        ]
        constraints = [models.UniqueConstraint(fields=["capability", "lexeme"], name="posting_once")]

    def __str__(self) -> str:
        return f"{self.lexeme} in {self.capability_id}"


class LexicalDocument(models.Model):
    """The digest of the words that a capability's postings were made from, so that they are made once."""

    capability = models.OneToOneField(
        Capability, on_delete=models.CASCADE, related_name="lexical_document", primary_key=True
    )
    content_digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["capability"]

    def __str__(self) -> str:
        return f"words of {self.capability_id}"


class Lexeme(models.Model):
    """How many capabilities have a word: what makes it rare or common. Counted whenever postings change."""

    lexeme = models.CharField(max_length=80, primary_key=True)
    n_capabilities = models.PositiveIntegerField()

    class Meta:
        ordering = ["lexeme"]

    def __str__(self) -> str:
        return f"{self.lexeme}: {self.n_capabilities}"
