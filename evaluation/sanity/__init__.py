"""Sanity suites: pictures with known truth, on which readers and scorers must prove themselves."""
