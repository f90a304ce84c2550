"""Pages, API, feeds and badges. No models."""
