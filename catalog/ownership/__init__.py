"""How somebody proves that an artifact is theirs: a token in a place that only its owner can write to."""
