"""Badges: a label and a value that an artifact's page backs."""
