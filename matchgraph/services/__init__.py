"""Writes to the match graph: plain functions, one transaction each."""
