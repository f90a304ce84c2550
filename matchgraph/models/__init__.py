"""Models of the match graph."""

from matchgraph.models.embedding import CapabilityEmbedding, Generation
from matchgraph.models.feedback import Impression, Interaction, SearchEvent
from matchgraph.models.graph import Edge, Intent, Overlap

__all__ = [
    "CapabilityEmbedding",
    "Edge",
    "Generation",
    "Impression",
    "Intent",
    "Interaction",
    "Overlap",
    "SearchEvent",
]
