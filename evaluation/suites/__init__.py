"""Prompt suites: their files, their schema and the grammar that writes their prompts."""
