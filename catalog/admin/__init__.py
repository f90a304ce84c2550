"""Admin pages of the catalogue; importing them registers them."""

from catalog.admin import catalogue, claims

__all__ = ["catalogue", "claims"]
