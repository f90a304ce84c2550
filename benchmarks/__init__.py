"""Measurements of what users wait for."""
