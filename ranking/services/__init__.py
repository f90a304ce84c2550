"""Writes of the rank: plain functions, one transaction each."""
