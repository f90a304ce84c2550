"""The explainable 0-100 rank: inputs, formula, snapshots and verdicts."""
