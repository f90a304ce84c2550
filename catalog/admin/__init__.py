"""Admin pages of the catalogue; importing them registers them."""

from catalog.admin import api_keys, catalogue, claims, decisions, sources

__all__ = ["api_keys", "catalogue", "claims", "decisions", "sources"]
