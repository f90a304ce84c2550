"""Models behind an HTTP API: protocols that differ, and one exchange with its limits that they share."""
