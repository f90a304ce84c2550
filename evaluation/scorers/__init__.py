"""Scorers: plain Python from stored observations to values; no Django, no torch, no picture."""
