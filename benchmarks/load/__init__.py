"""A whole site under load, and what becomes of it when its servers and its disk fail."""
