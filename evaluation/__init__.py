"""Suites, runners, readers, scorers and the statistics of their results."""
