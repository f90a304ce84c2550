"""Readers: each looks at a picture and states what it sees, as JSON; no reader gives a score."""
