"""Leaderboards: of a kind, of a shelf, of a suite."""
