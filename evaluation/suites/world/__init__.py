"""Scenes of the real world, for models that paint more than drawings: records, words and grammars."""
