"""Runners: each turns prompts and seeds into pictures by a recipe, and says why where it cannot."""
