"""Search: a sentence in; artifacts out, each with the capability that matched and why."""

from matchgraph.search.records import Constraint, ConstraintKind, Fit, SearchPage, SearchResult
from matchgraph.search.run import search

__all__ = ["Constraint", "ConstraintKind", "Fit", "SearchPage", "SearchResult", "search"]
