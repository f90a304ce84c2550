"""Writes of the evaluation: plain functions, one transaction each."""
