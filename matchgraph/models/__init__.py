"""Models of the match graph."""

from matchgraph.models.embedding import CapabilityEmbedding, Generation, IntentEmbedding, NameEmbedding
from matchgraph.models.feedback import Discard, Impression, Interaction, SearchEvent
from matchgraph.models.graph import ArtifactMatch, Edge, Intent, IntentMatch, Neighbourhood, Overlap
from matchgraph.models.lexicon import ArtifactName, Lexeme, LexicalDocument, Posting
from matchgraph.models.lookups import Among

__all__ = [
    "Among",
    "ArtifactMatch",
    "ArtifactName",
    "CapabilityEmbedding",
    "Discard",
    "Edge",
    "Generation",
    "Impression",
    "Intent",
    "IntentEmbedding",
    "IntentMatch",
    "Interaction",
    "Lexeme",
    "LexicalDocument",
    "NameEmbedding",
    "Neighbourhood",
    "Overlap",
    "Posting",
    "SearchEvent",
]
