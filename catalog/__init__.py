"""Artifacts, capabilities, offers, adoption and where each fact about them comes from."""
