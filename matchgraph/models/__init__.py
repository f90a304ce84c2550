"""Models of the match graph."""

from matchgraph.models.embedding import CapabilityEmbedding, Generation, IntentEmbedding, NameEmbedding
from matchgraph.models.feedback import Impression, Interaction, SearchEvent
from matchgraph.models.graph import Edge, Intent, Neighbourhood, Overlap
from matchgraph.models.lexicon import ArtifactName, Lexeme, LexicalDocument, Posting

__all__ = [
    "ArtifactName",
    "CapabilityEmbedding",
    "Edge",
    "Generation",
    "Impression",
    "Intent",
    "IntentEmbedding",
    "Interaction",
    "Lexeme",
    "LexicalDocument",
    "NameEmbedding",
    "Neighbourhood",
    "Overlap",
    "Posting",
    "SearchEvent",
]
