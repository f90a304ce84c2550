"""The weekly brief: what really changed in the catalogue, the evaluations and the rank."""
