"""Sentence embedders: the protocol, the one that search runs on, and a deterministic fake."""
