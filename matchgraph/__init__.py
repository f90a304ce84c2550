"""Intents, their edges to capabilities, search, overlap and feedback."""
