"""Runs model code in a process of its own, which knows no secret and reaches no network."""
